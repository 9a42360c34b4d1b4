"""Every address there is answers with the headers that keep a browser honest; no page needs anything inline."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client, override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from zhanggui.parties.models import Membership, Party, Role, User

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
SAMPLES = {"int": "7", "slug": "a", "str": "x", "uuid": "00000000-0000-0000-0000-000000000000", "path": "x",
           "sha256": "0" * 64}  # fmt: skip
INLINE = re.compile(
    r"<script(?![^>]*\bsrc=)[^>]*>|<style\b|\sstyle=|\son[a-z]+=[\"']|javascript:", re.IGNORECASE
)


def addresses(patterns=None, prefix="/") -> Iterator[str]:
    """Every address of the project, with a sample for each argument."""
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES[found[1] or "str"], str(one.pattern))
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, prefix + route)
        elif isinstance(one, URLPattern):
            yield prefix + route


def assert_safe(answer, path: str) -> None:
    for name, value in HEADERS.items():
        assert answer.headers.get(name) == value, (path, answer.status_code, name)
    assert "camera=()" in answer.headers["Permissions-Policy"], path
    policy = answer.headers.get("Content-Security-Policy", "")
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy, (path, answer.status_code)
    assert "unsafe" not in policy, path
    if answer.headers.get("Content-Type", "").startswith("text/html"):
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found = INLINE.search(body.decode())
        assert found is None, f"{path}: {found and found[0]}"


@pytest.fixture
def person():
    platform = Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {}})[0]
    shop = Party.objects.create(code="shop", kind="merchant", name={"en": "Shop"})
    user = User.objects.create_user("admin", password="x")
    Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_ADMIN)
    Membership.objects.create(user=user, party=shop, role=Role.MERCHANT_OWNER)
    return user


def test_every_address_answers_safely_to_strangers_and_to_people(person):
    stranger, inside = Client(), Client(raise_request_exception=False)
    inside.force_login(person)
    seen = list(addresses())
    assert len(seen) > 60
    for path in seen:
        for client in (stranger, inside):
            assert_safe(client.get(path), path)


@pytest.mark.parametrize("path", ["/no/such/page", "/api/v1/no-such", "/static/no-such.css", "/platform/%00"])
def test_pages_that_are_not_there_answer_safely(path, client):
    answer = client.get(path)
    assert answer.status_code in (400, 404)
    assert_safe(answer, path)


def test_a_refused_form_and_a_bad_host_answer_safely():
    client = Client(enforce_csrf_checks=True)
    answer = client.post("/login/", {"username": "x", "password": "y"})
    assert answer.status_code == 403
    assert_safe(answer, "/login/")
    answer = client.get("/login/", HTTP_HOST="evil.example")
    assert answer.status_code == 400
    assert_safe(answer, "a foreign host")


def test_a_failure_of_ours_answers_safely(monkeypatch, person):
    from zhanggui.portals.desk.views import security

    monkeypatch.setattr(security, "factor_required", lambda user: 1 / 0)
    client = Client(raise_request_exception=False)
    client.force_login(person)
    answer = client.get("/security/")
    assert answer.status_code == 500
    assert_safe(answer, "/security/")


def test_cookies_are_closed_to_scripts_and_to_other_sites(client, person):
    person.set_password("x")
    person.save()
    client.get("/login/")
    client.post("/login/", {"username": "admin", "password": "x"})
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"
    assert client.cookies["csrftoken"]["httponly"] and client.cookies["csrftoken"]["samesite"] == "Lax"


def test_behind_https_cookies_are_secure_and_hsts_is_sent(client):
    with override_settings(
        SESSION_COOKIE_SECURE=True, CSRF_COOKIE_SECURE=True, SECURE_HSTS_SECONDS=31_536_000
    ):
        answer = client.get("/login/", secure=True)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        assert client.cookies["csrftoken"]["secure"]


def test_what_a_person_sees_is_kept_by_no_cache(client, person):
    client.force_login(person)
    assert client.get("/security/").headers["Cache-Control"] == "private, no-store"

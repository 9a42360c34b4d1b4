"""Roles are given and taken with a second factor, written down, and never so that nobody could give them any more."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from tests.portals.factors import code_at, give_factor
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.people_changed import role_taken
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import ApiKey, Membership, Party, Role, User
from zhanggui.parties.roles import PERMISSIONS, duties_meet
from zhanggui.portals.api.keys import find_key

pytestmark = pytest.mark.django_db
STRONG = "quite a long phrase"


@pytest.fixture
def platform():
    return Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {}})[0]


@pytest.fixture
def shop():
    return Party.objects.create(code="tea", kind="merchant", name={"en": "Tea"})


def person(name, party, *roles):
    user = User.objects.create_user(name, password=STRONG, language="en")
    for role in roles:
        Membership.objects.create(user=user, party=party, role=role)
    return user


def inside(user):
    client = Client()
    client.force_login(user)
    return client


class TestThePlatform:
    def test_a_role_is_given_written_down_and_ends_the_sessions(self, platform):
        admin, other = person("admin", platform, Role.PLATFORM_ADMIN), person("wang", platform)
        theirs = inside(other)
        theirs.get("/security/")
        browser = inside(admin)
        answer = browser.post(
            f"/platform/people/{other.pk}/", {"act": "give", "role": "platform:platform_cashier"}
        )
        assert answer.status_code == 302
        record = AuditRecord.objects.get(action="role.given")
        assert (record.actor, record.object_id) == ("admin", "wang")
        assert (record.before, record.after["roles"]) == ({"roles": []}, ["platform_cashier"])
        assert theirs.get("/security/").url.startswith("/login/")

    def test_it_asks_for_the_code_of_who_has_a_factor(self, platform):
        admin, other = person("admin", platform, Role.PLATFORM_ADMIN), person("wang", platform)
        give_factor(admin)
        browser, data = inside(admin), {"act": "give", "role": "platform:platform_admin"}
        assert browser.post(f"/platform/people/{other.pk}/", data).status_code == 422
        assert not Membership.objects.filter(user=other).exists()
        assert (
            browser.post(f"/platform/people/{other.pk}/", data | {"factor_code": code_at()}).status_code
            == 302
        )

    def test_the_last_administrator_keeps_the_role_and_the_log_in(self, platform):
        admin = person("admin", platform, Role.PLATFORM_ADMIN)
        off = person("gone", platform, Role.PLATFORM_ADMIN)
        User.objects.filter(pk=off.pk).update(is_active=False)
        browser = inside(admin)
        for data in ({"act": "take", "role": "platform:platform_admin"}, {"act": "off"}):
            answer = browser.post(f"/platform/people/{admin.pk}/", data)
            assert answer.status_code == 422 and b"last one who holds" in answer.content
        admin.refresh_from_db()
        assert admin.is_active and Membership.objects.filter(user=admin).exists()

    def test_maker_and_checker_in_one_person_are_warned_of(self, platform):
        admin = person("admin", platform, Role.PLATFORM_ADMIN)
        both = person("both", platform, Role.PLATFORM_CASHIER, Role.PLATFORM_CONTROLLER)
        one = person("one", platform, Role.PLATFORM_CASHIER)
        browser, warning = inside(admin), b"duties are better kept apart"
        assert warning in browser.get(f"/platform/people/{both.pk}/").content
        assert warning not in browser.get(f"/platform/people/{one.pk}/").content
        assert not any(duties_meet(frozenset({role})) for role in PERMISSIONS if role != Role.PLATFORM_ADMIN)

    def test_somebody_new_gets_a_log_in_under_the_rules_for_passwords(self, platform):
        browser = inside(person("admin", platform, Role.PLATFORM_ADMIN))
        data = {"username": "li", "name": "李", "role": "platform:platform_auditor"}
        for bad in ("short", "1234567890123", "password123"):
            assert browser.post("/platform/people/new/", data | {"password": bad}).status_code == 422
        assert not User.objects.filter(username="li").exists()
        assert browser.post("/platform/people/new/", data | {"password": STRONG}).status_code == 302
        assert Client().login(username="li", password=STRONG)
        assert browser.post("/platform/people/new/", data | {"password": STRONG}).status_code == 422
        assert "李" in browser.get("/platform/people/").content.decode()

    @pytest.mark.parametrize(
        "role", [role for role in Role.values if role != "platform_admin" and role[0] == "p"]
    )
    def test_nobody_else_gets_there(self, platform, role):
        browser = inside(person("x", platform, role))
        for path in ("/platform/people/", "/platform/people/new/", "/platform/people/1/"):
            assert browser.get(path).status_code == 403

    @pytest.mark.parametrize(
        "role", ["platform:merchant_owner", "tea:platform_admin", "none:x", "", "platform:root"]
    )
    def test_a_role_that_does_not_fit_is_refused(self, platform, shop, role):
        admin, other = person("admin", platform, Role.PLATFORM_ADMIN), person("wang", platform)
        answer = inside(admin).post(f"/platform/people/{other.pk}/", {"act": "give", "role": role})
        assert answer.status_code == 422 and not Membership.objects.filter(user=other).exists()

    def test_somebody_is_logged_out_everywhere(self, platform):
        admin, other = (
            person("admin", platform, Role.PLATFORM_ADMIN),
            person("wang", platform, Role.PLATFORM_AUDITOR),
        )
        theirs, browser, page = inside(other), inside(admin), f"/platform/people/{other.pk}/"
        assert "Nowhere at the moment" in browser.get(page).content.decode()
        theirs.get("/security/", headers={"User-Agent": "An old browser"})
        assert "An old browser" in browser.get(page).content.decode()
        assert browser.post(page, {"act": "sessions"}).status_code == 302
        assert theirs.get("/security/").url.startswith("/login/")
        assert AuditRecord.objects.get(action="sessions.ended").after == {"sessions": 1}


class TestKeys:
    def test_a_key_is_issued_shown_once_and_revoked(self, platform):
        browser = inside(person("admin", platform, Role.PLATFORM_ADMIN))
        person("wang", platform, Role.PLATFORM_FINANCE)
        data = {
            "act": "make",
            "user": "wang",
            "role": "platform_finance",
            "party": "platform",
            "label": "ERP",
            "expires": "2099-12-31",
        }
        for wrong in (
            {"user": "nobody"},
            {"role": "platform_admin"},
            {"role": "root"},
            {"expires": "2020-01-01"},
            {"expires": ""},
            {"expires": "soon"},
            {"label": ""},
            {"party": "none"},
        ):
            assert browser.post("/platform/keys/new/", data | wrong).status_code == 422, wrong
        answer = browser.post("/platform/keys/new/", data)
        secret = re.search(r"zg_[\w-]{20,}", answer.content.decode())[0]
        assert answer.headers["Cache-Control"] == "no-store" and find_key(secret, timezone.now())
        key = ApiKey.objects.get()
        listed = browser.get("/platform/keys/").content.decode()
        assert key.hint in listed and secret not in listed and "Valid" in listed
        page = f"/platform/keys/{key.id}/"
        assert secret not in browser.get(page).content.decode()
        assert browser.post(page, {"act": "revoke"}).status_code == 302
        assert find_key(secret, timezone.now()) is None and "Revoked" in browser.get(page).content.decode()
        assert browser.post(page, {"act": "revoke"}).status_code == 422
        assert [one.action for one in AuditRecord.objects.order_by("id")] == ["key.issued", "key.revoked"]
        assert browser.get("/platform/keys/999999/").status_code == 404

    def test_it_asks_for_the_code_of_who_has_a_factor(self, platform):
        admin = person("admin", platform, Role.PLATFORM_ADMIN)
        give_factor(admin)
        data = {
            "act": "make",
            "user": "admin",
            "role": "platform_admin",
            "party": "platform",
            "label": "x",
            "expires": "2099-12-31",
        }
        assert inside(admin).post("/platform/keys/new/", data).status_code == 422
        assert not ApiKey.objects.exists()

    def test_others_look_or_are_kept_out(self, platform):
        auditor, cashier = (
            person("a", platform, Role.PLATFORM_AUDITOR),
            person("c", platform, Role.PLATFORM_CASHIER),
        )
        assert inside(auditor).get("/platform/keys/").status_code == 200
        assert inside(auditor).get("/platform/keys/new/").status_code == 403
        assert inside(cashier).get("/platform/keys/").status_code == 403


class TestTheShop:
    def test_the_owner_manages_the_shops_own_people_alone(self, platform, shop):
        owner, clerk = person("owner", shop, Role.MERCHANT_OWNER), person("clerk", shop, Role.MERCHANT_VIEWER)
        admin = person("admin", platform, Role.PLATFORM_ADMIN)
        browser = inside(owner)
        listed = browser.get("/merchant/staff/").content.decode()
        assert "clerk" in listed and "admin" not in listed
        assert browser.get(f"/merchant/staff/{admin.pk}/").status_code == 404
        page = f"/merchant/staff/{clerk.pk}/"
        assert browser.post(page, {"act": "give", "role": "tea:merchant_finance"}).status_code == 302
        assert browser.post(page, {"act": "give", "role": "platform:platform_admin"}).status_code == 422
        assert browser.post(page, {"act": "password", "password": STRONG}).status_code == 422
        assert (
            browser.post(
                f"/merchant/staff/{owner.pk}/", {"act": "take", "role": "tea:merchant_owner"}
            ).status_code
            == 422
        )
        assert inside(clerk).get("/merchant/staff/").status_code == 403

    def test_what_somebody_does_elsewhere_does_not_show(self, platform, shop):
        owner = person("owner", shop, Role.MERCHANT_OWNER)
        both = person("both", shop, Role.MERCHANT_VIEWER)
        Membership.objects.create(user=both, party=platform, role=Role.PLATFORM_AUDITOR)
        for path in ("/merchant/staff/", f"/merchant/staff/{both.pk}/"):
            text = inside(owner).get(path).content.decode()
            assert "both" in text and "Auditor" not in text


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_take_each_others_role_leave_one():
    platform = Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {}})[0]
    people = [person(name, platform, Role.PLATFORM_ADMIN) for name in ("a", "b")]
    gate, refused = threading.Barrier(2), []

    def take(user):
        gate.wait()
        try:
            role_taken(user=user, party=platform, role="platform_admin", at=timezone.now(), actor="x")
        except Refusal as refusal:
            refused.append(refusal.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=take, args=[user]) for user in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_keeper"] and Membership.objects.count() == 1


def test_backups_show_how_each_came_out(platform, tmp_path):
    from zhanggui.backups.models import Backup

    kept = tmp_path / "kept.zgbackup"
    kept.write_bytes(b"x")
    now = timezone.now()
    for path, failure in ((kept, ""), (tmp_path / "gone", ""), (tmp_path / "failed", "no space left")):
        Backup.objects.create(
            kind="manual", started_at=now, ended_at=now, actor="x", path=str(path), failure=failure
        )
    text = inside(person("admin", platform, Role.PLATFORM_ADMIN)).get("/platform/backups/").content.decode()
    for word in (
        "Read back",
        "File is gone",
        "Failed",
        "no space left",
        "Back up now",
        "Test the latest",
        "not sealed",
    ):
        assert word in text, word
    assert inside(User.objects.get(username="admin")).post("/platform/backups/test/").status_code == 302
    text = (
        inside(person("auditor", platform, Role.PLATFORM_AUDITOR)).get("/platform/backups/").content.decode()
    )
    assert "Read back" in text and "Back up now" not in text


def test_no_young_backup_is_an_alarm(platform):
    text = inside(person("admin", platform, Role.PLATFORM_ADMIN)).get("/platform/backups/").content.decode()
    assert "older than 36 hours, or there is none" in text

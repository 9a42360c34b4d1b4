"""Somebody outside applies, staff decide, and who was accepted comes in."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from tests.portals.shell.running import run_command
from tests.portals.test_contracts import api, client, user
from zhanggui.audit.models import AuditRecord
from zhanggui.outbox.models import Notice
from zhanggui.parties.models import Membership, Party
from zhanggui.portals.shell.commands import applications
from zhanggui.trade.applications.errors import ApplicationDecided
from zhanggui.trade.applications.models import Application
from zhanggui.trade.applications.operations.submit_application import MOST
from zhanggui.trade.applications.rules import credit_code_holds
from zhanggui.trade.catalogue.models import Category

CODE = "91350100M000100Y43"  # the example of GB 32100-2015
OTHER = "91110000600037341L"
SENT = {
    "kind": "merchant", "entity_kind": "company", "name": "Tea Ltd", "credit_code": CODE, "contact": "Wang",
    "phone": "13800001111", "email": "wang@tea.example", "categories": ["food"], "about": "Tea.",
}  # fmt: skip
STRONG = "a long enough pass phrase"


@pytest.mark.parametrize(
    ("code", "holds"),
    [(CODE, True), (OTHER, True), (CODE[:-1] + "4", False), (CODE.lower(), False), (CODE[:-1], False), ("", False),
     ("I" * 18, False)],
)  # fmt: skip
def test_the_check_digit(code: str, holds: bool) -> None:
    assert credit_code_holds(code) is holds


def licence() -> SimpleUploadedFile:
    drawn = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(drawn, "PNG")
    return SimpleUploadedFile("licence.png", drawn.getvalue(), "image/png")


@pytest.fixture
def mall(db: Any) -> Client:
    Category.objects.create(code="food", name={"zh": "食品", "en": "Food"}, position=1)
    return Client(headers={"Accept-Language": "en"})


def send(mall: Client, **other: Any) -> Any:
    return mall.post("/open-a-shop/", {"licence": licence()} | SENT | other)


@pytest.mark.parametrize(
    "wrong",
    [{"credit_code": CODE[:-1] + "4"}, {"phone": "call me"}, {"email": "x"}, {"name": ""}, {"categories": ["none"]},
     {"categories": []}, {"kind": "platform"}, {"about": "x" * 1001}, {"licence": ""},
     {"licence": SimpleUploadedFile("licence.png", b"<svg onload=x>")}],
)  # fmt: skip
def test_what_is_wrong_is_said_and_typed_text_stays(mall: Client, wrong: dict[str, Any]) -> None:
    answer = send(mall, **wrong)
    assert answer.status_code == 422 and 'role="alert"' in answer.content.decode()
    assert "13800001111" in answer.content.decode() or "phone" in wrong
    assert not Application.objects.exists()


def test_from_the_form_to_the_log_in(mall: Client) -> None:
    page = send(mall, credit_code=f" {CODE.lower()[:9]} {CODE.lower()[9:]} ")["Location"]
    row = Application.objects.get()
    seen = mall.get(page)
    assert row.number in seen.content.decode() and "no-store" in seen["Cache-Control"]
    assert (
        seen["Referrer-Policy"] == "same-origin"
    )  # with none, browsers send Origin: null, and every form is refused
    assert page.split("/")[2].encode() not in bytes(row.secret_digest)
    assert mall.get("/open-a-shop/another-secret/").status_code == 404
    assert send(mall).status_code == 422  # it waits already: the same company does not wait twice
    assert (
        client("platform_auditor", "mall")
        .post(f"/platform/applications/{row.number}/", {"act": "reject"})
        .status_code
        == 422
    )
    desk, place = client("platform_operations", "mall"), f"/platform/applications/{row.number}/"
    assert row.number in desk.get("/platform/applications/?tab=waiting").content.decode()
    assert desk.get(f"{place}licence/")["Content-Type"] == "image/png"
    assert desk.post(place, {"act": "accept", "code": "mall", "username": "tea-owner"}).status_code == 422
    assert not Party.objects.filter(code="tea").exists()
    assert desk.post(place, {"act": "accept", "code": "tea", "username": "tea-owner"}).status_code == 302
    held = Membership.objects.get(party__code="tea")
    assert (held.role, held.user.username, held.user.has_usable_password()) == (
        "merchant_owner",
        "tea-owner",
        False,
    )
    assert mall.post(page, {"password": STRONG, "again": "other"}).status_code == 422
    assert mall.post(page, {"password": "12345678", "again": "12345678"}).status_code == 422
    assert mall.post(page, {"password": STRONG, "again": STRONG}).status_code == 302
    assert mall.post(page, {"password": STRONG + "!", "again": STRONG + "!"}).status_code == 422
    assert Client().login(username="tea-owner", password=STRONG)
    told = Notice.objects.get(kind="application.accepted")
    assert told.party_id == Party.objects.get(code="tea").id
    acts = AuditRecord.objects.values_list("action", flat=True)
    assert {
        "application.submitted",
        "application.accepted",
        "party.opened",
        "person.added",
        "password.set",
    } <= set(acts)


def test_over_the_api(mall: Client) -> None:
    send(mall)
    send(mall, kind="supplier", credit_code=OTHER)
    staff, tea, supplier = api("platform_operations", "mall"), *Application.objects.order_by("id")
    assert [one["kind"] for one in staff.get("/shop-applications", state="waiting")["items"]] == [
        "merchant",
        "supplier",
    ]
    assert staff.get(f"/shop-applications/{tea.number}")["licence"].startswith("iVBOR")
    body = {"code": "farm-2", "username": "farm-owner"}
    for _again in range(2):
        done = staff.post(f"/shop-applications/{supplier.number}/acceptance", body)
        assert (done["state"], done["party"], done["username"]) == ("accepted", "farm-2", "farm-owner")
    assert Membership.objects.get(party__code="farm-2").role == "supplier_owner"
    staff.post(f"/shop-applications/{supplier.number}/acceptance", body | {"code": "other"}, 409)
    staff.post(f"/shop-applications/{supplier.number}/rejection", {"reason": "late"}, 409)
    staff.post(
        f"/shop-applications/{tea.number}/acceptance", body, 409
    )  # the code is taken: nothing is opened
    assert (
        staff.post(f"/shop-applications/{tea.number}/rejection", {"reason": "no licence"})["state"]
        == "rejected"
    )
    staff.get("/shop-applications/none", 404)
    api("platform_auditor", "mall").post(f"/shop-applications/{tea.number}/rejection", {"reason": "x"}, 403)
    api("merchant_owner", "tea").get("/shop-applications", 403)


def test_by_command_and_at_most_so_many(mall: Client) -> None:
    user("platform_operations", "mall")
    send(mall)
    number, who = Application.objects.get().number, ("--as", "platform_operations-mall")
    assert number in run_command(applications, "list", "--state", "waiting").text
    assert (
        run_command(applications, "reject", number, "--reason", "not now", *who).document["reason"]
        == "not now"
    )
    with pytest.raises(ApplicationDecided):
        run_command(applications, "accept", number, "--code", "tea", "--username", "tea-owner", *who)
    first = Application.objects.get()
    for place in range(MOST - 1):
        Application.objects.create(
            **{
                field.attname: getattr(first, field.attname)
                for field in Application._meta.fields
                if field.attname != "id"
            }
            | {"number": f"N{place}", "secret_digest": place.to_bytes(32)}
        )
    assert send(mall).status_code == 429

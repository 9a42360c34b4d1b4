"""Contracts on the screens of both sides, over the API and by command."""

import base64
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.portals.api.calling import Api
from tests.portals.shell.running import run_command
from tests.settlement.entities.test_contracts import PAPER, keep, party
from zhanggui.parties.models import Membership, PartyKind, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import contracts
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.settlement.entities.models import Contract

pytestmark = pytest.mark.django_db
KINDS = {"mall": PartyKind.PLATFORM, "farm": PartyKind.SUPPLIER}


def user(role: str, code: str, language: str = "en") -> User:
    found = User.objects.get_or_create(username=f"{role}-{code}", defaults={"language": language})[0]
    where = party(code, KINDS.get(code, PartyKind.MERCHANT))
    Membership.objects.get_or_create(user=found, party=where, role=role)
    return found


def client(role: str, code: str, language: str = "en") -> Client:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(user(role, code, language))
    return browser


def api(role: str, code: str) -> Api:
    who = user(role, code)
    return Api(issue_key(user=who, party=party(code), role=role, label="tests", at=timezone.now())[1])


def days(start: int, end: int) -> tuple[str, str]:
    today = timezone.localdate()
    return (today + timedelta(days=start)).isoformat(), (today + timedelta(days=end)).isoformat()


def test_staff_keep_one_and_its_party_reads_it() -> None:
    desk, tea = client("platform_admin", "mall"), party("tea")
    starts_on, ends_on = days(-300, 10)
    typed = {
        "act": "keep", "party": "tea", "number": "HT-2026-1", "signed_on": starts_on, "starts_on": starts_on,
        "ends_on": ends_on, "signed_by": "王小明 / 李四", "note": "renew in time",
    }  # fmt: skip
    assert desk.post("/platform/contracts/new/", typed).status_code == 422
    wrong = SimpleUploadedFile("contract.pdf", b"<html>no paper</html>")
    assert desk.post("/platform/contracts/new/", typed | {"file": wrong}).status_code == 422
    paper = SimpleUploadedFile("contract.pdf", PAPER)
    gone = desk.post("/platform/contracts/new/", typed | {"file": paper})
    assert gone["Location"] == "/platform/contracts/HT-2026-1/"
    for place in (
        gone["Location"],
        "/platform/contracts/?state=ending",
        f"/platform/parties/{tea.id}/?tab=contracts",
    ):
        page = desk.get(place).content.decode()
        assert "HT-2026-1" in page and "Ends soon" in page, place
    own = client("merchant_finance", "tea", "zh-hans")
    assert "即将到期" in own.get("/merchant/contracts/").content.decode()
    answer = own.get("/merchant/contracts/HT-2026-1/paper/")
    assert answer.content == PAPER and "attachment" in answer["Content-Disposition"]
    for role, code, status in (
        ("merchant_owner", "books", 404), ("supplier_owner", "farm", 404), ("merchant_staff", "tea", 403),
    ):  # fmt: skip
        assert client(role, code).get("/merchant/contracts/HT-2026-1/paper/").status_code == status
    keep("F-1", *days(-3, 300), code="farm", signed_on=timezone.localdate())
    page = client("supplier_owner", "farm").get("/merchant/contracts/").content.decode()
    assert "F-1" in page and "HT-2026-1" not in page
    assert client("platform_auditor", "mall").get("/platform/contracts/new/").status_code == 403


def test_over_the_api() -> None:
    staff, tea = api("platform_admin", "mall"), api("merchant_finance", "tea")
    starts_on, ends_on = days(-3, 300)
    body = {
        "party": "tea", "number": "HT-1", "signed_on": starts_on, "starts_on": starts_on, "ends_on": ends_on,
        "signed_by": "王小明", "file_name": "a.pdf", "content": base64.b64encode(PAPER).decode(),
    }  # fmt: skip
    assert staff.post("/contracts", body, 201)["state"] == "holds"
    assert staff.post("/contracts", body, 409)["error"]["code"] == "contract_exists"
    assert (
        staff.post("/contracts", body | {"number": "HT-2", "content": "?"}, 422)["error"]["code"]
        == "contract_refused"
    )
    tea.post("/contracts", body | {"number": "HT-2"}, 403)
    keep("B-1", "2020-01-01", "2020-12-31", code="books", signed_on=date(2020, 1, 1))
    assert [one["number"] for one in staff.get("/contracts", state="over")["items"]] == ["B-1"]
    own = tea.get("/contracts")["items"]
    assert [(one["number"], one["party"], one["kept_by"]) for one in own] == [("HT-1", "tea", None)]
    assert base64.b64decode(tea.get("/contracts/HT-1/paper")["content"]) == PAPER
    tea.get("/contracts/B-1", 404)
    tea.get("/contracts/B-1/paper", 404)


def test_by_command(tmp_path: Path) -> None:
    user("platform_admin", "mall"), party("tea")
    file, (starts_on, ends_on) = tmp_path / "a.pdf", days(5, 300)
    said = ("--signed-on", starts_on, "--from", starts_on, "--to", ends_on, "--signed-by", "王小明",
            "--as", "platform_admin-mall")  # fmt: skip
    with pytest.raises(FileRefused):
        run_command(contracts, "keep", "tea", "HT-1", str(file), *said)
    file.write_bytes(PAPER)
    assert run_command(contracts, "keep", "tea", "HT-1", str(file), *said).document["state"] == "ahead"
    assert [
        one["number"] for one in run_command(contracts, "list", "--party", "tea").document["contracts"]
    ] == ["HT-1"]
    assert "there is no such contract" in run_command(contracts, "list", "--state", "over").text
    assert Contract.objects.get().kept_by == "platform_admin-mall"

"""Payment files out and bank answers in: by browser, API and command, for who may send payouts, and written down."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.portals.payouts.test_screens import browser, said
from tests.settlement.payouts.story import PayoutStory, two_confirmed
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import payout as payout_command
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.payouts.errors import UnknownBatch
from zhanggui.settlement.payouts.models import PayoutBatch, PayoutFile
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db
UPLOAD = "/platform/payouts/answers/upload/"


@pytest.fixture
def story() -> PayoutStory:
    """Two payouts are on their way in a file."""
    cache.clear()
    story = two_confirmed()
    story.sent_batch()
    return story


def opened() -> list[tuple[str, str]]:
    rows = AuditRecord.objects.filter(action="payout_file.opened").order_by("id")
    return [(row.actor, row.after["where"]) for row in rows]


def upload(client: Client, content: bytes, *, account: str = "bank-1", name: str = "answer.txt") -> Any:
    return client.post(UPLOAD, {"account": account, "file": SimpleUploadedFile(name, content)})


class TestDownload:
    def test_who_may_send_gets_the_very_bytes_and_it_is_written_down(self, story: PayoutStory) -> None:
        batch, file = PayoutBatch.objects.get(), PayoutFile.objects.get()
        page, cashier = f"/platform/payout-batches/{batch.number}/", browser(Role.PLATFORM_CASHIER)
        assert 'name="file"' in said(cashier, page)
        answer = cashier.post(page, {"file": str(file.id)})
        assert answer.status_code == 200 and answer.content == story.rail.got[0][1]
        assert b"6217001234567890123" in answer.content, "the bank needs the whole number"
        assert answer["Content-Disposition"] == f'attachment; filename="{file.name}"'
        assert answer["Cache-Control"] == "private, no-store"
        assert opened() == [(Role.PLATFORM_CASHIER, "screen")]
        assert len(story.rail.got) == 1, "nothing was sent by looking"

    def test_others_and_other_files_are_refused(self, story: PayoutStory) -> None:
        batch, file = PayoutBatch.objects.get(), PayoutFile.objects.get()
        page, controller = f"/platform/payout-batches/{batch.number}/", browser(Role.PLATFORM_CONTROLLER)
        assert 'name="file"' not in said(controller, page)
        said(controller, page, {"file": str(file.id)}, 422)
        cashier = browser(Role.PLATFORM_CASHIER)
        for number in ("0", "99999999", "soup", "9" * 30, "²"):
            said(cashier, page, {"file": number}, 422)
        story.answers(story.says(story.payout("m1"), Outcome.ACCEPTED))
        said(cashier, page, {"file": str(PayoutFile.objects.get(direction="in").id)}, 422)
        stale = browser(Role.PLATFORM_CASHIER)
        session = stale.session
        session["factor_at"] = 0
        session.save()
        assert stale.post(page, {"file": str(file.id)}).status_code != 200
        assert opened() == []

    def test_over_the_api(self, story: PayoutStory) -> None:
        batch, cashier = PayoutBatch.objects.get(), browser(Role.PLATFORM_CASHIER)
        path = f"/api/v1/payout-batches/{batch.number}/files"
        [one] = cashier.get(path).json()["items"]
        assert (one["name"], one["size_bytes"]) == (f"{batch.number}.txt", len(story.rail.got[0][1]))
        answer = cashier.get(f"{path}/{one['id']}")
        assert answer.content == story.rail.got[0][1] and answer["Cache-Control"] == "private, no-store"
        assert answer["Content-Disposition"].startswith("attachment")
        assert cashier.get(f"{path}/999").json()["error"]["code"] == "unknown_payout_file"
        assert cashier.get("/api/v1/payout-batches/PB0/files/1").status_code == 404
        assert browser(Role.PLATFORM_AUDITOR).get(f"{path}/{one['id']}").status_code == 403
        assert browser(Role.MERCHANT_OWNER, "m1", "owner").get(path).status_code == 403
        assert opened() == [(Role.PLATFORM_CASHIER, "API")]

    def test_by_command(self, story: PayoutStory, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        browser(Role.PLATFORM_CASHIER)
        browser(Role.PLATFORM_AUDITOR)
        number, where = PayoutBatch.objects.get().number, ("--out", str(tmp_path))
        [one] = self.run(capsys, number, *where, who=Role.PLATFORM_CASHIER)["files"]
        path = tmp_path / one["name"]
        assert path.read_bytes() == story.rail.got[0][1] and path.stat().st_mode & 0o777 == 0o600
        assert opened() == [(Role.PLATFORM_CASHIER, "command")]
        with pytest.raises(BadArguments, match="do not include"):
            self.run(capsys, number, *where, who=Role.PLATFORM_AUDITOR)
        with pytest.raises(BadArguments, match="is no folder"):
            self.run(capsys, number, "--out", str(tmp_path / "none"), who=Role.PLATFORM_CASHIER)
        with pytest.raises(UnknownBatch):
            self.run(capsys, "PB0", *where, who=Role.PLATFORM_CASHIER)

    def run(self, capsys: pytest.CaptureFixture[str], *arguments: str, who: str) -> Any:
        parser = argparse.ArgumentParser()
        payout_command.add_arguments(parser)
        payout_command.run(
            parser.parse_args(["files", *arguments, "--as", who, "--json"]), Output(as_json=True)
        )
        return json.loads(capsys.readouterr().out)


class TestUpload:
    def test_what_each_answer_came_to(self, story: PayoutStory) -> None:
        cashier = browser(Role.PLATFORM_CASHIER)
        assert "bank-1" in said(cashier, UPLOAD)
        one, two = story.payout("m1"), story.payout("m2")
        story.rail.says = [
            story.says(one, Outcome.REJECTED, reason_code="AC04"),
            story.says(two, Outcome.EXECUTED, currency="CNY"),
            story.says(two, Outcome.EXECUTED, amount_minor=1, currency="CNY"),
        ]
        answer = upload(cashier, b"the bank says")
        file = PayoutFile.objects.get(direction="in")
        assert (answer.status_code, answer["Location"]) == (302, f"/platform/payouts/answers/{file.id}/")
        page = said(cashier, answer["Location"])
        for words in (
            "Read: 3 answers.",
            one.number,
            two.number,
            "Account is closed",
            "Applied",
            "Another amount",
        ):
            assert words in page
        assert (story.payout("m1").state, story.payout("m2").state) == ("failed", "paid")
        assert f"/platform/payouts/answers/{file.id}/" in said(cashier, "/platform/payouts/answers/")
        again = upload(cashier, b"the bank says", name="again.txt")
        assert "This file was read before" in said(cashier, again["Location"])
        assert PayoutFile.objects.filter(direction="in").count() == 1
        auditor = browser(Role.PLATFORM_AUDITOR)
        assert one.number in said(auditor, answer["Location"])
        assert "answers/upload/" not in said(auditor, "/platform/payouts/answers/")

    def test_refusals_change_nothing(self, story: PayoutStory) -> None:
        cashier, auditor = browser(Role.PLATFORM_CASHIER), browser(Role.PLATFORM_AUDITOR)
        story.rail.says = [story.says(story.payout("m1"), Outcome.REJECTED)]
        said(auditor, UPLOAD, status=403)
        assert upload(auditor, b"the bank says").status_code == 403
        assert "Choose an account and a file" in said(cashier, UPLOAD, {"account": "bank-1"}, 422)
        assert upload(cashier, b"says", account="nobody").status_code == 422
        assert upload(cashier, b"").status_code == 422
        for content, name in ((b"MZ\x00\x01\x02\x03" * 50, "a.txt"), (b"no workbook", "a.xlsx"),
                              (b"PK\x03\x04 torn", "a.xlsx")):  # fmt: skip
            assert upload(cashier, content, name=name).status_code == 422
        cashier.cookies["django_language"] = "zh-hans"
        page = upload(cashier, b"no workbook", name="a.xlsx")
        assert "录入银行回执" in page.content.decode() and "is not what it says" not in page.content.decode()
        said(cashier, "/platform/payouts/answers/999/", status=404)
        said(cashier, f"/platform/payouts/answers/{PayoutFile.objects.get().id}/", status=404)
        assert story.payout("m1").state == "sent"

    def test_over_the_api(self, story: PayoutStory) -> None:
        cashier, auditor = browser(Role.PLATFORM_CASHIER), browser(Role.PLATFORM_AUDITOR)
        story.rail.says = [story.says(story.payout("m1"), Outcome.EXECUTED)]

        def send(client: Client, key: str, content: bytes = b"the bank says", **parts: Any) -> Any:
            sent = {"own_account": "bank-1", "file": SimpleUploadedFile("answer.txt", content)} | parts
            return client.post("/api/v1/payout-answers", sent, headers={"Idempotency-Key": key})

        assert send(auditor, "a").status_code == 403
        assert send(cashier, "b", own_account="nobody").json()["error"]["code"] == "unknown_own_account"
        assert send(cashier, "c", b"").json()["error"]["code"] == "file_empty"
        assert send(cashier, "d", b"\x00\x01\x02" * 99).json()["error"]["code"] == "file_not_what_it_says"
        assert send(cashier, "e", more="x").json()["error"]["code"] == "unknown_parameter"
        assert story.payout("m1").state == "sent"
        done = send(cashier, "f").json()
        assert (done["effects"], done["repeated"], done["name"]) == ({"applied": 1}, False, "answer.txt")
        assert send(cashier, "f").json() == done
        again = send(cashier, "g").json()
        assert (again["repeated"], again["file_id"]) == (True, done["file_id"])
        assert story.payout("m1").state == "paid"

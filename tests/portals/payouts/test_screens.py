"""Paying through the screens of both portals, the API and the command: propose, approve, send, answer, again."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from tests.settlement.payouts.story import TWO, PayoutStory, noon
from zhanggui.approvals.models import Approval
from zhanggui.audit.models import AuditRecord
from zhanggui.config.command_line import command_modules
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.portals.shell.commands import payout as payout_command
from zhanggui.portals.shell.commands import receivers as receivers_command
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.payouts.models import Payout, PayoutBatch, PayoutFile, Receiver
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db


def browser(role: str, party: str = "platform", name: str = "") -> Client:
    """A browser of somebody with a role, second factor just given, in English."""
    held, _ = Party.objects.get_or_create(
        code=party, defaults={"kind": PartyKind.PLATFORM, "name": {"en": "Mall"}}
    )
    user, _ = User.objects.get_or_create(username=name or role)
    Membership.objects.get_or_create(user=user, party=held, role=role)
    client = Client()
    client.force_login(user)
    session = client.session
    session["factor_at"] = 4_000_000_000
    session.save()
    client.cookies["django_language"] = "en"
    return client


def said(client: Client, path: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
    answer = client.get(path) if data is None else client.post(path, data)
    assert answer.status_code == status, answer.content[:2000]
    return answer.content.decode()


@pytest.fixture
def story() -> PayoutStory:
    cache.clear()
    story = PayoutStory()
    story.now = noon("2026-06-01")  # screens read the real clock: receivers have cooled down by then
    story.month(TWO, "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    return story


class TestScreens:
    def test_from_due_to_paid_by_two_people(self, story: PayoutStory) -> None:
        cashier, controller = browser(Role.PLATFORM_CASHIER), browser(Role.PLATFORM_CONTROLLER)
        assert "95.00" in said(cashier, "/platform/payouts/due/")
        said(controller, "/platform/payouts/due/", {}, 422)
        said(cashier, "/platform/payouts/due/", {}, 302)
        batch = PayoutBatch.objects.get()
        page = f"/platform/payout-batches/{batch.number}/"
        assert "Another person has to approve" in said(cashier, page)
        said(cashier, page, {}, 422)  # not approved yet
        story.now = timezone.now()
        approval = story.approve(batch)
        assert approval.state == "approved" and "Send to the bank" in said(cashier, page)
        said(controller, page, {}, 422)
        said(cashier, page, {}, 302)
        assert len(story.rail.got) == 1
        one = story.payout("m1")
        story.answers(story.says(one, Outcome.REJECTED, reason_code="AC04"))
        there = said(cashier, f"/platform/payouts/{one.number}/")
        assert "Account is closed" in there and "Propose a new payout" in there
        said(cashier, f"/platform/payouts/{one.number}/", {}, 302)
        assert Payout.objects.filter(retry_of_id=one.id).count() == 1
        for path in ("payouts/", "payout-batches/", "payouts/answers/", "receivers/"):
            assert "m1" in said(cashier, f"/platform/{path}") or path in (
                "payout-batches/",
                "payouts/answers/",
            )

    def test_a_receiver_is_verified_closed_and_shown_with_a_trace(self, story: PayoutStory) -> None:
        row = story.receiver("m1", "6217005555555555555", verified=False)
        page = f"/platform/receivers/{row.id}/"
        finance, controller = browser(Role.PLATFORM_FINANCE), browser(Role.PLATFORM_CONTROLLER)
        assert "6217005555555555555" not in said(finance, page)
        said(finance, f"{page}number/", status=403)
        assert f"{page}number/" in said(controller, page)
        said(controller, f"{page}number/", {"reason": ""}, 422)
        assert "6217005555555555555" in said(controller, f"{page}number/", {"reason": "the bank asks"})
        assert AuditRecord.objects.filter(action="number.revealed", object_id=str(row.id)).count() == 1
        said(controller, page, {"act": "verify"}, 422)
        said(finance, page, {"act": "verify"}, 302)
        row.refresh_from_db()
        assert row.state == "verified" and row.usable_from > row.verified_at
        said(finance, page, {"act": "close"}, 422)
        said(finance, page, {"act": "close", "reason": "a fraud"}, 302)

    def test_a_shop_sees_its_own_money_and_gives_another_account(self, story: PayoutStory) -> None:
        story.sent_batch()
        mine, theirs = story.payout("m1"), story.payout("m2")
        shop = browser(Role.MERCHANT_OWNER, "m1", "owner")
        listed = said(shop, "/merchant/payouts/")
        assert mine.number in listed and theirs.number not in listed
        assert "On its way" in said(shop, f"/merchant/payouts/{mine.number}/")
        said(shop, f"/merchant/payouts/{theirs.number}/", status=404)
        assert mine.number in said(shop, f"/merchant/statements/{mine.statement_id}/")
        typed = {"holder": "m1 Ltd", "number": "6217 0077 7777 7777 777", "currency": "CNY", "bank": "ICBC"}
        said(shop, "/merchant/receivers/", typed, 302)
        assert Receiver.objects.get(state="proposed").number_masked == "****7777"
        said(shop, "/merchant/receivers/", typed, 422)
        viewer = browser(Role.MERCHANT_VIEWER, "m1", "viewer")
        said(viewer, "/merchant/receivers/", typed, 422)


def test_the_search_box_finds_payouts_batches_and_receivers(story: PayoutStory) -> None:
    batch = story.sent_batch()
    row, finance = story.payout("m1"), browser(Role.PLATFORM_FINANCE)
    finance.get("/platform/")
    for text, target in (
        (row.number, f"/platform/payouts/{row.number}/"), (f"{row.number}-1", f"/platform/payouts/{row.number}/"),
        (batch.number, f"/platform/payout-batches/{batch.number}/"), ("m1 Ltd", f"/platform/receivers/{row.receiver_id}/"),
    ):  # fmt: skip
        answer = finance.get("/find", {"q": text})
        assert answer.status_code == 302 and answer["Location"] == target, text


class TestEvidence:
    def test_is_brought_looked_at_and_approved(self, story: PayoutStory) -> None:
        story.send(story.approve(story.batch()))
        number = story.payout("m1").number
        cashier, controller = browser(Role.PLATFORM_CASHIER), browser(Role.PLATFORM_CONTROLLER)
        page = f"/platform/payouts/{number}/evidence/"
        assert page in said(cashier, f"/platform/payouts/{number}/")
        letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 a letter %%EOF", content_type="application/pdf")
        sheet = {"act": "state", "outcome": "executed", "reference": "ICBC-77", "day": "2026-06-01",
                 "reason": "by letter"}  # fmt: skip
        assert "Choose a file" in said(cashier, page, sheet, 422)
        said(cashier, page, sheet | {"file": letter}, 302)
        shown = said(controller, page)
        assert "letter.pdf" in shown and "ICBC-77" in shown and "What became of it" not in shown
        file = PayoutFile.objects.get(direction="ev")
        assert controller.get(f"{page}{file.id}/").content == b"%PDF-1.7 a letter %%EOF"
        assert controller.get(f"{page}{file.id + 1}/").status_code == 404
        approval = Approval.objects.get(kind="payout_evidence")
        assert page in said(controller, f"/platform/approvals/{approval.id}/")
        said(
            controller,
            f"/platform/approvals/{approval.id}/",
            {"decision": "approve", "retyped": "95.00"},
            302,
        )
        assert story.payout("m1").state == "paid"

    def test_evidence_about_a_part(self, story: PayoutStory) -> None:
        """30.01 of 95.00 came back: told on both portals, by the API and the command, and due again."""
        story.sent_batch()
        number = story.payout("m1").number
        cashier = browser(Role.PLATFORM_CASHIER)
        page = f"/platform/payouts/{number}/evidence/"
        sheet = {"act": "state", "outcome": "returned", "reference": "ICBC-77", "day": "2026-06-01",
                 "reason": "by letter"}  # fmt: skip
        for amount, problem in (("x", "Type an amount"), ("95.01", "a rejection is of all of it")):
            letter = SimpleUploadedFile(
                "letter.pdf", b"%PDF-1.7 a letter %%EOF", content_type="application/pdf"
            )
            assert problem in said(cashier, page, sheet | {"file": letter, "amount": amount}, 422)
        letter = SimpleUploadedFile("letter.pdf", b"%PDF-1.7 a letter %%EOF", content_type="application/pdf")
        said(cashier, page, sheet | {"file": letter, "amount": "30.01"}, 302)
        assert "30.01" in said(cashier, page)
        story.now = timezone.now()
        approval = Approval.objects.get(kind="payout_evidence")
        said(
            browser(Role.PLATFORM_CONTROLLER),
            f"/platform/approvals/{approval.id}/",
            {"decision": "approve", "retyped": "30.01"},
            302,
        )
        shown = said(cashier, f"/platform/payouts/{number}/")
        assert "Came back of it" in shown and "30.01 of it is owed again" in shown
        assert "30.01" in said(browser(Role.MERCHANT_OWNER, "m1", "owner"), f"/merchant/payouts/{number}/")
        full = cashier.get(f"/api/v1/payouts/{number}").json()
        assert (full["amount_minor"], full["short_minor"], full["returned_minor"]) == (9500, 0, 3001)
        assert "30.01" in said(cashier, "/platform/payouts/due/")


class TestApi:
    def call(self, client: Client, path: str, body: dict[str, Any], key: str) -> Any:
        return client.post(
            f"/api/v1/{path}",
            json.dumps(body),
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    def test_propose_and_read(self, story: PayoutStory) -> None:
        cashier = browser(Role.PLATFORM_CASHIER)
        first = self.call(cashier, "payout-batches", {}, "k1")
        assert first.status_code == 200, first.content
        [batch] = first.json()["batches"]
        assert (batch["payout_count"], batch["total_minor"]) == (2, 28500)
        assert self.call(cashier, "payout-batches", {}, "k1").json() == first.json()
        story.now = timezone.now()
        story.approve(PayoutBatch.objects.get())
        sent = self.call(cashier, f"payout-batches/{batch['number']}/sending", {}, "k2")
        assert sent.json()["outcome"] == "submitted", sent.content
        again = self.call(cashier, f"payout-batches/{batch['number']}/sending", {}, "k3")
        assert (again.status_code, again.json()["error"]["code"]) == (409, "batch_not_approved")
        items = cashier.get("/api/v1/payouts").json()["items"]
        assert [one["receiver"] for one in items] == ["****0123", "****9999"]
        full = cashier.get(f"/api/v1/payouts/{items[0]['number']}").json()
        assert full["attempts"][0]["state"] == "submitted"
        shop = browser(Role.MERCHANT_OWNER, "m1", "owner")
        assert len(shop.get("/api/v1/payouts").json()["items"]) == 1
        assert shop.get(f"/api/v1/payouts/{items[1]['number']}").status_code == 404
        assert self.call(shop, "payout-batches", {}, "k4").status_code == 403

    def test_evidence_about_a_part(self, story: PayoutStory) -> None:
        story.sent_batch()
        number = story.payout("m1").number
        given = {"outcome": "executed", "reference": "ICBC-77", "day": "2026-06-01", "file_name": "a.txt",
                 "content": "JVBERg==", "reason": "by letter"}  # fmt: skip
        cashier = browser(Role.PLATFORM_CASHIER)
        refused = self.call(cashier, f"payouts/{number}/evidence", given | {"amount_minor": 9501}, "e1")
        assert refused.json()["error"]["code"] == "part_not_there"
        made = self.call(cashier, f"payouts/{number}/evidence", given | {"amount_minor": 9000}, "e2")
        assert (made.status_code, made.json()["amount_minor"]) == (201, 9000)

    def test_receivers(self, story: PayoutStory) -> None:
        shop, finance = browser(Role.MERCHANT_OWNER, "m1", "owner"), browser(Role.PLATFORM_FINANCE)
        given = {"currency": "CNY", "holder": "m1", "number": "6217008888888888888"}
        made = self.call(shop, "receivers", given, "r1").json()
        assert (made["state"], made["number"]) == ("proposed", "****8888")
        done = self.call(finance, f"receivers/{made['id']}/verification", {}, "r2").json()
        assert done["state"] == "verified"
        closed = self.call(finance, f"receivers/{made['id']}/closing", {"reason": "wrong"}, "r3").json()
        assert closed["state"] == "closed"


class TestCommands:
    def run(self, module: Any, capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
        import argparse

        parser = argparse.ArgumentParser()
        module.add_arguments(parser)
        options = parser.parse_args([*arguments, "--json"])
        code = module.run(options, Output(as_json=True))
        return code, json.loads(capsys.readouterr().out)

    def test_the_whole_way(self, story: PayoutStory, capsys: pytest.CaptureFixture[str]) -> None:
        browser(Role.PLATFORM_CASHIER)
        who = ("--as", Role.PLATFORM_CASHIER.value)
        _, document = self.run(payout_command, capsys, "propose", *who)
        number = document["batches"][0]["number"]
        story.now = timezone.now()
        story.approve(PayoutBatch.objects.get())
        code, document = self.run(payout_command, capsys, "send", number, *who)
        assert (code, document["sent"][0]["outcome"]) == (0, "submitted")
        one = story.payout("m1")
        story.answers(story.says(one, Outcome.REJECTED, reason_code="AC04"))
        _, document = self.run(payout_command, capsys, "show", one.number)
        assert (document["state"], document["attempts"][0]["state"]) == ("failed", "rejected")
        _, document = self.run(payout_command, capsys, "retry", one.number, *who)
        assert document["batches"][0]["payouts"] == 1
        _, document = self.run(payout_command, capsys, "list", "--state", "sent")
        assert [row["party"] for row in document["payouts"]] == ["m2"]
        _, document = self.run(payout_command, capsys, "ask", *who)
        assert document == {"asked": 0}

    def test_evidence_about_a_part(
        self, story: PayoutStory, capsys: pytest.CaptureFixture[str], tmp_path: Path
    ) -> None:
        browser(Role.PLATFORM_CASHIER)
        story.sent_batch()
        letter = tmp_path / "letter.txt"
        letter.write_text("the bank says")
        _, document = self.run(
            payout_command, capsys, "evidence", story.payout("m1").number, "executed", str(letter), "--reference",
            "B-1", "--booked", "2026-06-01", "--reason", "by letter", "--amount", "90.00", "--as",
            Role.PLATFORM_CASHIER.value,
        )  # fmt: skip
        assert (document["amount_minor"], document["currency"], document["state"]) == (9000, "CNY", "pending")

    def test_receivers(self, story: PayoutStory, capsys: pytest.CaptureFixture[str]) -> None:
        browser(Role.PLATFORM_FINANCE)
        _, document = self.run(receivers_command, capsys, "list", "--party", "m1")
        assert [row["number"] for row in document["receivers"]] == ["****0123"]
        made = ("propose", "m1", "CNY", "--holder", "m1", "--number", "6217001", "--as", "platform_finance")
        _, document = self.run(receivers_command, capsys, *made)
        assert document["state"] == "proposed"
        _, document = self.run(receivers_command, capsys, "own-accounts")
        assert document["own_accounts"][0]["number"] == "****7890"

    def test_they_are_commands(self) -> None:
        assert {"payout", "receivers"} <= set(command_modules())

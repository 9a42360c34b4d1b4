"""Evidence as its users bring it: the command with a file, a program over the API; and closing an account of ours."""

import base64
import io
import zipfile
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from tests.files.bad import SMALL, smaller, workbook
from tests.portals.api.calling import Api
from tests.portals.shell.running import run_command
from tests.settlement.payouts.story import TWO, PayoutStory, noon
from tests.tampering import broken
from zhanggui.approvals.models import Approval
from zhanggui.audit.models import AuditRecord
from zhanggui.journeys.bank_answered import ANSWER_FILES
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import approvals, payout, receivers
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.payouts.models import PayoutFile

pytestmark = pytest.mark.django_db
LETTER = b"%PDF-1.7\nThe bank's letter\n%%EOF\n"
DAY = "2026-06-01"


@pytest.fixture
def story() -> PayoutStory:
    """m1's and m2's payouts are on their way, and the bank says nothing more."""
    cache.clear()
    story = PayoutStory()
    story.now = noon(DAY)
    story.month(TWO, "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    story.send(story.approve(story.batch()))
    for role in (Role.PLATFORM_CASHIER, Role.PLATFORM_CONTROLLER, Role.PLATFORM_ADMIN, Role.PLATFORM_AUDITOR):
        person(role)
    return story


def person(role: str, party: str = "platform") -> User:
    held, _ = Party.objects.get_or_create(
        code=party, defaults={"kind": PartyKind.PLATFORM, "name": {"en": "Mall"}}
    )
    user, _ = User.objects.get_or_create(username=role)
    Membership.objects.get_or_create(user=user, party=held, role=role)
    return user


def api(role: str, party: str = "platform") -> Api:
    user, held = person(role, party), Party.objects.get(code=party)
    return Api(issue_key(user=user, party=held, role=role, label="erp", at=timezone.now())[1])


def call(module: ModuleType, *arguments: str) -> tuple[Any, str]:
    """The document of a command that ends well, and what a person reads."""
    ran = run_command(module, *arguments)
    assert ran.code == 0
    return ran.document, ran.text


def refused(module: ModuleType, *arguments: str) -> str:
    with pytest.raises(Refusal) as failure:
        call(module, *arguments)
    return failure.value.code


def brought(
    number: str, file: Path, *, outcome: str = "executed", who: str = "platform_cashier", **more: str
) -> tuple[str, ...]:
    told = {"--reference": "ICBC-77", "--booked": DAY, "--reason": "by letter", "--as": who} | {
        f"--{name}": value for name, value in more.items()
    }
    return ("evidence", number, outcome, str(file), *(part for pair in told.items() for part in pair))


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letter.pdf"
    path.write_bytes(LETTER)
    return path


class TestCommand:
    def test_a_cashier_brings_it_and_a_controller_approves_it(self, story: PayoutStory, letter: Path) -> None:
        row = story.payout("m1")
        made, text = call(payout, *brought(row.number, letter))
        assert (made["payout"], made["state"]) == (row.number, "pending")
        assert text == f"payout {row.number}: the evidence waits for approval, request {made['approval']}"
        assert (story.payout("m1").state, broken()) == ("sent", set())
        shown, _ = call(approvals, "show", str(made["approval"]))
        assert shown["payload"]["outcome"] == "executed" and shown["payload"]["file"] == "letter.pdf"
        decide = ("approve", str(made["approval"]), "--amount", "95.00", "--as")
        assert refused(approvals, *decide, "platform_cashier") != ""
        call(approvals, *decide, "platform_controller")
        assert (story.payout("m1").state, story.station("m1"), broken()) == ("paid", "paid", set())
        document, _ = call(payout, "show", row.number)
        assert (document["state"], document["answers"][-1]["reason_code"]) == ("paid", "EVIDENCE")

    def test_rejected_by_the_controller_it_may_be_brought_again(
        self, story: PayoutStory, letter: Path
    ) -> None:
        row = story.payout("m1")
        made, _ = call(payout, *brought(row.number, letter, outcome="rejected"))
        assert refused(payout, *brought(row.number, letter)) == "approval_already_requested"
        call(
            approvals,
            "reject",
            str(made["approval"]),
            "--reason",
            "not our letter",
            "--as",
            "platform_controller",
        )
        assert story.payout("m1").state == "sent"
        again, _ = call(payout, *brought(row.number, letter, outcome="rejected"))
        call(approvals, "approve", str(again["approval"]), "--amount", "95.00", "--as", "platform_controller")
        assert (story.payout("m1").state, broken()) == ("failed", set())

    @pytest.mark.parametrize(
        ("name", "content", "code"),
        [
            ("letter.pdf", b"", "file_empty"),
            ("letter.pdf", b"MZ\x90 a program", "file_not_what_it_says"),
            ("letter.exe", LETTER, "file_ending_refused"),
            ("letter.pdf", LETTER + b"%" * 5 * 1024 * 1024, "file_too_large"),
        ],
    )
    def test_what_is_no_paper_is_refused(
        self, story: PayoutStory, tmp_path: Path, name: str, content: bytes, code: str
    ) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        assert refused(payout, *brought(story.payout("m1").number, path)) == code
        assert not Approval.objects.filter(kind="payout_evidence").exists()

    def test_what_is_missing_or_wrong_is_refused(
        self, story: PayoutStory, letter: Path, tmp_path: Path
    ) -> None:
        number = story.payout("m1").number
        tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
        for code, arguments in (
            ("bad_arguments", brought(number, tmp_path / "nothing.pdf")),
            ("bad_arguments", brought(number, tmp_path)),
            ("bad_arguments", brought(number, letter, who="nobody")),
            ("bad_arguments", brought(number, letter, who="platform_auditor")),
            ("unknown_payout", brought("PO0", letter)),
            ("evidence_incomplete", brought(number, letter, reference=" ")),
            ("evidence_incomplete", brought(number, letter, reference="7" * 65)),
            ("evidence_incomplete", brought(number, letter, reason=" ")),
            ("evidence_incomplete", brought(number, letter, booked=tomorrow)),
        ):
            assert refused(payout, *arguments) == code, arguments
        assert not PayoutFile.objects.filter(direction="ev").exists(), "nothing half done"
        with pytest.raises(SystemExit):
            call(payout, *brought(number, letter, outcome="lost"))


class TestApi:
    def body(self, **changed: Any) -> dict[str, Any]:
        return {
            "outcome": "executed", "reference": "ICBC-77", "day": DAY, "file_name": "letter.pdf",
            "content": base64.b64encode(LETTER).decode(), "reason": "by letter",
        } | changed  # fmt: skip

    def test_a_program_brings_it_and_another_person_approves_it(self, story: PayoutStory) -> None:
        cashier, controller = api(Role.PLATFORM_CASHIER), api(Role.PLATFORM_CONTROLLER)
        path = f"/payouts/{story.payout('m1').number}/evidence"
        made = cashier.post(path, self.body(), 201, key="e1")
        assert (made["state"], made["amount_minor"]) == ("pending", 9500)
        assert cashier.post(path, self.body(), 201, key="e1") == made, "the first answer again"
        shown = controller.get(f"/approvals/{made['approval_id']}")
        assert (shown["payload"]["reference"], shown["payload"]["file"]) == ("ICBC-77", "letter.pdf")
        decision = f"/approvals/{made['approval_id']}/decision"
        cashier.post(decision, {"approve": True, "amount_minor": 9500}, 403)
        wrong = controller.post(decision, {"approve": True, "amount_minor": 9400}, 422)
        assert wrong["error"]["code"] == "amount_retyped_wrong" and story.payout("m1").state == "sent"
        controller.post(decision, {"approve": True, "amount_minor": 9500})
        assert controller.get(path.removesuffix("/evidence"))["state"] == "paid"
        late = cashier.post(path, self.body(), 409)
        assert late["error"]["code"] == "payout_not_sent"
        assert broken() == set()

    def test_what_proves_nothing_is_refused(self, story: PayoutStory) -> None:
        cashier = api(Role.PLATFORM_CASHIER)
        path = f"/payouts/{story.payout('m1').number}/evidence"
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as packed:
            packed.writestr("OFD.xml", b"<x/>")
            packed.writestr("page.xml", bytes(12_000_000))
        large = base64.b64encode(LETTER + b"%" * 5 * 1024 * 1024).decode()
        tomorrow = (timezone.localdate() + timedelta(days=2)).isoformat()
        for status, code, changed in (
            (422, "evidence_incomplete", {"content": "not base64!"}),
            (422, "evidence_incomplete", {"day": tomorrow}),
            (422, "evidence_incomplete", {"reference": " "}),
            (422, "file_not_what_it_says", {"content": base64.b64encode(b"MZ\x90\x00").decode()}),
            (422, "file_ending_refused", {"file_name": "letter.exe"}),
            (413, "file_too_large", {"content": large}),
            (422, "file_packed_too_large",
             {"file_name": "a.ofd", "content": base64.b64encode(bomb.getvalue()).decode()}),
            (422, "invalid_request", {"outcome": "lost"}),
            (422, "invalid_request", {"content": ""}),
            (422, "invalid_request", {"colour": "red"}),
        ):  # fmt: skip
            assert cashier.post(path, self.body(**changed), status)["error"]["code"] == code, changed
        assert cashier.post("/payouts/PO0/evidence", self.body(), 404)["error"]["code"] == "unknown_payout"
        assert not Approval.objects.filter(kind="payout_evidence").exists()

    def test_nobody_else_may(self, story: PayoutStory) -> None:
        path = f"/payouts/{story.payout('m1').number}/evidence"
        for role, party in ((Role.PLATFORM_AUDITOR, "platform"), (Role.MERCHANT_OWNER, "m1")):
            api(role, party).post(path, self.body(), 403)
        Api(None).post(path, self.body(), 401)


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("answer.xml", b"MZ\x90\x00" + bytes(100), "file_not_what_it_says"),
        ("answer.xlsx", b"no workbook", "file_not_what_it_says"),
        ("answer.xlsx", workbook(bomb=True), "file_packed_too_large"),
        ("answer.txt", b"", "file_empty"),
        ("answer.txt", b"a" * (SMALL + 1), "file_too_large"),
    ],
)
def test_a_file_of_the_bank_that_is_none_is_refused(
    story: PayoutStory, tmp_path: Path, name: str, content: bytes, code: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with smaller(ANSWER_FILES):
        assert (
            refused(payout, "answers", str(path), "--account", "bank-1", "--as", "platform_cashier") == code
        )
    assert not PayoutFile.objects.filter(direction="in").exists()


class TestClosingAnAccountOfOurs:
    WHO = ("--as", "platform_admin")

    def close(self, *more: str, code: str = "bank-1") -> tuple[str, ...]:
        return ("own-account-close", code, "--reason", "we moved to another bank", *(more or self.WHO))

    def test_waits_until_nothing_is_on_its_way(self, story: PayoutStory, letter: Path) -> None:
        assert refused(receivers, *self.close()) == "own_account_busy"
        for party, amount in (("m1", "95.00"), ("m2", "190.00")):
            made, _ = call(payout, *brought(story.payout(party).number, letter))
            call(
                approvals, "approve", str(made["approval"]), "--amount", amount, "--as", "platform_controller"
            )
        closed, text = call(receivers, *self.close())
        assert (closed["code"], closed["active"]) == ("bank-1", False) and "bank-1" in text
        assert refused(receivers, *self.close()) == "own_account_not_in_state"
        assert [one["active"] for one in call(receivers, "own-accounts")[0]["own_accounts"]] == [False]
        again, _ = call(receivers, "own-account-reopen", "bank-1", "--reason", "back again", *self.WHO)
        assert again["active"] and OwnAccount.objects.get(code="bank-1").active
        record = AuditRecord.objects.get(action="own_account.closed")
        assert (record.actor, record.object_id) == ("platform_admin", "bank-1")

    def test_is_for_those_who_may_and_of_an_account_that_is_there(self, story: PayoutStory) -> None:
        assert refused(receivers, *self.close("--as", "platform_cashier")) == "bad_arguments"
        assert refused(receivers, *self.close("--as", "nobody")) == "bad_arguments"
        assert refused(receivers, *self.close(code="bank-9")) == "no_own_account"
        assert (
            refused(receivers, "own-account-reopen", "bank-1", "--reason", "x", *self.WHO)
            == "own_account_not_in_state"
        )
        with pytest.raises(SystemExit):
            call(receivers, "own-account-close", "bank-1", *self.WHO)

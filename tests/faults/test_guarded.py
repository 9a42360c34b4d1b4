"""Processes are killed (kill -9) while they claim, deduct, write off, set off, reconcile and give back: all of an act or
nothing of it."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from tests.faults.processes import Worker
from tests.settlement.guarded import Guarded
from tests.settlement.payouts.test_giving_back import Giving
from tests.settlement.story import ZONE
from tests.tampering import broken
from zhanggui.approvals.models import Approval, ApprovalLimit
from zhanggui.config.wiring import wire
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.debt_collected import write_off_requested
from zhanggui.journeys.deposit_changed import deposit_order_requested
from zhanggui.rails.bank_sandbox.bank import SandboxBank
from zhanggui.settlement.collections.models import Claim, Debt, Receipt, WriteOff
from zhanggui.settlement.guarantees.models import Deposit, DepositOrder
from zhanggui.settlement.payouts.models import PayoutAttempt
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationMatch, ReconciliationRun

pytestmark = pytest.mark.django_db(transaction=True)


def killed(act: str, at: int) -> None:
    """A worker is killed where it hangs; the books hold all the same."""
    worker = Worker(act, at)
    worker.hears("stalled")
    worker.kill()
    assert broken() == set()


@pytest.fixture
def story() -> Guarded:
    story = Guarded()
    # The migrations gave the limits; a test with transactions of its own begins without them.
    ApprovalLimit.objects.get_or_create(role="platform_controller", kind="*", currency="*")
    story.collecting()
    return story


@pytest.mark.parametrize(
    ("act", "at", "claims"), [("claim", 1, 0), ("claimed", 1, 0), ("claim", 2, 1), ("claimed", 2, 1)]
)
def test_a_claim_is_there_wholly_or_not_at_all(story: Guarded, act: str, at: int, claims: int) -> None:
    story.owing("30.00")
    story.receipt("80.00")
    killed(act, at)
    assert Claim.objects.count() == claims
    assert Debt.objects.get().open_minor == (0 if claims else 3000)
    Worker("claim").ends()
    Worker("claim").ends()
    assert (Receipt.objects.get().claimed_minor, Debt.objects.get().open_minor) == (8000, 0)
    assert [row.amount_minor for row in Claim.objects.order_by("id")] == [3000, 5000]
    assert Deposit.objects.get().held_minor == 5000


@pytest.mark.parametrize(("act", "use"), [("deduct", "penalty"), ("deduct", "bank"), ("decide", "penalty")])
def test_a_deposit_is_deducted_from_once(story: Guarded, act: str, use: str) -> None:
    story.claim(story.receipt("80.00"), "80.00")
    deposit_order_requested(
        deposit_id=Deposit.objects.get().id, use=use, amount_minor=3000, reason="late", at=story.clock(),
        maker="maker", own_account=story.bank() if use == "bank" else None,
    )  # fmt: skip
    killed(act, 1)
    assert (Deposit.objects.get().held_minor, DepositOrder.objects.get().state) == (8000, "pending")
    assert Approval.objects.get().state == "pending"
    assert "decided 1" in Worker("decide").ends()
    assert "decided 0" in Worker("decide").ends()
    assert (Deposit.objects.get().held_minor, DepositOrder.objects.get().state) == (5000, "approved")


def test_a_debt_is_written_off_once(story: Guarded) -> None:
    debt = story.owing("30.00")
    write_off_requested(
        party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=3000, reason="closed",
        at=story.clock(), maker="maker",
    )  # fmt: skip
    killed("write_off", 1)
    assert (Debt.objects.get().open_minor, WriteOff.objects.get().state) == (3000, "pending")
    assert "decided 1" in Worker("decide").ends()
    assert (Debt.objects.get().open_minor, WriteOff.objects.get().state) == (0, "approved")


def test_a_debt_is_set_off_with_the_confirmation_or_not_at_all(story: Guarded) -> None:
    story.owing("30.00")
    story.orders("order merchant goods day\nB1 m1 100.00 2026-02-05")
    story.bill("2026-02-28")
    story.close("2026-02-28")
    killed("set_off", 1)
    assert (Debt.objects.get().open_minor, story.statement("m1", "2026-02-01").state) == (3000, "confirming")
    assert "confirmed 1" in Worker("confirm").ends()
    assert "confirmed 0" in Worker("confirm").ends()
    assert (Debt.objects.get().open_minor, story.statement("m1", "2026-02-01").withheld_minor) == (0, 3000)
    assert "2202.03 m1 -65.00" in story.balances() and broken() == set()


class TestReconciling:
    @pytest.fixture
    def folder(self, story: Guarded) -> Path:
        """80.00 came in and is recorded; the bank's statement has it, and 7.00 that nobody knows of."""
        story.receipt("80.00", day="2026-02-05")
        folder = Path(settings.BANK_FOLDER)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        rows = ["2026-02-05 10:00:00,80.00,,B-1,", "2026-02-05 10:00:00,7.00,,X-9,"]
        (folder / "statement.csv").write_text("\n".join(["交易时间,收入金额,支出金额,凭证号,摘要", *rows]))
        return folder

    @pytest.mark.parametrize("act", ["reconcile", "reconciled"])
    def test_killed_in_the_middle_nothing_was_read_and_all_of_it_is_read_next_time(
        self, folder: Path, act: str
    ) -> None:
        killed(act, 1)
        assert (Bill.objects.count(), ReconciliationMatch.objects.count(), Difference.objects.count()) == (
            0,
            0,
            0,
        )
        assert "new True runs 1" in Worker("reconcile").ends()
        assert "new False runs 0" in Worker("reconcile").ends()
        self.found()

    def test_two_at_once_read_it_once(self, folder: Path) -> None:
        told = [line for one in [Worker("reconcile"), Worker("reconcile")] for line in one.ends()]
        assert sorted(line for line in told if line.startswith("new")) == [
            "new False runs 0",
            "new True runs 1",
        ]
        self.found()

    def found(self) -> None:
        """One row is matched, the other differs, each once."""
        assert ReconciliationMatch.objects.get().their_minor == 8000
        row = Difference.objects.get()
        assert (row.kind, row.reference, row.their_minor) == ("missing_here", "X-9", 700)
        assert (Bill.objects.count(), ReconciliationRun.objects.count()) == (1, 1) and broken() == set()


class TestGivingBack:
    @pytest.fixture
    def giving(self) -> Giving:
        """20.00 of a deposit are to be given back, in an approved batch; files go where a process puts them too."""
        folder = Path(settings.BANK_FOLDER)
        shutil.rmtree(folder, ignore_errors=True)
        story = Giving(rail="iso20022")
        wire(folder, folder / "templates")
        story.deposit_back()
        story.receiver("m1")
        story.approve(story.batch())
        return story

    def test_killed_between_the_record_and_the_call_it_leaves_once(self, giving: Giving) -> None:
        killed("pay", 1)
        assert giving.told() == [("deposit", "sent", 2000)]
        assert Worker("pay").ends()[-2:] == ["sent 0", "done"]
        giving.now += timedelta(minutes=20)
        assert giving.ask() == 1
        self.arrived(giving)

    def test_two_workers_send_it_once(self, giving: Giving) -> None:
        workers = [Worker("pay"), Worker("pay")]
        sent = [int(line.split()[1]) for one in workers for line in one.ends() if line.startswith("sent")]
        assert sorted(sent) == [0, 1]
        self.arrived(giving)

    def arrived(self, story: Giving) -> None:
        """The bank pays what it got, once, and says so."""
        assert PayoutAttempt.objects.count() == 1
        ours = SandboxBank(Path(settings.BANK_FOLDER) / "bank-1", currency="CNY", opening_minor=10_000_00)
        ours.take_in(story.now)
        ours.book(story.now.date(), story.now)
        inboxes_read(clock=story.clock, zone=ZONE, actor="clock")
        assert story.told() == [("deposit", "paid", 2000)]
        assert ours.balance_minor == 10_000_00 - 2000 and broken() == set()

"""A mall with its whole back office: deposits, holds, debts, receipts, adjustments, invoices, and a bank whose
statements are wrong here and there; every act may be killed in the middle.

What must hold beside the invariants: what lies at the bank is what the ledger says, no receipt is used beyond what
arrived, no deposit falls below nothing, invoice numbers have no gaps, and reconciliation finds just what is wrong.
"""

import random
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from tests.settlement.story import ZONE
from tests.simulation import mall as plain
from tests.simulation.guarding import GUARDING, adjust, collect
from tests.simulation.invoicing import INVOICING, assert_invoices_hold, draft, set_up_taxes
from tests.simulation.receiving import (
    RECEIVING,
    assert_differences_as_injected,
    money_arrives,
    read_statements,
    settle_one,
)
from tests.simulation.telling import TellingBank
from tests.simulation.treasury import LONG_AGO, PAYING, Treasury
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.bill_received import bill_run_again
from zhanggui.journeys.receipt_recorded import receipt_recorded, receipt_reversed
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Role
from zhanggui.settlement.collections.models import Receipt
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.kinds import LIVE
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationRule


@dataclass
class Office(Treasury):
    """The mall that pays, with everything around it."""

    folder: "tempfile.TemporaryDirectory[str]" = field(default_factory=tempfile.TemporaryDirectory)
    day: timedelta = timedelta(days=1)
    no_wait: timedelta = LONG_AGO

    def __post_init__(self) -> None:
        super().__post_init__()
        ReconciliationRule.objects.get_or_create(own_account_id=0)
        set_up_taxes(self)
        # A mall that is not quite new: most acts need something to act on.
        for act in (
            plain.order,
            plain.order,
            plain.order,
            plain.order,
            collect,
            money_arrives,
            money_arrives,
            adjust,
        ):
            act(self)

    def found_bank(self, chance: random.Random, limit: int | None) -> TellingBank:
        """A bank that writes statements."""
        return TellingBank(chance, limit, clock=self.story.clock)

    def acts(self) -> dict[Callable[[Any], None], int]:
        """What may happen, and how often."""
        return plain.WEIGHTS | PAYING | GUARDING | INVOICING | RECEIVING

    def owed_beside(self) -> int:
        """Deposits that were deducted from for buyers."""
        return _sum(
            "select sum(amount_minor) from settlement_deposit_order where use = 'buyers' and state = 'approved'"
        )

    def received(self) -> int:
        """Receipts in the books, less what the bank took for itself and was booked."""
        fees = "select -sum(their_minor) from settlement_difference where state = 'adjusted'"
        return _sum("select sum(amount_minor) from settlement_receipt where reversed_at is null") - _sum(fees)

    def check(self) -> None:
        """And: receipts, deposits, invoices and differences within what is possible."""
        super().check()
        arrived = {one.reference: one.amount for one in self.bank.movements}
        for row in rows_of(
            "select r.bank_reference as reference, r.amount_minor, coalesce((select sum(c.amount_minor)"
            "  from settlement_claim c where c.receipt_id = r.id and c.reversed_at is null), 0)"
            " + coalesce((select sum(f.amount_minor) from settlement_receipt_refund f where f.receipt_id = r.id"
            "  and f.state in ('pending', 'approved')), 0) as used from settlement_receipt r", [],
        ):  # fmt: skip
            assert row["used"] <= arrived[row["reference"].removesuffix("-slip")], row
        below = rows_of(
            "select deposit_id, sum(amount_minor) from settlement_deposit_movement group by 1 having sum(amount_minor) < 0",
            [],
        )
        assert below == []
        assert_invoices_hold()
        assert_differences_as_injected(self, all_told=False)

    def end(self) -> None:
        """All is decided, recorded, told and settled; then the books, the bank and its statements agree."""
        super().end()
        self._decide_all()
        self._put_receipts_right()
        draft(self)
        self.story.now += timedelta(days=40)
        yesterday = self.story.now.astimezone(ZONE).date() - self.day
        for account in OwnAccount.objects.order_by("id"):
            self.bank.write_statement(account.code, yesterday)
        read_statements(self)
        for bill in Bill.objects.order_by("id"):
            bill_run_again(bill_id=bill.id, clock=self.story.clock, actor="clock")
        self.check()
        assert_differences_as_injected(self, all_told=True)
        for row in Difference.objects.filter(state__in=LIVE, proposed={}).order_by("id"):
            settle_one(self, row)
        self._decide_all()
        self.check()
        assert not Difference.objects.filter(state__in=LIVE).exists()
        for code, booked in self.booked_at_the_bank().items():
            assert booked == self.bank.balance(code), f"{code}: the ledger says {booked}"

    def _decide_all(self) -> None:
        """Whatever waits is approved; what cannot be any more is taken back by its maker."""
        for row in (
            Approval.objects.filter(state=ApprovalState.PENDING).exclude(kind="payout_batch").order_by("id")
        ):
            try:
                approval_decided(
                    approval_id=row.id, approve=True, checker="controller", roles=(Role.PLATFORM_CONTROLLER,),
                    proof=Proof(retyped_minor=row.amount_minor), at=self.story.clock(), zone=ZONE,
                )  # fmt: skip
            except Refusal:
                approval_withdrawn(approval_id=row.id, maker=row.maker, at=self.story.clock(), zone=ZONE)

    def _put_receipts_right(self) -> None:
        """Slips of the pen are withdrawn; what nobody recorded is recorded."""
        for row in Receipt.objects.filter(reversed_at=None, bank_reference__endswith="-slip").order_by("id"):
            receipt_reversed(
                receipt_id=row.id, reason="mistaken", at=self.story.clock(), zone=ZONE, actor="cashier"
            )
        for one in self.bank.movements:
            if one.reference.startswith("IN-"):
                receipt_recorded(
                    own_account=OwnAccount.objects.get(code=one.account), bank_reference=one.reference,
                    amount_minor=one.amount, received_on=one.day, at=self.story.clock(), actor="cashier",
                )  # fmt: skip


def _sum(query: str) -> int:
    return int(next(iter(rows_of(query, [])[0].values())) or 0)

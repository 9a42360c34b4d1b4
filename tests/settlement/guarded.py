"""A story with money at our bank, makers and checkers: for adjustments, deposits, holds, debts, receipts."""

from datetime import date
from typing import Any

from django.db import connection

from tests.settlement.story import ZONE, Story, fen
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.adjustment_requested import adjustment_requested
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.receipt_recorded import receipt_claimed, receipt_recorded
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import Adjustment
from zhanggui.settlement.collections.models import Claim, Debt, Receipt
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity


def settled() -> None:
    """Check foreign keys now, so that guards can be put to sleep afterwards."""
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")


CONTROLLER = frozenset({"platform_controller"})


class Guarded(Story):
    """A story whose acts are made by `maker` and checked by `checker`."""

    def entity(self) -> SettlementEntity:
        """The story's entity."""
        return SettlementEntity.objects.get(code="e1")

    def bank(self) -> OwnAccount:
        """Our account at the bank."""
        found, _ = OwnAccount.objects.get_or_create(
            code="bank",
            defaults={"name": {}, "kind": "bank", "entity": self.entity(), "currency": self.currency,
                      "rail": "bank_file"},
        )  # fmt: skip
        return found

    def decide(self, kind: str, *, approve: bool = True, checker: str = "checker", **more: Any) -> Approval:
        """Decide the one waiting request of a kind."""
        row = Approval.objects.get(kind=kind, state="pending")
        values: dict[str, Any] = {"roles": CONTROLLER, "proof": Proof(retyped_minor=row.amount_minor)} | more
        return approval_decided(
            approval_id=row.id, approve=approve, checker=checker, at=self.clock(), zone=ZONE, **values
        )

    def adjust(self, party: str, fee: str, amount: str, reason: str = "agreed by phone") -> Adjustment:
        """Ask for an adjustment."""
        return adjustment_requested(
            party=Party.objects.get(code=party), business_line=self.line, fee=fee, amount_minor=fen(amount),
            reason=reason, at=self.clock(), zone=ZONE, maker="maker",
        )  # fmt: skip

    def collecting(self, starts: str = "2026-01-01", **settings: Any) -> None:
        """From a day on debts are collected (or as `settings` say)."""
        collection_policy_set(
            entity=self.entity(), effective_from=date.fromisoformat(starts), at=self.clock(), actor="story",
            **({"action": "collect"} | settings),
        )  # fmt: skip

    def owing(self, amount: str = "30.00", party: str = "m1") -> Debt:
        """A party that owes for January, collected."""
        self.charges(f"""
            charge party fee           amount  day
            P-{party} {party} breach_penalty -{amount} 2026-01-10
        """)
        self.bill("2026-01-31")
        self.close("2026-01-31")
        return Debt.objects.get(party_id=self.party(party))

    def receipt(self, amount: str, reference: str = "B-1", day: str = "2026-02-05") -> Receipt:
        """Money that arrived at our bank."""
        return receipt_recorded(
            own_account=self.bank(), bank_reference=reference, amount_minor=fen(amount),
            received_on=date.fromisoformat(day), at=self.clock(), actor="cashier", payer="M1 Ltd",
        )  # fmt: skip

    def claim(self, receipt: Receipt, amount: str, party: str = "m1", debt: Debt | None = None) -> Claim:
        """Claim part of a receipt for a debt, or for the party's deposit."""
        return receipt_claimed(
            receipt_id=receipt.id, party_id=self.party(party), target="debt" if debt else "deposit",
            statement_id=debt.statement_id if debt else 0, amount_minor=fen(amount), at=self.clock(), zone=ZONE,
            actor="cashier",
        )  # fmt: skip

"""Acts of money-flow pages about adjustments, deposits, holds, debts and receipts: made by one, checked by another.

`adjust PARTY FEE AMOUNT`, `rebate PARTY` and `rebates DAY`, `reserve PPM DAYS` and `release DAY`, `freeze PARTY
AMOUNT` and `unfreeze`, `collect`, `receipt AMOUNT`, `claim PARTY AMOUNT debt|deposit`, `unclaim`, `top-up PARTY
AMOUNT`, `deposit PARTY USE AMOUNT`, `write-off PARTY`. Amounts are minor units.
"""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.adjustment_requested import adjustment_requested
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.debt_collected import collection_policy_set, deposit_asked, write_off_requested
from zhanggui.journeys.deposit_changed import deposit_order_requested, deposit_topped_up
from zhanggui.journeys.money_frozen import amount_frozen, hold_released, reserve_set, reserves_over
from zhanggui.journeys.rebate_agreed import rebate_agreed, rebates_due
from zhanggui.journeys.receipt_recorded import claim_reversed, receipt_claimed, receipt_recorded
from zhanggui.parties.models import Party
from zhanggui.settlement.collections.models import Claim, Debt, Receipt
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.models import Deposit, Hold

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)


def _when() -> dict[str, Any]:
    return {"at": NOW, "zone": timezone.get_default_timezone()}


def _entity() -> SettlementEntity:
    return SettlementEntity.objects.get()


def _approve() -> None:
    row = Approval.objects.get(state="pending")
    approval_decided(
        approval_id=row.id, approve=True, checker="checker", roles=frozenset({"platform_controller"}),
        proof=Proof(retyped_minor=row.amount_minor), **_when(),
    )  # fmt: skip


def _adjust(own: BusinessLine, folder: Path, party: str, fee: str, amount: str) -> None:
    adjustment_requested(
        party=Party.objects.get(code=party), business_line=own, fee=fee, amount_minor=int(amount), reason="docs",
        maker="maker", **_when(),
    )  # fmt: skip
    _approve()


def _rebate(own: BusinessLine, folder: Path, party: str) -> None:
    rebate_agreed(
        party=Party.objects.get(code=party), business_line=own, name="docs", method="graduated",
        tiers=[{"from_minor": 0, "rate_ppm": 10_000}, {"from_minor": 10_000, "rate_ppm": 20_000}],
        cycle="month:1", cap_minor=100_000, effective_from=date(2026, 3, 1), at=NOW, maker="maker",
    )  # fmt: skip
    _approve()


def _rebates(own: BusinessLine, folder: Path, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    rebates_due(clock=lambda: at, zone=timezone.get_default_timezone(), actor="docs")


def _reserve(own: BusinessLine, folder: Path, ppm: str, days: str) -> None:
    reserve_set(
        entity=_entity(),
        rate_ppm=int(ppm),
        days=int(days),
        effective_from=date(2026, 1, 1),
        at=NOW,
        actor="d",
    )


def _release(own: BusinessLine, folder: Path, day: str) -> None:
    at = datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=UTC)
    reserves_over(clock=lambda: at, zone=timezone.get_default_timezone(), actor="docs")


def _freeze(own: BusinessLine, folder: Path, party: str, amount: str) -> None:
    amount_frozen(
        party_id=Party.objects.get(code=party).id, entity=_entity(), currency="CNY", amount_minor=int(amount),
        reason="docs", actor="docs", **_when(),
    )  # fmt: skip


def _unfreeze(own: BusinessLine, folder: Path) -> None:
    hold_released(hold_id=Hold.objects.get().id, reason="docs", actor="docs", **_when())


def _collect(own: BusinessLine, folder: Path) -> None:
    collection_policy_set(
        entity=_entity(), action="collect", effective_from=date(2026, 1, 1), at=NOW, actor="docs"
    )


def _receipt(own: BusinessLine, folder: Path, amount: str) -> None:
    bank = OwnAccount.objects.create(
        code="bank", name={}, kind="bank", entity=_entity(), currency="CNY", rail="bank_file"
    )
    receipt_recorded(
        own_account=bank, bank_reference="B-1", amount_minor=int(amount), received_on=date(2026, 5, 20), at=NOW,
        actor="docs",
    )  # fmt: skip


def _claim(own: BusinessLine, folder: Path, party: str, amount: str, target: str) -> None:
    owner = Party.objects.get(code=party).id
    debt = Debt.objects.filter(party_id=owner).first() if target == "debt" else None
    receipt_claimed(
        receipt_id=Receipt.objects.get().id, party_id=owner, target=target,
        statement_id=debt.statement_id if debt else 0, amount_minor=int(amount), actor="docs", **_when(),
    )  # fmt: skip


def _unclaim(own: BusinessLine, folder: Path) -> None:
    claim_reversed(claim_id=Claim.objects.latest("id").id, reason="docs", actor="docs", **_when())


def _top_up(own: BusinessLine, folder: Path, party: str, amount: str) -> None:
    deposit_topped_up(
        party_id=Party.objects.get(code=party).id, entity_id=_entity().id, currency="CNY",
        amount_minor=int(amount), reason="docs", actor="docs", **_when(),
    )  # fmt: skip


def _deposit(own: BusinessLine, folder: Path, party: str, use: str, amount: str) -> None:
    owner = Party.objects.get(code=party).id
    if use == "debt":
        deposit_asked(
            party_id=owner, statement_id=Debt.objects.get(party_id=owner).statement_id,
            amount_minor=int(amount), reason="docs", actor="maker", **_when(),
        )  # fmt: skip
    else:
        deposit_order_requested(
            deposit_id=Deposit.objects.get(party_id=owner).id, use=use, amount_minor=int(amount), reason="docs",
            at=NOW, maker="maker", own_account=OwnAccount.objects.first() if use == "bank" else None,
        )  # fmt: skip
    _approve()


def _write_off(own: BusinessLine, folder: Path, party: str) -> None:
    debt = Debt.objects.get(party_id=Party.objects.get(code=party).id)
    write_off_requested(
        party_id=debt.party_id, statement_id=debt.statement_id, amount_minor=debt.open_minor, reason="docs",
        at=NOW, maker="maker",
    )  # fmt: skip
    _approve()


GUARDED_ACTS: dict[str, Any] = {
    "adjust": _adjust, "rebate": _rebate, "rebates": _rebates, "reserve": _reserve, "release": _release,
    "freeze": _freeze, "unfreeze": _unfreeze, "collect": _collect, "receipt": _receipt, "claim": _claim,
    "unclaim": _unclaim, "top-up": _top_up, "deposit": _deposit, "write-off": _write_off,
}  # fmt: skip

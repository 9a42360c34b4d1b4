"""What may happen to deposits, holds, debts, receipts and adjustments in a simulated mall."""

from collections.abc import Callable
from typing import Any

from tests.settlement.story import ZONE
from tests.simulation.mall import MERCHANTS, Mall
from zhanggui.journeys.adjustment_requested import adjustment_requested, adjustment_reversed
from zhanggui.journeys.approval_decided import approvals_expired
from zhanggui.journeys.debt_collected import (
    collection_policy_set,
    debts_aged,
    deposit_asked,
    write_off_requested,
)
from zhanggui.journeys.deposit_changed import (
    deposit_order_requested,
    deposit_topped_up,
    deposits_demanded,
    requirement_set,
)
from zhanggui.journeys.money_frozen import (
    amount_frozen,
    hold_released,
    party_frozen,
    reserve_set,
    reserves_over,
)
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.models import Adjustment
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.models import Deposit, Hold

FEES = ("breach_penalty", "goodwill", "advance_compensation")  # none that buyers are owed


def _entity(mall: Mall) -> SettlementEntity:
    return SettlementEntity.objects.get(code=mall.chance.choice(("e1", "e1", "e2")))


def _moment(mall: Mall) -> dict[str, Any]:
    return {"at": mall.story.clock(), "zone": ZONE, "actor": "clerk"}


def _some[Row](mall: Mall, rows: Any) -> Row | None:
    found = list(rows)
    return mall.chance.choice(found) if found else None


def require(mall: Mall) -> None:
    """A deposit is asked of everybody, or of one."""
    requirement_set(
        business_line=mall.story.line, category_id=0, amount_minor=mall.chance.randint(0, 9_000),
        effective_from=mall.story.now.astimezone(ZONE).date(), at=mall.story.clock(), actor="clerk",
        party_id=mall.chance.choice([0, mall.story.party("m1")]),
    )  # fmt: skip


def demand(mall: Mall) -> None:
    deposits_demanded(clock=mall.story.clock, zone=ZONE, actor="clock")


def top_up(mall: Mall) -> None:
    """A deposit is paid in from what a party's open statement comes to."""
    deposit_topped_up(
        party_id=mall.story.party(mall.chance.choice(MERCHANTS)), entity_id=_entity(mall).id, currency="CNY",
        amount_minor=mall.chance.randint(1, 4_000), reason="agreed", **_moment(mall),
    )  # fmt: skip


def use_deposit(mall: Mall) -> None:
    """Somebody wants all of a deposit, a part, or more than there is."""
    row: Deposit | None = _some(mall, Deposit.objects.order_by("id"))
    if row is None:
        return
    use = mall.chance.choice(["penalty", "buyers", "statement", "bank"])
    deposit_order_requested(
        deposit_id=row.id, use=use, amount_minor=mall.chance.choice([row.held_minor, 1, row.held_minor // 2 + 1]),
        reason="late", at=mall.story.clock(), maker="clerk",
        own_account=OwnAccount.objects.get(entity_id=row.entity_id) if use == "bank" else None,
    )  # fmt: skip


def reserve(mall: Mall) -> None:
    reserve_set(
        entity=_entity(mall), rate_ppm=mall.chance.choice([0, 50_000, 333_333]), days=mall.chance.choice([1, 30]),
        effective_from=mall.story.now.astimezone(ZONE).date(), at=mall.story.clock(), actor="clerk",
    )  # fmt: skip


def freeze(mall: Mall) -> None:
    """Some of a party's money is frozen, seldom all of it."""
    party = mall.story.party(mall.chance.choice((*MERCHANTS, "sup")))
    if mall.chance.random() < 0.2:
        party_frozen(party_id=party, reason="court", at=mall.story.clock(), actor="clerk")
        return
    amount_frozen(
        party_id=party, entity=_entity(mall), currency="CNY", amount_minor=mall.chance.randint(1, 5_000),
        reason="complaint", **_moment(mall),
    )  # fmt: skip


def release(mall: Mall) -> None:
    row: Hold | None = _some(mall, Hold.objects.filter(released_at=None).order_by("id"))
    if row:
        hold_released(hold_id=row.id, reason="settled", **_moment(mall))


def reserves_end(mall: Mall) -> None:
    reserves_over(clock=mall.story.clock, zone=ZONE, actor="clock")


def collect(mall: Mall) -> None:
    """From today debts are carried, or collected, with or without set-off and an agreement over the deposit."""
    chance = mall.chance
    collection_policy_set(
        entity=_entity(mall), action=chance.choice(["carry", "collect", "collect"]), carry_max=chance.choice([None, 1]),
        while_selling=chance.random() < 0.5, set_off=chance.random() < 0.7, deposit_agreed=chance.random() < 0.5,
        effective_from=mall.story.now.astimezone(ZONE).date(), at=mall.story.clock(), actor="clerk",
    )  # fmt: skip


def open_debt(mall: Mall) -> Debt | None:
    """One that is still owed."""
    return _some(mall, Debt.objects.filter(open_minor__gt=0).order_by("party_id", "statement_id"))


def ask_deposit(mall: Mall) -> None:
    row = open_debt(mall)
    if row:
        deposit_asked(
            party_id=row.party_id, statement_id=row.statement_id, reason="overdue",
            amount_minor=mall.chance.randint(1, row.open_minor), **_moment(mall),
        )  # fmt: skip


def write_off(mall: Mall) -> None:
    row = open_debt(mall)
    if row:
        write_off_requested(
            party_id=row.party_id, statement_id=row.statement_id, amount_minor=mall.chance.randint(1, row.open_minor),
            reason="closed down", at=mall.story.clock(), maker="clerk",
        )  # fmt: skip


def dun(mall: Mall) -> None:
    debts_aged(clock=mall.story.clock, zone=ZONE, actor="clock")


def adjust(mall: Mall) -> None:
    """A penalty large enough to leave a debt, or something in the party's favour; or one is taken back."""
    chance = mall.chance
    if chance.random() < 0.2:
        row: Adjustment | None = _some(mall, Adjustment.objects.filter(state="approved").order_by("id"))
        if row:
            adjustment_reversed(adjustment_id=row.id, reason="mistaken", at=mall.story.clock(), maker="clerk")
        return
    fee = chance.choice(FEES)
    adjustment_requested(
        party=Party.objects.get(code=chance.choice(MERCHANTS)), business_line=mall.story.line, fee=fee,
        amount_minor=chance.randint(1, 30_000) * (1 if fee == "goodwill" else -1), reason="agreed",
        at=mall.story.clock(), zone=ZONE, maker="clerk",
    )  # fmt: skip


def expire(mall: Mall) -> None:
    approvals_expired(at=mall.story.clock(), zone=ZONE, actor="clock")


GUARDING: dict[Callable[[Any], None], int] = {
    require: 1, demand: 1, top_up: 3, use_deposit: 3, reserve: 1, freeze: 3, release: 2, reserves_end: 1, collect: 1,
    ask_deposit: 3, write_off: 2, dun: 1, adjust: 5, expire: 1,
}  # fmt: skip

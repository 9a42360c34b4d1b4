"""Freeze (冻结) a party, or an amount of its money."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.guarantees.errors import AlreadyFrozen, GuaranteeIncomplete
from zhanggui.settlement.guarantees.models import Hold, HoldKind
from zhanggui.settlement.guarantees.operations.hold_amount import hold_amount
from zhanggui.settlement.guarantees.queries import HOLDABLE, confirmed_rest, statements_to_hold
from zhanggui.settlement.statements.models import Statement


def freeze_money(
    *, party_id: int, entity: SettlementEntity, currency: str, amount_minor: int, reason: str, at: datetime,
    zone: tzinfo, actor: str,
) -> Hold:  # fmt: skip
    """This function will freeze an amount of a party's money in the caller's transaction, which holds
    `locks.hold_for_filling`, and return the hold.

    It is taken from confirmed statements whose money has not left, the oldest first (a payout approved and
    not sent then fails for want of it); what they lack is taken when later ones are confirmed. Raises
    GuaranteeIncomplete, FloatRefused, NotAnInteger.
    """
    if require_integer(amount_minor, "The amount") <= 0:
        raise GuaranteeIncomplete("freeze an amount above zero, or the whole party")
    hold = _made(
        Hold(party_id=party_id, entity=entity, currency=currency, kind=HoldKind.AMOUNT,
             wanted_minor=amount_minor, reason=reason.strip(), made_at=at, made_by=actor)
    )  # fmt: skip
    for one in statements_to_hold(party_id, entity.id, currency):
        row = Statement.objects.select_for_update().get(party_id=party_id, id=one.id)
        amount = min(hold.wanted_minor - hold.held_minor, confirmed_rest(row))
        if amount > 0 and row.state in HOLDABLE:
            hold_amount(hold=hold, statement=row, amount_minor=amount, at=at, zone=zone, actor=actor)
    _recorded(hold)
    return hold


def freeze_party(*, party_id: int, reason: str, at: datetime, actor: str) -> Hold:
    """This function will freeze a whole party in the caller's transaction: nothing is paid to it until the hold is
    released; billing and statements go on. Raises GuaranteeIncomplete, AlreadyFrozen."""
    if Hold.objects.filter(party_id=party_id, kind=HoldKind.PARTY, released_at=None).exists():
        raise AlreadyFrozen("the party is frozen already; release that hold first")
    hold = _made(
        Hold(party_id=party_id, kind=HoldKind.PARTY, reason=reason.strip(), made_at=at, made_by=actor)
    )
    _recorded(hold)
    return hold


def _made(hold: Hold) -> Hold:
    if not hold.reason:
        raise GuaranteeIncomplete("say why: the merchant and the auditor read the reason")
    hold.save(force_insert=True)
    return hold


def _recorded(hold: Hold) -> None:
    record_change(
        at=hold.made_at, actor=hold.made_by, action="hold.made", object_kind="hold", object_id=hold.number,
        party_id=hold.party_id,
        after={"kind": hold.kind, "wanted_minor": hold.wanted_minor, "held_minor": hold.held_minor,
               "reason": hold.reason},
    )  # fmt: skip

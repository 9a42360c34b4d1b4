"""Release (解冻) a hold: its money goes back to where it came from, or onto the open statement."""

from datetime import datetime, tzinfo

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.guarantees.errors import GuaranteeIncomplete, HoldNotOpen
from zhanggui.settlement.guarantees.locks import lock_hold
from zhanggui.settlement.guarantees.models import Hold, HoldMovement
from zhanggui.settlement.guarantees.operations.hold_amount import hold_amount
from zhanggui.settlement.guarantees.queries import HOLDABLE
from zhanggui.settlement.guarantees.states import RELEASED, allowed, state_of
from zhanggui.settlement.statements.models import Statement


def release_hold(*, hold_id: int, reason: str, at: datetime, zone: tzinfo, actor: str) -> Hold:
    """This function will release a hold in the caller's transaction, which holds `locks.hold_for_filling`.

    What came from a statement that is confirmed and not yet on its way to the bank goes back to it; what
    came from one that has moved on appears as a detail of its own on the party's open statement. Raises
    UnknownGuarantee, HoldNotOpen, GuaranteeIncomplete.
    """
    if not reason.strip():
        raise GuaranteeIncomplete("say why: the merchant and the auditor read the reason")
    taken = _taken(hold_id)
    statements = {
        row.id: row for row in Statement.objects.select_for_update().filter(id__in=taken).order_by("id")
    }
    hold = lock_hold(hold_id)
    if not allowed(state_of(hold), RELEASED):
        raise HoldNotOpen(f"{hold.number} is released already")
    held = hold.held_minor
    for number, amount in sorted(_taken(hold_id).items()):
        row = statements[number]
        if row.state in HOLDABLE:
            hold_amount(hold=hold, statement=row, amount_minor=-amount, at=at, zone=zone, actor=actor)
        elif amount:
            _onto_the_open_one(hold, row, amount, at, zone, actor)
    hold.released_at, hold.released_by, hold.release_reason = at, actor, reason.strip()
    hold.save()
    record_change(
        at=at, actor=actor, action="hold.released", object_kind="hold", object_id=hold.number,
        party_id=hold.party_id, before={"held_minor": held},
        after={"held_minor": hold.held_minor, "reason": hold.release_reason},
    )  # fmt: skip
    return hold


def _taken(hold_id: int) -> dict[int, int]:
    """What the hold has of each statement."""
    taken: dict[int, int] = {}
    for number, amount in HoldMovement.objects.filter(hold_id=hold_id).values_list(
        "statement_id", "amount_minor"
    ):
        taken[number] = taken.get(number, 0) + amount
    return {number: amount for number, amount in taken.items() if amount}


def _onto_the_open_one(
    hold: Hold, statement: Statement, amount: int, at: datetime, zone: tzinfo, actor: str
) -> None:
    with connection.cursor() as cursor:
        number = int(reserve_numbers(cursor, "settlement_hold_movement_id_seq", 1)[0])
    line_id = bill_document(
        like=statement, fee="reserve_release", amount=amount, kind=EntrySource.HOLD, document_id=number,
        base=amount, at=at, zone=zone,
    )  # fmt: skip
    HoldMovement.objects.create(
        id=number, hold=hold, party_id=hold.party_id, statement_id=statement.id, amount_minor=-amount,
        line_id=line_id, at=at, actor=actor,
    )  # fmt: skip
    hold.held_minor -= amount

"""Hold an order (风控, 客诉): none of its lines is billed until it is released."""

from datetime import datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.errors import HoldIncomplete, HoldNumberTaken, OrderBilled
from zhanggui.settlement.intake.holds import NEVER
from zhanggui.settlement.intake.locks import hold_for_intake
from zhanggui.settlement.intake.models import HoldReason, OrderHold

_BILLED = """exists (select from settlement_billed_line b
 where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0)"""
_LINES = f"""
select count(*), count(*) filter (where {_BILLED}) from settlement_staged_line l
join settlement_staged_order o on o.id = l.order_id where o.business_line_id = %s and o.order_no = %s
"""
_KEEP = f"""
update settlement_staged_line l set billable_at = %s from settlement_staged_order o
where o.id = l.order_id and o.business_line_id = %s and o.order_no = %s and not {_BILLED}
and l.billable_at < %s
"""


def hold_order(
    *, business_line: BusinessLine, order_no: str, hold_no: str, reason: HoldReason, note: str, at: datetime,
    actor: str,
) -> OrderHold:  # fmt: skip
    """This function will hold an order in the caller's transaction, which keeps billing out
    (`statements.locks.hold_for_closing`), and return the hold; said again, it returns the one that is there. An
    empty `hold_no` gives it a number of ours.

    The order need not be here yet. What is billed of it stays billed. Raises HoldIncomplete, HoldNumberTaken,
    OrderBilled when every line is billed already.
    """
    hold_for_intake(business_line.id)
    wanted = _checked(business_line, order_no, hold_no or _own_number(business_line), reason, note)
    known = OrderHold.objects.filter(business_line_id=business_line.id, hold_no=wanted.hold_no).first()
    if known:
        if (known.order_no, known.reason) != (wanted.order_no, wanted.reason):
            raise HoldNumberTaken(
                f"hold {known.hold_no} is of order {known.order_no} ({known.reason}); number this one otherwise",
                hold_no=known.hold_no, order_no=known.order_no,
            )  # fmt: skip
        return known
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [business_line.id, wanted.order_no])
        lines, billed = cursor.fetchone()
        if lines and lines == billed:
            raise OrderBilled(
                f"every line of order {wanted.order_no} is billed already; dispute its details on the statement",
                order_no=wanted.order_no,
            )
        cursor.execute(_KEEP, [NEVER, business_line.id, wanted.order_no, NEVER])
    wanted.opened_at, wanted.opened_by = at, actor
    wanted.save(force_insert=True)
    record_change(
        at=at, actor=actor, action="order.held", object_kind="order", object_id=wanted.order_no,
        after={"business_line": business_line.code, "hold_no": wanted.hold_no, "reason": wanted.reason,
               "note": wanted.note},
    )  # fmt: skip
    return wanted


def _own_number(line: BusinessLine) -> str:
    """The next number of ours that nobody has used for a hold of his."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("select nextval('settlement_order_hold_id_seq')")
            number = f"OH{cursor.fetchone()[0]:08d}"
            if not OrderHold.objects.filter(business_line_id=line.id, hold_no=number).exists():
                return number


def _checked(line: BusinessLine, order_no: str, hold_no: str, reason: str, note: str) -> OrderHold:
    for name, text in (("order number", order_no), ("number of the hold", hold_no)):
        if not text.strip() or len(text) > 64 or not text.isprintable():
            raise HoldIncomplete(f"{text[:80]!r} is no {name}; use up to 64 printable characters")
    if reason not in HoldReason.values:
        raise HoldIncomplete(f"{reason!r} is no reason; use one of {', '.join(HoldReason.values)}")
    return OrderHold(
        business_line_id=line.id, order_no=order_no.strip(), hold_no=hold_no.strip(), reason=reason,
        note=checked_note(note),
    )  # fmt: skip


def checked_note(note: str) -> str:
    """This function will return a note on a hold or its release, stripped. Raises HoldIncomplete."""
    if len(note) > 200 or not note.isprintable():
        raise HoldIncomplete("the note is too long or not one line; use up to 200 characters")
    return note.strip()

"""Release a hold on an order; when no other one is left its lines may be billed."""

from datetime import datetime

from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.entities.models import BillingNode, BusinessLine
from zhanggui.settlement.intake.errors import UnknownHold
from zhanggui.settlement.intake.holds import NEVER
from zhanggui.settlement.intake.locks import hold_for_intake
from zhanggui.settlement.intake.models import OrderHold, OrderStatus
from zhanggui.settlement.intake.operations.hold_order import checked_note

# What `resolving.billable_at` says of an order that comes in, of one that is here: the node's time plus the hold
# days, but not before the release. Days are 24 hours there and here, whatever the clocks do.
_LET_GO = f"""
update settlement_staged_line l
set billable_at = greatest(n.reached + make_interval(hours => 24 * t.hold_days), %(released)s)
from settlement_staged_order o, settlement_terms t, lateral (select case t.node
  when {BillingNode.PAID} then o.paid_at when {BillingNode.SHIPPED} then o.shipped_at
  when {BillingNode.RECEIVED} then o.received_at when {BillingNode.COMPLETED} then o.completed_at
  end as reached) n
where o.id = l.order_id and t.id = l.terms_id and o.business_line_id = %(line)s and o.order_no = %(order)s
  and o.status <> {OrderStatus.CANCELLED} and n.reached is not null and l.billable_at >= %(never)s
  and not exists (select from settlement_billed_line b
    where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0)
"""


def release_order(
    *, business_line: BusinessLine, hold_no: str, note: str, at: datetime, actor: str
) -> OrderHold:
    """This function will release a hold in the caller's transaction and return it; one released before is
    returned as it is.

    Its lines may be billed from the later of their own day and `at`, once no other hold keeps them. Raises
    UnknownHold, HoldIncomplete.
    """
    hold_for_intake(business_line.id)
    said = checked_note(note)
    row = OrderHold.objects.select_for_update().filter(
        business_line_id=business_line.id, hold_no=hold_no.strip()
    ).first()  # fmt: skip
    if row is None:
        raise UnknownHold(f"there is no hold {hold_no!r} of {business_line.code}", hold_no=hold_no)
    if row.released_at is not None:
        return row
    row.released_at, row.released_by, row.release_note = at, actor, said
    row.save(update_fields=["released_at", "released_by", "release_note"])
    others = OrderHold.objects.filter(
        business_line_id=business_line.id, order_no=row.order_no, released_at=None
    )
    if not others.exists():
        with connection.cursor() as cursor:
            cursor.execute(
                _LET_GO,
                {"line": business_line.id, "order": row.order_no, "released": at, "never": NEVER},
            )
    record_change(
        at=at, actor=actor, action="order.released", object_kind="order", object_id=row.order_no,
        after={"business_line": business_line.code, "hold_no": row.hold_no, "note": row.release_note},
    )  # fmt: skip
    return row

"""An approved adjustment becomes a charge of ours and a detail on the party's open statement."""

from datetime import datetime, tzinfo

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party
from zhanggui.settlement.adjustments.errors import AdjustmentNotBillable, AdjustmentNotPending
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState
from zhanggui.settlement.adjustments.states import allowed
from zhanggui.settlement.billing.operations.bill_charges import bill_charges
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ADJUSTED, ChargeRecord, post_charges

MEMO_MAX = 200


def issue_adjustment(*, adjustment_id: int, at: datetime, zone: tzinfo, actor: str) -> Adjustment:
    """This function will carry out an approved adjustment in the caller's transaction, which holds
    `locks.hold_for_filling`, and return it. Raises AdjustmentNotPending, AdjustmentNotBillable."""
    row = (
        Adjustment.objects.select_for_update(of=("self",))
        .select_related("business_line")
        .get(id=adjustment_id)
    )
    if not allowed(row.state, DocumentState.APPROVED):
        raise AdjustmentNotPending(f"{row.number} is {row.state}; nothing is left to do", state=row.state)
    row.line_id = put_on_statement(row, at=at, zone=zone, actor=actor)
    row.state, row.ended_at = DocumentState.APPROVED, at
    row.save(update_fields=["state", "line_id", "ended_at"])
    record_change(
        at=at, actor=actor, action="adjustment.approved", object_kind="adjustment", object_id=row.number,
        party_id=row.party_id, before={"state": "pending"},
        after={"state": "approved", "amount_minor": row.amount_minor, "line_id": row.line_id},
    )  # fmt: skip
    return row


def put_on_statement(row: Adjustment, *, at: datetime, zone: tzinfo, actor: str) -> int:
    """This function will bill an adjustment as a charge of its own number and return its billed line.

    Raises AdjustmentNotBillable with the reason for which the charge is refused.
    """
    record = ChargeRecord(
        charge_no=row.number, party=Party.objects.get(id=row.party_id).code,
        fee=catalogue().by_id[row.fee_type_id].code, currency=row.currency, amount=row.amount_minor,
        base=row.base_minor, occurred_at=at, memo=row.reason[:MEMO_MAX], source=ADJUSTED,
    )  # fmt: skip
    batch = post_charges(
        business_line=row.business_line, key=f"adjustment:{row.number}", records=[record], at=at, zone=zone,
        actor=actor, own=True,
    )  # fmt: skip
    charge = Charge.objects.get(batch_id=batch.id)
    if charge.state != "accepted":
        raise AdjustmentNotBillable(f"{row.number} cannot be billed: {charge.reject_message}")
    bill_charges(
        business_line=row.business_line, first_line=charge.line_id, last_line=charge.line_id, as_of=at, at=at,
        zone=zone,
    )  # fmt: skip
    return charge.line_id

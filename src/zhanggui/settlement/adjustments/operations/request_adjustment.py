"""Make an adjustment (调整单) and put it up for approval by somebody else."""

from datetime import datetime, tzinfo

from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.integers import require_integer
from zhanggui.parties.models import Party
from zhanggui.rows.times import day_number
from zhanggui.settlement.adjustments.errors import AdjustmentIncomplete, NotReversible
from zhanggui.settlement.adjustments.models import Adjustment, AdjustmentKind, DocumentState
from zhanggui.settlement.adjustments.queries import NOT_ADJUSTED
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.fee_types import catalogue

KIND = "adjustment"


def request_adjustment(
    *, party: Party, business_line: BusinessLine, fee: str, amount_minor: int, reason: str, evidence: str = "",
    at: datetime, zone: tzinfo, maker: str,
) -> Adjustment:  # fmt: skip
    """This function will make an adjustment of `amount_minor` (signed for the party) and request its approval, in
    the caller's transaction. Nothing is owed before another person approves.

    Raises AdjustmentIncomplete, FloatRefused, NotAnInteger.
    """
    amount = require_integer(amount_minor, "The adjustment")
    found = catalogue().by_code.get(fee)
    if found is None or found.group in NOT_ADJUSTED:
        raise AdjustmentIncomplete(f"an adjustment cannot use the fee {fee!r}; choose one of the catalogue's")
    if amount == 0 or (found.sign and (amount > 0) != (found.sign > 0)):
        raise AdjustmentIncomplete(
            f"{amount} is not an amount that {fee} can move: zero adjusts nothing, and its sign must be the fee's"
        )
    if not reason.strip():
        raise AdjustmentIncomplete("say why: the merchant and the auditor read the reason")
    if TermsBook.load(business_line.id).find(party.id, day_number(at.astimezone(zone).date())) is None:
        raise AdjustmentIncomplete(
            f"{party.code} has no settlement terms at {business_line.code}; set them first"
        )
    return _put_up(
        Adjustment(
            party_id=party.id, business_line=business_line, kind=AdjustmentKind.MANUAL, fee_type_id=found.id,
            currency=business_line.currency, amount_minor=amount, reason=reason.strip(),
            evidence=evidence.strip(), made_at=at, made_by=maker,
        ),
        party.code,
    )  # fmt: skip


def request_reversal(*, adjustment_id: int, reason: str, at: datetime, maker: str) -> Adjustment:
    """This function will make a new adjustment that takes back an approved one, and request its approval, in
    the caller's transaction. Raises NotReversible, AdjustmentIncomplete."""
    original = Adjustment.objects.select_for_update().filter(id=adjustment_id).first()
    if original is None or original.state != DocumentState.APPROVED or original.reverses_id:
        raise NotReversible(f"adjustment {adjustment_id} cannot be reversed: only an approved original can")
    if original.kind == AdjustmentKind.REBATE:
        raise NotReversible(f"{original.number} is a rebate; its next run corrects it by the difference")
    if original.reversals.filter(state__in=[DocumentState.PENDING, DocumentState.APPROVED]).exists():
        raise NotReversible(f"{original.number} is reversed already, or its reversal waits for approval")
    if not reason.strip():
        raise AdjustmentIncomplete("say why: the merchant and the auditor read the reason")
    code = Party.objects.get(id=original.party_id).code
    return _put_up(
        Adjustment(
            party_id=original.party_id, business_line=original.business_line, kind=AdjustmentKind.MANUAL,
            fee_type_id=original.fee_type_id, currency=original.currency,
            amount_minor=-original.amount_minor, reason=reason.strip(), evidence=original.number,
            reverses=original, made_at=at, made_by=maker,
        ),
        code,
    )  # fmt: skip


def _put_up(row: Adjustment, party_code: str) -> Adjustment:
    row.save(force_insert=True)
    fee = catalogue().by_id[row.fee_type_id].code
    content = {
        "number": row.number, "party": party_code, "fee": fee, "amount_minor": row.amount_minor,
        "currency": row.currency, "reason": row.reason, "evidence": row.evidence,
        "reverses": row.reverses.number if row.reverses else None,
    }  # fmt: skip
    approval = request_approval(
        kind=KIND, subject=row.number, title=f"{row.number} {party_code} {fee}", party_id=row.party_id,
        amount_minor=abs(row.amount_minor), currency=row.currency, payload=content, maker=row.made_by,
        at=row.made_at,
    )  # fmt: skip
    row.approval_id = approval.id
    row.save(update_fields=["approval_id"])
    record_change(
        at=row.made_at, actor=row.made_by, action="adjustment.requested", object_kind="adjustment",
        object_id=row.number, party_id=row.party_id, after=content,
    )  # fmt: skip
    return row

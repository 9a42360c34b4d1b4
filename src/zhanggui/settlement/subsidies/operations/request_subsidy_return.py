"""Write down what of a subsidy is taken back with a refund to the buyer."""

from datetime import datetime

from zhanggui.payments.models import ChargePart, Refund
from zhanggui.payments.sub_merchants import follows
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.settlement.subsidies.models import Subsidy, SubsidyReturn, SubsidyState


def request_subsidy_return(*, refund: Refund, part: ChargePart, at: datetime) -> SubsidyReturn | None:
    """This function will write down what of a paid subsidy goes back with a refund, once, in the caller's
    transaction, which holds the part; None where nothing does."""
    known = SubsidyReturn.objects.filter(refund_no=refund.refund_no).first()
    if known is not None:
        return known
    row = Subsidy.objects.select_for_update().filter(part=part, state=SubsidyState.PAID).first()
    if row is None:
        return None
    amount = follows(
        row.amount_minor - row.returned_minor, refund_minor=refund.amount_minor,
        left_minor=part.amount_minor - part.refunded_minor + refund.amount_minor,
    )  # fmt: skip
    if not amount:
        return None
    row.returned_minor += amount
    row.save(update_fields=["returned_minor"])
    return SubsidyReturn.objects.create(
        number=fresh_number("B", at), subsidy=row, refund_no=refund.refund_no, amount_minor=amount, made_at=at
    )

"""A range of old lines is to be finished: one person asks, another one, who saw the figures, finishes it."""

from datetime import datetime, tzinfo

from django.conf import settings

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import RangeNotSettled
from zhanggui.settlement.archives.finishing import Figures, next_to_finish
from zhanggui.settlement.archives.operations.finish_range import finish_range
from zhanggui.settlement.archives.operations.request_finishing import APPROVAL_KIND, request_finishing
from zhanggui.settlement.details.models import FinishedRange
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.locks import hold_for_intake
from zhanggui.settlement.statements.locks import hold_for_closing

KIND = APPROVAL_KIND
USUAL_CURRENCY = "CNY"
# What the mall gives back and the settlement centre was not told of yet. A refund that failed may be asked for again,
# and is refused then.
_UNTOLD = """
select count(distinct g.id) as found, min(g.refund_no) as example from trade_give_back g
join trade_order t on t.id = g.order_id join settlement_staged_order o on o.order_no = t.order_no
join settlement_staged_line l on l.order_id = o.id
where l.line_id >= %s and l.line_id < %s
and not exists (select from settlement_staged_refund r where r.refund_no = g.refund_no)
and not exists (select from payments_refund f where f.refund_no = g.refund_no and f.state = 'failed')
"""


def range_finishing_requested(*, at: datetime, zone: tzinfo, maker: str) -> Approval:
    """This function will prove the oldest unfinished range from the installation's files and put it up for approval.
    Raises what `request_finishing` raises."""
    oldest = next_to_finish()
    _refuse_untold(oldest.first, oldest.end or 0)
    currency = BusinessLine.objects.order_by("id").values_list("currency", flat=True).first()
    return request_finishing(
        folder=settings.ARCHIVE_FOLDER, years=settings.RETENTION_YEARS, today=at.astimezone(zone).date(),
        currency=currency or USUAL_CURRENCY, at=at, maker=maker,
    )  # fmt: skip


def hold_for_finishing() -> None:
    """This function will keep billing and all intake out until the transaction ends."""
    hold_for_closing()
    for line in BusinessLine.objects.order_by("id").values_list("id", flat=True):
        hold_for_intake(line)


def range_finishing_approved(approval: Approval, moment: Moment) -> FinishedRange:
    """This function will finish the range, in the decision's transaction."""
    wanted = Figures(**approval.payload)
    _refuse_untold(wanted.first_line, wanted.end_line)
    return finish_range(
        wanted=wanted, folder=settings.ARCHIVE_FOLDER, asked_by=approval.maker,
        at=moment.at, actor=moment.actor,
    )  # fmt: skip


def _refuse_untold(first: int, end: int) -> None:
    [row] = rows_of(_UNTOLD, [first, end])
    if row["found"]:
        raise RangeNotSettled(
            f"{row['found']} refunds of the mall are not in the settlement centre yet (such as {row['example']}), and"
            " their orders are in the range; wait for them",
            first=first,
        )

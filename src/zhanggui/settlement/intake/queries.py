"""Reads over staged orders, imports and charges."""

from datetime import datetime
from typing import Any

from zhanggui.settlement.details.errors import LineFinished
from zhanggui.settlement.details.queries import finished_below
from zhanggui.settlement.entities.models import Dimension
from zhanggui.settlement.intake.errors import UnknownFeed
from zhanggui.settlement.intake.holds import NEVER
from zhanggui.settlement.intake.models import (
    Charge,
    ChargeBatch,
    ChargeFeed,
    ChargePull,
    OrderHold,
    Reject,
    ShadowDifference,
    StagedLine,
    StagedOrder,
    StagedPayment,
    StagedRefund,
)


def latest_order_at() -> datetime | None:
    """This function will return when the latest staged order was placed, or None without orders."""
    return StagedOrder.objects.order_by("-ordered_at").values_list("ordered_at", flat=True).first()


def order_times() -> tuple[datetime, datetime] | None:
    """This function will return when the earliest and the latest staged order were placed, or None without orders."""
    times = StagedOrder.objects.values_list("ordered_at", flat=True)
    earliest, latest = times.order_by("ordered_at").first(), latest_order_at()
    return (earliest, latest) if earliest and latest else None


def order_by_id(order_id: int) -> StagedOrder | None:
    """This function will return a staged order by its number inside the system, or None."""
    return StagedOrder.objects.filter(id=order_id).first()


def orders_by_no(order_no: str) -> list[StagedOrder]:
    """This function will return the staged orders with this order number, one per business line."""
    return list(StagedOrder.objects.filter(order_no=order_no).order_by("business_line_id"))


def may_be_billed(order_no: str) -> bool:
    """This function will say whether billing may have read a line of the order: who supplies it stays then."""
    orders = StagedOrder.objects.filter(order_no=order_no).values("id")
    return StagedLine.objects.filter(order_id__in=orders, billable_at__lt=NEVER).exists()


def refuse_finished_order(order_no: str) -> None:
    """This function will raise LineFinished for an order with a line that is never written again: what is given back
    of it could not be billed."""
    below = finished_below()
    orders = StagedOrder.objects.filter(order_no=order_no).values("id")
    if below and StagedLine.objects.filter(order_id__in=orders, line_id__lt=below).exists():
        raise LineFinished(
            f"order {order_no} is older than its records have to be kept, and finished; settle it by an adjustment",
            order_no=order_no,
        )


def lines_of(order_id: int) -> list[StagedLine]:
    """This function will return an order's lines in the order of the document."""
    return list(StagedLine.objects.filter(order_id=order_id).order_by("line_id"))


def payments_of(order_id: int) -> list[StagedPayment]:
    """This function will return an order's payments in their sequence."""
    return list(StagedPayment.objects.filter(order_id=order_id).order_by("sequence"))


def refunds_of(line_ids: list[int]) -> list[StagedRefund]:
    """This function will return the refunds of these order lines, the earliest first."""
    return list(StagedRefund.objects.filter(line_id__in=line_ids).order_by("refunded_at", "id"))


def dimension_codes(ids: set[int]) -> dict[int, str]:
    """This function will return the codes of dictionary entries by id."""
    return dict(Dimension.objects.filter(id__in=ids).values_list("id", "code"))


def charges_by_no(charge_no: str) -> list[Charge]:
    """This function will return the charges with this number, accepted ones first."""
    return list(Charge.objects.filter(charge_no=charge_no).order_by("state", "-line_id")[:20])


def open_work() -> dict[str, int]:
    """This function will count what intake leaves for people: refused rows, refused charges, differences of
    the double insurance."""
    return {
        "rejects": Reject.objects.count(),
        "charges": Charge.objects.filter(state="rejected").count(),
        "shadow": ShadowDifference.objects.count(),
    }


def line_dimensions(line: StagedLine) -> dict[str, Any]:
    """This function will return the codes a staged line carries, by dimension; missing ones are left out."""
    fields = {
        "category": line.category_id, "spu": line.spu_id, "sku": line.sku_id, "sku_type": line.sku_type_id,
        "level": line.level_id, "merchant_category": line.merchant_category_id,
        "channel": line.channel_id, "payment_method": line.payment_method_id,
        "region": line.region_id,
    }  # fmt: skip
    codes = dimension_codes({number for number in fields.values() if number})
    return {name: codes[number] for name, number in fields.items() if number in codes}


def open_holds(order: StagedOrder) -> list[OrderHold]:
    """This function will return what keeps an order from being billed, the oldest first."""
    return list(
        OrderHold.objects.filter(
            business_line_id=order.business_line_id, order_no=order.order_no, released_at=None
        ).order_by("id")
    )


def open_hold_count() -> int:
    """This function will count the holds on orders that nobody has released."""
    return OrderHold.objects.filter(released_at=None).count()


def charge_feed(code: str) -> ChargeFeed:
    """This function will return the charge feed with this code. Raises UnknownFeed."""
    found = ChargeFeed.objects.select_related("business_line").filter(code=code).first()
    if found is None:
        raise UnknownFeed(f"there is no charge feed {code!r}; the list of feeds shows all", feed=code)
    return found


def locked_feed(code: str) -> ChargeFeed:
    """This function will return the charge feed with this code, locked in the caller's transaction. Raises
    UnknownFeed."""
    found = ChargeFeed.objects.select_for_update(of=("self",)).select_related("business_line")
    row = found.filter(code=code).first()
    return row or charge_feed(code)


def due_feeds(at: datetime) -> list[int]:
    """This function will return the ids of the feeds to pull now, the longest waiting first."""
    due = ChargeFeed.objects.filter(active=True, next_at__lte=at).order_by("next_at", "id")
    return list(due.values_list("id", flat=True))


def failing_feeds() -> int:
    """This function will count the feeds that are on and whose latest pull failed."""
    return ChargeFeed.objects.filter(active=True, failures__gt=0).count()


def latest_pulls(feed_ids: list[int]) -> dict[int, ChargePull]:
    """This function will return the latest pull of each of these feeds that was pulled."""
    rows = ChargePull.objects.filter(feed_id__in=feed_ids).order_by("feed_id", "-id").distinct("feed_id")
    return {row.feed_id: row for row in rows}


def batches_of(pull_ids: list[int]) -> dict[int, list[int]]:
    """This function will return the ids of the batches that each of these pulls brought."""
    found: dict[int, list[int]] = {}
    rows = ChargeBatch.objects.filter(pull_id__in=pull_ids).order_by("id").values_list("pull_id", "id")
    for pull_id, batch_id in rows:
        found.setdefault(pull_id or 0, []).append(batch_id)
    return found

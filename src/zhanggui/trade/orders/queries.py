"""Reads over purchases and orders."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet, Sum

from zhanggui.rows.reading import rows_of
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.models import GiveBackLine, Order, OrderLine, Purchase, PurchaseState
from zhanggui.trade.promotions.models import HeldCoupon

REBATES = "RB"
"""What the codes of coupons begin with that give members something back: RB, the month, and a number."""
REBATE_MONTH_SQL = "(substr(c.code, 3, 4) || '-' || substr(c.code, 7, 2))"
"""The month (2026-10) in the code of such a coupon `c`."""


def order_of_buyer(order_no: str, buyer_ids: list[int]) -> Order:
    """This function will return an order of one of these buyers (one person). Raises UnknownOrder, for another's
    too."""
    found = Order.objects.select_related("purchase").filter(order_no=order_no, buyer_id__in=buyer_ids).first()
    if found is None:
        raise UnknownOrder(f"you have no order {order_no!r}", order_no=order_no)
    return found


def order_by_number(order_no: str) -> Order:
    """This function will return the order with this number. Raises UnknownOrder."""
    found = Order.objects.select_related("purchase").filter(order_no=order_no).first()
    if found is None:
        raise UnknownOrder(f"there is no order {order_no!r}", order_no=order_no)
    return found


def lines_of(order_ids: list[int]) -> dict[int, list[OrderLine]]:
    """This function will return the lines of each of these orders, with their shares, in order."""
    found: dict[int, list[OrderLine]] = {order_id: [] for order_id in order_ids}
    rows = (
        OrderLine.objects.filter(order_id__in=order_ids).prefetch_related("shares").order_by("order_id", "id")
    )
    for line in rows:
        found[line.order_id].append(line)
    return found


def given_units(line_ids: Iterable[int]) -> dict[int, int]:
    """This function will return how many units of each of these lines the buyer was given the money back for."""
    ids = list(line_ids)
    found = (
        GiveBackLine.objects.filter(line_id__in=ids)
        .values("line_id")
        .annotate(units=Sum("quantity"))
        .order_by()
    )
    return dict.fromkeys(ids, 0) | {row["line_id"]: row["units"] for row in found}


def purchases_expired(at: datetime, *, most: int) -> list[str]:
    """This function will return the numbers of purchases whose time to pay is over, the oldest first."""
    return list(
        Purchase.objects.filter(state=PurchaseState.PLACED, expires_at__lte=at)
        .order_by("expires_at")
        .values_list("purchase_no", flat=True)[:most]
    )


# Of each order what was paid for goods and not given back, times its own rate, rounded down: a promise is never more
# than was said. A buyer who was merged into another is that one.
_REBATES = """
select coalesce(b.merged_into_id, b.id) as buyer_id, o.currency, o.id, x.rebate
from trade_order o join trade_buyer b on b.id = o.buyer_id
cross join lateral (select coalesce(sum(g.goods_minor), 0) as back from trade_give_back_line g
  join trade_order_line l on l.id = g.line_id where l.order_id = o.id) given
cross join lateral (select floor((o.goods_minor - o.shop_discount_minor - o.platform_discount_minor - given.back)
  * o.rebate_ppm / 1000000)::bigint as rebate) x
where o.state = 'completed' and o.rebate_ppm > 0 and o.rebate_code = '' and o.completed_at < %(before)s
  and x.rebate > 0
order by 1, 2, 3
"""


def rebates_due(before: datetime) -> dict[tuple[int, str], dict[int, int]]:
    """This function will return what members get back for orders completed before a time and not given back yet: by
    buyer and currency, the minor units of each order."""
    found: dict[tuple[int, str], dict[int, int]] = {}
    for row in rows_of(_REBATES, {"before": before}):
        found.setdefault((row["buyer_id"], row["currency"]), {})[row["id"]] = row["rebate"]
    return found


def rebate_of(order: Order) -> int:
    """This function will return what a member gets back for an order, minor units, as things stand: of what was paid
    for its goods and not given back."""
    back = GiveBackLine.objects.filter(line__order=order).aggregate(sum=Sum("goods_minor"))["sum"] or 0
    paid = order.goods_minor - order.shop_discount_minor - order.platform_discount_minor - back
    return paid * order.rebate_ppm // 1_000_000


def rebates_given() -> QuerySet[HeldCoupon]:
    """This function will return the coupons that gave members something back of their orders, with their terms."""
    orders = Order.objects.filter(rebate_code=OuterRef("coupon__code"))
    return HeldCoupon.objects.select_related("coupon").filter(
        Exists(orders), coupon__code__startswith=REBATES
    )


# As it was when the coupon was given: what goes back of an order afterwards changes nothing of it.
_REBATED = """
select o.rebate_code as code, o.order_no, o.completed_at, o.rebate_ppm,
  (o.goods_minor - o.shop_discount_minor - o.platform_discount_minor - given.back)::bigint as kept_minor,
  floor((o.goods_minor - o.shop_discount_minor - o.platform_discount_minor - given.back) * o.rebate_ppm
    / 1000000)::bigint as amount_minor
from trade_order o join trade_coupon c on c.code = o.rebate_code
cross join lateral (select coalesce(sum(g.goods_minor), 0) as back from trade_give_back_line g
  join trade_give_back v on v.id = g.give_back_id where v.order_id = o.id and v.asked_at <= c.created_at) given
where o.rebate_code = any(%(codes)s) order by o.rebate_code, o.id
"""


@dataclass(frozen=True)
class Rebated:
    """What an order gave its buyer back: `rebate_ppm` of a million of `kept_minor`, what was paid for its goods and
    not given back by then. Minor units, rounded down."""

    code: str
    order_no: str
    completed_at: datetime
    rebate_ppm: int
    kept_minor: int
    amount_minor: int


def rebated_orders(codes: Sequence[str]) -> dict[str, list[Rebated]]:
    """This function will return the orders that rebates were given for, by the code of the coupon."""
    found: dict[str, list[Rebated]] = {code: [] for code in codes}
    for row in rows_of(_REBATED, {"codes": list(codes)}):
        found[row["code"]].append(Rebated(**row))
    return found


_REBATES_BY_MONTH = f"""
select {REBATE_MONTH_SQL} as month, c.currency, count(*) as rebates,
  sum(c.amount_minor)::bigint as amount_minor,
  coalesce(sum(c.amount_minor) filter (where h.state = 'used'), 0)::bigint as used_minor,
  coalesce(sum(c.amount_minor) filter (where h.state <> 'used' and c.use_ends_before > %(at)s), 0)::bigint
    as open_minor
from trade_held_coupon h join trade_coupon c on c.id = h.coupon_id
where c.code like %(codes)s and exists (select from trade_order o where o.rebate_code = c.code)
group by 1, 2 order by 1 desc, 2
"""


@dataclass(frozen=True)
class RebatesOfMonth:
    """How many members got something back for a month (2026-10), how much, and what of it they used, can use still,
    or let pass. Minor units."""

    month: str
    currency: str
    rebates: int
    amount_minor: int
    used_minor: int
    open_minor: int

    @property
    def lapsed_minor(self) -> int:
        return self.amount_minor - self.used_minor - self.open_minor


def rebates_by_month(at: datetime) -> list[RebatesOfMonth]:
    """This function will return what was given back by month and currency, as it stands at a time, the latest
    month first."""
    return [RebatesOfMonth(**row) for row in rows_of(_REBATES_BY_MONTH, {"codes": f"{REBATES}%", "at": at})]

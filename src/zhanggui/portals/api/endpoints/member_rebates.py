"""Member rebates (会员返利), for the platform: what members got back of what they bought, one by one and by month."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code
from zhanggui.portals.desk.told.rebates import months_told, rebates_told
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.queries import REBATES, rebates_given

router = Router(tags=["promotions"])

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$", description="a month, like 2026-10")]


class MemberRebateFilters(Schema):
    """Which rebates."""

    month: Month | None = None
    buyer: Code | None = None
    order_no: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class MemberRebateOrder(Schema):
    """An order that something was given back for: `rebate_ppm` of a million of `kept_minor`, what was paid for its
    goods and not given back by then, rounded down."""

    order_no: str
    completed_at: datetime
    rebate_ppm: int
    kept_minor: int
    amount_minor: int


class MemberRebateOut(Schema):
    """What a member got back for a month: a coupon under `code`. Its `purchase_no` is the purchase that uses it."""

    code: str
    month: str
    buyer: str
    currency: str
    amount_minor: int
    state: Literal["free", "reserved", "used", "lapsed"]
    given_at: datetime
    use_ends_before: datetime
    used_at: datetime | None
    purchase_no: str
    orders: list[MemberRebateOrder]


class MemberRebatePage(Paged):
    """Rebates."""

    items: list[MemberRebateOut]


class MemberRebateMonth(Schema):
    """What members got back for a month, and what of it they used, can use still, or let pass."""

    month: str
    currency: str
    rebates: int
    amount_minor: int
    used_minor: int
    open_minor: int
    lapsed_minor: int


class MemberRebateMonths(Schema):
    """Rebates by month and currency."""

    items: list[MemberRebateMonth]


@look(router, "/member-rebates", MemberRebatePage)
def list_member_rebates(request: HttpRequest, filters: Query[MemberRebateFilters]) -> Any:
    """What members got back, in the order in which it was given, each with its orders."""
    caller(request).require("promotions.view")
    rows = rebates_given()
    if filters.month:
        rows = rows.filter(coupon__code__startswith=f"{REBATES}{filters.month.replace('-', '')}-")
    if filters.buyer:
        rows = rows.filter(buyer_id__in=Buyer.objects.filter(number=filters.buyer).values("id"))
    if filters.order_no:
        rows = rows.filter(
            coupon__code__in=Order.objects.filter(order_no=filters.order_no).values("rebate_code")
        )
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": rebates_told(shown, at=timezone.now()), "next_cursor": following}


@look(router, "/member-rebates/months", MemberRebateMonths)
def list_months_of_member_rebates(request: HttpRequest) -> Any:
    """What members got back by month and currency, the latest month first."""
    caller(request).require("promotions.view")
    return {"items": months_told(timezone.now())}

"""Members get back a part of what they bought (会员返利): a coupon a month, which the platform pays for."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, tzinfo

from django.db import transaction

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.rows.document_numbers import fresh_number
from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.queries import REBATES, rebates_due
from zhanggui.trade.parameters.queries import number
from zhanggui.trade.promotions.models import HeldCoupon
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.rules.terms import MILLION, PLATFORM

CLAIMED_AT_ONCE = timedelta(minutes=1)
"""A coupon has to be claimed; this one is, in the transaction that issues it."""


def members_rebated(*, month: date, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> int:
    """This function will give every member a coupon over what orders promised that were completed by the end of the
    month of `month`, and return how many it gave; it must not be called inside a transaction.

    Each is given in a transaction of its own, which marks its orders: whoever is killed goes on, and no order is
    rebated twice, not even by two at once, nor after buyers were merged.
    """
    following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
    given = 0
    for (buyer_id, currency), orders in rebates_due(datetime.combine(following, time(), zone)).items():
        with transaction.atomic():
            given += _given(buyer_id, currency, orders, month, clock(), actor) is not None
    return given


def _given(
    buyer_id: int, currency: str, orders: Mapping[int, int], month: date, at: datetime, actor: str
) -> HeldCoupon | None:
    held = list(Order.objects.select_for_update().filter(id__in=orders, rebate_code="").order_by("id"))
    if not held:
        return None
    code = fresh_number(f"{REBATES}{month:%Y%m}-", at)
    amount, until = sum(orders[order.id] for order in held), at + timedelta(days=number("member_rebate_days"))
    issue_coupon(
        code=code, merchant_id=PLATFORM, kind="amount", currency=currency, total=1,
        name={"zh": f"{month:%Y-%m} 会员返利", "en": f"Member rebate {month:%Y-%m}"},
        claim_starts_at=at, claim_ends_before=at + CLAIMED_AT_ONCE, use_starts_at=at,
        use_ends_before=until, at=at, actor=actor, amount_minor=amount, platform_ppm=MILLION,
    )  # fmt: skip
    for order in held:
        order.rebate_code = code
    Order.objects.bulk_update(held, ["rebate_code"])
    about = {
        "amount_minor": amount, "currency": currency, "month": f"{month:%Y-%m}", "until": until.isoformat(),
    }  # fmt: skip
    write_notices(told=[Told("rebate.given", code, buyer_id=buyer_id, about=about)], at=at)
    return claim_coupon(code=code, buyer_id=buyer_id, at=at)

"""A purchase over two shops that used a coupon of one of them and one of the platform."""

from datetime import datetime, timedelta

from django.db import transaction

from tests.mall.pretend_channel import PretendChannel
from tests.mall.shopping import pay, take_channel
from tests.trade.stalls import Stalls
from zhanggui.journeys.purchase_placed import purchase_placed
from zhanggui.trade.orders.models import Purchase
from zhanggui.trade.promotions.queries import quote
from zhanggui.trade.promotions.shapes import Wanted


@transaction.atomic
def place_sale(*, at: datetime) -> Purchase:
    """This function will buy 70.00 of alpha and 40.00 of beta: 5.00 off alpha's by ALPHA, then 10.00 by MALL, of which
    the platform funds 60 %."""
    stalls, span = (
        Stalls(),
        {"use_starts_at": at - timedelta(days=1), "use_ends_before": at + timedelta(days=9)},
    )
    stalls.shop("alpha"), stalls.shop("beta")
    skus = [stalls.sku("alpha", "a", 7000, kind="pickup"), stalls.sku("beta", "b", 4000, kind="pickup")]
    buyer = stalls.buyer("ann")
    for code, owner, amount, ppm in (("ALPHA", "alpha", 500, 0), ("MALL", "", 1000, 600_000)):
        stalls.held(stalls.coupon(code, owner, amount_minor=amount, platform_ppm=ppm, **span), buyer)
    wanted = [Wanted(sku.id, 1) for sku in skus]
    shown = quote(wanted=wanted, buyer=buyer, region="", currency="CNY", held_coupons=None, at=at)
    purchase = purchase_placed(
        buyer=buyer, wanted=wanted, address_id=None, currency="CNY", region="", held_coupons=shown.held_coupons,
        request_key="once", expected_due_minor=shown.due_minor, surface="pc", notes={}, at=at,
    )  # fmt: skip
    channel = PretendChannel()
    take_channel(channel)
    pay(purchase, channel, lambda: at)
    return purchase

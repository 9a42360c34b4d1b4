"""A coupon, a spend-and-save rule and a freight template of a shop, for pages that show one."""

from datetime import datetime, timedelta

from zhanggui.trade.pricing.models import FreightRow, FreightTemplate
from zhanggui.trade.promotions.models import Coupon, SpendAndSave


def with_promotions(merchant_id: int, at: datetime) -> None:
    """One of each, in use."""
    later = at + timedelta(days=30)
    Coupon.objects.create(
        code="TEN-OFF", name={"zh": "满百减十"}, merchant_id=merchant_id, kind="amount", currency="CNY",
        amount_minor=1000, from_minor=10000, total=100, claim_starts_at=at, claim_ends_before=later,
        use_starts_at=at, use_ends_before=later, created_at=at,
    )  # fmt: skip
    SpendAndSave.objects.create(
        code="STEPS", name={"zh": "满减"}, merchant_id=merchant_id, currency="CNY", steps=[[20000, 1500]],
        starts_at=at, ends_before=later,
    )  # fmt: skip
    template = FreightTemplate.objects.create(
        owner_id=merchant_id, code="LIGHT", name={"zh": "轻件"}, currency="CNY", basis="piece"
    )
    FreightRow.objects.create(
        template=template, regions=[], first_units=1, first_minor=600, next_units=1, next_minor=200
    )

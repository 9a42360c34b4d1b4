"""What is running for buyers: spend-and-save rules and coupons that can be claimed, said in a few words."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.portals.storefront.prices import short_price
from zhanggui.trade.promotions.models import Coupon, CouponKind, SpendAndSave


@dataclass(frozen=True)
class Offer:
    """A promotion as a label: whose it is (0: the platform's), on what, in how many words."""

    code: str
    merchant_id: int
    name: dict[str, Any]
    text: str
    categories: frozenset[str]
    spus: frozenset[str]
    ends_before: datetime

    def is_for(self, *, merchant_id: int, categories: Iterable[str], spu_number: str) -> bool:
        """Whether a good takes part."""
        if self.merchant_id not in (0, merchant_id):
            return False
        if not (self.categories or self.spus):
            return True
        return spu_number in self.spus or bool(self.categories & set(categories))


def savings_now(currency: str, at: datetime) -> list[Offer]:
    """Spend-and-save rules that run at `at`; the platform's come first."""
    rows = SpendAndSave.objects.filter(
        active=True, currency=currency, starts_at__lte=at, ends_before__gt=at
    ).order_by("merchant_id", "id")
    return [
        Offer(
            row.code,
            row.merchant_id,
            row.name,
            saving_text(row),
            frozenset(row.categories),
            frozenset(row.spus),
            row.ends_before,
        )
        for row in rows
    ]


def claimable_coupons(currency: str, at: datetime, *, merchant_id: int | None = None) -> list[Coupon]:
    """Coupons that can be claimed at `at`, of everybody or of one shop."""
    rows = Coupon.objects.filter(
        active=True,
        currency=currency,
        claim_starts_at__lte=at,
        claim_ends_before__gt=at,
        claimed__lt=F("total"),
    )
    if merchant_id is not None:
        rows = rows.filter(merchant_id__in=(0, merchant_id))
    return list(rows.order_by("merchant_id", "id")[:60])


def saving_text(row: SpendAndSave) -> str:
    """The steps of a rule: 满200减30, 满500减100."""
    return " · ".join(
        _("%(off)s off %(bound)s")
        % {"bound": short_price(bound, row.currency), "off": short_price(off, row.currency)}
        for bound, off in row.steps
    )


def coupon_text(coupon: Coupon) -> str:
    """From how much on a coupon counts."""
    if not coupon.from_minor:
        return _("No minimum")
    return _("Orders over %(bound)s") % {"bound": short_price(coupon.from_minor, coupon.currency)}


def coupon_worth(coupon: Coupon) -> str:
    """What a coupon takes off, to be written large."""
    if coupon.kind == CouponKind.AMOUNT:
        return short_price(coupon.amount_minor, coupon.currency)
    if (get_language() or "").startswith("zh"):
        return f"{_in_units(1_000_000 - coupon.off_ppm, 100_000)} 折"  # ten per cent off are nine tenths
    return _("%(percent)s%% off") % {"percent": _in_units(coupon.off_ppm, 10_000)}


def _in_units(ppm: int, unit: int) -> str:
    """So many parts of a million in units, with the decimals it has, two at most."""
    whole, rest = divmod(ppm * 100 // unit, 100)
    return f"{whole}.{rest:02d}".rstrip("0").rstrip(".")

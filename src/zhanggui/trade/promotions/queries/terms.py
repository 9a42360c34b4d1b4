"""The promotions that count for a purchase, as rules know them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from zhanggui.trade.promotions.errors import (
    CouponNotFree,
    CouponNotUsable,
    CouponsDoNotCombine,
    UnknownCoupon,
)
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, HeldState, SpendAndSave
from zhanggui.trade.promotions.rules.choosing import Candidate
from zhanggui.trade.promotions.rules.terms import PLATFORM, CouponTerms, SavingTerms, Scope


def coupon_terms(coupon: Coupon) -> CouponTerms:
    """This function will return what a coupon promises, without asking the database."""
    return CouponTerms(
        code=coupon.code, scope=Scope(coupon.merchant_id, tuple(coupon.categories), tuple(coupon.spus)),
        amount_minor=coupon.amount_minor, off_ppm=coupon.off_ppm, most_minor=coupon.most_minor,
        from_minor=coupon.from_minor, platform_ppm=coupon.platform_ppm,
    )  # fmt: skip


def savings_at(*, merchants: Collection[int], currency: str, at: datetime) -> list[SavingTerms]:
    """This function will return the spend-and-save rules of these shops and of the platform in force at `at`; one
    statement."""
    rows = SpendAndSave.objects.filter(
        merchant_id__in={*merchants, PLATFORM}, currency=currency, active=True, starts_at__lte=at,
        ends_before__gt=at,
    ).order_by("code")  # fmt: skip
    return [
        SavingTerms(
            row.code, Scope(row.merchant_id, tuple(row.categories), tuple(row.spus)),
            tuple((bound, off) for bound, off in row.steps), row.platform_ppm,
        )
        for row in rows
    ]  # fmt: skip


def usable_coupons(
    *, buyer_id: int, merchants: Collection[int], currency: str, at: datetime
) -> list[Candidate]:
    """This function will return the free coupons of a buyer that these shops or the platform take now; one
    statement. A coupon that was closed can still be used by whoever holds it."""
    rows = HeldCoupon.objects.filter(
        buyer_id=buyer_id, state=HeldState.FREE, coupon__merchant_id__in={*merchants, PLATFORM},
        coupon__currency=currency, coupon__use_starts_at__lte=at, coupon__use_ends_before__gt=at,
    ).select_related("coupon").order_by("id")  # fmt: skip
    return [_candidate(row) for row in rows]


def chosen_coupons(*, buyer_id: int, held_ids: Sequence[int], currency: str, at: datetime) -> list[Candidate]:
    """This function will return the coupons a buyer chose; one statement.

    Raises UnknownCoupon, CouponNotFree, CouponNotUsable, CouponsDoNotCombine.
    """
    found = {
        row.id: row
        for row in HeldCoupon.objects.filter(id__in=held_ids, buyer_id=buyer_id).select_related("coupon")
    }
    owners: dict[int, str] = {}
    for held_id in sorted(set(held_ids)):
        row = found.get(held_id)
        if row is None:
            raise UnknownCoupon(
                f"you hold no coupon {held_id}; choose among the coupons you hold", held=held_id
            )
        coupon = row.coupon
        if row.state != HeldState.FREE:
            raise CouponNotFree(
                f"coupon {coupon.code} is {row.state} by purchase {row.purchase_no}; choose another one",
                held=held_id, state=row.state,
            )  # fmt: skip
        if coupon.currency != currency:
            raise CouponNotUsable(
                f"coupon {coupon.code} is for {coupon.currency}; this purchase is in {currency}", held=held_id
            )
        if not coupon.use_starts_at <= at < coupon.use_ends_before:
            raise CouponNotUsable(
                f"coupon {coupon.code} can be used from {coupon.use_starts_at:%Y-%m-%d %H:%M} until before "
                f"{coupon.use_ends_before:%Y-%m-%d %H:%M} UTC; leave it out", held=held_id,
            )  # fmt: skip
        if coupon.merchant_id in owners:
            raise CouponsDoNotCombine(
                f"coupons {owners[coupon.merchant_id]} and {coupon.code} are of the same shop, or both of the "
                "platform; use one of them", held=held_id,
            )  # fmt: skip
        owners[coupon.merchant_id] = coupon.code
    return [_candidate(found[held_id]) for held_id in sorted(set(held_ids))]


def _candidate(row: HeldCoupon) -> Candidate:
    return Candidate(row.id, row.coupon.use_ends_before, coupon_terms(row.coupon))

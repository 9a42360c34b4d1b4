"""Two buyers turned out to be one person: the coupons go along."""

from django.db.models import Count

from zhanggui.trade.promotions.locks import lock_held
from zhanggui.trade.promotions.models import HeldCoupon, HeldState


def take_over_coupons(*, from_buyer: int, to_buyer: int) -> int:
    """This function will give the free coupons of one buyer to another, in the caller's transaction, and return how
    many. One person has no more of a coupon than one person may: what is beyond stays where it was, as do coupons
    that purchases of the old buyer reserved or used."""
    theirs = HeldCoupon.objects.filter(buyer_id=from_buyer, state=HeldState.FREE)
    held = lock_held(list(theirs.values_list("id", flat=True)))
    counts = HeldCoupon.objects.filter(buyer_id=to_buyer).values_list("coupon_id").annotate(Count("id"))
    has: dict[int, int] = dict(counts)
    moved = []
    for row in held.values():
        sequence = has.get(row.coupon_id, 0) + 1
        if row.state != HeldState.FREE or row.buyer_id != from_buyer or sequence > row.coupon.per_buyer:
            continue
        has[row.coupon_id] = row.sequence = sequence
        row.buyer_id = to_buyer
        moved.append(row)
    HeldCoupon.objects.bulk_update(moved, ["buyer_id", "sequence"])
    return len(moved)

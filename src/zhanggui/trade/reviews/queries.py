"""Reads over reviews."""

from collections.abc import Sequence

from zhanggui.trade.orders.models import OrderLine, OrderState
from zhanggui.trade.reviews.errors import UnknownReview
from zhanggui.trade.reviews.models import Review

REVIEWABLE = (OrderState.RECEIVED, OrderState.COMPLETED)


def lines_to_review(*, order_id: int) -> list[OrderLine]:
    """This function will return the lines of a received order that nobody has reviewed yet."""
    said = Review.objects.filter(line__order_id=order_id).values("line_id")
    return list(
        OrderLine.objects.filter(order_id=order_id, order__state__in=REVIEWABLE)
        .exclude(id__in=said)
        .select_related("sku")
        .order_by("id")
    )


def review_by_id(review: int, *, merchant_id: int = 0, lock: bool = False) -> Review:
    """This function will return a review, of this shop's goods if one is named. Raises UnknownReview."""
    rows = Review.objects.filter(id=review)
    if merchant_id:
        rows = rows.filter(merchant_id=merchant_id)
    found = (rows.select_for_update() if lock else rows).first()
    if found is None:
        raise UnknownReview("there is no such review; reload the list", review=review)
    return found


def reviews_of_shop(*, merchant_id: int, most: int, unanswered: bool = False) -> Sequence[Review]:
    """This function will return the reviews of a shop's goods, the latest first."""
    rows = Review.objects.filter(merchant_id=merchant_id).select_related("line", "spu")
    if unanswered:
        rows = rows.filter(answered_at=None)
    return list(rows.order_by("-written_at", "-id")[:most])

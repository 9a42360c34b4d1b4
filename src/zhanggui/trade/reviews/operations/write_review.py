"""A buyer says what a good is like."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.catalogue.models import Picture, Spu
from zhanggui.trade.orders.locks import hold_order
from zhanggui.trade.orders.models import OrderLine
from zhanggui.trade.reviews.errors import NotReviewable, ReviewedBefore, ReviewWrong
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.queries import REVIEWABLE
from zhanggui.trade.reviews.rules import LONGEST, check_review, checked_text


def write_review(
    *, buyer_ids: Sequence[int], line_id: int, rating: int, text: str, pictures: Sequence[str], anonymous: bool,
    at: datetime,
) -> Review:  # fmt: skip
    """This function will write down a review of one line of a received order, once, and count its stars to the good,
    in the caller's transaction. `pictures` are digests of kept pictures.

    Raises NotReviewable (for another's line too), ReviewedBefore, ReviewWrong.
    """
    line = OrderLine.objects.select_related("order", "sku").filter(id=line_id).first()
    if line is None or line.order.buyer_id not in buyer_ids:
        raise NotReviewable("only what one bought can be reviewed; open it from your orders", line=line_id)
    order = hold_order(line.order.order_no)
    if order.state not in REVIEWABLE:
        raise NotReviewable(
            f"order {order.order_no} is {order.state}; it can be reviewed once it was received",
            order_no=order.order_no, state=order.state,
        )  # fmt: skip
    check_review(rating=rating, pictures=pictures)
    clean = checked_text(text, longest=LONGEST)
    if Picture.objects.filter(digest__in=set(pictures)).count() != len(set(pictures)):
        raise ReviewWrong("a picture is not kept here; choose it again")
    if Review.objects.filter(line=line).exists():
        raise ReviewedBefore("you reviewed this before; a review is written once", line=line_id)
    spu = Spu.objects.select_for_update().get(id=line.sku.spu_id)
    review = Review.objects.create(
        line=line, spu=spu, merchant_id=line.merchant_id, buyer_id=line.order.buyer_id, rating=rating, text=clean,
        pictures=list(dict.fromkeys(pictures)), anonymous=anonymous, written_at=at,
    )  # fmt: skip
    Spu.objects.filter(id=spu.id).update(
        rating_count=F("rating_count") + 1, rating_sum=F("rating_sum") + rating
    )
    told = Told(
        "review.written", str(review.id), party_id=line.merchant_id,
        about={"rating": rating, "title": line.title, "order_no": order.order_no},
    )  # fmt: skip
    write_notices(told=[told], at=at)
    return review

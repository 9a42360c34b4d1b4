"""Take a review off the good's page, or put it back."""

from datetime import datetime

from django.db.models import F

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.models import Spu
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.queries import review_by_id


def show_review(*, review: int, shown: bool, reason: str, at: datetime, actor: str) -> Review:
    """This function will show a review or hide it (insults, advertising), take its stars along, and write who and why
    to the log, in the caller's transaction; said again, it changes nothing. Raises UnknownReview."""
    row = review_by_id(review, lock=True)
    if row.shown == shown:
        return row
    row.shown = shown
    row.save(update_fields=["shown"])
    sign = 1 if shown else -1
    Spu.objects.filter(id=row.spu_id).update(
        rating_count=F("rating_count") + sign, rating_sum=F("rating_sum") + sign * row.rating
    )
    record_change(
        at=at, actor=actor, action="review.shown" if shown else "review.hidden", object_kind="review",
        object_id=str(row.id), before={"shown": not shown}, after={"shown": shown, "reason": reason},
    )  # fmt: skip
    return row

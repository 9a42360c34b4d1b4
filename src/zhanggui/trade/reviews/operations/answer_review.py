"""The shop answers a review."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.reviews.errors import AnsweredBefore, ReviewWrong
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.queries import review_by_id
from zhanggui.trade.reviews.rules import LONGEST_ANSWER, checked_text


def answer_review(*, review: int, merchant_id: int, text: str, at: datetime, actor: str) -> Review:
    """This function will put the shop's answer under a review of its goods, once, and write it to the log, in the
    caller's transaction. Raises UnknownReview (for another shop's too), AnsweredBefore, ReviewWrong."""
    row = review_by_id(review, merchant_id=merchant_id, lock=True)
    if row.answered_at is not None:
        raise AnsweredBefore("this review was answered before; a shop answers once", review=review)
    clean = checked_text(text, longest=LONGEST_ANSWER)
    if not clean:
        raise ReviewWrong("write an answer, then send it again")
    row.answer, row.answered_at = clean, at
    row.save(update_fields=["answer", "answered_at"])
    record_change(
        at=at, actor=actor, action="review.answered", object_kind="review", object_id=str(row.id),
        after={"answer": clean},
    )  # fmt: skip
    order = row.line.order
    told = Told(
        "review.answered", order.order_no, buyer_id=order.buyer_id, cause=str(row.id), about={"answer": clean[:200]}
    )  # fmt: skip
    write_notices(told=[told], at=at)
    return row

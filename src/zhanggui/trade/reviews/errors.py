"""Refusals of reviews, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownReview(Refusal):
    """There is no such review, or it is about another shop's goods."""

    code = "unknown_review"
    http_status = 404


class NotReviewable(Refusal):
    """The line is of an order that the buyer has not received, or that is not the buyer's."""

    code = "not_reviewable"
    http_status = 409


class ReviewedBefore(Refusal):
    """The line was reviewed before; a review is written once."""

    code = "reviewed_before"
    http_status = 409


class ReviewWrong(Refusal):
    """Stars, text or pictures are not as they have to be."""

    code = "review_wrong"
    http_status = 422


class AnsweredBefore(Refusal):
    """The shop answered before; it answers once."""

    code = "answered_before"
    http_status = 409

"""One side has looked at a question."""

from django.db.models import Max

from zhanggui.trade.questions.models import Question


def see_question(*, question: Question, as_buyer: bool) -> None:
    """This function will note that one side has seen every message of a question, if there is news; never back."""
    latest = question.messages.filter(from_buyer=not as_buyer).aggregate(last=Max("id"))["last"] or 0
    field = "buyer_seen_id" if as_buyer else "staff_seen_id"
    Question.objects.filter(id=question.id, **{f"{field}__lt": latest}).update(**{field: latest})

"""Questions and their messages."""

from django.db import models
from django.db.models import Q


class QuestionState(models.TextChoices):
    """Whose turn it is; `states.py` has the table of allowed steps."""

    WAITING = "waiting"  # for an answer
    ANSWERED = "answered"  # the buyer may write on
    CLOSED = "closed"


class Question(models.Model):
    """One thread of one buyer with a shop (`merchant_id` is the party) or, 0, with the platform. Who asks whom about
    what never changes; `..._seen_id` is the last message that side has seen."""

    id = models.BigAutoField(primary_key=True)
    question_no = models.CharField(max_length=32, unique=True)
    merchant_id = models.BigIntegerField(help_text="the shop that is asked; 0: the platform")
    buyer_id = models.BigIntegerField()
    asker = models.CharField(
        max_length=16, help_text="the buyer's name, masked: what a shop sees of the buyer"
    )
    spu = models.ForeignKey("trade.Spu", on_delete=models.PROTECT, null=True, related_name="+")
    order = models.ForeignKey("trade.Order", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=QuestionState, default=QuestionState.WAITING)
    asked_at = models.DateTimeField()
    said_at = models.DateTimeField(help_text="when the latest message was written")
    closed_at = models.DateTimeField(null=True)
    buyer_seen_id = models.BigIntegerField(default=0)
    staff_seen_id = models.BigIntegerField(default=0)

    class Meta:
        app_label = "trade"
        db_table = "trade_question"
        constraints = [
            models.CheckConstraint(
                condition=(Q(state="closed") & Q(closed_at__isnull=False))
                | (~Q(state="closed") & Q(closed_at=None)),
                name="question_closed_once",
            ),
        ]
        indexes = [
            models.Index(fields=["merchant_id", "state", "-said_at"], name="question_merchant"),
            models.Index(fields=["buyer_id", "-said_at"], name="question_buyer"),
        ]

    def __str__(self) -> str:
        return self.question_no


class QuestionMessage(models.Model):
    """One message of a thread; never changed. `author` is who wrote it for the shop or the platform, empty for the
    buyer."""

    id = models.BigAutoField(primary_key=True)
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="messages")
    merchant_id = models.BigIntegerField(help_text="the question's")
    buyer_id = models.BigIntegerField(help_text="the question's")
    from_buyer = models.BooleanField()
    author = models.CharField(max_length=150, blank=True, default="")
    text = models.CharField(max_length=1000)
    at = models.DateTimeField()

    class Meta:
        app_label = "trade"
        db_table = "trade_question_message"
        constraints = [
            models.CheckConstraint(
                condition=(Q(from_buyer=True) & Q(author="")) | (Q(from_buyer=False) & ~Q(author="")),
                name="question_message_has_author",
            ),
        ]
        indexes = [
            models.Index(fields=["question", "id"], name="question_message_thread"),
            models.Index(
                fields=["buyer_id", "-at"], condition=Q(from_buyer=True), name="question_message_buyer"
            ),
        ]

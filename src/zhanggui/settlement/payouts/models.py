"""Where money may go, and its way there: receivers, payouts, attempts, batches, files, answers, events."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class ReceiverKind(models.TextChoices):
    BANK = "bank"
    WALLET = "wallet"
    ALIPAY = "alipay"


class ReceiverState(models.TextChoices):
    """Stations of a receiver; `states.py` has the table of allowed steps."""

    PROPOSED = "proposed"
    VERIFIED = "verified"
    CLOSED = "closed"


class Cause(models.TextChoices):
    """What a payout pays: the occasion for money to leave."""

    STATEMENT = "statement"  # what a party is owed on a confirmed statement
    DEPOSIT = "deposit"  # a deposit, or part of it, given back: the approved document over it
    RECEIPT = "receipt"  # what nobody claimed of a receipt, given back to who paid it: the approved refund


class Receiver(models.Model):
    """A bank account or wallet of a party, in one currency; with `receipt_id` that of whoever paid a receipt, who is
    no party of ours (`party_id` 0). What it says never changes: another number is another
    receiver, verified anew. The number is sealed; `digest` is over all it says, keyed, so that it gives nothing away.

    `details` holds what files to a bank need beside the number: BIC, IBAN yes or no, branch, CNAPS, city, country.
    """

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    receipt_id = models.BigIntegerField(default=0, help_text="the receipt that is given back; 0 = of a party")
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=16, choices=ReceiverKind, default=ReceiverKind.BANK)
    holder = models.CharField(max_length=140)
    number_sealed = models.BinaryField()
    number_masked = models.CharField(max_length=64)
    bank = models.CharField(max_length=140, blank=True, default="")
    details = models.JSONField(default=dict)
    digest = models.BinaryField(max_length=32)
    digest_key_sealed = models.BinaryField()
    state = models.CharField(max_length=16, choices=ReceiverState, default=ReceiverState.PROPOSED)
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=150)
    verified_at = models.DateTimeField(null=True)
    verified_by = models.CharField(max_length=150, blank=True, default="")
    usable_from = models.DateTimeField(
        null=True, help_text="end of the cool-down: no money goes there before"
    )
    closed_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_receiver"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "currency", "receipt_id"],
                condition=Q(state="verified"),
                name="receiver_in_use_once",
            ),
            models.UniqueConstraint(
                fields=["party_id", "currency", "receipt_id"],
                condition=Q(state="proposed"),
                name="receiver_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(party_id__gt=0, receipt_id=0) | Q(party_id=0, receipt_id__gt=0),
                name="receiver_of_party_or_receipt",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ReceiverState]), name="receiver_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(usable_from__isnull=False), name="receiver_cools_down"
            ),
        ]
        indexes = [models.Index(fields=["state", "proposed_at"], name="receiver_waiting")]


class BatchState(models.TextChoices):
    """Stations of a batch; `states.py` has the table of allowed steps."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    DONE = "done"
    CANCELLED = "cancelled"


class PayoutBatch(models.Model):
    """Payouts of one own account that are looked at, sent and answered together. One person makes it, another
    approves it; its number is the message number that the bank sees."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=35, unique=True)
    entity_id = models.IntegerField()
    own_account_id = models.IntegerField()
    rail = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=BatchState, default=BatchState.PROPOSED)
    payout_count = models.IntegerField()
    total_minor = models.BigIntegerField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    approval_id = models.BigIntegerField(default=0)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=150, blank=True, default="")
    sent_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_batch"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in BatchState]), name="payout_batch_state_known"
            ),
            models.CheckConstraint(
                condition=Q(total_minor__gt=0) & Q(payout_count__gt=0), name="payout_batch_not_empty"
            ),
        ]
        indexes = [models.Index(fields=["state", "made_at"], name="payout_batch_state")]


class PayoutState(models.TextChoices):
    """Stations of a payout; `states.py` has the table of allowed steps."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    SENT = "sent"
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class Payout(models.Model):
    """The decision to pay an amount for one cause: of a statement, or of a document that gives money back
    (`document_id`; `statement_id` is 0 then). Where it goes is copied here when the batch is made and approved with
    it; an amount above the bank's limit per payment is paid in several parts.

    At most one payout of a part is alive (not failed, returned or cancelled): the database sees to it.
    """

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=30, unique=True)
    party_id = models.BigIntegerField()
    cause = models.CharField(max_length=12, choices=Cause, default=Cause.STATEMENT)
    statement_id = models.BigIntegerField()
    document_id = models.BigIntegerField(
        default=0, help_text="the deposit order or receipt refund, by cause; 0 for a statement"
    )
    part = models.SmallIntegerField(default=1)
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField(help_text="what was ordered")
    short_minor = models.BigIntegerField(
        default=0, db_default=0, help_text="of it never left: the bank executed less than was ordered"
    )
    returned_minor = models.BigIntegerField(
        default=0, db_default=0, help_text="of it came back while the rest stays paid"
    )
    own_account_id = models.IntegerField()
    batch = models.ForeignKey(PayoutBatch, on_delete=models.PROTECT, related_name="payouts")
    retry_of_id = models.BigIntegerField(default=0, help_text="the payout that failed or came back; 0 = none")
    receiver_id = models.BigIntegerField()
    receiver_digest = models.BinaryField(max_length=32)
    receiver_holder = models.CharField(max_length=140)
    receiver_masked = models.CharField(max_length=64)
    receiver_sealed = models.BinaryField()
    receiver_bank = models.CharField(max_length=140, blank=True, default="")
    receiver_kind = models.CharField(max_length=16, choices=ReceiverKind, default=ReceiverKind.BANK)
    receiver_details = models.JSONField(default=dict)
    state = models.CharField(max_length=16, choices=PayoutState, default=PayoutState.PROPOSED)
    reason_code = models.CharField(max_length=48, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    made_at = models.DateTimeField()
    approved_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="failed, returned or cancelled")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout"
        constraints = [
            models.UniqueConstraint(
                fields=["cause", "party_id", "statement_id", "document_id", "part"],
                condition=Q(state__in=["proposed", "approved", "sent", "paid"]), name="payout_alive_once",
            ),
            models.CheckConstraint(
                condition=Q(cause="statement", statement_id__gt=0, document_id=0)
                | Q(cause__in=["deposit", "receipt"], statement_id=0, document_id__gt=0),
                name="payout_for_one_cause",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payout_amount_positive"),
            models.CheckConstraint(
                condition=Q(short_minor__gte=0, returned_minor__gte=0)
                & Q(amount_minor__gt=F("short_minor") + F("returned_minor")),
                name="payout_parts_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(short_minor=0, returned_minor=0) | Q(state__in=["paid", "returned"]),
                name="payout_in_part_when_paid",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in PayoutState]), name="payout_state_known"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["party_id", "statement_id"], name="payout_of_statement"),
            models.Index(fields=["state", "made_at"], name="payout_state"),
        ]

    @property
    def executed_minor(self) -> int:
        """What left our account of it, once it is paid, minor units."""
        return self.amount_minor - self.short_minor

    @property
    def standing_minor(self) -> int:
        """What of it stands: is paid and did not come back, or, when it ended, came to nothing; minor units."""
        return self.amount_minor - self.short_minor - self.returned_minor


class AttemptState(models.TextChoices):
    """Stations of an attempt; `states.py` has the table of allowed steps."""

    RECORDED = "recorded"
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    EXECUTED = "executed"
    REJECTED = "rejected"
    NOT_TAKEN = "not_taken"


class PayoutAttempt(models.Model):
    """One try at a rail under a number of our own, which is written down before anything is sent."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="attempts")
    attempt = models.SmallIntegerField(help_text="1 for the first")
    end_to_end = models.CharField(max_length=35, unique=True)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=AttemptState, default=AttemptState.RECORDED)
    reference = models.CharField(max_length=64, blank=True, default="", help_text="the bank's own number")
    reason_code = models.CharField(max_length=48, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    recorded_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="when the rail was last asked what became of it")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_attempt"
        constraints = [
            models.UniqueConstraint(fields=["payout", "attempt"], name="payout_attempt_once"),
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state="executed"), name="payout_executed_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in AttemptState]), name="attempt_state_known"
            ),
        ]
        indexes = [models.Index(fields=["state", "recorded_at"], name="payout_attempt_state")]


class PayoutFile(models.Model):
    """What was sent to a bank, or came from it: name, kind, hash, and the bytes, sealed (numbers stand in them)."""

    id = models.BigAutoField(primary_key=True)
    own_account_id = models.IntegerField()
    batch_id = models.BigIntegerField(default=0, help_text="the batch it was made of; 0 for what came in")
    direction = models.CharField(
        max_length=3,
        choices=[("out", "out"), ("in", "in"), ("ev", "ev")],
        help_text="to the bank, from it, or evidence that a person brought",
    )
    kind = models.CharField(
        max_length=48, help_text="pain.001.001.09, camt.053.001.08, a template's name ..."
    )
    name = models.CharField(max_length=255)
    message = models.CharField(max_length=35, blank=True, default="", help_text="our number; what went out")
    sha256 = models.BinaryField(max_length=32)
    size_bytes = models.BigIntegerField()
    content_sealed = models.BinaryField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_file"
        constraints = [
            models.UniqueConstraint(
                fields=["own_account_id", "direction", "sha256"], name="payout_file_once"
            ),
            models.UniqueConstraint(
                fields=["message"], condition=Q(direction="out"), name="payout_file_message_once"
            ),
        ]


class AnswerEffect(models.TextChoices):
    """What one answer came to: it moved something, said what was known, or is for a person to look at."""

    APPLIED = "applied"
    REPEATED = "repeated"
    NEVER_SENT = "never_sent"
    AMOUNT_DIFFERS = "amount_differs"
    CONTRADICTS = "contradicts"


class PayoutAnswer(models.Model):
    """One answer about one payment, as a rail gave it, and what it came to here. Only ever added."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0, help_text="0 when the payment was never ours")
    payout_id = models.BigIntegerField(default=0)
    attempt_id = models.BigIntegerField(default=0)
    own_account_id = models.IntegerField()
    file_id = models.BigIntegerField(default=0, help_text="0 when the rail answered a question")
    end_to_end = models.CharField(max_length=64)
    outcome = models.CharField(max_length=16)
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True, default="")
    reference = models.CharField(max_length=64, blank=True, default="")
    reason_code = models.CharField(max_length=48, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    effect = models.CharField(max_length=16, choices=AnswerEffect)
    at = models.DateTimeField()

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_answer"
        indexes = [
            models.Index(fields=["payout_id"], name="payout_answer_of"),
            models.Index(fields=["effect", "at"], name="payout_answer_effect"),
        ]


class PayoutEvent(models.Model):
    """One step in the life of a receiver, batch, payout or attempt: who, when, from where to where, why."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField(default=0, help_text="0 for batches")
    subject = models.CharField(max_length=16, help_text="receiver, batch, payout or attempt")
    subject_id = models.BigIntegerField()
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    before = models.CharField(max_length=16, blank=True)
    after = models.CharField(max_length=16)
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_event"
        indexes = [models.Index(fields=["subject", "subject_id"], name="payout_event_of")]


class PayoutRun(models.Model):
    """One go of the clock over payouts: what was proposed, sent, asked and read, or why it stopped."""

    id = models.BigAutoField(primary_key=True)
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)
    counts = models.JSONField(default=dict)
    broken = ArrayField(models.CharField(max_length=64), default=list, help_text="invariants that stopped it")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_payout_run"

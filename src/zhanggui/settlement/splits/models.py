"""Rules of splits, accounts that shares go to, splits with their shares, and shares taken back."""

from django.db import models
from django.db.models import F, Q

from zhanggui.payments.models import Charge, ChargePart, PaymentChannel


class SplitRuleSet(models.Model):
    """The rules of splits as they were published; never changed. An order goes by the version in force when it was
    placed."""

    id = models.AutoField(primary_key=True)
    version = models.IntegerField(unique=True)
    rules = models.JSONField(help_text="in their order: the first that an order meets counts")
    effective_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_split_rule_set"
        indexes = [models.Index(fields=["effective_at"], name="split_rules_in_force")]


class SplitReceiverState(models.TextChoices):
    """Stations of an account that shares go to; `states.py` has the table of allowed steps."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"  # by another person; the channel has to add it yet
    ADDED = "added"  # shares go there
    REFUSED = "refused"  # the channel did not want it
    CLOSED = "closed"


class SplitReceiver(models.Model):
    """The account of a party at a channel that its shares go to, or that buyers pay to (`sub_merchant`). Another
    number is another row, confirmed anew. Party 0 is we ourselves: our part of sub-merchants' orders goes there."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=16,
        help_text="merchant or person, as channels tell them apart; sub_merchant: what buyers pay goes there",
    )
    relation = models.CharField(max_length=32, help_text="the channel's word: SUPPLIER, PARTNER ...")
    account_sealed = models.BinaryField()
    account_masked = models.CharField(max_length=64)
    account_digest = models.BinaryField(max_length=32, help_text="of channel, kind and number, to find it by")
    name_sealed = models.BinaryField(default=bytes, help_text="the holder's name, for the channel alone")
    state = models.CharField(max_length=12, choices=SplitReceiverState, default=SplitReceiverState.PROPOSED)
    said = models.CharField(max_length=255, blank=True, default="")
    proposed_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=150)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.CharField(max_length=150, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_split_receiver"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "channel"], condition=Q(state__in=["proposed", "confirmed", "added"]),
                name="split_receiver_of_party_once",
            ),
            models.UniqueConstraint(
                fields=["channel", "account_digest"], condition=Q(state__in=["proposed", "confirmed", "added"]),
                name="split_receiver_account_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["confirmed", "added"]) | ~Q(confirmed_by=F("proposed_by")),
                name="split_receiver_two_people",
            ),
        ]  # fmt: skip


class SplitState(models.TextChoices):
    """Stations of a split; `states.py` has the table of allowed steps."""

    LEFT = "left"  # nothing of it is split: all stays with the statement, `reason` says why
    RECORDED = "recorded"  # written down, before the channel is asked
    ASKED = "asked"
    UNCLEAR = "unclear"  # no answer: the same number is asked for
    FINISHED = "finished"  # every share has its last state
    REFUSED = "refused"  # the channel did not do it


class SplitKind(models.TextChoices):
    """What a channel is asked for."""

    SHARES = "shares"
    REST = "rest"  # what was not split is freed; nothing more will be split of the charge
    LEFT_THERE = (
        "left_there"  # nothing is asked: it came back to a sub-merchant after the rest was freed, and stays; or
        # refunds took all there was, and 0 is left
    )


class Split(models.Model):
    """One division of what was paid for one order. `number` is ours at the channel and never used for another; a
    later one of the same part has the next `sequence`. `rule_set` are the rules in force when the order was placed,
    empty where there were none; `rule_code` the one that decided, `default` where none was met.
    `ceiling_minor` is what the part's shares may come to at most, together with those of earlier ones."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=12, choices=SplitKind, default=SplitKind.SHARES)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="+")
    part = models.ForeignKey(ChargePart, on_delete=models.PROTECT, related_name="+")
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    channel_code = models.CharField(max_length=32, help_text="for parties, who do not read channels")
    sequence = models.IntegerField()
    order_no = models.CharField(max_length=64)
    order_id = models.BigIntegerField(help_text="of the settlement centre's order")
    merchant_id = models.BigIntegerField()
    rule_set = models.ForeignKey(SplitRuleSet, on_delete=models.PROTECT, null=True, related_name="+")
    rule_code = models.CharField(max_length=64, blank=True, default="", help_text="empty: no rule was met")
    currency = models.CharField(max_length=3)
    paid_minor = models.BigIntegerField(help_text="what the buyer paid for the order, less refunds")
    ceiling_minor = models.BigIntegerField(default=0)
    amount_minor = models.BigIntegerField(default=0, help_text="sum of its shares")
    state = models.CharField(max_length=12, choices=SplitState)
    reason = models.CharField(max_length=32, blank=True, default="", help_text="why it was left")
    said = models.CharField(max_length=255, blank=True, default="")
    channel_number = models.CharField(max_length=64, blank=True, default="")
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True, help_text="when the order is planned anew; empty: not again")
    again_by = models.CharField(max_length=150, blank=True, default="", help_text="who asked for that")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_split"
        constraints = [
            models.UniqueConstraint(fields=["part", "kind", "sequence"], name="split_once"),
            models.UniqueConstraint(fields=["part"], condition=Q(kind="rest"), name="split_rest_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, ceiling_minor__gte=0)
                & Q(amount_minor__lte=F("ceiling_minor")),
                name="split_below_ceiling",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "made_at"], name="split_by_state"),
            models.Index(fields=["order_no"], name="split_of_order"),
            models.Index(fields=["merchant_id", "id"], name="split_of_merchant"),
            models.Index(fields=["again_at"], condition=Q(again_at__isnull=False), name="split_again"),
        ]

    def __str__(self) -> str:
        return self.number


class ShareState(models.TextChoices):
    """Stations of a share; `states.py` has the table of allowed steps."""

    PENDING = "pending"
    SUCCEEDED = "succeeded"
    CLOSED = "closed"  # it did not arrive; the money is on the statement again


class ShareWay(models.TextChoices):
    """How a party gets its share."""

    SENT = "sent"  # the channel pays it to the party's account
    OURS = "ours"  # our own part (party 0) of what lies with a sub-merchant, sent to us
    KEPT = "kept"  # what is freed to the sub-merchant on whose account it lies already


class SplitShare(models.Model):
    """One party's part of a split. `line_id` is the detail that took it off the party's statement, `back_line_id`
    the one that put it on again when it was closed; our own part has no statement. More than what a sub-merchant kept
    may come back: what it paid buyers beyond that; where refunds took all there was, it kept 0 and nothing left a
    statement."""

    id = models.BigAutoField(primary_key=True)
    party_id = models.BigIntegerField()
    split = models.ForeignKey(Split, on_delete=models.PROTECT, related_name="shares")
    split_number = models.CharField(max_length=32)
    order_no = models.CharField(max_length=64)
    channel_code = models.CharField(max_length=32)
    receiver = models.ForeignKey(SplitReceiver, on_delete=models.PROTECT, related_name="+")
    account_masked = models.CharField(max_length=64)
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    way = models.CharField(max_length=8, choices=ShareWay, default=ShareWay.SENT)
    owed_minor = models.BigIntegerField(help_text="what the order owed the party then, less earlier shares")
    amount_minor = models.BigIntegerField()
    returned_minor = models.BigIntegerField(default=0, help_text="taken back, or being taken back")
    statement_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    back_line_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=ShareState, default=ShareState.PENDING)
    reason = models.CharField(max_length=64, blank=True, default="", help_text="the channel's, when closed")
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_split_share"
        constraints = [
            models.UniqueConstraint(fields=["split", "party_id"], name="share_of_party_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, returned_minor__gte=0, returned_minor__lte=F("amount_minor"))
                | Q(way="kept", amount_minor__gte=0, returned_minor__gte=0),
                name="share_not_returned_beyond",
            ),
            # What a channel frees to a sub-merchant is whatever is left there; what is too much is its debt.
            models.CheckConstraint(
                condition=Q(amount_minor__lte=F("owed_minor")) | Q(way="kept"), name="share_not_above_owed"
            ),
            models.CheckConstraint(
                condition=Q(way="ours", back_line_id=0)
                | (~Q(way="ours") & Q(state="closed", back_line_id__gt=0))
                | (~Q(state="closed") & Q(back_line_id=0)),
                name="share_back_when_closed",
            ),
            models.CheckConstraint(
                condition=Q(way="ours", party_id=0, line_id=0, statement_id=0)
                | (~Q(way="ours") & Q(party_id__gt=0, line_id__gt=0))
                | Q(way="kept", amount_minor=0, party_id__gt=0, line_id=0),
                name="share_of_ours_without_statement",
            ),
            models.CheckConstraint(
                condition=~Q(way="kept") | ~Q(state="closed"), name="share_kept_never_closed"
            ),
        ]
        indexes = [
            models.Index(fields=["party_id", "id"], name="share_of_party"),
            models.Index(fields=["order_no"], name="share_of_order"),
        ]


class ShareReturnState(models.TextChoices):
    """Stations of a share that is taken back; `states.py` has the table of allowed steps."""

    RECORDED = "recorded"
    PROCESSING = "processing"
    UNCLEAR = "unclear"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # it stays where it is; the statement carries what the refund takes


class ShareReturn(models.Model):
    """A share, or a piece of it, taken back for a refund to the buyer."""

    id = models.BigAutoField(primary_key=True)
    number = models.CharField(max_length=32, unique=True)
    party_id = models.BigIntegerField()
    share = models.ForeignKey(SplitShare, on_delete=models.PROTECT, related_name="returns")
    refund_no = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    with_refund = models.BooleanField(default=False, help_text="it comes back as part of the refund itself")
    line_id = models.BigIntegerField(
        default=0, help_text="the detail of it on the statement, once it came back"
    )
    state = models.CharField(max_length=12, choices=ShareReturnState, default=ShareReturnState.RECORDED)
    reason = models.CharField(max_length=64, blank=True, default="")
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_share_return"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="share_return_positive"),
            models.CheckConstraint(
                condition=Q(state="succeeded", line_id__gt=0)
                | (~Q(state="succeeded") & Q(line_id=0))
                | Q(party_id=0, line_id=0),
                name="share_return_billed_when_back",
            ),
        ]
        indexes = [models.Index(fields=["refund_no"], name="share_return_of_refund")]

    def __str__(self) -> str:
        return self.number

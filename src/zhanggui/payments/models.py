"""Our accounts at channels, payments and their tries, charges, refunds, and notices as they came."""

from django.db import models
from django.db.models import F, Q


class PaymentChannel(models.Model):
    """An account of ours at a channel (渠道): which rail speaks to it, its public settings, its secrets sealed."""

    id = models.AutoField(primary_key=True)
    code = models.CharField(max_length=32, unique=True, help_text="wechat, alipay, unionpay, offline")
    name = models.JSONField()
    rail = models.CharField(max_length=32)
    currency = models.CharField(max_length=3)
    account = models.CharField(max_length=64, help_text="our number there (mchid, seller_id, merId)")
    settings = models.JSONField(default=dict, blank=True)
    secrets_sealed = models.BinaryField(default=bytes, help_text="JSON object of the rail's secrets, sealed")
    own_account = models.CharField(
        max_length=64, blank=True, default="", help_text="code of settlement's account"
    )
    active = models.BooleanField(default=True)
    position = models.SmallIntegerField(default=0)

    class Meta:
        db_table = "payments_channel"

    def __str__(self) -> str:
        return self.code


class PaymentState(models.TextChoices):
    """Stations of a payment; `states.py` has the table of allowed steps."""

    OPEN = "open"
    PAID = "paid"
    CLOSED = "closed"  # by time or by the buyer; money that comes yet is given back


class Payment(models.Model):
    """A buyer's intention to pay an amount (支付单); it may be tried several times, at several channels.

    `subject` is what it pays for (a purchase number). `parts` say which order gets what of it.
    """

    id = models.BigAutoField(primary_key=True)
    payment_no = models.CharField(max_length=32, unique=True)
    subject = models.CharField(max_length=32, unique=True)
    payer_id = models.BigIntegerField(help_text="the buyer")
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    title = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=PaymentState, default=PaymentState.OPEN)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_payment"
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="payment_positive"),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=Q(state="open"), name="payment_expiring"),
        ]

    def __str__(self) -> str:
        return self.payment_no


class PaymentPart(models.Model):
    """One order's part of a payment."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="parts")
    reference = models.CharField(max_length=32, help_text="the order's number")
    party_id = models.BigIntegerField(help_text="the merchant it is for")
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "payments_part"
        constraints = [
            models.UniqueConstraint(fields=["payment", "reference"], name="payment_part_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="payment_part_not_negative"),
        ]
        indexes = [models.Index(fields=["reference"], name="payment_part_reference")]


class AttemptState(models.TextChoices):
    """Stations of a try."""

    RECORDED = "recorded"  # written down, before the channel is asked
    ASKED = "asked"  # the buyer was invited to pay
    UNCLEAR = "unclear"  # no answer when asking: query it
    PAID = "paid"
    CLOSED = "closed"
    REFUSED = "refused"  # the channel did not want it


class PaymentAttempt(models.Model):
    """One try at one channel. `number` is ours at the channel (out_trade_no), never used twice."""

    id = models.BigAutoField(primary_key=True)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="attempts")
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=32, unique=True)
    method = models.CharField(max_length=12)
    state = models.CharField(max_length=12, choices=AttemptState, default=AttemptState.RECORDED)
    combined = models.BooleanField(default=False, help_text="the channel keeps its parts apart")
    accounts = models.JSONField(
        default=dict, help_text="by order: the sub-merchant that is paid, and what the channel keeps of it"
    )
    invitation = models.JSONField(default=dict, blank=True, help_text="what the buyer's browser has to do")
    said = models.CharField(max_length=255, blank=True, default="", help_text="why, when refused or unclear")
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True, help_text="when it was last queried")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_attempt"
        indexes = [models.Index(fields=["state", "made_at"], name="attempt_open")]


class ChargeUse(models.TextChoices):
    """What taken money is for."""

    ACCEPTED = "accepted"  # it pays the payment
    SURPLUS = "surplus"  # late, double or of another amount: all of it goes back


class Charge(models.Model):
    """Money really taken from a buyer at a channel; never changed. `refunded_minor` only rises, with its refunds."""

    id = models.BigAutoField(primary_key=True)
    attempt = models.OneToOneField(PaymentAttempt, on_delete=models.PROTECT, related_name="charge")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="charges")
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    channel_number = models.CharField(max_length=64)
    use = models.CharField(max_length=12, choices=ChargeUse)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0, help_text="asked back and not failed")
    payer = models.CharField(max_length=128, blank=True, default="")
    charged_at = models.DateTimeField()
    recorded_at = models.DateTimeField()

    class Meta:
        db_table = "payments_charge"
        constraints = [
            models.UniqueConstraint(fields=["channel", "channel_number"], name="charge_once_at_channel"),
            models.UniqueConstraint(
                fields=["payment"], condition=Q(use="accepted"), name="charge_one_accepted"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor")),
                name="charge_not_refunded_beyond",
            ),
        ]


class ChargePart(models.Model):
    """What of a charge is for which order; `number` and `channel_number` are its own where the channel keeps parts
    apart (combined orders), else the charge's. The parts add up to the charge. `refunded_minor` as in Charge.

    `account` is the sub-merchant (二级商户) whose account at the channel the part lies on, empty where it is ours;
    `fee_minor` what the channel keeps of such a part, by the rate agreed when the buyer was asked, `subsidy_minor`
    what we promised then to add to it. `fee_told_minor` is what its bill says that it kept (none: no bill told yet),
    `fee_back_told_minor` what it gave back with refunds of `refunds_told_minor`, and `fee_off_minor` what all that is
    above the agreed fee, in proportion."""

    id = models.BigAutoField(primary_key=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="parts")
    reference = models.CharField(max_length=32)
    party_id = models.BigIntegerField()
    number = models.CharField(max_length=34)
    channel_number = models.CharField(max_length=64)
    amount_minor = models.BigIntegerField()
    refunded_minor = models.BigIntegerField(default=0)
    account = models.CharField(max_length=64, default="", blank=True)
    fee_minor = models.BigIntegerField(default=0)
    subsidy_minor = models.BigIntegerField(default=0)
    fee_told_minor = models.BigIntegerField(null=True)
    fee_back_told_minor = models.BigIntegerField(default=0)
    refunds_told_minor = models.BigIntegerField(default=0)
    fee_off_minor = models.BigIntegerField(default=0)
    fee_off_booked = models.BooleanField(default=True, help_text="statements have what `fee_off_minor` means")

    class Meta:
        db_table = "payments_charge_part"
        constraints = [
            models.UniqueConstraint(fields=["charge", "reference"], name="charge_part_once"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, refunded_minor__gte=0)
                & Q(refunded_minor__lte=F("amount_minor")),
                name="charge_part_not_refunded_beyond",
            ),
            models.CheckConstraint(
                condition=Q(fee_minor=0)
                | (~Q(account="") & Q(fee_minor__gt=0, fee_minor__lte=F("amount_minor"))),
                name="charge_part_fee_of_sub_merchant",
            ),
            models.CheckConstraint(
                condition=Q(subsidy_minor=0) | (~Q(account="") & Q(subsidy_minor__gt=0)),
                name="charge_part_subsidy_of_sub_merchant",
            ),
        ]
        indexes = [
            models.Index(fields=["reference"], name="charge_part_reference"),
            models.Index(
                fields=["channel_number"], condition=~Q(account=""), name="charge_part_of_sub_merchant"
            ),
            models.Index(fields=["id"], condition=Q(fee_off_booked=False), name="charge_part_fee_off"),
        ]


class RefundState(models.TextChoices):
    """Stations of a refund; `states.py` has the table of allowed steps."""

    RECORDED = "recorded"  # written down, before the channel is asked
    PROCESSING = "processing"
    UNCLEAR = "unclear"  # no answer: the same number is asked for again
    SUCCEEDED = "succeeded"
    ABNORMAL = "abnormal"  # the buyer's card is gone; people have to find another way
    FAILED = "failed"  # nothing went back under this number


class Refund(models.Model):
    """Money to give back of a charge. `reference` is the order it is of, `cause` the case or reason; the same cause
    is the same refund."""

    id = models.BigAutoField(primary_key=True)
    refund_no = models.CharField(max_length=32, unique=True)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="refunds")
    part = models.ForeignKey(ChargePart, on_delete=models.PROTECT, null=True, related_name="refunds")
    reference = models.CharField(max_length=32, blank=True, default="")
    party_id = models.BigIntegerField(default=0, help_text="the merchant whose order it is")
    cause = models.CharField(max_length=64, unique=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    reason = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=12, choices=RefundState, default=RefundState.RECORDED)
    channel_number = models.CharField(max_length=64, blank=True, default="")
    said = models.CharField(max_length=255, blank=True, default="")
    tries = models.IntegerField(default=0)
    made_at = models.DateTimeField()
    asked_again_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund"
        constraints = [models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_positive")]
        indexes = [
            models.Index(fields=["state", "made_at"], name="refund_open"),
            models.Index(fields=["reference"], name="refund_reference"),
        ]

    def __str__(self) -> str:
        return self.refund_no


class RepairState(models.TextChoices):
    """Stations of a repair; `states.py` has the table of allowed steps."""

    PROPOSED = "proposed"  # waits for a second person
    APPROVED = "approved"  # to be sent, or sent without an answer
    TAKEN = "taken"  # the channel has it: the refund is on its way again
    REFUSED = "refused"  # by the channel
    DROPPED = "dropped"  # not approved, or the refund ended another way


class RefundRepair(models.Model):
    """An abnormal refund's money sent to another account (异常退款处理): one person proposes, another approves.

    The card's number and its holder are sealed; what is left readable of them is masked. Only states move.
    """

    id = models.BigAutoField(primary_key=True)
    refund = models.ForeignKey(Refund, on_delete=models.PROTECT, related_name="repairs")
    to = models.CharField(max_length=8, help_text="card: one of the buyer's; ours: our own bank account")
    bank = models.CharField(max_length=32, blank=True, default="", help_text="as the channel codes banks")
    card_masked = models.CharField(max_length=16, blank=True, default="")
    card_sealed = models.BinaryField(default=bytes)
    holder_masked = models.CharField(max_length=16, blank=True, default="")
    holder_sealed = models.BinaryField(default=bytes)
    approval_id = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=RepairState, default=RepairState.PROPOSED)
    said = models.CharField(max_length=255, blank=True, default="")
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=150)
    sent_at = models.DateTimeField(null=True, help_text="when the channel was last asked; empty: never")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_refund_repair"
        constraints = [
            models.UniqueConstraint(
                fields=["refund"],
                condition=Q(state__in=["proposed", "approved"]),
                name="refund_repair_open_once",
            ),
            models.CheckConstraint(
                condition=Q(to="ours", bank="", card_masked="")
                | (Q(to="card") & ~Q(bank="") & ~Q(card_masked="") & ~Q(holder_masked="")),
                name="refund_repair_complete",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.refund_id} to {self.card_masked or self.to}"


class ChannelNotice(models.Model):
    """A notice of a channel exactly as it came, believed or not, and what was made of it; never changed."""

    id = models.BigAutoField(primary_key=True)
    channel = models.ForeignKey(PaymentChannel, on_delete=models.PROTECT, related_name="+")
    notice_id = models.CharField(max_length=128, blank=True, default="", help_text="empty: not believed")
    headers = models.JSONField(default=dict)
    body = models.BinaryField()
    digest = models.BinaryField(max_length=32)
    outcome = models.CharField(max_length=16, help_text="taken, repeated, forged, stale, unknown, mismatch")
    said = models.CharField(max_length=255, blank=True, default="")
    received_at = models.DateTimeField()

    class Meta:
        db_table = "payments_notice"
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "notice_id"], condition=Q(outcome="taken"), name="notice_taken_once"
            ),
        ]
        indexes = [models.Index(fields=["-received_at"], name="notice_received")]

"""Acts of money-flow pages about splits at the channel: `split PARTY PPM` (of what order A-1 was paid with), `arrived`,
`closed`, and `taken-back AMOUNT` for a refund; where it was `paid-to PARTY SUBSIDY`, a sub-merchant, `freed` and
`follow AMOUNT`. Amounts are minor units."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from zhanggui.parties.models import Party
from zhanggui.payments.models import (
    AttemptState,
    Charge,
    ChargePart,
    ChargeUse,
    Payment,
    PaymentAttempt,
    PaymentChannel,
    PaymentState,
    Refund,
)
from zhanggui.payments.operations.request_refund import request_refund
from zhanggui.payments.splitting import ShareOutcome, ShareState, SplitLimits, SplitOutcome
from zhanggui.payments.sub_merchants import fee_of
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import StagedPayment
from zhanggui.settlement.splits.accounts import account_of
from zhanggui.settlement.splits.models import ShareReturnState, Split, SplitReceiverState
from zhanggui.settlement.splits.operations.ask_split_again import ask_split_again
from zhanggui.settlement.splits.operations.propose_split_receiver import (
    confirm_split_receiver,
    end_split_receiver,
    open_own_receiver,
    propose_split_receiver,
)
from zhanggui.settlement.splits.operations.publish_split_rules import publish_split_rules
from zhanggui.settlement.splits.operations.record_rest import record_rest
from zhanggui.settlement.splits.operations.record_share_return import record_share_return
from zhanggui.settlement.splits.operations.record_split import record_split
from zhanggui.settlement.splits.operations.record_split_outcome import record_split_outcome
from zhanggui.settlement.splits.operations.request_share_returns import request_share_returns
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.subsidies.models import SubsidyReturn, SubsidyReturnState
from zhanggui.settlement.subsidies.operations.record_subsidy import record_subsidy
from zhanggui.settlement.subsidies.operations.record_subsidy_outcome import record_subsidy_outcome
from zhanggui.settlement.subsidies.operations.record_subsidy_return import record_subsidy_return

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
PAID = NOW - timedelta(hours=8)
LIMITS = SplitLimits(300_000, 50, 50, 60, 30)


def _split(own: BusinessLine, folder: Path, party: str, ppm: str) -> None:
    before = Split.objects.order_by("-id").first()
    part = ChargePart.objects.first() or charged(party, int(ppm))
    if before is not None:
        ask_split_again(number=before.number, at=NOW, actor="ann")
    hold_for_filling()
    made = record_split(part_id=part.id, limits=LIMITS, at=NOW, zone=timezone.get_default_timezone())
    assert made is not None and made.state == "recorded", made and made.reason


def charged(party: str, ppm: int, *, kind: str = "merchant", subsidy: int = 0) -> ChargePart:
    """The channel, the rule, the party's account there, and the money that the records say was paid: to us, or to the
    party as a sub-merchant, of which the channel keeps 0.6 %."""
    paid, owner = StagedPayment.objects.get(), Party.objects.get(code=party)
    channel = PaymentChannel.objects.create(
        code="wechat", name={"en": "WeChat Pay"}, rail="wechat_pay", currency="CNY", account="1900000001",
        settings={"splits": "yes"},
    )  # fmt: skip
    rule = {"code": "shops", "mode": "on_rail", "receivers": ["merchant"], "ratio_ppm": ppm}
    publish_split_rules(rules=[rule], at=PAID - timedelta(days=1), actor="ann")
    row = propose_split_receiver(
        party=owner, channel=channel, kind=kind, account="1900000101", name=party, relation="PARTNER", at=PAID,
        actor="ann",
    )  # fmt: skip
    confirm_split_receiver(receiver_id=row.id, at=PAID, actor="ben")
    end_split_receiver(receiver_id=row.id, state=SplitReceiverState.ADDED, at=PAID, actor="ben")
    with_party = kind == "sub_merchant"
    if with_party:
        row.refresh_from_db()
        ours = open_own_receiver(like=row, name="Zhanggui", at=PAID)
        end_split_receiver(receiver_id=ours.id, state=SplitReceiverState.ADDED, at=PAID, actor="ben")
    amount = paid.amount_minor
    payment = Payment.objects.create(
        payment_no="P1", subject="A-1", payer_id=1, currency="CNY", amount_minor=amount, title="A-1",
        state=PaymentState.PAID, made_at=PAID, expires_at=NOW, paid_at=PAID,
    )  # fmt: skip
    payment.parts.create(reference="A-1", party_id=owner.id, amount_minor=amount)
    attempt = PaymentAttempt.objects.create(
        payment=payment, channel=channel, number="P1", method="qr", state=AttemptState.PAID, made_at=PAID,
        combined=with_party,
    )  # fmt: skip
    charge = Charge.objects.create(
        attempt=attempt, payment=payment, channel=channel, channel_number=paid.channel_number,
        use=ChargeUse.ACCEPTED, currency="CNY", amount_minor=amount, charged_at=PAID, recorded_at=PAID,
    )  # fmt: skip
    return ChargePart.objects.create(
        charge=charge, reference="A-1", party_id=owner.id, number="P1", channel_number=paid.channel_number,
        amount_minor=amount, account="1900000101" if with_party else "",
        fee_minor=fee_of(amount, 6000) if with_party else 0, subsidy_minor=subsidy,
    )  # fmt: skip


def _told(state: ShareState, reason: str = "") -> None:
    split = Split.objects.order_by("-id")[0]
    shares = [
        ShareOutcome(account_of(share), share.amount_minor, state, reason, NOW)
        for share in split.shares.exclude(way="kept")
    ]
    hold_for_filling()
    record_split_outcome(
        split_id=split.id, outcome=SplitOutcome(split.number, "42", True, shares), at=NOW,
        zone=timezone.get_default_timezone(),
    )  # fmt: skip


def _arrived(own: BusinessLine, folder: Path) -> None:
    _told(ShareState.SUCCEEDED)


def _closed(own: BusinessLine, folder: Path) -> None:
    _told(ShareState.CLOSED, "ACCOUNT_ABNORMAL")


def _taken_back(own: BusinessLine, folder: Path, amount: str) -> None:
    """The buyer gets `amount` back, and the share that this needs comes from the party."""
    refund: Refund = request_refund(
        reference="A-1", amount_minor=int(amount), cause="docs", reason="broken", at=NOW
    )
    hold_for_filling()
    (row,) = request_share_returns(refund=refund, limits=LIMITS, at=NOW)
    record_share_return(
        return_id=row.id, state=ShareReturnState.SUCCEEDED, at=NOW, zone=timezone.get_default_timezone()
    )


def _paid_to(own: BusinessLine, folder: Path, party: str, subsidy: str) -> None:
    """The buyer paid to a sub-merchant, and what we promised to add is paid."""
    part = charged(party, 300_000, kind="sub_merchant", subsidy=int(subsidy))
    made = record_subsidy(part_id=part.id, at=NOW)
    assert made is not None
    record_subsidy_outcome(
        subsidy_id=made.id, done=True, said="SUCCESS", at=NOW, zone=timezone.get_default_timezone()
    )


def _freed(own: BusinessLine, folder: Path) -> None:
    hold_for_filling()
    part = ChargePart.objects.get()
    assert record_rest(part_id=part.id, limits=LIMITS, at=NOW, zone=timezone.get_default_timezone())
    _told(ShareState.SUCCEEDED)


def _follow(own: BusinessLine, folder: Path, amount: str) -> None:
    """The buyer gets `amount` back from a sub-merchant; our part and the subsidy follow."""
    refund = request_refund(reference="A-1", amount_minor=int(amount), cause="docs", reason="broken", at=NOW)
    hold_for_filling()
    zone = timezone.get_default_timezone()
    for row in request_share_returns(refund=refund, limits=LIMITS, at=NOW):
        record_share_return(return_id=row.id, state=ShareReturnState.SUCCEEDED, at=NOW, zone=zone)
    back = SubsidyReturn.objects.get()
    record_subsidy_return(
        return_id=back.id, state=SubsidyReturnState.SUCCEEDED, said="SUCCESS", at=NOW, zone=zone
    )


SPLIT_ACTS = {
    "paid-to": _paid_to,
    "freed": _freed,
    "follow": _follow,
    "split": _split,
    "arrived": _arrived,
    "closed": _closed,
    "taken-back": _taken_back,
}

"""An abnormal refund's money is sent to another account: proposed, approved by another person, then asked for."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction

from zhanggui.approvals.models import Approval
from zhanggui.approvals.rules import Moment
from zhanggui.journeys.refund_answered import refund_answered
from zhanggui.payments.channel import Channel, ChannelRefused, ChannelUnclear, RefundOutcome
from zhanggui.payments.channel import RefundState as Said
from zhanggui.payments.locks import hold_charge
from zhanggui.payments.models import RefundRepair, RepairState
from zhanggui.payments.operations.end_repair import move_repair
from zhanggui.payments.operations.propose_repair import (
    CARD_SEALED_AS,
    HOLDER_SEALED_AS,
    RepairGiven,
    propose_repair,
)
from zhanggui.payments.queries import account_paying, refund_by_number
from zhanggui.payments.repairing import RepairAsked, RepairingChannel, RepairTo
from zhanggui.payments.states import REPAIRS_OPEN
from zhanggui.payments.wired import adapter
from zhanggui.trade.orders.locks import hold_orders
from zhanggui.vault.sealing import unseal


@transaction.atomic
def refund_repair_proposed(*, refund_no: str, given: RepairGiven, at: datetime, actor: str) -> RefundRepair:
    """This function will note where an abnormal refund's money is to go, for another person to approve. Raises
    UnknownPayment, RepairIncomplete, RefundNotInState, RepairNotOffered, RepairUnderWay."""
    refund = refund_by_number(refund_no)
    if refund.reference:
        hold_orders([refund.reference])
    return propose_repair(refund=refund, given=given, at=at, actor=actor)


def hold_repair(approval: Approval) -> None:
    """This function will lock the charge that a repair is about."""
    hold_charge(_of(approval).refund.charge_id)


def repair_approved(approval: Approval, moment: Moment) -> RefundRepair:
    """This function will let an approved repair be sent. Raises RepairNotInState."""
    return move_repair(
        repair_id=_of(approval).id, state=RepairState.APPROVED, at=moment.at, actor=moment.actor
    )


def repair_ended(approval: Approval, moment: Moment) -> None:
    """This function will drop a repair that was not approved; one that was dropped already stays so."""
    row = _of(approval)
    if row.state in REPAIRS_OPEN:
        move_repair(
            repair_id=row.id, state=RepairState.DROPPED, at=moment.at, actor=moment.actor,
            said=f"approval {approval.state}",
        )  # fmt: skip


def repair_sent(*, repair: RefundRepair, clock: Callable[[], datetime]) -> RefundRepair:
    """This function will ask a channel to send a refund's money where an approved repair says, and take the answer
    down; it must not be called inside a transaction.

    Without an answer the refund is asked for first, and sent on again only while it is abnormal still: the channel
    sends no other. A refusal is final; another account may be proposed then. Raises RefundMismatch.
    """
    refund = repair.refund
    rail = adapter(refund.charge.channel)
    if not isinstance(rail, RepairingChannel):  # its settings were changed since it was approved
        _refused(repair, "the channel sends refunds to no other account", clock())
        return repair
    try:
        outcome = _told(rail, repair, clock) if repair.sent_at is not None else None
        if outcome is None or outcome.state is Said.ABNORMAL:
            RefundRepair.objects.filter(id=repair.id).update(sent_at=clock())
            outcome = rail.repair_refund(_asked(repair), now=clock())
    except ChannelUnclear as unclear:
        RefundRepair.objects.filter(id=repair.id).update(said=str(unclear)[:255], sent_at=clock())
    except ChannelRefused as refused:
        _refused_or_there(rail, repair, refused, clock)
    else:
        _taken(repair, outcome, clock())
    repair.refresh_from_db()
    return repair


def _refused_or_there(
    rail: Channel, repair: RefundRepair, refused: ChannelRefused, clock: Callable[[], datetime]
) -> None:
    """A refusal of what is on its way already (two of us asked at once) is none."""
    try:
        outcome = _told(rail, repair, clock)
    except (ChannelRefused, ChannelUnclear):
        return  # asked for again, before anything else is believed
    if outcome.state is Said.ABNORMAL:
        _refused(repair, f"{refused.code}: {refused.message}", clock())
    else:
        _taken(repair, outcome, clock())


def _told(rail: Channel, repair: RefundRepair, clock: Callable[[], datetime]) -> RefundOutcome:
    refund = repair.refund
    number = refund.part.number if refund.part else refund.charge.attempt.number
    outcome = rail.query_refund(refund.refund_no, charge_number=number, now=clock())
    if outcome.state is Said.UNKNOWN:
        raise ChannelUnclear(f"the channel does not know refund {refund.refund_no} now")
    return outcome


def _asked(repair: RefundRepair) -> RepairAsked:
    refund, card = repair.refund, repair.to == RepairTo.CARD
    return RepairAsked(
        number=refund.refund_no, channel_number=refund.channel_number, to=RepairTo(repair.to), bank=repair.bank,
        card=unseal(bytes(repair.card_sealed), purpose=CARD_SEALED_AS) if card else "",
        holder=unseal(bytes(repair.holder_sealed), purpose=HOLDER_SEALED_AS) if card else "",
        account=account_paying(refund),
    )  # fmt: skip


@transaction.atomic
def _taken(repair: RefundRepair, outcome: RefundOutcome, at: datetime) -> None:
    if not _still_open(repair):  # another of us, or a notice, was quicker
        return
    move_repair(repair_id=repair.id, state=RepairState.TAKEN, at=at, actor="channel", said=outcome.said)
    refund_answered(refund=repair.refund, outcome=outcome, at=at)


@transaction.atomic
def _refused(repair: RefundRepair, why: str, at: datetime) -> None:
    if _still_open(repair):
        move_repair(repair_id=repair.id, state=RepairState.REFUSED, at=at, actor="channel", said=why)


def _still_open(repair: RefundRepair) -> bool:
    """Lock what a repair is about, in the order in which refunds are locked, and look at it as it is now."""
    if repair.refund.reference:
        hold_orders([repair.refund.reference])
    hold_charge(repair.refund.charge_id)
    repair.refresh_from_db(fields=["state"])
    return repair.state == RepairState.APPROVED


def _of(approval: Approval) -> RefundRepair:
    return RefundRepair.objects.select_related("refund").get(approval_id=approval.id)

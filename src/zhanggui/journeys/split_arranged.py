"""Staff arrange how orders are split: rules, accounts that shares go to, and orders to look at again."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.journeys.orders_split import splitter
from zhanggui.parties.models import Party
from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.payments.errors import ChannelSilent
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.queries import channel_by_code
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.splits.accounts import SUB_MERCHANT, told
from zhanggui.settlement.splits.errors import SplitReceiverIncomplete
from zhanggui.settlement.splits.models import Split, SplitReceiver, SplitReceiverState, SplitRuleSet
from zhanggui.settlement.splits.operations.ask_split_again import ask_split_again
from zhanggui.settlement.splits.operations.propose_split_receiver import (
    confirm_split_receiver,
    end_split_receiver,
    open_own_receiver,
    propose_split_receiver,
)
from zhanggui.settlement.splits.operations.publish_split_rules import publish_split_rules


@transaction.atomic
def split_rules_published(*, rules: Any, at: datetime, actor: str) -> SplitRuleSet:
    """This function will publish a version of the rules. Raises UnreadableSplitRules."""
    return publish_split_rules(rules=rules, at=at, actor=actor)


@transaction.atomic
def split_receiver_proposed(
    *, party: str, channel: str, kind: str, account: str, name: str = "", relation: str = "", at: datetime,
    actor: str,
) -> SplitReceiver:  # fmt: skip
    """This function will note the account that shares of a party go to at a channel, for somebody else to confirm.

    Raises UnknownChannel, SplitReceiverIncomplete, SplitReceiverTaken.
    """
    found = Party.objects.filter(code=party).first()
    if found is None:
        raise SplitReceiverIncomplete(f"there is no party {party!r}", party=party)
    return propose_split_receiver(
        party=found, channel=channel_by_code(channel), kind=kind, account=account, name=name, relation=relation,
        at=at, actor=actor,
    )  # fmt: skip


def split_receiver_confirmed(*, receiver_id: int, clock: Callable[[], datetime], actor: str) -> SplitReceiver:
    """This function will confirm an account for shares and have its channel add it; it must not be called inside a
    transaction. With the first account of a sub-merchant our own is added, where our part of its orders goes.

    A channel that refuses says why on the account. Raises UnknownSplit, SplitReceiverNotInState,
    SplitReceiverConfirmedByProposer, and ChannelSilent, after which the same call asks the channel again.
    """
    row = SplitReceiver.objects.select_related("channel").filter(id=receiver_id).first()
    if row is None or row.state != SplitReceiverState.CONFIRMED:
        with transaction.atomic():
            row = confirm_split_receiver(receiver_id=receiver_id, at=clock(), actor=actor)
    state, said = SplitReceiverState.ADDED, ""
    ourselves = None
    if row.kind == SUB_MERCHANT:
        with transaction.atomic():
            ourselves = open_own_receiver(like=row, name=_own_name(row.channel), at=clock())
    try:
        rail = splitter(row.channel)
        if ourselves and ourselves.state == SplitReceiverState.CONFIRMED:
            rail.add_receiver(told(ourselves), now=clock())
            with transaction.atomic():
                end_split_receiver(
                    receiver_id=ourselves.id, state=SplitReceiverState.ADDED, at=clock(), actor=actor
                )
        rail.add_receiver(told(row), now=clock())
    except ChannelUnclear:
        raise ChannelSilent(
            f"{row.channel.code} does not answer; confirm {row.account_masked} again in a moment",
            channel=row.channel.code,
        ) from None
    except ChannelRefused as refused:
        state, said = SplitReceiverState.REFUSED, f"{refused.code}: {refused.message}"
    with transaction.atomic():
        return end_split_receiver(receiver_id=row.id, state=state, at=clock(), actor=actor, said=said)


def _own_name(channel: PaymentChannel) -> str:
    """The full name of whoever our account at the channel is of, as the channel wants it of its receivers."""
    own = OwnAccount.objects.select_related("entity").filter(code=channel.own_account).first()
    names = own.entity.name if own else channel.name
    return str(names.get("zh") or names.get("en") or channel.code)


@transaction.atomic
def split_receiver_closed(*, receiver_id: int, at: datetime, actor: str) -> SplitReceiver:
    """This function will close an account for shares: nothing new goes there. Raises UnknownSplit,
    SplitReceiverNotInState."""
    return end_split_receiver(receiver_id=receiver_id, state=SplitReceiverState.CLOSED, at=at, actor=actor)


@transaction.atomic
def split_asked_again(*, number: str, at: datetime, actor: str) -> Split:
    """This function will have an order planned anew with the next run. Raises UnknownSplit, SplitNotInState."""
    return ask_split_again(number=number, at=at, actor=actor)

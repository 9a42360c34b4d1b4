"""Take down what a channel says of a split, share by share."""

from collections import Counter
from datetime import datetime, timedelta, tzinfo

from zhanggui.ledger.chart import GATEWAY_AVAILABLE, HELD_BY_SUB_MERCHANTS, SPLIT_IN_TRANSIT
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ShareState as Said
from zhanggui.payments.splitting import SplitOutcome
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.splits.accounts import account_of
from zhanggui.settlement.splits.errors import SplitMismatch
from zhanggui.settlement.splits.models import ShareState, ShareWay, Split, SplitShare, SplitState
from zhanggui.settlement.splits.rules import TRIES_MOST, WORTH_ANOTHER_TRY
from zhanggui.settlement.splits.states import SHARE, SPLIT, allowed
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.subsidies.accounts import at_channel

AGAIN_AFTER = timedelta(hours=1)


def record_split_outcome(*, split_id: int, outcome: SplitOutcome, at: datetime, zone: tzinfo) -> Split:
    """This function will move a split and its shares to where the channel says they are, in the caller's transaction,
    which holds `locks.hold_for_filling`.

    A share that arrived is paid; one that was closed is on its party's statement again, and is planned anew in an
    hour where its reason is worth that. What is freed to a sub-merchant is no share to the channel: it is paid once
    all is done. Told twice it changes nothing. Raises SplitMismatch for shares that are not ours.
    """
    split = Split.objects.select_for_update().get(id=split_id)
    shares = _shares_of(split)
    said = {one.account: one for one in outcome.shares}
    asked = {account_of(share): share for share in shares if share.way != ShareWay.KEPT}
    ours = Counter((account, share.amount_minor) for account, share in asked.items())
    if outcome.number != split.number or ours != Counter((s.account, s.amount_minor) for s in outcome.shares):
        raise SplitMismatch(
            f"split {split.number} is of {split.amount_minor} in {len(asked)} shares; the channel says"
            f" {outcome.number} of {sum(one.amount_minor for one in outcome.shares)} in {len(outcome.shares)}",
            number=split.number,
        )
    for account, share in asked.items():
        told = said[account]
        if told.state is Said.SUCCEEDED and allowed(SHARE, share.state, ShareState.SUCCEEDED):
            _paid(share, split.channel, told.finished_at or at, at, zone)
        elif told.state is Said.CLOSED and allowed(SHARE, share.state, ShareState.CLOSED):
            _closed(share, told.reason or "CLOSED", at, zone)
    ended = outcome.finished and all(share.state != ShareState.PENDING for share in asked.values())
    if ended:
        pay_freed(split, shares, at, zone)
    _moved(
        split, SplitState.FINISHED if ended else SplitState.ASKED, at, channel_number=outcome.channel_number
    )
    if ended:
        _plan_anew(split, shares, at)
    return split


def record_split_refused(*, split_id: int, code: str, message: str, at: datetime, zone: tzinfo) -> Split:
    """This function will end a split that its channel certainly did not do, in the caller's transaction, which holds
    `locks.hold_for_filling`: every share of it is on its statement again. What was to be freed to a sub-merchant is
    the sub-merchant's all the same: the channel has freed it, or does so by itself when its window ends."""
    split = Split.objects.select_for_update().get(id=split_id)
    if not allowed(SPLIT, split.state, SplitState.REFUSED):
        return split
    shares = _shares_of(split)
    for share in shares:
        if share.state == ShareState.PENDING and share.way != ShareWay.KEPT:
            _closed(share, code, at, zone)
    pay_freed(split, shares, at, zone)
    _moved(split, SplitState.REFUSED, at, said=f"{code}: {message}")
    _plan_anew(split, shares, at)
    return split


def record_split_unclear(*, split_id: int, said: str, at: datetime) -> Split:
    """This function will note that nobody knows what became of a split, in the caller's transaction; what was taken
    in before stays taken in."""
    split = Split.objects.select_for_update().get(id=split_id)
    _moved(split, SplitState.UNCLEAR, at, said=said)
    return split


def _shares_of(split: Split) -> list[SplitShare]:
    found = SplitShare.objects.select_for_update(of=("self",)).select_related("receiver", "split__part")
    return list(found.filter(split=split).order_by("id"))


def _moved(
    split: Split, state: SplitState, at: datetime, *, said: str = "", channel_number: str = ""
) -> None:
    split.asked_again_at, split.tries = at, split.tries + 1
    split.channel_number = channel_number or split.channel_number
    if allowed(SPLIT, split.state, state):
        split.state, split.said = state, said[:255]
        if state in (SplitState.FINISHED, SplitState.REFUSED):
            split.ended_at = at
    split.save(update_fields=["state", "said", "asked_again_at", "tries", "channel_number", "ended_at"])


def _plan_anew(split: Split, shares: list[SplitShare], at: datetime) -> None:
    worth = any(share.state == ShareState.CLOSED and share.reason in WORTH_ANOTHER_TRY for share in shares)
    if worth and split.sequence < TRIES_MOST:
        split.again_at = at + AGAIN_AFTER
        split.save(update_fields=["again_at"])


def pay_freed(split: Split, shares: list[SplitShare], at: datetime, zone: tzinfo) -> None:
    """This function will note that sub-merchants have what was freed to them, in the caller's transaction."""
    for share in shares:
        if share.way == ShareWay.KEPT and share.state == ShareState.PENDING:
            _paid(share, split.channel, at, at, zone)


def _paid(share: SplitShare, channel: PaymentChannel, when: datetime, at: datetime, zone: tzinfo) -> None:
    post_entry(
        book_id=share.party_id, source=EntrySource.SPLIT_PAID, key_a=share.id, key_b=0,
        legs=[(goes_to(share, channel), share.amount_minor), (comes_from(share, channel), -share.amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=when, at=at,
    )  # fmt: skip
    share.state, share.ended_at = ShareState.SUCCEEDED, when
    share.save(update_fields=["state", "ended_at"])


def _closed(share: SplitShare, reason: str, at: datetime, zone: tzinfo) -> None:
    if share.way != ShareWay.OURS:
        share.back_line_id = bill_document(
            like=statement_of(share), fee="split_closed", amount=share.amount_minor,
            kind=EntrySource.SPLIT_CLOSED, document_id=share.id, base=share.amount_minor, at=at, zone=zone,
        )  # fmt: skip
    share.state, share.reason, share.ended_at = ShareState.CLOSED, reason[:64], at
    share.save(update_fields=["state", "reason", "ended_at", "back_line_id"])


def statement_of(share: SplitShare) -> Statement:
    """This function will return the statement that a share left."""
    return Statement.objects.get(party_id=share.party_id, id=share.statement_id)


def goes_to(share: SplitShare, channel: PaymentChannel) -> AccountKey:
    """This function will return the account on which a share stands while it is on its way; of our own part, our
    money at the channel, which it becomes."""
    if share.way == ShareWay.OURS:
        return _at_channel(share, channel, GATEWAY_AVAILABLE)
    return AccountKey(share.entity_id, SPLIT_IN_TRANSIT, share.party_id, 0, share.currency)


def comes_from(share: SplitShare, channel: PaymentChannel) -> AccountKey:
    """This function will return the account of the money at the channel that a share is paid from: ours, or what lies
    with the sub-merchant that the buyer paid."""
    with_sub_merchant = bool(share.split.part.account)
    return _at_channel(share, channel, HELD_BY_SUB_MERCHANTS if with_sub_merchant else GATEWAY_AVAILABLE)


def _at_channel(share: SplitShare, channel: PaymentChannel, purpose: str) -> AccountKey:
    return at_channel(channel, purpose, entity_id=share.entity_id, currency=share.currency)

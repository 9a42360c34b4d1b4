"""Take down what a channel says of a split, share by share."""

from collections import Counter
from datetime import datetime, timedelta, tzinfo

from zhanggui.ledger.chart import GATEWAY_AVAILABLE, SPLIT_IN_TRANSIT
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.splitting import ShareState as Said
from zhanggui.payments.splitting import SplitOutcome
from zhanggui.settlement.billing.operations.bill_document import bill_document
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.splits.accounts import account_of
from zhanggui.settlement.splits.errors import SplitMismatch
from zhanggui.settlement.splits.models import ShareState, Split, SplitShare, SplitState
from zhanggui.settlement.splits.rules import TRIES_MOST, WORTH_ANOTHER_TRY
from zhanggui.settlement.splits.states import SHARE, SPLIT, allowed
from zhanggui.settlement.statements.models import Statement

AGAIN_AFTER = timedelta(hours=1)


def record_split_outcome(*, split_id: int, outcome: SplitOutcome, at: datetime, zone: tzinfo) -> Split:
    """This function will move a split and its shares to where the channel says they are, in the caller's transaction,
    which holds `locks.hold_for_filling`.

    A share that arrived is paid; one that was closed is on its party's statement again, and is planned anew in an
    hour where its reason is worth that. Told twice it changes nothing. Raises SplitMismatch for shares that are not
    ours.
    """
    split = Split.objects.select_for_update().get(id=split_id)
    shares = list(SplitShare.objects.select_for_update().filter(split=split).order_by("id"))
    said = {one.account: one for one in outcome.shares}
    asked = {account_of(share): share for share in shares}
    ours = Counter((account, share.amount_minor) for account, share in asked.items())
    if outcome.number != split.number or ours != Counter((s.account, s.amount_minor) for s in outcome.shares):
        raise SplitMismatch(
            f"split {split.number} is of {split.amount_minor} in {len(shares)} shares; the channel says"
            f" {outcome.number} of {sum(one.amount_minor for one in outcome.shares)} in {len(outcome.shares)}",
            number=split.number,
        )
    for account, share in asked.items():
        told = said[account]
        if told.state is Said.SUCCEEDED and allowed(SHARE, share.state, ShareState.SUCCEEDED):
            _paid(share, split.channel, told.finished_at or at, at, zone)
        elif told.state is Said.CLOSED and allowed(SHARE, share.state, ShareState.CLOSED):
            _closed(share, told.reason or "CLOSED", at, zone)
    ended = outcome.finished and all(share.state != ShareState.PENDING for share in shares)
    _moved(
        split, SplitState.FINISHED if ended else SplitState.ASKED, at, channel_number=outcome.channel_number
    )
    if ended:
        _plan_anew(split, shares, at)
    return split


def record_split_refused(*, split_id: int, code: str, message: str, at: datetime, zone: tzinfo) -> Split:
    """This function will end a split that its channel certainly did not do, in the caller's transaction, which holds
    `locks.hold_for_filling`: every share of it is on its statement again."""
    split = Split.objects.select_for_update().get(id=split_id)
    if not allowed(SPLIT, split.state, SplitState.REFUSED):
        return split
    shares = list(SplitShare.objects.select_for_update().filter(split=split).order_by("id"))
    for share in shares:
        if share.state == ShareState.PENDING:
            _closed(share, code, at, zone)
    _moved(split, SplitState.REFUSED, at, said=f"{code}: {message}")
    _plan_anew(split, shares, at)
    return split


def record_split_unclear(*, split_id: int, said: str, at: datetime) -> Split:
    """This function will note that nobody knows what became of a split, in the caller's transaction; what was taken
    in before stays taken in."""
    split = Split.objects.select_for_update().get(id=split_id)
    _moved(split, SplitState.UNCLEAR, at, said=said)
    return split


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


def _paid(share: SplitShare, channel: PaymentChannel, when: datetime, at: datetime, zone: tzinfo) -> None:
    post_entry(
        book_id=share.party_id, source=EntrySource.SPLIT_PAID, key_a=share.id, key_b=0,
        legs=[(transit_of(share), share.amount_minor), (gateway_of(share, channel), -share.amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=when, at=at,
    )  # fmt: skip
    share.state, share.ended_at = ShareState.SUCCEEDED, when
    share.save(update_fields=["state", "ended_at"])


def _closed(share: SplitShare, reason: str, at: datetime, zone: tzinfo) -> None:
    share.back_line_id = bill_document(
        like=statement_of(share), fee="split_closed", amount=share.amount_minor, kind=EntrySource.SPLIT_CLOSED,
        document_id=share.id, base=share.amount_minor, at=at, zone=zone,
    )  # fmt: skip
    share.state, share.reason, share.ended_at = ShareState.CLOSED, reason[:64], at
    share.save(update_fields=["state", "reason", "ended_at", "back_line_id"])


def statement_of(share: SplitShare) -> Statement:
    """This function will return the statement that a share left."""
    return Statement.objects.get(party_id=share.party_id, id=share.statement_id)


def transit_of(share: SplitShare) -> AccountKey:
    """This function will return the account on which a share stands while it is on its way."""
    return AccountKey(share.entity_id, SPLIT_IN_TRANSIT, share.party_id, 0, share.currency)


def gateway_of(share: SplitShare, channel: PaymentChannel) -> AccountKey:
    """This function will return the account of our money at the channel that shares are paid from."""
    own = OwnAccount.objects.filter(code=channel.own_account, entity_id=share.entity_id).first()
    return AccountKey(share.entity_id, GATEWAY_AVAILABLE, 0, own.id if own else 0, share.currency)

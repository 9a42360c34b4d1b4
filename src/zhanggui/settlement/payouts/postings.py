"""What payouts post: one entry for each step of an attempt, many at once.

A bank account of ours pays when the bank says so. At a channel its bill moves the money (1012.02): what is paid and
not in a bill yet, or in a bill and not ended yet, stands on 1012.05 of the account.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np

from zhanggui.ledger.chart import (
    BANK,
    CONFIRMED,
    GATEWAY_PAYOUTS,
    GIVING_BACK,
    IN_TRANSIT,
    TO_GIVE_BACK,
)
from zhanggui.ledger.entries import EntryBlock
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.times import day_number, microseconds
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.payouts.models import Cause, Payout

OURS = "ours"
LEGS: dict[EntrySource, tuple[str, str]] = {
    EntrySource.PAYOUT_SENT: (CONFIRMED, IN_TRANSIT),
    EntrySource.PAYOUT_EXECUTED: (IN_TRANSIT, OURS),
    EntrySource.PAYOUT_FAILED: (IN_TRANSIT, CONFIRMED),
    EntrySource.PAYOUT_RETURNED: (OURS, CONFIRMED),
}
"""Which account is debited and which credited; `OURS` is the own account the money leaves from."""
EARLIER = 1000
"""What each earlier return of a payout adds to the key of the next one; no payout has as many attempts."""
GIVEN_BACK = {CONFIRMED: TO_GIVE_BACK, IN_TRANSIT: GIVING_BACK}
"""The same for what is no statement's: documents that give back have accounts of their own."""


@dataclass(frozen=True)
class Movement:
    """One step of one attempt of a payout, of `amount_minor` (0: the whole payout); `earlier` counts the parts of it
    that came back before, so that each return has a key of its own."""

    payout: Payout
    attempt: int
    source: EntrySource
    booked_date: date
    amount_minor: int = 0
    earlier: int = 0


def own_account_key(own: OwnAccount) -> AccountKey:
    """This function will name the ledger account from which payouts of an account of ours go."""
    purpose = BANK if own.kind == OwnAccountKind.BANK else GATEWAY_PAYOUTS
    return AccountKey(own.entity_id, purpose, 0, own.id, own.currency)


def post_movements(movements: Sequence[Movement], *, own: OwnAccount, at: datetime) -> None:
    """This function will post the steps, all of one own account, in the caller's transaction."""
    if not movements:
        return
    sides = [[_key(one.payout, purpose, own) for purpose in LEGS[one.source]] for one in movements]
    ids = open_accounts(keys=[key for pair in sides for key in pair])
    amounts = _ints([one.amount_minor or one.payout.amount_minor for one in movements])
    count = len(movements)
    block = EntryBlock(
        book_id=_ints([one.payout.party_id for one in movements]),
        source=_ints([one.source for one in movements]),
        key_a=_ints([one.payout.id for one in movements]),
        key_b=_ints([one.attempt + EARLIER * one.earlier for one in movements]),
        entity_id=np.full(count, own.entity_id, dtype=np.int64),
        currency=np.full(count, own.currency.encode(), dtype="S3"),
        booked_day=_ints([day_number(one.booked_date) for one in movements]),
        occurred_us=np.full(count, microseconds(at), dtype=np.int64),
        accounts=np.array([[ids[key] for key in pair] for pair in sides], dtype=np.int64),
        amounts=np.stack([amounts, -amounts], axis=1),
    )  # fmt: skip
    owners = {ids[key]: key.party_id for pair in sides for key in pair}
    post_entries(blocks=[block], batch_id=next_batch_id(), at=at, owners=owners)


def _key(payout: Payout, purpose: str, own: OwnAccount) -> AccountKey:
    if purpose == OURS:
        return own_account_key(own)
    if payout.cause != Cause.STATEMENT:
        return AccountKey(
            payout.entity_id, GIVEN_BACK[purpose], payout.party_id, payout.document_id, payout.currency
        )
    return AccountKey(payout.entity_id, purpose, payout.party_id, payout.statement_id, payout.currency)


def _ints(values: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)

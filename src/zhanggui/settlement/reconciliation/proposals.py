"""How a difference may be settled: which entry each way posts, and which ways fit which kind.

Amounts of legs are minor units, debit positive. What lies in suspense (2241.07 of the account) leaves it; a lone
payment of ours leaves 1012.01, where it waits for a channel, a lone payout 1012.05 of the account. A row of a
sub-merchant's part goes on to 1012.04.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from zhanggui.ledger.chart import (
    BANK,
    CHANNEL_FEES,
    GATEWAY_AVAILABLE,
    GATEWAY_PAYOUTS,
    GATEWAY_UNSETTLED,
    HELD_BY_SUB_MERCHANTS,
    OTHER_RECEIVABLES,
    PAYMENT_DIFFERENCES,
    REFUNDS_PAYABLE,
    SUSPENSE,
    UNCLAIMED_RECEIPTS,
    WRITE_OFFS,
)
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.payments.models import ChargePart
from zhanggui.payments.operations.note_fees_told import FeeTold
from zhanggui.settlement.entities.models import OwnAccountKind
from zhanggui.settlement.reconciliation.errors import ResolutionUnfit
from zhanggui.settlement.reconciliation.kinds import DifferenceKind as K
from zhanggui.settlement.reconciliation.kinds import Leg, OurKind, RowKind
from zhanggui.settlement.reconciliation.models import Difference, ExternalRecord
from zhanggui.settlement.reconciliation.rules import fee_minor

ACCEPT, UNCLAIMED, OWED_BACK, RECEIVABLE, REFUND_PAID, FEE_CHARGED, WRITE_OFF, EXPLAIN = (
    "accept_theirs", "unclaimed_receipt", "owed_to_buyer", "receivable", "refund_paid", "fee_charged", "write_off",
    "explain",
)  # fmt: skip
WAYS = (ACCEPT, UNCLAIMED, OWED_BACK, RECEIVABLE, REFUND_PAID, FEE_CHARGED, WRITE_OFF, EXPLAIN)


@dataclass(frozen=True)
class Proposal:
    """A way of settling: its name, and the legs it posts (none for an explanation)."""

    way: str
    legs: tuple[tuple[AccountKey, int], ...]


def fitting_ways(difference: Difference) -> list[str]:
    """This function will return the ways that fit, the suggested one first."""
    found: list[str]
    if difference.leg == Leg.TRADE and difference.row_number != 0:
        found = _ways_of_suspended(difference)
        if not difference.suspense_minor:
            found = [EXPLAIN]
    elif difference.leg == Leg.TRADE:
        found = [RECEIVABLE, WRITE_OFF, EXPLAIN] if difference.our_kind == OurKind.PAYMENT else [EXPLAIN]
    elif difference.leg == Leg.PAYOUT:
        found = _ways_of_payout(difference)
    elif difference.leg == Leg.FUND:
        found = [EXPLAIN, FEE_CHARGED] if difference.kind == K.FEE else [EXPLAIN]
    elif difference.leg == Leg.BANK and difference.kind == K.MISSING_HERE:
        # Money that came is recorded as a receipt, which can be claimed; the next run then clears the difference.
        found = [EXPLAIN] if difference.their_minor > 0 else [RECEIVABLE, FEE_CHARGED, EXPLAIN]
    else:
        found = [EXPLAIN, WRITE_OFF] if difference.leg == Leg.LEDGER else [EXPLAIN]
    return found


def _ways_of_payout(difference: Difference) -> list[str]:
    if difference.row_number == 0:  # what went may yet be found; what came back is owed
        return [EXPLAIN, WRITE_OFF] if difference.our_minor < 0 else [RECEIVABLE, WRITE_OFF, EXPLAIN]
    if not difference.suspense_minor:
        return [EXPLAIN]
    if difference.our_kind:
        return [ACCEPT, WRITE_OFF]
    if difference.suspense_minor > 0:
        return [UNCLAIMED, WRITE_OFF]
    return [RECEIVABLE, FEE_CHARGED, WRITE_OFF]


def _ways_of_suspended(difference: Difference) -> list[str]:
    comes = difference.suspense_minor > 0
    if difference.kind in (K.AMOUNT, K.FEE, K.STATE) and difference.our_kind:
        return [ACCEPT, WRITE_OFF]
    if difference.kind == K.DUPLICATE:
        return [OWED_BACK, UNCLAIMED, WRITE_OFF] if comes else [RECEIVABLE, WRITE_OFF]
    return [UNCLAIMED, OWED_BACK, WRITE_OFF] if comes else [REFUND_PAID, RECEIVABLE, WRITE_OFF]


def proposal(difference: Difference, way: str) -> Proposal:
    """This function will return what a way of settling posts. Raises ResolutionUnfit."""
    if way not in fitting_ways(difference):
        raise ResolutionUnfit(
            f"{way} does not settle difference {difference.id} ({difference.kind}); choose one of:"
            f" {', '.join(fitting_ways(difference))}",
            way=way,
        )
    if way == EXPLAIN:
        return Proposal(way, ())
    legs = [(key, amount) for key, amount in _legs(difference, way) if amount]
    return Proposal(way, tuple(legs))


def told_of_sub_merchant(difference: Difference) -> FeeTold | None:
    """This function will return what the row of a difference says of a part that lies with a sub-merchant, or None
    where it is of no such part."""
    row = ExternalRecord.objects.filter(
        bill_id=difference.bill_id,
        row_number=difference.row_number,
        kind__in=(RowKind.PAYMENT, RowKind.REFUND),
    ).first()
    if difference.leg != Leg.TRADE or row is None or not row.channel_number:
        return None
    parts = ChargePart.objects.filter(channel_number=row.channel_number).exclude(account="")
    if not parts.exists():
        return None
    return FeeTold(row.channel_number, row.amount_minor, fee_minor(row.fee_milli))


def _legs(difference: Difference, way: str) -> Sequence[tuple[AccountKey, int]]:
    account = difference.own_account

    def key(purpose: str, *, own: bool = False) -> AccountKey:
        return AccountKey(account.entity_id, purpose, 0, account.id if own else 0, difference.currency)

    against = {
        UNCLAIMED: UNCLAIMED_RECEIPTS, OWED_BACK: REFUNDS_PAYABLE, RECEIVABLE: OTHER_RECEIVABLES,
        REFUND_PAID: REFUNDS_PAYABLE, WRITE_OFF: WRITE_OFFS, FEE_CHARGED: CHANNEL_FEES,
    }  # fmt: skip
    payout = difference.leg == Leg.PAYOUT
    lies, ours = difference.suspense_minor, difference.our_minor
    if lies:  # a row of theirs: what lies in suspense goes where it belongs
        if way == ACCEPT or (way == WRITE_OFF and difference.our_kind):
            placed = GATEWAY_UNSETTLED if difference.our_kind == OurKind.PAYMENT else REFUNDS_PAYABLE
            place = key(GATEWAY_PAYOUTS, own=True) if payout else key(placed)
            rest = PAYMENT_DIFFERENCES if way == ACCEPT else WRITE_OFFS
            told = told_of_sub_merchant(difference)
            there = told.amount_minor - told.fee_minor if told else 0  # it is not on our account
            return [
                (key(SUSPENSE, own=True), lies), (place, -ours), (key(rest), ours - lies),
                (key(HELD_BY_SUB_MERCHANTS, own=True), there), (key(GATEWAY_AVAILABLE, own=True), -there),
            ]  # fmt: skip
        return [(key(SUSPENSE, own=True), lies), (key(against[way]), -lies)]
    if payout:  # a lone payout of ours, or what came back of one
        return [(key(against[way]), ours), (key(GATEWAY_PAYOUTS, own=True), -ours)]
    if difference.leg == Leg.TRADE:  # a lone payment of ours
        return [(key(against[way]), ours), (key(GATEWAY_UNSETTLED), -ours)]
    stood = BANK if account.kind == OwnAccountKind.BANK else GATEWAY_AVAILABLE
    moved = difference.their_minor - ours
    return [(key(stood, own=True), moved), (key(against[way]), -moved)]

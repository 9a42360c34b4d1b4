"""The entry of a paid order: the buyer's money in, the merchants' pending claims, and every odd cent.

Debit gateway what was paid, debit subsidy and points what the platform adds; credit each merchant's pending
account with its goods less its own coupon plus freight. An order that went out unpaid is a receivable until
its payment comes. What the payment has above or below what the lines say (instalment interest, discounts
outside the order, a cent) goes to payment differences; money for an order that was cancelled, or that has no
lines, is owed back to the buyer. Nothing is dropped.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

import numpy as np

from zhanggui.ledger.chart import (
    GATEWAY_UNSETTLED,
    OTHER_RECEIVABLES,
    PAYMENT_DIFFERENCES,
    PENDING,
    POINTS_COST,
    REFUNDS_PAYABLE,
    SUBSIDY,
)
from zhanggui.ledger.entries import EntryBlock
from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.ledger.sources import EntrySource
from zhanggui.money.allocation import allocate
from zhanggui.rows.times import day_number, microseconds
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.intake.records import OrderRecord
from zhanggui.settlement.intake.resolving import ResolvedLine


@dataclass(frozen=True)
class PaidOrder:
    """An order whose payment is to be posted; `paid` in minor units."""

    order_id: int
    record: OrderRecord
    lines: list[ResolvedLine]
    paid: int


def paid_amount(record: OrderRecord, lines: Sequence[ResolvedLine]) -> int:
    """This function will return what the buyer has paid, minor units: the payments, or, where the source
    names none for a paid order, what its lines say is due. A cancelled order without payments was paid if the
    source says when."""
    if record.payments or record.payments_listed:
        return sum(payment.amount for payment in record.payments)
    unpaid = record.status == "created" or (record.status == "cancelled" and record.paid_at is None)
    return 0 if unpaid else sum(one.due for one in lines)


@dataclass(frozen=True)
class Entry:
    """One entry by account keys, before accounts have numbers."""

    key_a: int
    key_b: int
    day: int
    occurred_us: int
    legs: dict[AccountKey, int]


def post_paid_orders(
    *, orders: Sequence[PaidOrder], terms: TermsBook, currency: str, zone: tzinfo, at: datetime
) -> int:
    """This function will post one entry per order and settlement entity in the caller's transaction."""
    entries = [entry for order in orders for entry in paid_entries(order, terms, currency, zone)]
    return post_keyed_entries(entries, source=EntrySource.ORDER_PAID, currency=currency, at=at)


def post_late_payments(
    *, orders: Sequence[PaidOrder], terms: TermsBook, currency: str, zone: tzinfo, at: datetime
) -> int:
    """This function will post the payment of orders whose claims are posted already (they went out unpaid) in
    the caller's transaction: it settles the receivable; for a cancelled order it is owed back."""
    entries = [entry for order in orders for entry in late_entries(order, terms, currency, zone)]
    return post_keyed_entries(entries, source=EntrySource.ORDER_PAID, currency=currency, at=at)


def paid_entries(order: PaidOrder, terms: TermsBook, currency: str, zone: tzinfo) -> list[Entry]:
    """This function will return the entries of one paid order (one per entity of its lines)."""
    found = []
    for part in _parts(order, terms, zone):
        legs: dict[AccountKey, int] = defaultdict(int)
        legs[AccountKey(part.entity_id, GATEWAY_UNSETTLED, 0, 0, currency)] += part.paid
        if order.record.status == "cancelled" or not part.lines:
            legs[AccountKey(part.entity_id, REFUNDS_PAYABLE, 0, 0, currency)] -= part.paid
        else:
            _claims(legs, part.entity_id, part.lines, currency)
            odd = PAYMENT_DIFFERENCES if order.paid else OTHER_RECEIVABLES
            legs[AccountKey(part.entity_id, odd, 0, 0, currency)] -= part.paid - part.due
        found.append(Entry(order.order_id, part.entity_id, part.day, part.occurred_us, legs))
    return found


def late_entries(order: PaidOrder, terms: TermsBook, currency: str, zone: tzinfo) -> list[Entry]:
    """This function will return the entries of a payment that came after the claims were posted."""
    found = []
    for part in _parts(order, terms, zone):
        legs: dict[AccountKey, int] = defaultdict(int)
        legs[AccountKey(part.entity_id, GATEWAY_UNSETTLED, 0, 0, currency)] += part.paid
        if order.record.status == "cancelled":
            legs[AccountKey(part.entity_id, REFUNDS_PAYABLE, 0, 0, currency)] -= part.paid
        else:
            legs[AccountKey(part.entity_id, OTHER_RECEIVABLES, 0, 0, currency)] -= part.due
            legs[AccountKey(part.entity_id, PAYMENT_DIFFERENCES, 0, 0, currency)] -= part.paid - part.due
        # Entities count from 1: the negative key keeps it apart from the entry of the claims.
        found.append(Entry(order.order_id, -part.entity_id, part.day, part.occurred_us, legs))
    return found


@dataclass(frozen=True)
class _Part:
    """What of an order concerns one entity: its lines, their due and its share of what was paid."""

    entity_id: int
    lines: list[ResolvedLine]
    due: int
    paid: int
    day: int
    occurred_us: int


def _parts(order: PaidOrder, terms: TermsBook, zone: tzinfo) -> list[_Part]:
    when = order.record.paid_at or order.record.ordered_at
    by_entity: dict[int, list[ResolvedLine]] = defaultdict(list)
    for line in order.lines:
        by_entity[line.terms.entity_id].append(line)
    day = day_number(when.astimezone(zone).date())
    if not by_entity:
        default = terms.find(0, day)
        by_entity[default.entity_id if default else 1] = []
    entities = sorted(by_entity)
    dues = [sum(line.due for line in by_entity[entity]) for entity in entities]
    shares = allocate(order.paid, dues if any(dues) else [1] * len(dues))
    return [
        _Part(entity, by_entity[entity], due, paid, day, microseconds(when))
        for entity, due, paid in zip(entities, dues, shares, strict=True)
    ]


def _claims(legs: dict[AccountKey, int], entity: int, lines: Sequence[ResolvedLine], currency: str) -> None:
    for line in lines:
        one = line.record
        claim = one.goods - one.shop_discount + one.freight
        legs[AccountKey(entity, SUBSIDY, 0, 0, currency)] += one.platform_discount
        legs[AccountKey(entity, POINTS_COST, 0, 0, currency)] += one.points_discount
        legs[AccountKey(entity, PENDING, line.merchant_id, 0, currency)] -= claim


def post_keyed_entries(
    entries: Sequence[Entry], *, source: int, currency: str, at: datetime, book_id: int = 0
) -> int:
    """This function will post entries given by account keys, zero legs left out, in one batch."""
    kept = [(one, [(key, amount) for key, amount in one.legs.items() if amount]) for one in entries]
    kept = [(one, legs) for one, legs in kept if legs]
    ids = open_accounts(keys={key for _, legs in kept for key, _ in legs})
    owners = {number: key.party_id for key, number in ids.items()}
    by_count: dict[int, list[tuple[Entry, list[tuple[AccountKey, int]]]]] = defaultdict(list)
    for one, legs in kept:
        by_count[len(legs)].append((one, legs))
    blocks = [
        _block(rows, ids, source=source, currency=currency, book_id=book_id) for rows in by_count.values()
    ]
    if not blocks:
        return 0
    return post_entries(blocks=blocks, batch_id=next_batch_id(), at=at, owners=owners)


def _block(
    rows: Sequence[tuple[Entry, list[tuple[AccountKey, int]]]], ids: dict[AccountKey, int], *, source: int,
    currency: str, book_id: int,
) -> EntryBlock:  # fmt: skip
    def column(values: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array(values, dtype=np.int64)

    return EntryBlock(
        book_id=np.full(len(rows), book_id, dtype=np.int64), source=np.full(len(rows), source, dtype=np.int64),
        key_a=column([one.key_a for one, _ in rows]), key_b=column([one.key_b for one, _ in rows]),
        entity_id=column([legs[0][0].entity_id for _, legs in rows]),
        currency=np.full(len(rows), currency.encode(), dtype="S3"),
        booked_day=column([one.day for one, _ in rows]),
        occurred_us=column([one.occurred_us for one, _ in rows]),
        accounts=np.array([[ids[key] for key, _ in legs] for _, legs in rows], dtype=np.int64),
        amounts=np.array([[amount for _, amount in legs] for _, legs in rows], dtype=np.int64),
    )  # fmt: skip

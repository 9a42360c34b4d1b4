"""The lines of one order billed in plain integers, line by line: byte for byte what `forward` and `legs` make of
arrays, for which a few lines are too few. Rating is the kernel's in both."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import tzinfo
from operator import attrgetter
from typing import Any, NamedTuple

import numpy as np

from zhanggui.ledger.operations.post_few_entries import FewEntry
from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.times import local_day
from zhanggui.settlement.billing.knowledge import HeldColumns, Knowledge, RuleSetAtHand
from zhanggui.settlement.billing.legs import PARTY_OWNED
from zhanggui.settlement.billing.reading import lines_of
from zhanggui.settlement.billing.roles import CARRIER, MERCHANT, SUPPLIER, at_entity
from zhanggui.settlement.details.few_lines import FewLine
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.statements.series import Document

Row = Mapping[str, int]
_PARTIES = {MERCHANT: "merchant_id", SUPPLIER: "supplier_id", CARRIER: "carrier_id"}


class Standing(NamedTuple):
    """Where a billed line stands: its statement and the ledger account of that."""

    statement_id: int
    account_id: int


class Need(NamedTuple):
    """What a billed line needs a statement for; `day` is the billable one, days since 1970."""

    party_id: int
    terms: SettlementTerms
    day: int
    document_id: int


class OwnLine(NamedTuple):
    """A billed line with its party, its account and its place among the lines of its order."""

    place: tuple[int, ...]
    party_id: int
    account_id: int
    line: FewLine


class _Share(NamedTuple):
    """What concerns one party on one line."""

    party_id: int
    role: str
    place: tuple[int, ...]
    details: list[tuple[int, int, int, int]]


def billed_lines(
    *, rows: Sequence[Row], known: Knowledge, currency: str, zone: tzinfo, place: Callable[[Need], Standing]
) -> list[OwnLine]:
    """This function will rate the lines of an order and return its billed lines, in the order in which the arrays
    would have them. `rows` are staged lines by merchant and line; `place` finds a statement, made if missing."""
    found = []
    for number in sorted({row["rule_set_id"] for row in rows}):
        at_hand = known.rule_sets[number]
        own = [row for row in rows if row["rule_set_id"] == number]
        batch = lines_of(own, currency).batch(np.zeros(len(own), dtype=np.int64))
        rated = rate(batch, at_hand.compiled)
        matrices = rated.rules_bases_amounts()
        for at, (row, *slots) in enumerate(zip(own, *matrices, strict=True)):
            for share in _shares(row, at_hand, *slots):
                terms = _terms(share, row, known, zone)
                need = Need(share.party_id, terms, local_day(row["billable_at"], zone),
                            row["line_id"] * len(Document) + Document.SALE)  # fmt: skip
                standing = place(need)
                line = _line(row, share, terms, standing.statement_id, currency)
                found.append(OwnLine((number, *share.place, at), share.party_id, standing.account_id, line))
    return sorted(found, key=attrgetter("place"))


def _shares(
    row: Row, at_hand: RuleSetAtHand, rules: list[int], bases: list[int], amounts: list[int]
) -> Iterator[_Share]:
    """What each party of a line has on it, see `forward.party_details` and `forward.compact`."""
    parties = [
        row[_PARTIES[role]] if role in _PARTIES else at_hand.others.get(role, 0) for role in at_hand.roles
    ]
    for place, party in enumerate(parties):
        if party <= 0 or party in parties[:place]:
            continue
        also = [later for later in range(place + 1, len(parties)) if parties[later] == party]
        own = at_hand.columns_of((place, *also))
        if not own.columns:
            continue
        details = _details(own, rules, bases, amounts)
        role = at_hand.roles[place]
        if not details:
            if role != MERCHANT:
                continue
            first = own.columns[0]  # all free and nothing to pay: the line still counts as billed
            details = [(own.fee_types[0], 0, bases[first], amounts[first] * own.signs[0])]
        holds = sum(1 << later - place - 1 for later in also)
        yield _Share(party, role, (place, holds, len(details)), details)


def _details(
    own: HeldColumns, rules: list[int], bases: list[int], amounts: list[int]
) -> list[tuple[int, int, int, int]]:
    return [
        (fee, rules[column], bases[column], amounts[column] * sign)
        for column, sign, fee in zip(*own, strict=True)
        if rules[column] >= 0
    ]


def _terms(share: _Share, row: Row, known: Knowledge, zone: tzinfo) -> SettlementTerms:
    """As frozen on the line for merchants, else the party's own on the day of the order, at the sale's entity."""
    sale = known.book.by_id[row["terms_id"]]
    if share.role == MERCHANT:
        return sale
    own = known.book.find(share.party_id, local_day(row["ordered_at"], zone))
    return at_entity(own or sale, sale.entity_id)


def _line(row: Row, share: _Share, terms: SettlementTerms, statement_id: int, currency: str) -> FewLine:
    """See `forward.sale_head`."""
    fee_types, rules, bases, amounts = zip(*share.details, strict=True)
    paid = row["goods_minor"] - row["shop_discount_minor"] - row["platform_discount_minor"]
    head: dict[str, Any] = {
        "party_id": share.party_id, "line_id": row["line_id"], "event_id": 0, "merchant_id": row["merchant_id"],
        "order_id": row["order_id"], "statement_id": statement_id, "cumulative_before": 0,
        "quantity": row["quantity"], "done": 0, "step": 0, "whole": paid - row["points_discount_minor"],
        "occurred_at": row["ordered_at"], "billable_at": row["billable_at"], "entity_id": terms.entity_id,
        "business_line_id": row["business_line_id"], "rule_set_id": row["rule_set_id"],
        "kind": int(EntrySource.SALE), "mode": terms.invoice_mode, "currency": currency.encode(),
    }  # fmt: skip
    return FewLine(head, fee_types, rules, bases, amounts)


class CounterKey(NamedTuple):
    """Whose account a fee is booked against."""

    entity_id: int
    purpose: str
    party_id: int


def counter_sums(lines: Sequence[OwnLine], purpose_of_fee: Mapping[int, str]) -> list[dict[CounterKey, int]]:
    """This function will sum, line by line, the details per counter account: minor units, non-zero ones."""
    found = []
    for own in lines:
        head = own.line.head
        by_purpose: dict[str, int] = defaultdict(int)
        for fee, amount in zip(own.line.fee_types, own.line.amounts, strict=True):
            by_purpose[purpose_of_fee[fee]] += amount
        merchant = head["merchant_id"]
        found.append({
            CounterKey(head["entity_id"], purpose, merchant if purpose.startswith(PARTY_OWNED) else 0): amount
            for purpose, amount in by_purpose.items()
            if amount
        })  # fmt: skip
    return found


def few_entries(
    lines: Sequence[OwnLine], counters: Sequence[Mapping[CounterKey, int]], ids: Mapping[CounterKey, int],
    zone: tzinfo,
) -> list[FewEntry]:  # fmt: skip
    """This function will return one entry per merchant of the order, see `legs.entry_blocks`: day, time and entity
    are those of the merchant's first line."""
    heads: dict[int, Mapping[str, Any]] = {}
    legs: dict[int, dict[int, int]] = {}
    for own, counter in zip(lines, counters, strict=True):
        head = own.line.head
        heads.setdefault(head["merchant_id"], head)
        sums = legs.setdefault(head["merchant_id"], defaultdict(int))
        sums[own.account_id] -= sum(own.line.amounts)
        for key, amount in counter.items():
            sums[ids[key]] += amount
    entries = []
    for merchant, head in heads.items():
        booked = sorted((account, amount) for account, amount in legs[merchant].items() if amount)
        if booked:
            accounts, amounts = zip(*booked, strict=True)
            entries.append(FewEntry(
                merchant, head["kind"], head["order_id"], head["event_id"], head["entity_id"],
                head["currency"].decode(), local_day(head["billable_at"], zone), head["billable_at"],
                accounts, amounts,
            ))  # fmt: skip
    return entries

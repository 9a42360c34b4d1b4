"""From rated lines to billed lines: signs per party, compaction into arrays, open statements."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

import numpy as np
from numpy.typing import NDArray

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.times import local_days
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.reading import StagedLines
from zhanggui.settlement.billing.roles import (
    MERCHANT,
    PLATFORM,
    RoleTerms,
    merchant_terms,
    parties_in,
    role_order,
    role_terms,
)
from zhanggui.settlement.details.blocks import BilledBlock, Ints
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.rules.batch import RatedBatch
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import Document, StatementNeeds, document_numbers


@dataclass(frozen=True)
class PartyDetails:
    """The details of one role: rows of the batch, party per row, slot columns, their sign for the party."""

    rows: Ints
    party: Ints
    columns: Ints
    signs: Ints
    terms: RoleTerms
    owes_line: bool  # every row must have a billed line, even with nothing on it


def forward_sides(
    *, lines: StagedLines, rated: RatedBatch, cumulative_before: Ints, book: TermsBook, at: datetime,
    zone: tzinfo,
) -> list[Side]:  # fmt: skip
    """This function will return the billed lines of a rated batch, placed on open statements.

    Creates missing statements in the caller's transaction, which holds the filling lock.
    """
    sides = []
    for own in party_details(lines=lines, rated=rated, book=book, zone=zone):
        placed = _place(own, lines, at, zone)
        entity_id, mode = own.terms.attribute("entity_id"), own.terms.attribute("invoice_mode")
        for block, where in compact(own, rated):
            rows = own.rows[where]
            head = sale_head(lines, rows, cumulative_before)
            filled = BilledBlock(
                **head, **block, party_id=own.party[where], statement_id=placed.statement_id[where],
                entity_id=entity_id[where], mode=mode[where],
            )  # fmt: skip
            sides.append(Side(filled, placed.account_id[where]))
    return sides


def party_details(
    *, lines: StagedLines, rated: RatedBatch, book: TermsBook, zone: tzinfo
) -> Iterator[PartyDetails]:
    """This function will yield, role by role, which slots concern it and with which sign.

    A fee whose receiver or payer is absent on a line (no supplier, no carrier) falls to the platform there:
    the other side keeps its detail, the counter account takes ours. A party in several roles on a line (a
    supplier that delivers itself) has one billed line there, for all its roles; what it would pay to itself
    is no detail.
    """
    roles = {slot.payer for slot in rated.slots} | {slot.receiver for slot in rated.slots}
    ordered = sorted(roles - {PLATFORM}, key=role_order)
    parties = [
        parties_in(
            role, merchant=lines["merchant_id"], supplier=lines["supplier_id"], carrier=lines["carrier_id"]
        )
        for role in ordered
    ]
    signs = np.array(
        [[(slot.receiver == role) - (slot.payer == role) for slot in rated.slots] for role in ordered],
        dtype=np.int64,
    )
    for place, rows, held in _occurrences(parties):
        role, own_signs = ordered[place], signs[held].sum(axis=0)
        columns = np.flatnonzero(own_signs)
        if role != MERCHANT:
            rows = rows[(rated.rule_ids[np.ix_(rows, columns)] >= 0).any(axis=1)]
        if not len(columns) or not len(rows):
            continue
        party = parties[place][rows]
        if role == MERCHANT:
            terms = merchant_terms(book, lines["terms_id"][rows])
        else:
            days = local_days(lines["ordered_us"][rows], zone)
            terms = role_terms(book, party, days, lines["terms_id"][rows])
        yield PartyDetails(rows, party, columns, own_signs[columns], terms, owes_line=role == MERCHANT)


def _occurrences(parties: list[Ints]) -> Iterator[tuple[int, Ints, list[int]]]:
    """For each role in turn the rows on which its party stands there for the first time, grouped by all the
    roles that it holds on them: (role, rows, roles held)."""
    for place, party in enumerate(parties):
        first = party > 0
        for earlier in parties[:place]:
            first &= earlier != party
        holds = np.zeros(len(party), dtype=np.int64)
        for bit, later in enumerate(parties[place + 1 :]):
            holds |= (later == party).astype(np.int64) << bit
        for pattern in np.unique(holds[first]).tolist():
            rows = np.flatnonzero(first & (holds == pattern))
            also = [place + 1 + bit for bit in range(len(parties) - place - 1) if pattern >> bit & 1]
            yield place, rows, [place, *also]


def compact(own: PartyDetails, rated: RatedBatch) -> Iterator[tuple[dict[str, Any], NDArray[np.intp]]]:
    """This function will yield detail arrays [m, k] for the lines with k details, and which rows they are.

    A merchant's line without any detail (all free and nothing to pay) still gets its first slot with 0, so
    that the line counts as billed; others have a line only where there is something.
    """

    def chosen[N: np.signedinteger[Any]](matrix: NDArray[N]) -> NDArray[N]:
        """The party's rows and columns, without a copy where it is simply all rows and neighbouring columns."""
        low, high = int(own.columns[0]), int(own.columns[-1]) + 1
        neighbours = high - low == len(own.columns)
        some = matrix[:, low:high] if neighbours else matrix.take(own.columns, axis=1)
        return some if len(own.rows) == len(matrix) else some.take(own.rows, axis=0)

    rules = chosen(rated.rule_ids)
    present = rules >= 0
    if own.owes_line:
        present[:, 0] |= ~present.any(axis=1)
    counts = present.sum(axis=1)
    fee_types = np.array([rated.slots[column].fee_type_id for column in own.columns.tolist()], dtype=np.int64)
    amounts, bases = chosen(rated.amounts) * own.signs, chosen(rated.bases)
    for count in np.unique(counts[counts > 0]).tolist():
        where = np.flatnonzero(counts == count)
        picked = present[where]

        def kept(matrix: NDArray[Any], where: Any = where, picked: Any = picked, k: int = count) -> Any:
            return matrix[where][picked].reshape(len(where), k)

        yield (
            {
                "fee_types": np.broadcast_to(fee_types, picked.shape)[picked].reshape(len(where), count),
                "rules": np.maximum(kept(rules), 0).astype(np.int64),
                "bases": kept(bases), "amounts": kept(amounts),
            },
            where,
        )  # fmt: skip


def _place(own: PartyDetails, lines: StagedLines, at: datetime, zone: tzinfo) -> Any:
    needs = StatementNeeds(
        party_id=own.party, terms_id=own.terms.ids,
        day=local_days(lines["billable_us"][own.rows], zone),
        document_id=document_numbers(Document.SALE, lines["line_id"][own.rows]),
    )  # fmt: skip
    return place_rows(needs=needs, terms=own.terms.by_id, currency=lines.currency, at=at)


def sale_head(lines: StagedLines, rows: Ints, cumulative_before: Ints) -> dict[str, Any]:
    """This function will return the scalar columns of a sale's billed lines, all but party and statement."""
    zeros = np.zeros(len(rows), dtype=np.int64)
    return {
        "line_id": lines["line_id"][rows], "event_id": zeros, "merchant_id": lines["merchant_id"][rows],
        "order_id": lines["order_id"][rows], "cumulative_before": cumulative_before[rows],
        "quantity": lines["quantity"][rows], "done": zeros, "step": zeros,
        "whole": lines.goods_paid[rows], "occurred_us": lines["ordered_us"][rows],
        "billable_us": lines["billable_us"][rows],
        "business_line_id": lines["business_line_id"][rows], "rule_set_id": lines["rule_set_id"][rows],
        "kind": np.full(len(rows), EntrySource.SALE, dtype=np.int64),
        "currency": np.full(len(rows), lines.currency.encode(), dtype="S3"),
    }  # fmt: skip

"""Billed lines made again from raw events and pinned rule versions, by the same kernel, without looking at
what was billed but for what is an input: which statement, the running sales before the line."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

import numpy as np
from django.db import connection

from zhanggui.rows.transfer import array_text, read_columns
from zhanggui.settlement.billing.forward import compact, party_details, sale_head
from zhanggui.settlement.billing.reading import StagedLines, read_lines
from zhanggui.settlement.billing.reversed_lines import OF_LINES, reversed_lines
from zhanggui.settlement.details.blocks import BilledBlock, Ints
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.rule_sets import compiled
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.replays.stored import StoredLines


def rebuild_sales(stored: StoredLines, zone: tzinfo) -> Iterator[BilledBlock]:
    """This function will yield the sales on the stored statements, rebuilt from staged lines."""
    sales = stored.of_kind(1)
    for line_id, rows in _by_business_line(stored, sales):
        line = BusinessLine.objects.get(id=line_id)
        book = TermsBook.load(line_id)
        lines = _staged(stored["merchant_id"][rows], stored["order_id"][rows], line.currency)
        for rule_set_id in np.unique(lines["rule_set_id"]).tolist():
            part = lines.take(lines["rule_set_id"] == rule_set_id)
            yield from _sales_of(part, rule_set_id, book, stored, zone)


def _by_business_line(stored: StoredLines, rows: Ints) -> Iterator[tuple[int, Ints]]:
    lines = stored["business_line_id"][rows]
    for line_id in np.unique(lines).tolist():
        yield line_id, rows[lines == line_id]


def _staged(merchants: Ints, orders: Ints, currency: str) -> StagedLines:
    keys = np.unique(np.stack([merchants, orders]), axis=1)
    with connection.cursor() as cursor:
        return read_lines(
            cursor,
            "(l.merchant_id, l.order_id) in (select * from unnest(%s::bigint[], %s::bigint[]))",
            [array_text(keys[0].tolist()), array_text(keys[1].tolist())],
            currency,
        )


def _sales_of(
    lines: StagedLines, rule_set_id: int, book: TermsBook, stored: StoredLines, zone: tzinfo
) -> Iterator[BilledBlock]:
    before = _running_sales(lines)
    rated = rate(lines.batch(before), compiled(rule_set_id))
    for own in party_details(lines=lines, rated=rated, book=book, zone=zone):
        for block, where in compact(own, rated):
            rows, party = own.rows[where], own.party[where]
            places = stored.places(party, lines["line_id"][rows], np.zeros(len(rows), dtype=np.int64))
            here = places >= 0
            if not here.any():
                continue
            kept = places[here]
            yield BilledBlock(
                **{name: values[here] for name, values in sale_head(lines, rows, before).items()},
                **{name: values[here] for name, values in block.items()}, party_id=party[here],
                statement_id=stored["statement_id"][kept], entity_id=stored["entity_id"][kept],
                mode=stored["mode"][kept],
            )  # fmt: skip


def _running_sales(lines: StagedLines) -> Ints:
    """What the merchant had sold before each line is an input of its sale, kept on the merchant's own row."""
    with connection.cursor() as cursor:
        found = read_columns(
            cursor,
            "select w.place, b.cumulative_before from unnest(%s::bigint[], %s::bigint[]) with ordinality"
            "  as w(party_id, line_id, place)"
            " join settlement_billed_line b on b.party_id = w.party_id and b.line_id = w.line_id"
            "  and b.event_id = 0 where b.cumulative_before <> 0",
            [("place", "int8"), ("before", "int8")],
            [array_text(lines["merchant_id"].tolist()), array_text(lines["line_id"].tolist())],
        )
    before = np.zeros(len(lines), dtype=np.int64)
    before[found["place"] - 1] = found["before"]
    return before


def rebuild_refunds(stored: StoredLines, zone: tzinfo) -> Iterator[BilledBlock]:
    """This function will yield the reversals and unmatched refunds, rebuilt from refunds and frozen sales."""
    refunds = stored.of_kind(2, 10)
    for line_id, rows in _by_business_line(stored, refunds):
        line = BusinessLine.objects.get(id=line_id)
        book = TermsBook.load(line_id)
        wanted = np.unique(stored["line_id"][rows]).tolist()
        for block, _ in reversed_lines(line, book, OF_LINES, [wanted], zone):
            places = stored.places(block.party_id, block.line_id, block.event_id)
            here = places >= 0
            if here.any():
                yield replace(block.take(here), statement_id=stored["statement_id"][places[here]])

"""Billed lines made again from raw events and pinned rule versions, by the same kernel, without looking at
what was billed but for what is an input: which statement, the running sales before the line."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import tzinfo
from typing import Any

import numpy as np
from django.db import connection

from zhanggui.settlement.billing.forward import compact, party_details, sale_head
from zhanggui.settlement.billing.reading import StagedLines, read_lines
from zhanggui.settlement.billing.reversed_lines import OF_LINES, reversed_lines
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries import compiled
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.replays.stored import StoredLines


def rebuild_sales(stored: StoredLines, zone: tzinfo) -> Iterator[BilledBlock]:
    """This function will yield the sales on the stored statements, rebuilt from staged lines."""
    wanted: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for row in stored.of_kind(1):
        wanted[row["business_line_id"]].add((row["merchant_id"], row["order_id"]))
    for line_id, keys in wanted.items():
        line = BusinessLine.objects.get(id=line_id)
        book = TermsBook.load(line_id)
        lines = _staged(sorted(keys), line.currency)
        for rule_set_id in np.unique(lines["rule_set_id"]).tolist():
            part = lines.take(lines["rule_set_id"] == rule_set_id)
            yield from _sales_of(part, rule_set_id, book, stored, zone)


def _staged(keys: list[tuple[int, int]], currency: str) -> StagedLines:
    with connection.cursor() as cursor:
        return read_lines(
            cursor,
            "(l.merchant_id, l.order_id) in (select * from unnest(%s::bigint[], %s::bigint[]))",
            [[merchant for merchant, _ in keys], [order for _, order in keys]],
            currency,
        )


def _sales_of(
    lines: StagedLines, rule_set_id: int, book: TermsBook, stored: StoredLines, zone: tzinfo
) -> Iterator[BilledBlock]:
    before = _running_sales(lines)
    rated = rate(lines.batch(before), compiled(rule_set_id))
    for own in party_details(lines=lines, rated=rated, book=book, zone=zone):
        for block, where in compact(own, rated):
            rows = own.rows[where]
            keys = [(int(party), int(line), 0) for party, line
                    in zip(own.party[where], lines["line_id"][rows], strict=True)]  # fmt: skip
            here = np.array([key in stored.by_key for key in keys], dtype=bool)
            if not here.any():
                continue
            kept = [stored.by_key[key] for key, on in zip(keys, here.tolist(), strict=True) if on]
            yield BilledBlock(
                **{name: values[here] for name, values in sale_head(lines, rows, before).items()},
                **{name: values[here] for name, values in block.items()}, party_id=own.party[where][here],
                statement_id=_column(kept, "statement_id"), entity_id=_column(kept, "entity_id"),
                mode=_column(kept, "mode"),
            )  # fmt: skip


def _running_sales(lines: StagedLines) -> Any:
    """What the merchant had sold before each line is an input of its sale, kept on the merchant's own row."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select w.place, b.cumulative_before from unnest(%s::bigint[], %s::bigint[]) with ordinality"
            "  as w(party_id, line_id, place)"
            " join settlement_billed_line b on b.party_id = w.party_id and b.line_id = w.line_id"
            "  and b.event_id = 0 where b.cumulative_before <> 0",
            [lines["merchant_id"].tolist(), lines["line_id"].tolist()],
        )
        before = np.zeros(len(lines), dtype=np.int64)
        for place, amount in cursor.fetchall():
            before[place - 1] = amount
    return before


def rebuild_refunds(stored: StoredLines, zone: tzinfo) -> Iterator[BilledBlock]:
    """This function will yield the reversals and unmatched refunds, rebuilt from refunds and frozen sales."""
    wanted: dict[int, list[int]] = defaultdict(list)
    for row in stored.of_kind(2, 10):
        wanted[row["business_line_id"]].append(row["line_id"])
    for line_id, lines in wanted.items():
        line = BusinessLine.objects.get(id=line_id)
        book = TermsBook.load(line_id)
        for block, _ in reversed_lines(line, book, OF_LINES, [sorted(set(lines))], zone):
            keys = list(zip(block.party_id.tolist(), block.line_id.tolist(), block.event_id.tolist(),
                            strict=True))  # fmt: skip
            here = np.array([key in stored.by_key for key in keys], dtype=bool)
            if here.any():
                kept = [stored.by_key[key] for key, on in zip(keys, here.tolist(), strict=True) if on]
                yield _placed(block.take(here), kept)


def _placed(block: BilledBlock, kept: list[dict[str, Any]]) -> BilledBlock:
    values = {name: getattr(block, name) for name in block.__dataclass_fields__}
    return BilledBlock(**(values | {"statement_id": _column(kept, "statement_id")}))


def _column(rows: list[dict[str, Any]], name: str) -> Any:
    return np.array([row[name] for row in rows], dtype=np.int64)

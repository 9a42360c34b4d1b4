"""One part rated: its lines in order, by the kernel and billing's own steps, into one Parquet file."""

from collections.abc import Iterator
from datetime import tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from zhanggui.money.currencies import exponent_of
from zhanggui.settlement.archives.files import sha256_of
from zhanggui.settlement.billing.cumulative import months_of, running_sales, uses_cumulative
from zhanggui.settlement.billing.forward import PartyDetails, compact, party_details, sale_head
from zhanggui.settlement.billing.reading import StagedLines
from zhanggui.settlement.details.blocks import Ints
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.rule_sets import compiled, rule_set_by_id
from zhanggui.settlement.fees.rules.batch import RatedBatch
from zhanggui.settlement.fees.rules.kernel import rate
from zhanggui.settlement.ratings.cutting import lines_of_part
from zhanggui.settlement.ratings.errors import LinesRefused
from zhanggui.settlement.ratings.folder import FORMAT, drafted, part_is_whole, read_json, write_json
from zhanggui.settlement.ratings.lines import BEFORE, PLACE, UNKNOWN, staged, taken

LINES_AT_ONCE = 50_000
"""So many lines are rated at a time; an order of a merchant is never cut."""

# Names and order of the file's columns; each is named as in the `lines` files of archives.
_SCALARS = {
    "merchant_id": "merchant_id", "order_id": "order_id", "line_id": "line_id", "party_id": "party_id",
    "business_line_id": "business_line_id", "rule_set_id": "rule_set_id", "entity_id": "entity_id", "mode": "mode",
    "occurred_at": "occurred_us", "billable_at": "billable_us", "quantity": "quantity",
    "cumulative_before": "cumulative_before", "whole": "whole",
}  # fmt: skip
ARRAYS = ("fee_types", "rules", "bases", "amounts")
_TIMES = ("occurred_at", "billable_at")
_SORTED = [(name, "ascending") for name in ("merchant_id", "order_id", "line_id", "party_id")]


def rate_part(folder: Path, names: list[str], part: int, zone: tzinfo) -> dict[str, Any]:
    """This function will rate the lines of a part (from 0), unless that was done, and say what its file holds.

    Copies of a line, all alike, count once. Raises LinesRefused for two lines of the same number that differ.
    """
    path = folder / f"part-{part + 1:04}.parquet"
    told = path.with_suffix(".json")
    done = read_json(told)
    if done is not None and part_is_whole(folder, done["part"]):
        return dict(done["part"])
    lines, copies = _in_order(lines_of_part(folder, names, part))
    lines[BEFORE] = _sold_before(lines, zone)
    count, details, fees = 0, 0, set[int]()
    currencies = dict(BusinessLine.objects.values_list("id", "currency"))
    schema = _schema({currencies[one] for one in np.unique(lines["business_line_id"]).tolist()})
    with drafted(path) as draft, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for rows in _batches(lines):
            table = _rated(taken(lines, rows), currencies, zone, schema)
            writer.write_table(table)
            count += len(table)
            held = table["fee_types"].combine_chunks().flatten()
            details += len(held)
            fees.update(held.unique().to_pylist())
    said = {
        "name": path.name, "sha256": sha256_of(path), "size_bytes": path.stat().st_size,
        "lines": len(lines["line_id"]), "copies": copies, "billed_lines": count, "details": details,
        "fees": sorted(fees), "rule_sets": np.unique(lines["rule_set_id"]).tolist(),
    }  # fmt: skip
    write_json({"format": FORMAT, "part": said}, told)
    return said


def _schema(currencies: set[str]) -> pa.Schema:
    about = {"format": FORMAT, "amounts": "int64, minor units of the row's currency, signed for the party",
             "exponents": {code: exponent_of(code) for code in sorted(currencies)}}  # fmt: skip
    kinds = [(name, pa.timestamp("us", tz="UTC") if name in _TIMES else pa.int64()) for name in _SCALARS]
    lists = [(name, pa.list_(pa.int64())) for name in ARRAYS]
    text = orjson.dumps(about, option=orjson.OPT_SORT_KEYS)
    return pa.schema([*kinds, ("currency", pa.string()), *lists], metadata={"zhanggui": text})


def _in_order(lines: dict[str, Ints]) -> tuple[dict[str, Ints], int]:
    """Lines by merchant, order, line, each once, and how many copies were left out."""
    order = np.lexsort((lines[PLACE], lines["line_id"], lines["order_id"], lines["merchant_id"]))
    lines = taken(lines, order)
    _refuse_two(lines)
    again = np.zeros(len(order), dtype=bool)
    again[1:] = (np.diff(lines["line_id"]) == 0) & (np.diff(lines["merchant_id"]) == 0)
    return taken(lines, ~again), int(again.sum())


def _refuse_two(lines: dict[str, Ints]) -> None:
    order = np.lexsort((lines[PLACE], lines["line_id"], lines["merchant_id"]))
    first, second = order[:-1], order[1:]
    same = (lines["line_id"][first] == lines["line_id"][second]) & (
        lines["merchant_id"][first] == lines["merchant_id"][second]
    )
    for name in lines:
        if name != PLACE:
            differ = np.flatnonzero(same & (lines[name][first] != lines[name][second]))
            if len(differ):
                one, other = int(first[differ[0]]), int(second[differ[0]])
                raise LinesRefused(
                    f"line {int(lines['line_id'][one])} of merchant {int(lines['merchant_id'][one])} stands twice"
                    f" and differs in {name} (rows {int(lines[PLACE][one]) + 1:,} and"
                    f" {int(lines[PLACE][other]) + 1:,}, counted through all files). Nothing is finished; leave one"
                    " out and run again",
                    column=name,
                )


def _sold_before(lines: dict[str, Ints], zone: tzinfo) -> Ints:
    """What the merchant sold earlier in the month, where rules ask for it: as stated, else all that is stated of the
    month, and the lines that state nothing in the order in which they would be billed."""
    before = lines[BEFORE].copy()
    new = before == UNKNOWN
    by_sales = [
        one for one in np.unique(lines["rule_set_id"]).tolist() if uses_cumulative(rule_set_by_id(one))
    ]
    if by_sales and new.any():
        every = staged(lines, "")
        billed = every.take(~new)

        def sold(months: Ints) -> Ints:
            keys = np.stack(
                [billed["merchant_id"], billed["business_line_id"], months_of(billed, zone)], axis=1
            )
            _, where = np.unique(np.concatenate([months, keys]), axis=0, return_inverse=True)
            where = where.reshape(-1)
            sums = np.zeros(len(where), dtype=np.int64)
            np.add.at(sums, where[len(months) :], billed.goods_paid)
            return sums[where[: len(months)]]

        before[new] = running_sales(every.take(new), zone, sold)
    before[~np.isin(lines["rule_set_id"], by_sales)] = 0
    return before


def _batches(lines: dict[str, Ints]) -> Iterator[slice]:
    """Some LINES_AT_ONCE lines each, cut between orders of merchants."""
    count = len(lines["line_id"])
    starts = np.flatnonzero(
        np.diff(lines["order_id"], prepend=-1) | np.diff(lines["merchant_id"], prepend=-1)
    )
    chunk = starts // LINES_AT_ONCE
    cuts = starts[np.flatnonzero(np.diff(chunk, prepend=-1))].tolist()
    yield from (slice(start, end) for start, end in pairwise([*cuts, count]))


def _rated(lines: dict[str, Ints], currencies: dict[int, str], zone: tzinfo, schema: pa.Schema) -> pa.Table:
    """The billed lines of a batch, by merchant, order, line, party."""
    tables: list[pa.Table] = []
    for line_id in np.unique(lines["business_line_id"]).tolist():
        own, book = taken(lines, lines["business_line_id"] == line_id), TermsBook.load(line_id)
        for number in np.unique(own["rule_set_id"]).tolist():
            chosen = taken(own, own["rule_set_id"] == number)
            part, before = staged(chosen, currencies[line_id]), chosen[BEFORE]
            rated = rate(part.batch(before), compiled(number))
            for held in party_details(lines=part, rated=rated, book=book, zone=zone):
                tables += _tables(held, rated, part, before, schema)
    return pa.concat_tables(tables or [schema.empty_table()]).combine_chunks().sort_by(_SORTED)


def _tables(
    held: PartyDetails, rated: RatedBatch, lines: StagedLines, before: Ints, schema: pa.Schema
) -> Iterator[pa.Table]:
    entity_id, mode = held.terms.attribute("entity_id"), held.terms.attribute("invoice_mode")
    for block, where in compact(held, rated):
        own = {"party_id": held.party[where], "entity_id": entity_id[where], "mode": mode[where]}
        head = sale_head(lines, held.rows[where], before) | own
        columns: list[Any] = [
            pa.array(head[name]).cast(schema.field(stands).type) for stands, name in _SCALARS.items()
        ]
        columns.append(pa.array([lines.currency] * len(where), pa.string()))
        for name in ARRAYS:
            values = np.ascontiguousarray(block[name], dtype=np.int64)
            ends = np.arange(len(values) + 1, dtype=np.int32) * values.shape[1]
            columns.append(pa.ListArray.from_arrays(pa.array(ends), pa.array(values.reshape(-1))))
        yield pa.Table.from_arrays(columns, schema=schema)

"""What a range of lines has to be before it is finished: closed, settled, archived, old enough, and row by row the
same in the files. Reads only; `operations` ask for it and do it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.db import connection, transaction

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import (
    ArchiveDamaged,
    RangeNotClosed,
    RangeNotSettled,
    RangeTooYoung,
)
from zhanggui.settlement.archives.files import changed_files
from zhanggui.settlement.archives.models import Archive
from zhanggui.settlement.archives.opening import fill
from zhanggui.settlement.archives.queries import chunks_of
from zhanggui.settlement.archives.ranges import TABLES_IN_RANGES, Range, range_name, ranges_of
from zhanggui.settlement.archives.rules import SETTLED, kept_until
from zhanggui.settlement.archives.tables import PATTERN, TABLES
from zhanggui.settlement.details.leaves import LEAF_SQL, PATTERNS_SQL
from zhanggui.settlement.details.queries import finished_below
from zhanggui.settlement.intake.models import OrderStatus

_IN = "line_id >= %(first)s and {}.line_id < %(end)s"
# Orders that were cancelled were never billed, and have no statement that could be archived.
_SALE = (
    "select from settlement_billed_line b where b.party_id = l.merchant_id and b.line_id = l.line_id"
    " and b.event_id = 0"
)
OPEN = {
    "order lines are not billed": f"""
select count(*) as found, min(l.line_id) as example from settlement_staged_line l
join settlement_staged_order o on o.id = l.order_id
where l.{_IN.format("l")} and o.status <> {OrderStatus.CANCELLED} and not exists ({_SALE})""",
    "refunds wait for their order or for billing": f"""
select count(*) as found, min(l.line_id) as example from settlement_staged_line l
join settlement_staged_order o on o.id = l.order_id
join settlement_staged_refund r on r.business_line_id = o.business_line_id and r.order_no = o.order_no
 and r.line_no = l.line_no and r.kind <> 'unmatched'
where l.{_IN.format("l")} and (r.state = 'waiting' or (r.state = 'accepted' and not exists (
  select from settlement_billed_line b where b.party_id = r.merchant_id and b.line_id = r.line_id
  and b.event_id = r.id)))""",
    "refunds of unknown sales are not billed": f"""
select count(*) as found, min(r.line_id) as example from settlement_staged_refund r
where r.{_IN.format("r")} and r.kind = 'unmatched' and r.state = 'accepted' and not exists (
  select from settlement_billed_line b where b.party_id = r.merchant_id and b.line_id = r.line_id)""",
    "charges are not billed": f"""
select count(*) as found, min(c.line_id) as example from settlement_charge c
join settlement_business_line y on y.id = c.business_line_id
where c.{_IN.format("c")} and c.state = 'accepted' and (c.source = 'adjusted' or not y.shadow) and not exists (
  select from settlement_billed_line b where b.party_id = c.party_id and b.line_id = c.line_id)""",
    "details are disputed": f"""
select count(*) as found, min(d.line_id) as example from settlement_dispute d
where d.{_IN.format("d")} and d.state = 'open'""",
    "lines stand on statements that are not settled, or in no archive": f"""
select count(*) as found, min(b.line_id) as example from settlement_billed_line b
left join settlement_archived_statement a on a.party_id = b.party_id and a.statement_id = b.statement_id
left join settlement_statement s on s.party_id = b.party_id and s.id = b.statement_id and s.state = any(%(settled)s)
where b.{_IN.format("b")} and (a.statement_id is null or s.id is null)""",
}
_ARCHIVES = f"""
select distinct a.archive_id from (select distinct party_id, statement_id from settlement_billed_line b
  where b.{_IN.format("b")}) held
join settlement_archived_statement a on a.party_id = held.party_id and a.statement_id = held.statement_id
"""
# As the lines' content gives it now, not by the leaves that they were stored with.
STATEMENTS = f"""
select b.party_id, b.statement_id, count(*) as lines, sum(cardinality(b.amounts))::bigint as details,
  sum((select coalesce(sum(a), 0) from unnest(b.amounts) a))::bigint as net_minor,
  sha256(string_agg({LEAF_SQL}, ''::bytea order by b.line_id, b.event_id)) as leaves
from settlement_billed_line b left join {PATTERNS_SQL} p on p.id = b.pattern_id
where b.{_IN.format("b")} group by 1, 2
"""
_BILLED = f"""
select coalesce(sum(lines), 0)::bigint as billed, count(*) as statements, sha256(coalesce(string_agg(
  int8send(party_id) || int8send(statement_id) || int8send(lines) || int8send(details) || int8send(net_minor)
  || leaves, ''::bytea order by party_id, statement_id), ''::bytea)) as billed_digest from ({STATEMENTS}) one
"""
_COLUMNS = """l.merchant_id, l.line_id, l.order_id, l.supplier_id, l.carrier_id, l.quantity, l.goods_minor,
  l.shop_discount_minor, l.platform_discount_minor, l.points_discount_minor, l.freight_minor, l.tax_minor,
  l.supply_minor, l.ordered_at, l.billable_at, l.category_id, l.spu_id, l.sku_id, l.sku_type_id, l.level_id,
  l.merchant_category_id, l.business_line_id, l.channel_id, l.payment_method_id, l.region_id, l.rule_set_id,
  l.terms_id, l.currency, l.line_no, l.title"""
_STAGED = f"""
select coalesce(sum(lines), 0)::bigint as staged,
  sha256(coalesce(string_agg(rows, ''::bytea order by merchant_id), ''::bytea)) as staged_digest
from (select l.merchant_id, count(*) as lines, sha256(string_agg(
    sha256(convert_to(row({_COLUMNS})::text, 'UTF8')), ''::bytea order by l.line_id)) as rows
  from settlement_staged_line l where l.{_IN.format("l")} group by 1) one
"""
_MISSING = """
select count(*) as found, min(line_id) as example from (
  select l.* from {table} l where l.line_id >= %(first)s and l.line_id < %(end)s {but}
  except select * from pg_temp.finishing_{place}) rows
"""


@dataclass(frozen=True)
class Figures:
    """What a range holds, and what it was held against: rows, digests (hexadecimal), archives by name."""

    first_line: int
    end_line: int
    billed: int
    staged: int
    statements: int
    billed_digest: str
    staged_digest: str
    archives: list[str]
    archives_digest: str


def next_to_finish() -> Range:
    """This function will return the oldest range of billed lines that is not finished. Raises RangeNotClosed when
    lines still go to it, or when it is not in both tables."""
    below = finished_below()
    tables = [
        [one for one in ranges_of(table) if one.end is None or one.end > below] for table in TABLES_IN_RANGES
    ]
    oldest = [found[0] for found in tables if found]
    limits = {(one.first, one.end) for one in oldest}
    if len(oldest) != len(tables) or len(limits) > 1 or oldest[0].end is None:
        raise RangeNotClosed(
            f"lines still go to the range from number {below} on; `zhanggui archive open-range` closes it"
        )
    return oldest[0]


def tables_of(first: int) -> list[str]:
    """This function will return the names of the tables that hold a range."""
    return [range_name(table, first) for table in TABLES_IN_RANGES]


def refuse_open(first: int, end: int) -> None:
    """This function will raise RangeNotSettled, naming all that is still open about lines of a range."""
    open_still = []
    for what, query in OPEN.items():
        [row] = rows_of(query, {"first": first, "end": end, "settled": list(SETTLED)})
        if row["found"]:
            open_still.append(f"{row['found']} {what} (such as line {row['example']})")
    if open_still:
        raise RangeNotSettled(
            f"the range from line {first} to {end - 1} is not settled: {'; '.join(open_still)}", first=first
        )


def archives_in(first: int, end: int) -> list[Archive]:
    """This function will return the archives that hold statements with lines in a range."""
    return list(Archive.objects.filter(
        id__in=[row["archive_id"] for row in rows_of(_ARCHIVES, {"first": first, "end": end})]
    ).order_by("id"))  # fmt: skip


def refuse_young(archives: list[Archive], years: int, today: date) -> None:
    """This function will raise RangeTooYoung unless every archive is older than its files have to be kept."""
    until = max((kept_until(row.month, years) for row in archives), default=date.min)
    if until >= today:
        raise RangeTooYoung(
            f"lines of the range have to be kept until {until} ({years} years); finish it after that day"
        )


def figures(first: int, end: int, archives: list[Archive]) -> Figures:
    """This function will count and digest what the database holds of a range now."""
    limits = {"first": first, "end": end}
    [billed], [staged] = rows_of(_BILLED, limits), rows_of(_STAGED, limits)
    [proofs] = rows_of(
        "select sha256(coalesce(string_agg(manifest_sha256, ''::bytea order by id), ''::bytea)) as digest"
        " from settlement_archive where id = any(%s)",
        [[row.id for row in archives]],
    )
    return Figures(
        first_line=first, end_line=end, billed=billed["billed"], staged=staged["staged"],
        statements=billed["statements"], billed_digest=bytes(billed["billed_digest"]).hex(),
        staged_digest=bytes(staged["staged_digest"]).hex(), archives=[row.label for row in archives],
        archives_digest=bytes(proofs["digest"]).hex(),
    )  # fmt: skip


def missing_from_files(first: int, end: int, folder: Path, archives: list[Archive]) -> Iterator[str]:
    """This function will say which rows of a range are not in the files just as they are here, a sentence a table.
    Raises ArchiveDamaged."""
    limits = {"first": first, "end": end}
    with transaction.atomic():
        with connection.cursor() as cursor:
            for place, table in enumerate(TABLES_IN_RANGES):
                cursor.execute(f"create temp table finishing_{place} (like {table}) on commit drop")
            for archive in archives:
                for chunk in chunks_of(folder, archive):
                    _load(cursor, folder / archive.folder, chunk, first, end)
        for place, table in enumerate(TABLES_IN_RANGES):
            but = f"and exists ({_SALE})" if place else ""
            [row] = rows_of(_MISSING.format(table=table, but=but, place=place), limits)
            if row["found"]:
                yield f"{row['found']} rows of {table} are not so in the files (such as line {row['example']})"
        transaction.set_rollback(True)


def unchanged(folder: Path, archives: list[Archive]) -> None:
    """This function will raise ArchiveDamaged unless every file of these archives has the SHA-256 it was recorded
    with."""
    for archive in archives:
        for chunk in chunks_of(folder, archive):
            for fault in changed_files(folder / archive.folder, chunk["files"]):
                raise ArchiveDamaged(f"{fault}; put the file back from a copy")


def _load(cursor: Any, place: Path, chunk: dict[str, Any], first: int, end: int) -> None:
    """The rows of a chunk that are in the range, beside those of the database."""
    wanted = (pc.field("line_id") >= first) & (pc.field("line_id") < end)
    paths = {entry["table"]: place / entry["name"] for entry in chunk["files"]}
    for table in TABLES:
        if table.stands_for not in TABLES_IN_RANGES:
            continue
        try:
            rows = pq.read_table(paths[table.name], filters=wanted)
        except (OSError, KeyError, pa.ArrowException) as failed:
            raise ArchiveDamaged(
                f"{place} cannot be read ({failed}); put its files back from a copy"
            ) from failed
        rows = rows.drop_columns([name for name in PATTERN if name in rows.column_names])
        fill(cursor, f"finishing_{TABLES_IN_RANGES.index(table.stands_for)}", rows)

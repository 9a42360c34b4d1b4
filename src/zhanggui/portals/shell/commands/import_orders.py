"""zhanggui import-orders: take in a file or folder of orders and refunds; every row is accounted for."""

import argparse
from collections.abc import Iterator, Mapping
from itertools import chain, islice
from pathlib import Path
from typing import Any

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.orders_received import orders_received
from zhanggui.money import Money
from zhanggui.money.errors import Refusal
from zhanggui.portals.shell.choosing import the_line
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.presets import preset
from zhanggui.portals.shell.rejects import write_rejects
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.accounting import import_account
from zhanggui.settlement.intake.formats import FORMATS, read_records, source_digest
from zhanggui.settlement.intake.models import ImportRun, Reject
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.records import Record

HELP = "take in orders and refunds from a file; 1 if rows were rejected"
ACTOR = "zhanggui import-orders"
SHOWN_REJECTS = 10


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", required=True, metavar="NAME", help=f"one of {', '.join(FORMATS)}")
    parser.add_argument("path", metavar="PATH", help="the file; for olist the folder of its files")
    parser.add_argument(
        "--business-line", metavar="CODE",
        help="whose orders these are; default is the format's own line, or the only one there is",
    )  # fmt: skip
    parser.add_argument("--currency", metavar="ISO", help="what the amounts are in; default is the line's")
    parser.add_argument("--rejects", type=Path, metavar="FILE", help="write rejected rows to this CSV")


def run(options: argparse.Namespace, out: Output) -> int:
    name, path = options.format.replace("_", "-"), Path(options.path)
    known = FORMATS.get(name)
    line = None if known is None or known.currency else _line(name, options.business_line)
    currency = options.currency or (line.currency if line else None)
    # The beginning of the source is read before a line of the format's own is opened for it.
    records = _begun(read_records(name, path, tz=zone(), options={"currency": currency} if currency else {}))
    digest = source_digest(path)
    line = line or _line(name, options.business_line)
    if line.currency != (currency or FORMATS[name].currency):
        raise BadArguments(
            f"business line {line.code} is in {line.currency}, not in {currency or FORMATS[name].currency}"
        )
    before = ImportRun.objects.filter(business_line=line, format=name, source_digest=digest).first()
    source = Source(format=name, name=path.name or str(path), digest=digest, records=records)
    try:
        taken = _take_in(line, source, before, out)
    except Refusal:
        begun = ImportRun.objects.filter(business_line=line, format=name, source_digest=digest).first()
        if begun and options.rejects:
            write_rejects(begun, options.rejects)
        raise
    if options.rejects:
        write_rejects(taken, options.rejects)
    out.result(_document(taken, line, before, options.rejects), _told)
    return 1 if taken.totals.get("rejected") else 0


def _begun(records: Iterator[Record]) -> Iterator[Record]:
    """The same records, the first of them read already. Raises what reading raises."""
    first = list(islice(records, 1))
    return chain(first, records)


def _line(name: str, code: str | None) -> BusinessLine:
    """The business line named, or the format's own, which is opened when it is not there yet."""
    ready = preset(code or name)
    if ready and not BusinessLine.objects.filter(code=ready["code"]).exists():
        return business_line_opened(preset=ready, at=clock(), actor=ACTOR)
    return the_line(code or (ready["code"] if ready else None))


def _take_in(line: BusinessLine, source: Source, before: ImportRun | None, out: Output) -> ImportRun:
    done = before.cursor if before else 0
    if before and before.state != "done" and done:
        out.note(f"going on after record {done:,}, where an earlier import of {source.name} stopped")
    with out.progress(None, f"importing {source.name}") as steps:

        def progress(records: int) -> None:
            nonlocal done
            steps.advance(records - done)
            done = records

        return orders_received(
            business_line=line, source=source, clock=clock, zone=zone(), actor=ACTOR, progress=progress
        )


def _document(
    taken: ImportRun, line: BusinessLine, before: ImportRun | None, rejects: Path | None
) -> dict[str, Any]:
    shown = Reject.objects.filter(import_run=taken).order_by("row_number", "id")[:SHOWN_REJECTS]
    return {
        "import": taken.id,
        "business_line": line.code,
        "currency": line.currency,
        "source": taken.source_name,
        "digest": bytes(taken.source_digest).hex(),
        "already_imported": bool(before and before.state == "done"),
        "records": taken.cursor,
        "rows": taken.totals,
        **import_account(taken),
        "rejects_file": str(rejects) if rejects else None,
        "first_rejects": [{"row": one.row_number, "code": one.code, "message": one.message} for one in shown],
    }


def _told(document: Mapping[str, Any]) -> str:
    code, rows, orders, lines = (document[name] for name in ("currency", "rows", "orders", "lines"))

    def money(minor: int) -> str:
        return f"{code} {Money(minor, code).grouped():>16}"

    told = ["{source}: {records:,} records into business line {business_line}".format_map(document)]
    if document["already_imported"]:
        told[0] += " (imported before; nothing was taken twice)"
    statuses = ", ".join(f"{count:,} {status}" for status, count in orders["by_status"].items())
    told += [
        f"  orders            {orders['count']:>12,}  ({statuses})",
        f"  of several shops  {orders['of_several_merchants']:>12,}",
        f"  lines             {lines['lines']:>12,}  of {lines['merchants']:,} merchants",
    ]
    told += [
        f"  {name.replace('_', ' '):<17} {count:>12,}"
        for name, count in rows.items()
        if name not in ("orders", "lines", "rejected") and not name.endswith("_minor") and count
    ]
    told += [f"  rejected          {rows.get('rejected', 0):>12,}", "what buyers owed and paid"]
    told += [
        f"  goods             {money(lines['goods_minor'])}",
        f"  freight           {money(lines['freight_minor'])}",
    ]
    told += [
        f"  due               {money(orders['due_minor'])}",
        f"  paid              {money(orders['paid_minor'])}",
    ]
    told += ["where it stands in the ledger"]
    told += [
        f"  {name.replace('_', ' '):<17} {money(amount)}"
        for name, amount in document["money_minor"].items()
        if amount
    ]
    told += [f"  row {one['row']}: {one['code']}: {one['message']}" for one in document["first_rejects"]]
    if rows.get("rejected", 0) > len(document["first_rejects"]) and not document["rejects_file"]:
        told.append("  ... more; --rejects FILE writes all of them")
    return "\n".join(told)

"""zhanggui report: sales, commission, payments, settlement, trial balance or journal between two days, as a file or
on screen."""

import argparse
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from zhanggui.parties.models import Party
from zhanggui.portals.desk.exports.writers import WRITERS
from zhanggui.portals.desk.lists.columns import Column, IntegerColumn, MoneyColumn, TextColumn
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.rows.replica import on_replica
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.monitoring.queries.analytics import STEPS
from zhanggui.settlement.monitoring.queries.reports import (
    REPORTS,
    SETTLEMENT,
    Report,
    report_params,
    report_rows,
)

HELP = "a report for audit or tax filing between two days"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("report", choices=tuple(REPORTS), help="which report")
    parser.add_argument("--from", dest="first", type=day, required=True, metavar="DATE", help="first day")
    parser.add_argument(
        "--to", dest="last", type=day, required=True, metavar="DATE", help="last day, included"
    )
    parser.add_argument("--party", metavar="CODE", help="one party's; of `settlement` alone")
    parser.add_argument(
        "--step", choices=tuple(STEPS), help="a row for each, month if left out; of `settlement` alone"
    )
    parser.add_argument("--currency", help="the first business line's if left out")
    parser.add_argument("--out", type=Path, metavar="FILE", help="write it there: .csv, .xlsx or .parquet")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.first > options.last:
        raise BadArguments("the first day is after the last one; swap --from and --to")
    line = BusinessLine.objects.order_by("id").first()
    currency = options.currency or (line.currency if line else "CNY")
    report = REPORTS[options.report]
    if report is not SETTLEMENT and (options.party or options.step):
        raise BadArguments("only `report settlement` takes --party and --step; leave them out")
    party = _party_id(options.party) if options.party else None
    params = report_params(
        currency=currency, first=options.first, last=options.last, zone=zone(), step=options.step or "month",
        party_id=party,
    )  # fmt: skip
    rows = on_replica(lambda: report_rows(report, params))
    document: dict[str, Any] = {
        "report": report.code, "currency": currency, "first": options.first, "last": options.last,
        "rows": len(rows), "totals_minor": {name: sum(row[name] for row in rows) for name in report.money},
    }  # fmt: skip
    if options.out:
        document["file"] = str(_written(report, rows, currency, options.out))
    else:
        document["columns"] = list(report.columns)
        document["items"] = [{name: row[name] for name in report.columns} for row in rows]
    out.result(document, _told)
    return 0


def _party_id(code: str) -> int:
    party = Party.objects.filter(code=code).first()
    if party is None:
        raise BadArguments(f"there is no party {code!r}; name one by its code")
    return int(party.id)


def _written(report: Report, rows: list[dict[str, Any]], currency: str, path: Path) -> Path:
    writer = WRITERS.get(path.suffix.removeprefix("."))
    if writer is None:
        raise BadArguments(f"{path.name}: the file ends with .csv, .xlsx or .parquet")
    if not path.parent.is_dir():
        raise FileRefused(f"there is no folder {path.parent}; make it first", path=str(path))
    draft = path.with_name(f".{path.name}.draft")
    try:
        writer(draft, [_column(name, report, currency) for name in report.columns], rows, lambda _: None)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


def _column(name: str, report: Report, currency: str) -> Column:
    if name in report.money:
        return MoneyColumn(name, name, currency=currency, value=lambda row: row[name])
    if name in ("orders", "details", "leg", "rate_ppm", "source"):
        return IntegerColumn(name, name, value=lambda row: row[name])
    return TextColumn(name, name, value=lambda row: _text(row[name]))


def _text(value: Any) -> str | None:
    return value.isoformat() if isinstance(value, date) else None if value is None else str(value)


def _told(document: Mapping[str, Any]) -> str:
    if "file" in document:
        return f"{document['file']}: {document['rows']:,} rows"
    lines: list[list[str]] = [document["columns"]]
    lines += [["" if value is None else str(value) for value in row.values()] for row in document["items"]]
    return "\n".join("\t".join(line) for line in lines)

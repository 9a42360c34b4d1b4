"""zhanggui archive: old periods as Parquet files, proved from the files alone, and the ranges that lines stand in."""

import argparse
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings

from zhanggui.clockwork.archive_old_periods import archive_due, verify_now
from zhanggui.journeys.range_finished import range_finishing_requested
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may
from zhanggui.settlement.archives.errors import NotArchived
from zhanggui.settlement.archives.models import Archive
from zhanggui.settlement.archives.operations.open_range import open_range
from zhanggui.settlement.archives.queries import archives, unsettled_count
from zhanggui.settlement.archives.ranges import listed_ranges
from zhanggui.settlement.archives.rules import kept_until, month_of

HELP = (
    "write settled statements of old months into files, list those archives, prove them, or see, open and"
    " finish the ranges that lines stand in; 1 if an archive is damaged"
)
ACTOR = "zhanggui archive"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", nargs="?", choices=("list", "now", "verify", "ranges", "open-range", "finish-range"), default="list",
        help="list (the default); now: archive these months; verify: prove these months, or all, from their files;"
        " ranges: the tables that lines stand in by their numbers; open-range: begin the next ones;"
        " finish-range: prove the oldest one from the files and ask a second person that it is never written again",
    )  # fmt: skip
    parser.add_argument("months", nargs="*", type=_month, metavar="MONTH", help="such as 2026-01")
    parser.add_argument(
        "--as", dest="person", metavar="USER", help="who asks for finish-range: a log-in name"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "now":
        return _archive(options.months, out)
    if options.act == "verify":
        return _verify(options.months, out)
    if options.act == "open-range":
        out.result(
            {"first_line": open_range(at=clock(), actor=ACTOR)},
            "lines stand in a new range from number {first_line} on".format_map,
        )
        return 0
    if options.act == "finish-range":
        return _ask_to_finish(options.person, out)
    if options.act == "ranges":
        return _ranges(out)
    rows = [_listed(row) for row in _chosen(options.months)]
    out.result({"archives": rows}, lambda _: "\n".join(map(_line, rows)) or "nothing is archived yet")
    return 0


def _month(text: str) -> date:
    try:
        return month_of(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month; write it as 2026-01") from None


def _archive(months: list[date], out: Output) -> int:
    if not months:
        raise BadArguments("name one or more months, such as 2026-01")
    told: list[dict[str, Any]] = []
    for month in months:
        row = archive_due(month=month, clock=clock, zone=zone(), actor=ACTOR)
        told.append({
            "month": f"{month:%Y-%m}", "archive": _facts(row) if row else None,
            "already": [one.label for one in Archive.objects.filter(month=month).order_by("part") if one != row],
            "unsettled": unsettled_count(month),
        })  # fmt: skip
    out.result({"months": told}, lambda _: "\n".join(map(_made, told)))
    return 0


def _made(told: Mapping[str, Any]) -> str:
    if told["archive"]:
        text = (
            "{archive}: {statements:,} statements of {parties:,} parties with {lines:,} lines, {size_bytes:,} bytes,"
            " proved from the files"
        ).format_map(told["archive"])
    elif told["already"]:
        text = f"{told['month']}: is archived ({', '.join(told['already'])})"
    else:
        text = f"{told['month']}: no settled statement"
    left = f"; {told['unsettled']:,} statements are not settled yet and go into a later part"
    return text + (left if told["unsettled"] else "")


def _verify(months: list[date], out: Output) -> int:
    rows = _chosen(months)
    if months and not rows:
        raise NotArchived("nothing of these months is archived; `zhanggui archive list` shows what is")
    told: list[dict[str, Any]] = []
    with out.progress(len(rows), "proving archives") as steps:
        for row in rows:
            found = verify_now(archive=row, clock=clock, zone=zone(), actor=ACTOR)
            told.append(
                {"archive": row.label, "faults": found.faults, "shown": found.shown, "let_go": found.let_go}
            )
            steps.advance()
    out.result({"archives": told}, lambda _: "\n".join(map(_proved, told)) or "nothing is archived yet")
    return 1 if any(one["faults"] for one in told) else 0


def _proved(told: Mapping[str, Any]) -> str:
    if told["let_go"]:
        return f"{told['archive']}: gone, and its time is over"
    if not told["faults"]:
        return f"{told['archive']}: every statement is proved"
    return "\n".join(
        [f"{told['archive']}: {told['faults']:,} faults", *(f"  {one}" for one in told["shown"])]
    )


def _chosen(months: list[date]) -> list[Archive]:
    found = archives().order_by("month", "part")
    return list(found.filter(month__in=months) if months else found)


def _ask_to_finish(person: str | None, out: Output) -> int:
    if not person:
        raise BadArguments("say who asks: `--as` takes a log-in name")
    asked = range_finishing_requested(at=clock(), zone=zone(), maker=actor_who_may(person, "backups.run"))
    out.result(
        {"approval": asked.id, **asked.payload},
        lambda told: (
            "{billed:,} billed lines of {statements:,} statements and {staged:,} order lines are row by row in the"
            " files of {names}; request {approval} waits for somebody else: `zhanggui approvals approve {approval}"
            " --amount 0 --as USER`"
        ).format_map(told | {"names": ", ".join(told["archives"])}),
    )
    return 0


def _ranges(out: Output) -> int:
    rows = listed_ranges()
    out.result({"ranges": rows}, lambda _: "\n".join(map(_range_line, rows)))
    return 0


def _range_line(told: Mapping[str, Any]) -> str:
    below = f"below {told['end_line']:,}" if told["end_line"] else "on"
    ended = f", finished {told['finished_at']:%Y-%m-%d}" if told["finished_at"] else ""
    return (
        f"{told['name']:<28} numbers from {told['first_line']:,} {below}: about {told['rows']:,} rows,"
        f" {told['size_bytes']:,} bytes{ended}"
    )


def _facts(row: Archive) -> dict[str, Any]:
    return {
        "archive": row.label, "folder": str(settings.ARCHIVE_FOLDER / row.folder), "statements": row.statements,
        "parties": row.parties, "lines": row.lines, "size_bytes": row.size_bytes,
        "manifest_sha256": bytes(row.manifest_sha256).hex(), "hash": bytes(row.hash).hex(),
        "kept_until": kept_until(row.month, settings.RETENTION_YEARS),
    }  # fmt: skip


def _listed(row: Any) -> dict[str, Any]:
    return _facts(row) | {"made_at": row.made_at, "verified_at": row.verified_at, "faults": row.faults}


def _line(told: Mapping[str, Any]) -> str:
    came = "proved" if not told["faults"] else f"{told['faults']:,} faults"
    return (
        f"{told['archive']:<10} {told['statements']:>9,} statements {told['lines']:>12,} lines"
        f" {told['size_bytes']:>14,} bytes  {told['verified_at']:%Y-%m-%d} {came}, kept until {told['kept_until']}"
    )

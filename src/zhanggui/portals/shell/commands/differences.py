"""zhanggui differences: list differences of reconciliation, look at one, note, assign, settle."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.journeys.bill_received import bill_run_again
from zhanggui.journeys.difference_settled import (
    difference_assigned,
    difference_noted,
    resolution_proposed,
)
from zhanggui.money import Money
from zhanggui.portals.shell.commands.reconcile import run_document
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.reconciliation.kinds import DifferenceKind, DifferenceState, Leg
from zhanggui.settlement.reconciliation.models import Difference
from zhanggui.settlement.reconciliation.operations.note_difference import SETTLES
from zhanggui.settlement.reconciliation.proposals import WAYS, fitting_ways
from zhanggui.settlement.reconciliation.queries import difference as find
from zhanggui.settlement.reconciliation.queries import kept_evidence, sides_of

HELP = "list the differences that reconciliation found, look at one, note, assign or settle it"
ACTOR = "zhanggui differences"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    listed = acts.add_parser("list", help="differences, oldest first")
    listed.add_argument("--state", choices=[one.value for one in DifferenceState])
    listed.add_argument("--kind", choices=[one.value for one in DifferenceKind])
    listed.add_argument("--assigned", metavar="USER", help='of one person; "" for nobody\'s')
    listed.add_argument("--limit", type=int, default=1000, help="at most this many (%(default)s)")
    shown = acts.add_parser("show", help="one difference with both sides")
    shown.add_argument("id", type=int)
    taken = acts.add_parser("evidence", help="write the file that was kept with a note")
    taken.add_argument("id", type=int)
    taken.add_argument("note", type=int, metavar="NOTE")
    taken.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new file")
    noted = acts.add_parser("note", help="note what was found out")
    noted.add_argument("id", type=int)
    noted.add_argument("text", nargs="?", default="")
    noted.add_argument("--evidence", type=Path, metavar="FILE")
    given = acts.add_parser("assign", help="give it to somebody")
    given.add_argument("id", type=int)
    given.add_argument("user", metavar="USER", help='log-in name; "" for nobody')
    settled = acts.add_parser("settle", help="explain it, or put its entry up for approval by another person")
    settled.add_argument("id", type=int)
    settled.add_argument("--way", required=True, choices=WAYS)
    settled.add_argument("--reason", required=True)
    takes_person(noted, given, settled)
    again = acts.add_parser("run", help="run over a bill again: what came since is placed")
    again.add_argument("bill", type=int)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Difference.objects.select_related("own_account").order_by("day", "id")
        if options.state:
            rows = rows.filter(state=options.state)
        if options.kind:
            rows = rows.filter(kind=options.kind)
        if options.assigned is not None:
            rows = rows.filter(assigned_to=options.assigned)
        found = [difference_document(row) for row in rows[: max(1, min(options.limit, MOST))]]
        out.result({"differences": found, "count": len(found)}, _listed)
    elif options.act == "show":
        out.result(_whole(options.id))
    elif options.act == "evidence":
        out.result(_evidence(options.id, options.note, options.out))
    elif options.act == "run":
        runs = bill_run_again(bill_id=options.bill, clock=clock, actor=ACTOR)
        out.result({"runs": [run_document(one) for one in runs]})
    else:
        out.result(_acted(options))
    return 0


def _whole(difference_id: int) -> dict[str, Any]:
    """A difference with both sides, the notes, and the ways of settling that fit."""
    row = find(difference_id)
    notes = [
        {"note": one.id, "at": one.at, "actor": one.actor, "text": one.text, "evidence": one.evidence_name}
        for one in row.notes.order_by("id").defer("evidence")
    ]
    return difference_document(row) | {"sides": sides_of(row), "ways": fitting_ways(row), "notes": notes}


def _evidence(difference_id: int, note_id: int, path: Path) -> dict[str, Any]:
    note = kept_evidence(difference_id, note_id)
    try:
        with path.open("xb") as file:
            file.write(bytes(note.evidence))
    except FileExistsError:
        raise FileRefused(f"{path} is there already; choose another name", path=str(path)) from None
    except OSError as failed:
        raise FileRefused(f"{path} cannot be written: {failed.strerror}", path=str(path)) from None
    return {"note": note.id, "name": note.evidence_name, "file": str(path), "bytes": len(note.evidence)}


def _acted(options: argparse.Namespace) -> dict[str, Any]:
    by: dict[str, Any] = {
        "difference_id": options.id, "actor": actor_who_may(options.person, SETTLES), "at": clock(),
    }  # fmt: skip
    if options.act == "note":
        file = options.evidence
        try:
            evidence = file.read_bytes() if file else b""
        except OSError as failed:
            raise FileRefused(f"{file} cannot be read: {failed.strerror}", path=str(file)) from None
        note = difference_noted(
            text=options.text, evidence=evidence, evidence_name=file.name if file else "", **by
        )
        return {"note": note.id, "difference": options.id}
    if options.act == "assign":
        return difference_document(difference_assigned(to=options.user, **by))
    row, approval = resolution_proposed(way=options.way, reason=options.reason, **by)
    return difference_document(row) | {"approval": approval.id if approval else None}


def difference_document(row: Difference) -> dict[str, Any]:
    """A difference for programs."""
    return {
        "id": row.id, "account": row.own_account.code, "leg": Leg(row.leg).name.lower(), "kind": row.kind,
        "state": row.state, "day": row.day.isoformat(), "currency": row.currency, "reference": row.reference,
        "our_minor": row.our_minor, "their_minor": row.their_minor, "our_fee_milli": row.our_fee_milli,
        "their_fee_milli": row.their_fee_milli, "bill": row.bill_id or None, "row": row.row_number or None,
        "assigned_to": row.assigned_to, "resolution": row.resolution, "reason": row.reason,
    }  # fmt: skip


def _listed(document: Mapping[str, Any]) -> str:
    lines = [
        f"{row['id']:>6} {row['day']} {row['leg']:<6} {row['kind']:<13} {row['state']:<11} {row['reference']:<32}"
        f" ours {Money(row['our_minor'], row['currency']).grouped():>14}"
        f" theirs {Money(row['their_minor'], row['currency']).grouped():>14}"
        for row in document["differences"]
    ]
    return "\n".join([*lines, f"{document['count']:,} differences"])

"""zhanggui audit-log: who changed what when; and whether the log itself was changed."""

import argparse
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.audit.invariants import audit_chain_broken
from zhanggui.audit.models import AuditRecord
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import moment
from zhanggui.portals.shell.output import Output

HELP = "the log of changes: list it, or verify its hash chain; 1 if the chain is broken"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,verify}")
    listed = acts.add_parser("list", help="records, the latest first")
    listed.add_argument("--actor", metavar="NAME", help="by one person, command or job")
    listed.add_argument("--action", metavar="ACTION", help="such as terms.set")
    listed.add_argument("--object", metavar="ID", help="about one object, by its number or code")
    listed.add_argument("--until", type=moment, metavar="TIME", help="not after this day or time")
    listed.add_argument("--most", type=int, default=100, metavar="N", help="rows shown; default %(default)s")
    acts.add_parser("verify", help="walk the whole chain: each record carries the hash of the one before")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "verify":
        return _verify(out)
    if not 1 <= options.most <= MOST:
        raise BadArguments(f"--most takes a number from 1 to {MOST}")
    wanted: dict[str, str | datetime | None] = {
        "actor": options.actor, "action": options.action, "object_id": options.object, "at__lte": options.until,
    }  # fmt: skip
    rows = AuditRecord.objects.filter(**{name: value for name, value in wanted.items() if value is not None})
    found = [_document(row) for row in rows.order_by("-id")[: options.most]]
    out.result({"records": found}, lambda _: "\n".join(map(_line, found)) or "nothing of that is in the log")
    return 0


def _verify(out: Output) -> int:
    broken = audit_chain_broken()
    document = {"records": AuditRecord.objects.count(), "broken": broken}
    said = f"broken at record {broken[0]['id']}" if broken else "whole"
    out.result(document, lambda told: f"{told['records']:,} records; the chain is {said}")
    return 1 if broken else 0


def _document(row: AuditRecord) -> dict[str, Any]:
    return {
        "id": row.id, "at": row.at.isoformat(), "actor": row.actor, "action": row.action,
        "object_kind": row.object_kind, "object_id": row.object_id, "party_id": row.party_id,
        "before": row.before, "after": row.after, "hash": bytes(row.hash).hex(),
    }  # fmt: skip


def _line(told: Mapping[str, Any]) -> str:
    what = f"{told['action']} {told['object_kind']} {told['object_id']}"
    return f"{told['id']:>8} {told['at'][:19]} {told['actor']}: {what}"

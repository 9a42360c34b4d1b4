"""zhanggui shadow-differences: what double insurance found (双保险)."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.money import Money
from zhanggui.portals.shell.choosing import chosen_lines, party_codes, party_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.models import ShadowDifference

HELP = "double insurance: pushed details that our own billing of the same order line does not confirm"
KINDS = ("amount", "missing_there", "missing_here")
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--business-line", metavar="CODE", help="default: all")
    parser.add_argument("--party", metavar="CODE", help="of one merchant")
    parser.add_argument("--kind", choices=KINDS, help="missing_there: we have it; missing_here: only pushed")
    parser.add_argument("--most", type=int, default=1000, metavar="N", help="rows shown; default %(default)s")


def run(options: argparse.Namespace, out: Output) -> int:
    if not 1 <= options.most <= MOST:
        raise BadArguments(
            f"--most takes a number from 1 to {MOST}; `zhanggui export differences` has them all"
        )
    lines = {line.id: line for line in chosen_lines(options.business_line)}
    rows = ShadowDifference.objects.filter(business_line_id__in=lines).order_by("id")
    if options.party:
        rows = rows.filter(party_id=party_of(options.party).id)
    if options.kind:
        rows = rows.filter(kind=options.kind)
    count, shown = rows.count(), list(rows[: options.most])
    parties, fees = party_codes(row.party_id for row in shown), catalogue().by_id
    found = [
        {
            "business_line": lines[row.business_line_id].code, "party": parties[row.party_id],
            "order_no": row.order_no, "line_no": row.line_no, "fee": fees[row.fee_type_id].code,
            "kind": row.kind, "currency": lines[row.business_line_id].currency,
            "pushed_minor": row.pushed_minor, "computed_minor": row.computed_minor,
            "found_at": row.found_at.isoformat(),
        }
        for row in shown
    ]  # fmt: skip
    out.result({"count": count, "differences": found}, _told)
    return 0


def _told(document: Mapping[str, Any]) -> str:
    lines = []
    for one in document["differences"]:
        pushed, computed = (
            Money(one[name], one["currency"]).grouped() for name in ("pushed_minor", "computed_minor")
        )
        lines.append(
            f"{one['party']} {one['order_no']}/{one['line_no']} {one['fee']}: {one['kind']}, pushed {pushed},"
            f" computed {computed} {one['currency']}"
        )
    if document["count"] > len(lines):
        lines.append(f"... {document['count']:,} in all; `zhanggui export differences` writes them all")
    return "\n".join(lines) or "double insurance found no difference"

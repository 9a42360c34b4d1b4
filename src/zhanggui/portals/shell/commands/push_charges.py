"""zhanggui push-charges: details that another system billed, from a file (通用计费接口)."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.journeys.charges_received import charges_received
from zhanggui.portals.shell.charge_files import COLUMNS, read_charges
from zhanggui.portals.shell.choosing import the_line
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ROWS_MAX

HELP = "take in details that another system billed, from a CSV or JSON lines file; 1 if some were rejected"
ACTOR = "zhanggui push-charges"
SHOWN_REJECTS = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path, metavar="FILE", help=f"columns or fields: {', '.join(COLUMNS)}")
    parser.add_argument(
        "--business-line", metavar="CODE", help="whose charges; default: the only one there is"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    line = the_line(options.business_line)
    digest, records = read_charges(options.file)
    accepted = rejected = 0
    refused: list[dict[str, Any]] = []
    for start in range(0, len(records), ROWS_MAX):
        # The same file again has the same keys and content: what was taken in is not taken in twice.
        batch = charges_received(
            business_line=line, key=f"file-{digest[:32]}-{start}", records=records[start : start + ROWS_MAX],
            at=clock(), actor=ACTOR,
        )  # fmt: skip
        accepted += batch.accepted
        rejected += batch.rejected
        rows = Charge.objects.filter(batch_id=batch.id, state="rejected").order_by("line_id")
        refused += [
            {"charge_no": row.charge_no, "code": row.reject_code, "message": row.reject_message}
            for row in rows[: SHOWN_REJECTS - len(refused)]
        ]
    document = {
        "file": str(options.file), "business_line": line.code, "charges": len(records), "accepted": accepted,
        "rejected": rejected, "first_rejects": refused,
    }  # fmt: skip
    out.result(document, _told)
    return 1 if rejected else 0


def _told(told: Mapping[str, Any]) -> str:
    lines = [f"{told['charges']:,} charges: {told['accepted']:,} accepted, {told['rejected']:,} rejected"]
    lines += [f"  {one['charge_no']}: {one['code']}: {one['message']}" for one in told["first_rejects"]]
    if told["rejected"] > len(told["first_rejects"]):
        lines.append("  ... more; `zhanggui export charges` writes them all")
    return "\n".join(lines)

"""zhanggui details: correct a detail, dispute one, settle a dispute, list disputes."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.money import Money
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.details.queries import DetailKey, detail
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.models import Dispute

HELP = "single details: correct, dispute, resolve a dispute, list disputes"
MAY = {"correct": "corrections.create", "dispute": "disputes.resolve", "resolve": "disputes.resolve"}
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{correct,dispute,resolve,disputes}")
    correct = acts.add_parser("correct", help="add a detail by the difference, on the open statement")
    dispute = acts.add_parser("dispute", help="move a detail of a closed statement to the next one")
    for act in (correct, dispute):
        act.add_argument("detail", metavar="DETAIL", help="its number, such as 12-3456-0-1")
        act.add_argument("--reason", required=True, help="why; the merchant reads it")
    correct.add_argument(
        "--by", type=int, required=True, metavar="MINOR", help="minor units, signed for the party"
    )
    resolve = acts.add_parser("resolve", help="settle a dispute")
    resolve.add_argument("dispute", type=int, metavar="DISPUTE")
    how = resolve.add_mutually_exclusive_group(required=True)
    how.add_argument("--uphold", action="store_true", help="the merchant is right: correct the detail")
    how.add_argument("--reject", action="store_true", help="the detail stays as it is")
    resolve.add_argument("--by", type=int, metavar="MINOR", help="correct by this; default is all of it")
    resolve.add_argument("--resolution", required=True, help="what was found; the merchant reads it")
    takes_person(correct, dispute, resolve)
    listed = acts.add_parser("disputes", help="disputes, the latest first")
    listed.add_argument("--state", choices=["open", "upheld", "rejected"])
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    actor = actor_who_may(options.person, MAY[options.act]) if options.act in MAY else ""
    match options.act:
        case "correct":
            made = detail_corrected(
                key=DetailKey.parse(options.detail), amount=options.by, reason=options.reason, at=clock(),
                zone=zone(), actor=actor,
            )  # fmt: skip
            row = detail(made)
            out.result(
                {"corrects": options.detail, "detail": str(made), "statement_id": row["statement_id"],
                 "currency": row["currency"], "amount_minor": row["amount"]},
                lambda told: f"{told['detail']} corrects {told['corrects']} by"
                f" {Money(told['amount_minor'], told['currency']).grouped()} {told['currency']}",
            )  # fmt: skip
        case "dispute":
            made_dispute = detail_disputed(
                key=DetailKey.parse(options.detail), reason=options.reason, at=clock(), actor=actor
            )
            out.result(_document(made_dispute), _line)
        case "resolve":
            settled = dispute_resolved(
                dispute_id=options.dispute, upheld=options.uphold, resolution=options.resolution, at=clock(),
                zone=zone(), actor=actor, amount=options.by,
            )  # fmt: skip
            out.result(_document(settled), _line)
        case _:
            rows = Dispute.objects.order_by("-id")
            chosen = rows.filter(state=options.state) if options.state else rows
            found = [_document(row) for row in chosen[:MOST]]
            out.result({"disputes": found}, lambda _: "\n".join(map(_line, found)) or "nothing is disputed")
    return 0


def _document(row: Dispute) -> dict[str, Any]:
    return {
        "dispute": row.id, "detail": f"{row.party_id}-{row.line_id}-{row.event_id}-{row.position}",
        "fee": catalogue().by_id[row.fee_type_id].code, "state": row.state, "currency": row.currency,
        "amount_minor": row.amount_minor, "reason": row.reason, "opened_at": row.opened_at.isoformat(),
        "opened_by": row.opened_by, "resolution": row.resolution,
    }  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"]).grouped()
    what = f"{row['fee']} {amount} {row['currency']}"
    return f"dispute {row['dispute']}: {what}, {row['state']}, detail {row['detail']}"

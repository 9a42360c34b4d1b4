"""zhanggui adjust: adjustment documents and rebates; somebody else approves them (`zhanggui approvals`)."""

import argparse
import json
from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.give_rebates import give_rebates
from zhanggui.journeys.adjustment_requested import adjustment_requested, adjustment_reversed
from zhanggui.journeys.rebate_agreed import rebate_agreed
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.shell.choosing import party_codes, party_of, the_line
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState, RebateMethod
from zhanggui.settlement.fees.queries.fee_types import catalogue

HELP = "adjustments and rebates: list, ask for one, reverse one, agree a rebate, compute rebates"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,request,reverse,agree,rebates}")
    listed = acts.add_parser("list", help="adjustments, the latest first")
    listed.add_argument("--state", choices=DocumentState.values)
    asked = acts.add_parser("request", help="ask for an adjustment; another person approves it")
    asked.add_argument("party", metavar="PARTY")
    asked.add_argument("fee", metavar="FEE", help="fee type, e.g. manual_credit")
    asked.add_argument(
        "amount", help="major units, signed for the party: 12.50 is owed to it, -12.50 owed by it"
    )
    asked.add_argument("--evidence", default="", help="where the proof is")
    back = acts.add_parser("reverse", help="take an approved adjustment back by a new one")
    back.add_argument("number", type=int, metavar="ADJUSTMENT")
    agreed = acts.add_parser("agree", help="a rebate agreement; another person approves it")
    agreed.add_argument("party", metavar="PARTY")
    agreed.add_argument("--name", required=True)
    agreed.add_argument("--tiers", required=True, help='JSON: [{"from_minor": 0, "rate_ppm": 10000}]')
    agreed.add_argument("--method", choices=RebateMethod.values, default=RebateMethod.GRADUATED.value)
    agreed.add_argument("--cycle", default="month:1")
    agreed.add_argument("--cap", required=True, help="the most one period may give, in major units")
    agreed.add_argument("--from", dest="starts", type=day, required=True)
    agreed.add_argument("--before", dest="ends", type=day)
    acts.add_parser("rebates", help="compute the rebates of all periods that are over")
    for act in (asked, agreed):
        act.add_argument("--business-line", metavar="CODE")
    for act in (asked, back):
        act.add_argument("--reason", required=True, help="why; the merchant and the auditor read it")
    takes_person(asked, back, agreed)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    maker = actor_who_may(options.person, "adjustments.make") if hasattr(options, "person") else ""
    match options.act:
        case "list":
            rows = Adjustment.objects.order_by("-id")
            found = _documents(list((rows.filter(state=options.state) if options.state else rows)[:1000]))
            out.result({"adjustments": found}, lambda _: "\n".join(map(_line, found)) or "no adjustments")
        case "request":
            line = the_line(options.business_line)
            row = adjustment_requested(
                party=party_of(options.party), business_line=line, fee=options.fee,
                amount_minor=parse_minor(options.amount, line.currency), reason=options.reason,
                evidence=options.evidence, at=clock(), zone=zone(), maker=maker,
            )  # fmt: skip
            out.result(_documents([row])[0], _line)
        case "reverse":
            row = adjustment_reversed(
                adjustment_id=options.number, reason=options.reason, at=clock(), maker=maker
            )
            out.result(_documents([row])[0], _line)
        case "agree":
            _agree(options, maker, out)
        case _:
            count = give_rebates(clock=clock, zone=zone())
            out.result({"rebates": count}, lambda found: f"{found['rebates']} rebates given or taken back")
    return 0


def _agree(options: argparse.Namespace, maker: str, out: Output) -> None:
    line = the_line(options.business_line)
    try:
        tiers = json.loads(options.tiers)
    except json.JSONDecodeError as error:
        raise BadArguments(f"--tiers is not JSON: {error}") from None
    row = rebate_agreed(
        party=party_of(options.party), business_line=line, name=options.name, method=options.method,
        tiers=tiers, cycle=options.cycle, cap_minor=parse_minor(options.cap, line.currency),
        effective_from=options.starts, effective_before=options.ends, at=clock(), maker=maker,
    )  # fmt: skip
    out.result(
        {"agreement": row.number, "approval": row.approval_id, "state": row.state},
        lambda found: f"{found['agreement']} waits for approval, request {found['approval']}",
    )


def _documents(rows: list[Adjustment]) -> list[dict[str, Any]]:
    codes, fees = party_codes(row.party_id for row in rows), catalogue().by_id
    return [
        {
            "id": row.id, "number": row.number, "kind": row.kind, "state": row.state,
            "party": codes[row.party_id], "fee": fees[row.fee_type_id].code,
            "amount_minor": row.amount_minor, "currency": row.currency, "reason": row.reason,
            "approval": row.approval_id, "made_by": row.made_by, "line_id": row.line_id,
        }
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"]).grouped()
    return (
        f"{row['number']} {row['state']:9} {row['party']:12} {row['fee']} {row['currency']} {amount}"
        f" (request {row['approval']}): {row['reason']}"
    )

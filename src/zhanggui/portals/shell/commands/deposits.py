"""zhanggui deposits: what parties must have deposited and have; require, demand, top up, take, give back."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.ask_for_deposits import ask_for_deposits
from zhanggui.journeys.deposit_changed import deposit_order_requested, deposit_topped_up, requirement_set
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.shell.choosing import entity_of, own_account_of, party_codes, party_of, the_line
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.entities.models import Dimension
from zhanggui.settlement.guarantees.errors import UnknownGuarantee
from zhanggui.settlement.guarantees.models import Deposit, DepositOrder, DepositUse, RequirementRule
from zhanggui.settlement.guarantees.queries import deposits_of, movements_of, orders_of

HELP = "deposits of parties: list, show, require, demand, top-up, order (deduct or give back), orders"
MOST = 1000
USES = [use.value for use in DepositUse if use != DepositUse.DEBT]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,show,require,demand,top-up,order,orders}"
    )
    acts.add_parser("list", help="required, held and short, by party")
    opened = acts.add_parser("show", help="a party's deposits with their movements and documents")
    opened.add_argument("party", metavar="PARTY")
    asked = acts.add_parser(
        "orders", help="documents that take from deposits or give them back, the latest first"
    )
    asked.add_argument("--state", choices=DocumentState.values)
    asked.add_argument("--party", metavar="PARTY")
    needed = acts.add_parser("require", help="how much must be deposited, from a day on")
    needed.add_argument("amount", help="major units")
    needed.add_argument("--category", metavar="CODE", help="for those who sell in it; without: for everyone")
    needed.add_argument("--party", metavar="PARTY", help="for this party alone")
    needed.add_argument("--rule", choices=RequirementRule.values, default=RequirementRule.LARGEST.value)
    needed.add_argument("--from", dest="starts", type=day, required=True)
    needed.add_argument("--business-line", metavar="CODE")
    acts.add_parser("demand", help="work out what is short and ask for it")
    more = acts.add_parser("top-up", help="pay in from what the open statement comes to")
    order = acts.add_parser("order", help="take from a deposit or give it back; another person approves it")
    order.add_argument("use", choices=USES)
    order.add_argument("--account", metavar="CODE", help="use bank: our account that pays")
    order.add_argument("--evidence", default="")
    for act in (more, order):
        act.add_argument("party", metavar="PARTY")
        act.add_argument("amount", help="major units")
        act.add_argument("--reason", required=True)
        act.add_argument("--entity", metavar="CODE")
        act.add_argument("--currency", required=True)
    takes_person(needed, more, order)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    needed = "policies.change" if options.act == "require" else "guarantees.act"
    actor = actor_who_may(options.person, needed) if hasattr(options, "person") else ""
    match options.act:
        case "list":
            found = _documents(list(Deposit.objects.order_by("party_id", "id")[:10_000]))
            out.result({"deposits": found}, lambda _: "\n".join(map(_line, found)) or "no deposits")
        case "show":
            shown = [_whole(row) for row in deposits_of(party_of(options.party).id)]
            out.result(
                {"deposits": shown}, lambda _: "\n".join(map(_told, shown)) or "no deposit of this party"
            )
        case "orders":
            orders = _orders(options)
            out.result(
                {"orders": orders}, lambda _: "\n".join(map(_order_line, orders)) or "no such document"
            )
        case "require":
            _require(options, actor, out)
        case "demand":
            count = ask_for_deposits(clock=clock, zone=zone())
            out.result({"demanded": count}, lambda row: f"{row['demanded']} parties are asked to top up")
        case "top-up":
            moved = deposit_topped_up(
                party_id=party_of(options.party).id, entity_id=entity_of(options.entity).id,
                currency=options.currency, amount_minor=parse_minor(options.amount, options.currency),
                reason=options.reason, at=clock(), zone=zone(), actor=actor,
            )  # fmt: skip
            out.result(_documents([Deposit.objects.get(id=moved.deposit_id)])[0], _line)
        case _:
            _order(options, actor, out)
    return 0


def _require(options: argparse.Namespace, actor: str, out: Output) -> None:
    category = 0
    if options.category:
        found = Dimension.objects.filter(kind="category", code=options.category).first()
        if found is None:
            raise BadArguments(f"no order line has the category {options.category!r}")
        category = found.id
    line = the_line(options.business_line)
    row = requirement_set(
        business_line=line, category_id=category, amount_minor=parse_minor(options.amount, line.currency),
        effective_from=options.starts, at=clock(), actor=actor, rule=options.rule,
        party_id=party_of(options.party).id if options.party else 0,
    )  # fmt: skip
    out.result({"requirement": row.id, "amount_minor": row.amount_minor, "rule": row.rule})


def _order(options: argparse.Namespace, maker: str, out: Output) -> None:
    party, entity = party_of(options.party), entity_of(options.entity)
    deposit = Deposit.objects.filter(party_id=party.id, entity=entity, currency=options.currency).first()
    if deposit is None:
        raise UnknownGuarantee(f"there is no deposit {options.party} {options.currency}")
    row = deposit_order_requested(
        deposit_id=deposit.id, use=options.use, amount_minor=parse_minor(options.amount, options.currency),
        reason=options.reason, evidence=options.evidence, at=clock(), maker=maker,
        own_account=own_account_of(options.account) if options.use == DepositUse.BANK else None,
    )  # fmt: skip
    out.result(
        {"order": row.number, "approval": row.approval_id, "state": row.state},
        lambda found: f"{found['order']} waits for approval, request {found['approval']}",
    )


def _orders(options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = DepositOrder.objects.select_related("deposit").order_by("-id")
    if options.state:
        rows = rows.filter(state=options.state)
    if options.party:
        rows = rows.filter(party_id=party_of(options.party).id)
    found = list(rows[:MOST])
    codes = party_codes(row.party_id for row in found)
    return [
        _document(row) | {"party": codes[row.party_id], "currency": row.deposit.currency} for row in found
    ]


def _document(row: DepositOrder) -> dict[str, Any]:
    same = ("number", "use", "amount_minor", "state", "reason", "made_by")
    return {name: getattr(row, name) for name in same} | {"approval": row.approval_id}


def _order_line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"]).grouped()
    return (
        f"{row['number']} {row['state']:9} {row['party']:16} {row['use']} {row['currency']} {amount}"
        f" (request {row['approval']}): {row['reason']}"
    )


def _whole(row: Deposit) -> dict[str, Any]:
    same = ("kind", "amount_minor", "at", "actor", "reason")
    return _documents([row])[0] | {
        "movements": [{name: getattr(one, name) for name in same} for one in movements_of(row.id)],
        "orders": [_document(one) for one in orders_of(row.id)],
    }


def _told(row: Mapping[str, Any]) -> str:
    lines = [_line(row)]
    lines += [
        f"  {one['at']:%Y-%m-%d} {Money(one['amount_minor'], row['currency']).grouped():>14} {one['kind']}"
        f" {one['reason']}".rstrip()
        for one in row["movements"]
    ]
    lines += [
        f"  {one['number']} {one['state']} {one['use']} {Money(one['amount_minor'], row['currency']).grouped()}"
        for one in row["orders"]
    ]
    return "\n".join(lines)


def _documents(rows: list[Deposit]) -> list[dict[str, Any]]:
    codes = party_codes(row.party_id for row in rows)
    return [
        {
            "id": row.id, "party": codes[row.party_id], "entity_id": row.entity_id, "currency": row.currency,
            "required_minor": row.required_minor, "held_minor": row.held_minor,
            "pledged_minor": row.pledged_minor, "short_minor": row.short_minor, "top_up_by": row.top_up_by,
        }
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    needed, held, short = (
        Money(row[name], row["currency"]).grouped()
        for name in ("required_minor", "held_minor", "short_minor")
    )
    until = f", to top up by {row['top_up_by']}" if row["top_up_by"] else ""
    return f"{row['party']:16} {row['currency']} required {needed}, held {held}, short {short}{until}"

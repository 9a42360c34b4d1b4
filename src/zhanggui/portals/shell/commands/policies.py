"""zhanggui policies: what was agreed beforehand: deposits required, shares reserved, how debts are dealt with,
limits of approval, rebate agreements; with what held before."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from zhanggui.approvals.models import ApprovalLimit
from zhanggui.money import Money
from zhanggui.money.rates import format_rate
from zhanggui.parties.models import Role
from zhanggui.portals.shell.amounts import grouped_in
from zhanggui.portals.shell.choosing import entity_of, party_codes, party_of, the_line
from zhanggui.portals.shell.moments import day
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.adjustments.models import DocumentState, RebateAgreement
from zhanggui.settlement.collections.models import CollectionPolicy
from zhanggui.settlement.entities.models import BusinessLine, Dimension, SettlementEntity
from zhanggui.settlement.guarantees.models import DepositRequirement, ReservePolicy

HELP = "what was agreed beforehand: deposits required, reserves, debts, limits of approval, rebate agreements"
MOST = 10_000
type Document = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{deposits,reserves,debts,limits,rebates}"
    )
    deposits = acts.add_parser("deposits", help="how much must be deposited; set with `deposits require`")
    reserves = acts.add_parser("reserves", help="which share is reserved; set with `holds reserve`")
    debts = acts.add_parser("debts", help="how debts are dealt with; set with `debts policy`")
    limits = acts.add_parser("limits", help="what each role may approve; set with `approvals limit`")
    rebates = acts.add_parser("rebates", help="rebate agreements; agreed with `adjust agree`")
    for act in (deposits, reserves, debts, rebates):
        act.add_argument("--party", metavar="CODE", help="what holds for this party: its own, and everyone's")
        act.add_argument("--on", type=day, metavar="DAY", help="what holds on this day alone")
    for act in (reserves, debts):
        act.add_argument("--entity", metavar="CODE", help="of this settlement entity")
    for act in (deposits, rebates):
        act.add_argument("--business-line", metavar="CODE", help="of this business line")
    limits.add_argument("--role", choices=Role.values)
    limits.add_argument("--kind", metavar="KIND", help='a kind of document, or "*"')
    limits.add_argument("--currency", metavar="ISO", help='a currency, or "*"')
    rebates.add_argument("--state", choices=DocumentState.values)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    name, listed, line, none = {
        "deposits": ("requirements", _deposits, _deposit_line, "no deposit is required of anybody"),
        "reserves": ("policies", _reserves, _reserve_line, "nothing is reserved"),
        "debts": ("policies", _debts, _debt_line, "no policy yet: debts are carried without end"),
        "limits": ("limits", _limits, _limit_line, "no such limit"),
        "rebates": ("agreements", _rebates, _rebate_line, "no rebate agreement"),
    }[options.act]
    return _told(out, name, listed(options), line, none)


def _told(
    out: Output, name: str, rows: list[Document], line: Callable[[Mapping[str, Any]], str], none: str
) -> int:
    out.result({name: rows}, lambda _: "\n".join(map(line, rows)) or none)
    return 0


def _holding[Rows: QuerySet[Any]](rows: Rows, options: argparse.Namespace) -> Rows:
    """The rows of a party and of everyone, on a day, as the options say."""
    if options.party:
        rows = rows.filter(party_id__in=(0, party_of(options.party).id))
    if options.on:
        rows = rows.filter(effective_from__lte=options.on).filter(
            Q(effective_before=None) | Q(effective_before__gt=options.on)
        )
    return rows


def _common(row: Any, codes: Mapping[int, str]) -> Document:
    ends: date | None = row.effective_before
    return {
        "id": row.id, "party": codes.get(row.party_id), "effective_from": row.effective_from.isoformat(),
        "effective_before": ends.isoformat() if ends else None,
    }  # fmt: skip


def _found(rows: QuerySet[Any], options: argparse.Namespace, *order: str) -> tuple[list[Any], dict[int, str]]:
    found = list(_holding(rows, options).order_by(*order, "party_id", "effective_from", "id")[:MOST])
    return found, party_codes(row.party_id for row in found)


def _deposits(options: argparse.Namespace) -> list[Document]:
    rows = DepositRequirement.objects.select_related("business_line")
    if options.business_line:
        rows = rows.filter(business_line=the_line(options.business_line))
    found, codes = _found(rows, options, "business_line_id", "category_id")
    categories = Dimension.objects.in_bulk({row.category_id for row in found})
    return [
        _common(row, codes) | {
            "business_line": row.business_line.code, "currency": row.business_line.currency,
            "category": categories[row.category_id].code if row.category_id else None, "rule": row.rule,
            "amount_minor": row.amount_minor,
        }
        for row in found
    ]  # fmt: skip


def _of_entity(model: Any, options: argparse.Namespace, names: Sequence[str]) -> list[Document]:
    rows = model.objects.all()
    if options.entity:
        rows = rows.filter(entity=entity_of(options.entity))
    found, codes = _found(rows, options, "entity_id")
    entities = dict(SettlementEntity.objects.values_list("id", "code"))
    return [
        _common(row, codes)
        | {"entity": entities[row.entity_id]}
        | {name: getattr(row, name) for name in names}
        for row in found
    ]


def _reserves(options: argparse.Namespace) -> list[Document]:
    return _of_entity(ReservePolicy, options, ("rate_ppm", "days"))


def _debts(options: argparse.Namespace) -> list[Document]:
    names = ("action", "carry_max", "while_selling", "due_days", "set_off", "deposit_agreed")
    return _of_entity(CollectionPolicy, options, names)


def _limits(options: argparse.Namespace) -> list[Document]:
    asked = {name: getattr(options, name) for name in ("role", "kind", "currency") if getattr(options, name)}
    return [
        {"id": row.id, "role": row.role, "kind": row.kind, "currency": row.currency, "max_minor": row.max_minor,
         "two_above_minor": row.checks_needed_above_minor}
        for row in ApprovalLimit.objects.filter(**asked).order_by("role", "kind", "currency")
    ]  # fmt: skip


def _rebates(options: argparse.Namespace) -> list[Document]:
    rows = RebateAgreement.objects.all()
    if options.business_line:
        rows = rows.filter(business_line=the_line(options.business_line))
    if options.state:
        rows = rows.filter(state=options.state)
    found, codes = _found(rows, options)
    lines = dict(BusinessLine.objects.values_list("id", "code"))
    same = ("number", "name", "method", "tiers", "cycle", "currency", "cap_minor", "state", "approval_id",
            "made_by")  # fmt: skip
    return [
        _common(row, codes) | {name: getattr(row, name) for name in same}
        | {"business_line": lines[row.business_line_id], "made_at": row.made_at.isoformat()}
        for row in found
    ]  # fmt: skip


def _span(row: Mapping[str, Any]) -> str:
    return f"from {row['effective_from']}" + (
        f" before {row['effective_before']}" if row["effective_before"] else ""
    )


def _deposit_line(row: Mapping[str, Any]) -> str:
    how = "on top" if row["rule"] == "added" else "the largest applies"
    return (
        f"{row['party'] or 'everyone':16} {row['business_line']} {row['category'] or 'whatever is sold'}:"
        f" {row['currency']} {Money(row['amount_minor'], row['currency']).grouped()} ({how}), {_span(row)}"
    )


def _reserve_line(row: Mapping[str, Any]) -> str:
    return (
        f"{row['party'] or 'everyone':16} {row['entity']}: {format_rate(row['rate_ppm'])} for {row['days']} days,"
        f" {_span(row)}"
    )


def _debt_line(row: Mapping[str, Any]) -> str:
    how = "collected" if row["action"] == "collect" else "carried"
    if row["action"] == "carry":
        how += " without end" if row["carry_max"] is None else f" at most {row['carry_max']} times"
        how += ", only while it sells" if row["while_selling"] else ""
    more = [
        word
        for word, holds in (("set off", row["set_off"]), ("from the deposit", row["deposit_agreed"]))
        if holds
    ]
    return (
        f"{row['party'] or 'everyone':16} {row['entity']}: {how}, due in {row['due_days']} days"
        f"{', ' if more else ''}{', '.join(more)}, {_span(row)}"
    )


def _limit_line(row: Mapping[str, Any]) -> str:
    most = "any amount" if row["max_minor"] is None else grouped_in(row["max_minor"], row["currency"])
    two = row["two_above_minor"]
    told = "" if two is None else f", two people above {grouped_in(two, row['currency'])}"
    return f"{row['role']:22} {row['kind']:20} {row['currency']}: {most}{told}"


def _rebate_line(row: Mapping[str, Any]) -> str:
    tiers = ", ".join(
        f"{format_rate(one['rate_ppm'])} from {Money(one['from_minor'], row['currency']).grouped()}"
        for one in row["tiers"]
    )
    cap = Money(row["cap_minor"], row["currency"]).grouped()
    return (
        f"{row['number']} {row['party']:12} {row['state']:9} {row['name']}: {tiers}"
        f" ({row['method']}, {row['cycle']}),"
        f" at most {row['currency']} {cap}, {_span(row)}"
    )

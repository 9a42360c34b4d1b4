"""zhanggui own-checks: a merchant's own file held against what was billed to it, order by order."""

import argparse
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from zhanggui.journeys.own_file_checked import own_file_checked
from zhanggui.money import Money
from zhanggui.parties.models import Party, User
from zhanggui.parties.queries import merchant_standing
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckRow
from zhanggui.settlement.reconciliation.operations.check_own_file import OUTCOMES
from zhanggui.settlement.statements.models import Statement

HELP = "a merchant's own file against what was billed to it: check, list, show (自助对账)"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{check,list,show}")
    made = acts.add_parser("check", help="check a file against one statement, or against a span of days")
    made.add_argument("file", metavar="FILE", type=Path, help=".csv, .txt or .xlsx with a line of headings")
    made.add_argument("--statement", metavar="NUMBER", help="against this statement of the merchant")
    made.add_argument("--first", type=day, metavar="DATE", help="or against what occurred from this day on")
    made.add_argument("--last", type=day, metavar="DATE", help="to this day, both included")
    made.add_argument("--currency", default="CNY", help="with --first and --last; default %(default)s")
    made.add_argument(
        "--order", default="", metavar="HEADING", help="the column of order numbers, if unusual"
    )
    made.add_argument("--amount", default="", metavar="HEADING", help="the column of amounts, if unusual")
    made.add_argument("--refund", default="", metavar="HEADING", help="compare this column of refunds, too")
    made.add_argument("--fee", default="", metavar="HEADING", help="compare this column of fees, too")
    made.add_argument("--template", default="", metavar="NAME", help="keep these headings under a name")
    made.add_argument("--as", dest="person", required=True, metavar="USER",
                      help="who acts: a log-in name of the merchant")  # fmt: skip
    listed = acts.add_parser("list", help="checks, the latest first")
    shown = acts.add_parser("show", help="one check and its orders")
    shown.add_argument("id", type=int, metavar="CHECK")
    shown.add_argument("--outcome", choices=OUTCOMES, help="only orders that came out so")
    for act in (made, listed, shown):
        act.add_argument("--party", required=True, metavar="CODE", help="the merchant")
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    party = Party.objects.filter(code=options.party).first()
    if party is None:
        raise BadArguments(f"there is no party {options.party!r}")
    if options.act == "check":
        document = _document(_checked(party, options))
        out.result(document, _told)
    elif options.act == "list":
        with as_tenant(party.id):
            rows = [
                _document(row) for row in OwnCheck.objects.filter(party_id=party.id).order_by("-id")[:MOST]
            ]
        out.result({"checks": rows}, lambda _: "\n".join(map(_line, rows)) or "nothing was checked yet")
    else:
        out.result(_shown(party, options), _told)
    return 0


def _checked(party: Party, options: argparse.Namespace) -> OwnCheck:
    if not options.file.is_file():
        raise FileRefused(f"there is no file {options.file}; check the path")
    actor, statement_id = _actor(options.person, party), 0
    if options.statement:
        found = Statement.objects.filter(party_id=party.id, number=options.statement).first()
        if found is None:
            raise BadArguments(f"there is no statement {options.statement!r} of {party.code}")
        statement_id = found.id
    return own_file_checked(
        party_id=party.id, currency=options.currency, path=options.file, name=options.file.name,
        mapping={part: getattr(options, part) for part in ("order", "amount", "refund", "fee")},
        at=clock(), actor=actor, zone=zone(),
        statement_id=statement_id, starts_on=options.first, template=options.template,
        ends_before=options.last + timedelta(days=1) if options.last else None,
    )  # fmt: skip


def _actor(name: str, party: Party) -> str:
    """The log-in name, when that person may check at this merchant. Raises BadArguments."""
    user = User.objects.filter(username=name, is_active=True).first()
    standing = merchant_standing(user, party.id) if user else None
    if standing is None or not standing.may("own_reconciliation.act"):
        raise BadArguments(f"{name!r} is nobody who may check files of {party.code}; ask its owner")
    return name


def _shown(party: Party, options: argparse.Namespace) -> dict[str, Any]:
    with as_tenant(party.id):
        check = OwnCheck.objects.filter(party_id=party.id, id=options.id).first()
        if check is None:
            raise BadArguments(f"there is no check {options.id} of {party.code}")
        rows = OwnCheckRow.objects.filter(party_id=party.id, check_id=check.id).order_by("position")
        rows = rows.filter(outcome=options.outcome) if options.outcome else rows
        names = ("outcome", "order_no", "their_minor", "our_minor", "their_refund_minor", "our_refund_minor",
                 "their_fee_minor", "our_fee_minor", "details")  # fmt: skip
        orders = [
            {name: getattr(row, name) for name in names} | {"rows": row.their_rows} for row in rows[:MOST]
        ]
    return _document(check) | {"rows": orders}


def _document(row: OwnCheck) -> dict[str, Any]:
    return {
        "id": row.id, "statement_id": row.statement_id or None, "first": row.starts_on.isoformat(),
        "last": (row.ends_before - timedelta(days=1)).isoformat(), "currency": row.currency,
        "source": row.source_name, "digest": bytes(row.digest).hex(), "totals": row.totals, "actor": row.actor,
    }  # fmt: skip


def _line(one: Mapping[str, Any]) -> str:
    counts = ", ".join(f"{name} {part['orders']:,}" for name, part in one["totals"].items() if part["orders"])
    return f"#{one['id']} {one['source']}, {one['first']} to {one['last']}: {counts or 'nothing'}"


def _parts(row: Mapping[str, Any], currency: str) -> str:
    """Refunds and fees of an order, yours and ours, where they were compared."""
    told = ""
    for part in ("refund", "fee"):
        theirs, ours = row[f"their_{part}_minor"], row[f"our_{part}_minor"]
        if theirs is not None and ours is not None:
            told += f"; {part}s {Money(theirs, currency).grouped()} / {Money(ours, currency).grouped()}"
    return told


def _told(document: Mapping[str, Any]) -> str:
    def money(minor: int) -> str:
        return Money(minor, document["currency"]).grouped()

    lines = [_line(document)]
    lines += [
        f"{name:<10} {part['orders']:>7,} orders, yours {money(part['yours']):>14}, ours {money(part['ours']):>14}"
        for name, part in document["totals"].items() if part["orders"]
    ]  # fmt: skip
    lines += [
        f"{row['order_no'] or '-':<24} {row['outcome']:<10} yours {money(row['their_minor']):>14}"
        f" ours {money(row['our_minor']):>14}{_parts(row, document['currency'])}"
        for row in document.get("rows", [])
    ]
    return "\n".join(lines)

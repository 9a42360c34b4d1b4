"""zhanggui explain: where an amount comes from, down to the last cent."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.money import Money
from zhanggui.portals.shell.choosing import statement_of
from zhanggui.portals.shell.explaining import order_explained, statement_explained
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.details.queries import IDENTITY, DetailKey
from zhanggui.settlement.replays.explain import explain_detail
from zhanggui.settlement.statements.models import Statement

HELP = "say where a detail, a statement or an order comes from and where it is posted"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "target", metavar="DETAIL|STATEMENT|ORDER",
        help="a detail (12-3456-0-1), a statement (ST11100100000042) or an order number",
    )  # fmt: skip
    parser.add_argument("--business-line", metavar="CODE", help="whose order, where the number is not enough")
    parser.add_argument("--language", choices=("zh", "en"), default="en", help="default %(default)s")


def run(options: argparse.Namespace, out: Output) -> int:
    target, language = options.target.strip(), options.language
    if IDENTITY.match(target):
        out.result(explain_detail(DetailKey.parse(target), language), _told_detail)
    elif Statement.objects.filter(number=target).exists():
        out.result(statement_explained(statement_of(target), language), _told_statement)
    else:
        out.result(order_explained(target, options.business_line, language), _told_order)
    return 0


def _amount(minor: int, currency: str) -> str:
    return f"{Money(minor, currency).grouped():>14}"


def _told_detail(document: Mapping[str, Any]) -> str:
    told = [
        f"{document['detail']}  {document['fee']['name']}  {document['amount']}  ({document['kind']['name']})"
    ]
    told += [f"  {step['text']}" for step in document["steps"]]
    if document["related"]:
        currency = document["currency"]
        told += [
            f"  {one['detail']}  {one['kind']}  {Money(one['amount_minor'], currency).grouped()}"
            for one in document["related"]
        ]
    if document["entry"]:
        told.append("entry {key}, {booked_date}".format_map(document["entry"]))
        for leg in document["entry"]["legs"]:
            amount = _amount(leg["debit_minor"] - leg["credit_minor"], document["currency"])
            told.append(f"  {amount}  {leg['account']} {leg['name']}")
    told.append(
        "statement {number} ({state}), {starts_on} to before {ends_before}".format_map(document["statement"])
    )
    return "\n".join(told)


def _told_statement(document: Mapping[str, Any]) -> str:
    currency = document["currency"]
    told = [
        "{statement}  {party} {party_name}, {starts_on} to before {ends_before}, {state}".format_map(document)
    ]
    told += [
        f"  {_amount(part['amount_minor'], currency)}  {part['kind']}: {part['name']} ({part['details']:,})"
        for part in document["parts"]
    ]
    told.append(f"  {_amount(document['net_minor'], currency)}  {currency} net, due {document['due_on']}")
    if document["carried_minor"]:
        told.append(f"  {_amount(document['carried_minor'], currency)}  of it carried to a later statement")
    return "\n".join([*told, f"  hash {document['hash']}" if document["hash"] else "  open: no hash yet"])


def _told_order(document: Mapping[str, Any]) -> str:
    currency = document["currency"]
    told = ["{order} of {business_line}, {status}, ordered {ordered_at}".format_map(document)]
    told.append(f"  {_amount(document['paid_minor'], currency)}  {currency} paid by the buyer")
    for line in document["lines"]:
        told.append(
            f"line {line['line_no']}: {line['quantity']} x {line['title'] or '-'}, {line['merchant']}"
        )
        told += [
            f"  {_amount(one['amount_minor'], currency)}  "
            + "{party}: {name}, {kind} ({detail})".format_map(one)
            for one in line["details"]
        ]
    for entry in document["entries"]:
        told.append("entry {entry} ({source}), {booked_date}".format_map(entry))
        told += [
            f"  {_amount(leg['amount_minor'], currency)}  {leg['purpose']} {leg['account']}, {leg['owner']}"
            for leg in entry["postings"]
        ]
    return "\n".join(told)

"""zhanggui customers: who bought at a shop."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.told.customers import customers_told
from zhanggui.portals.shell.amounts import grouped_in
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.output import Output

HELP = "customers of a shop: who bought, how often, for how much, and when last; names are masked"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("party", metavar="CODE", help="the merchant")
    parser.add_argument("--currency", default="CNY", help="each stands for itself (default CNY)")


def run(options: argparse.Namespace, out: Output) -> int:
    party = party_of(options.party)
    with as_tenant(party.id):
        found = customers_told(party_id=party.id, currency=options.currency, most=MOST)
    out.result({"customers": found}, lambda _: "\n".join(map(_line, found)) or "nobody bought there yet")
    return 0


def _line(row: Mapping[str, Any]) -> str:
    paid, given = (grouped_in(row[name], row["currency"]) for name in ("paid_minor", "given_back_minor"))
    level = f" {row['level']}" if row["level"] else ""
    return f"{row['number']} {row['name']}{level} orders {row['orders']}, {paid} paid, {given} given back"

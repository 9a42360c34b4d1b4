"""zhanggui carrier-tariffs: what carriers ask for a parcel; they earn it, whoever ships owes it."""

import argparse
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.parties.models import Party
from zhanggui.portals.shell.moments import clock, moment
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.pricing.models import CarrierTariff
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep

HELP = "what carriers ask for a parcel: list the versions, set the next one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,set}")
    listed = acts.add_parser("list", help="every version, the latest of a carrier first")
    listed.add_argument("--carrier", metavar="CODE")
    new = acts.add_parser("set", help="the next version; parcels that have left keep theirs")
    new.add_argument("carrier", metavar="CARRIER", help="code of a party of that kind")
    new.add_argument("--currency", default="CNY", metavar="CODE", help="default CNY")
    new.add_argument("--first-grams", type=int, default=1000, metavar="GRAMS", help="default 1000")
    new.add_argument("--first", required=True, metavar="AMOUNT", help="major units, up to the first weight")
    new.add_argument("--next-grams", type=int, default=500, metavar="GRAMS", help="default 500")
    new.add_argument(
        "--next", default="0", metavar="AMOUNT", help="major units, every further weight; default 0"
    )
    new.add_argument("--from", dest="starts", type=moment, metavar="TIME", help="default now")
    takes_person(new)
    for one in acts.choices.values():
        one.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = CarrierTariff.objects.order_by("carrier_id", "currency", "-version")
        if options.carrier:
            rows = rows.filter(carrier_id__in=Party.objects.filter(code=options.carrier).values("id"))
        found = _documents(list(rows))
        out.result({"carrier_tariffs": found}, lambda _: "\n".join(map(_line, found)) or "no tariff yet")
        return 0
    step = FreightStep(
        (), options.first_grams, parse_minor(options.first, options.currency), options.next_grams,
        parse_minor(options.next, options.currency),
    )  # fmt: skip
    actor = actor_who_may(options.person, "parameters.change")
    with transaction.atomic():
        row = set_carrier_tariff(
            carrier=options.carrier, currency=options.currency, step=step, at=clock(), actor=actor,
            effective_at=options.starts,
        )  # fmt: skip
    out.result(_documents([row])[0], _line)
    return 0


def _documents(rows: list[CarrierTariff]) -> list[dict[str, Any]]:
    codes = dict(Party.objects.filter(id__in={row.carrier_id for row in rows}).values_list("id", "code"))
    same = ("currency", "version", "first_grams", "first_minor", "next_grams", "next_minor", "effective_at",
            "set_at", "set_by")  # fmt: skip
    return [{"carrier": codes[row.carrier_id]} | {name: getattr(row, name) for name in same} for row in rows]


def _line(row: Mapping[str, Any]) -> str:
    first, more = (Money(row[name], row["currency"]).grouped() for name in ("first_minor", "next_minor"))
    return (
        f"{row['carrier']:16} v{row['version']} {row['currency']} {first} up to {row['first_grams']} g,"
        f" then {more} every {row['next_grams']} g, from {row['effective_at']:%Y-%m-%d %H:%M}"
    )

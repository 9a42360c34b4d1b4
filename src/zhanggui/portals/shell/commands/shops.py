"""zhanggui shops: which shops there are, suspending one, letting it sell again."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.portals.desk.told.shops import shop_switched, shops_told
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.catalogue.models import Shop, ShopState

HELP = "shops: list them, suspend one, let it sell again"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,suspend,lift}")
    listed = acts.add_parser("list", help="shops with how many goods they list")
    listed.add_argument("--state", choices=ShopState.values)
    suspended = acts.add_parser("suspend", help="sell none of its goods; what was ordered goes on")
    lifted = acts.add_parser("lift", help="let a suspended shop sell again")
    for act in (suspended, lifted):
        act.add_argument("shop", metavar="SHOP", help="its code, which is its merchant's")
    suspended.add_argument("--reason", required=True, help="why; the merchant reads it")
    takes_person(suspended, lifted)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Shop.objects.order_by("code")
        found = shops_told((rows.filter(state=options.state) if options.state else rows)[:MOST])
        out.result({"shops": found}, lambda _: "\n".join(map(_line, found)) or "there is no such shop")
        return 0
    actor = actor_who_may(options.person, "shops.change")
    row = shop_switched(
        code=options.shop, suspended=options.act == "suspend", reason=getattr(options, "reason", ""), at=clock(),
        actor=actor,
    )  # fmt: skip
    out.result(shops_told([row])[0], _line)
    return 0


def _line(row: Mapping[str, Any]) -> str:
    why = f": {row['suspended_for']}" if row["suspended_for"] else ""
    return f"{row['code']} {row['state']}{why}, {row['goods']} goods"

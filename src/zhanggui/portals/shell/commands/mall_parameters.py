"""zhanggui mall-parameters: what holds in the mall, and setting it."""

import argparse
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhanggui.portals.desk.told.shops import parameters_told
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.parameters.rules import KNOWN

HELP = "parameters of the mall: list them, set one"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,set}")
    acts.add_parser("list", help="every parameter with its value, its usual one and its bounds")
    chosen = acts.add_parser("set", help="set one from now on; what was promised before stays")
    chosen.add_argument("code", choices=list(KNOWN), metavar="PARAMETER")
    chosen.add_argument("value", metavar="VALUE")
    takes_person(chosen)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        found = parameters_told()
        out.result({"parameters": found}, lambda _: "\n".join(map(_line, found)))
        return 0
    actor = actor_who_may(options.person, "parameters.change")
    with transaction.atomic():
        set_parameter(code=options.code, value=_value(options), at=clock(), actor=actor)
    out.result(next(one for one in parameters_told() if one["code"] == options.code), _line)
    return 0


def _value(options: argparse.Namespace) -> int | str:
    """The value as its parameter has it. Raises BadArguments."""
    text = str(options.value)
    if not isinstance(KNOWN[options.code].usual, int):
        return text
    if not (text.isascii() and text.isdecimal() and len(text) < 10):
        raise BadArguments(f"{options.code} has to be a whole number, not {text!r}")
    return int(text)


def _line(row: Mapping[str, Any]) -> str:
    changed = "" if row["value"] == row["usual"] else f" (usually {row['usual']})"
    return f"{row['code']} = {row['value']}{changed}"

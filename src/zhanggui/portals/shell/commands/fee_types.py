"""zhanggui fee-types: the fee catalogue: list it, add a fee type of one's own."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.fee_type_added import fee_type_added
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.fees.catalogue.entries import (
    GRANULARITIES,
    INVOICES,
    REVERSE_POLICIES,
    SOURCES,
    groups,
)
from zhanggui.settlement.fees.operations.add_fee_type import FIRST_OWN_ID
from zhanggui.settlement.fees.queries.fee_types import CatalogueFee, catalogue

HELP = "the fee catalogue: list fee types, or add one of your own"
ACTOR = "zhanggui fee-types"
SIGNS = {"receives": 1, "pays": -1, "either": 0}
POLICIES = {number: name for name, number in REVERSE_POLICIES.items()}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,add}")
    listed = acts.add_parser("list", help="fee types in the order in which they are shown")
    listed.add_argument("--group", choices=[group.code for group in groups()])
    added = acts.add_parser("add", help="add a fee type; but for its names it never changes again")
    added.add_argument("code", metavar="CODE", help="small letters and _, such as late_pickup_fee")
    added.add_argument("--zh", required=True, metavar="NAME", help="name in Chinese")
    added.add_argument("--en", required=True, metavar="NAME", help="name in English")
    added.add_argument("--group", required=True, metavar="GROUP", help="as in the list")
    added.add_argument("--merchant", choices=list(SIGNS), default="pays", help="default %(default)s")
    added.add_argument("--counter", required=True, metavar="ACCOUNT", help="the other side, such as 6001.02")
    added.add_argument("--reverse", choices=list(REVERSE_POLICIES), default="pro_rata",
                       help="what a return does to it; default %(default)s")  # fmt: skip
    added.add_argument("--granularity", choices=GRANULARITIES, default="sku", help="default %(default)s")
    added.add_argument("--source", choices=SOURCES, default="computed", help="default %(default)s")
    added.add_argument("--invoice", choices=INVOICES, default="output", help="default %(default)s")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "add":
        row = fee_type_added(
            code=options.code, zh=options.zh, en=options.en, group=options.group, sign=SIGNS[options.merchant],
            reverse=options.reverse, granularity=options.granularity, source=options.source,
            counter_purpose=options.counter, invoice=options.invoice, at=clock(), actor=ACTOR,
        )  # fmt: skip
        out.result(_document(catalogue().by_code[row.code]), _line)
        return 0
    found = [_document(fee) for fee in catalogue().by_id.values() if options.group in (None, fee.group)]
    out.result({"fee_types": found}, lambda _: "\n".join(map(_line, found)))
    return 0


def _document(fee: CatalogueFee) -> dict[str, Any]:
    names = ("id", "code", "zh", "en", "group", "sign", "granularity", "source", "counter_purpose", "invoice")
    return {name: getattr(fee, name) for name in names} | {
        "reverse": POLICIES[fee.reverse_policy], "own": fee.id >= FIRST_OWN_ID,
    }  # fmt: skip


def _line(told: Mapping[str, Any]) -> str:
    sign = {1: "+", -1: "-", 0: "±"}[told["sign"]]
    return (
        f"{told['code']:<32} {sign} {told['zh']} · {told['en']} ({told['group']}, {told['counter_purpose']})"
    )

"""zhanggui reconciliation-rules: what a run may take for equal and post by itself, account by account."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import Any

from django.db import transaction

from zhanggui.money.rates import parse_rate
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may
from zhanggui.settlement.reconciliation.models import ReconciliationRule
from zhanggui.settlement.reconciliation.operations.set_reconciliation_rule import (
    GENERAL,
    RuleSettings,
    set_reconciliation_rule,
    settings_of,
)
from zhanggui.settlement.reconciliation.queries import rules_in_force

HELP = "what reconciliation may take for equal and post by itself: list, set (对账规则)"
YES = {"yes": True, "no": False}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,set}")
    acts.add_parser("list", help="the general rule (*) and that of each open account of ours")
    made = acts.add_parser("set", help="set the rule of an account; what is not named stays as it holds now")
    made.add_argument(
        "account", metavar="ACCOUNT", help="its code, or * for every account without a rule of its own"
    )
    made.add_argument(
        "--tolerance", type=int, metavar="MINOR", help="amounts may differ by so much, minor units"
    )
    made.add_argument(
        "--fee", metavar="RATE", help="agreed fee of the channel, such as 0.6%%; 0%%: not checked"
    )
    made.add_argument("--fee-tolerance", type=int, metavar="MILLI",
                      help="fees may differ by so much, thousandths of a minor unit")  # fmt: skip
    made.add_argument(
        "--cut-minutes", type=int, metavar="MINUTES", help="how near the day's cut a lone row waits"
    )
    made.add_argument("--suspend-days", type=int, metavar="DAYS", help="how long it waits")
    for name in ("settlements", "fees", "suspense"):
        made.add_argument(f"--post-{name}", choices=list(YES), help=f"whether runs post {name} by themselves")
    made.add_argument("--as", dest="person", required=True, metavar="USER", help="who acts: a log-in name")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = [_document(*one) for one in rules_in_force()]
        out.result({"rules": rows}, lambda _: "\n".join(map(_line, rows)))
        return 0
    actor = actor_who_may(options.person, "own_accounts.change")
    with transaction.atomic():
        row = set_reconciliation_rule(
            account=options.account, settings=_settings(options), at=clock(), actor=actor
        )
    out.result(_document(options.account, True, row), _line)
    return 0


def _settings(options: argparse.Namespace) -> RuleSettings:
    held = {code: settings_of(rule) for code, _own, rule in rules_in_force()}
    settings = held.get(options.account) or held[GENERAL]
    named = {
        "amount_tolerance_minor": options.tolerance,
        "fee_tolerance_milli": options.fee_tolerance,
        "expected_fee_ppm": None if options.fee is None else parse_rate(options.fee),
        "cut_minutes": options.cut_minutes,
        "suspend_days": options.suspend_days,
    } | {
        f"post_{name}": YES.get(getattr(options, f"post_{name}"))
        for name in ("settlements", "fees", "suspense")
    }
    return replace(settings, **{name: value for name, value in named.items() if value is not None})


def _document(account: str, own: bool, row: ReconciliationRule) -> dict[str, Any]:
    return {"account": account, "own": own} | asdict(settings_of(row))


def _line(one: Mapping[str, Any]) -> str:
    posts = [
        name.removeprefix("post_") for name in ("post_settlements", "post_fees", "post_suspense") if one[name]
    ]
    return (
        f"{one['account']:<20} {'own' if one['own'] else 'general':<8}"
        f" amounts within {one['amount_tolerance_minor']:,},"
        f" fee {one['expected_fee_ppm']:,} ppm within {one['fee_tolerance_milli']:,} milli,"
        f" {one['cut_minutes']} min around the cut, {one['suspend_days']} days;"
        f" posts {', '.join(posts) or 'nothing'}"
    )

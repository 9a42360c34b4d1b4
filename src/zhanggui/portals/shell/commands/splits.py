"""zhanggui splits: orders divided at their channels (分账); rules, accounts for shares, and running it now."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
from django.utils.timezone import get_default_timezone

from zhanggui.clockwork.split_due import split_due
from zhanggui.journeys.split_arranged import (
    split_asked_again,
    split_receiver_closed,
    split_receiver_confirmed,
    split_receiver_proposed,
    split_rules_published,
)
from zhanggui.money import Money
from zhanggui.portals.desk.told.splits import (
    receivers_told,
    rules_told,
    split_told,
    splits_to_tell,
    splits_told,
    subsidies_told,
)
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.splits.models import SplitReceiver, SplitState
from zhanggui.settlement.splits.queries import latest_rules
from zhanggui.settlement.splits.rules import DEFAULT
from zhanggui.settlement.subsidies.models import Subsidy

HELP = "splits at channels: list, show, run, plan one anew; their rules, and the accounts that shares go to"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = "{list,show,run,again,rules,publish,accounts,propose,confirm,close,subsidies}"
    acts = parser.add_subparsers(dest="act", required=True, metavar=names)
    listed = acts.add_parser("list", help="splits, the latest first")
    listed.add_argument("--state", choices=SplitState.values)
    listed.add_argument("--order", metavar="ORDER", help="of this order")
    shown = acts.add_parser("show", help="one split with its shares, and what was taken back of them")
    acts.add_parser(
        "run", help="split what is due now and ask channels after the rest; 1 if something failed"
    )
    again = acts.add_parser(
        "again", help="have the order of a split that ended planned anew with the next run"
    )
    for act in (shown, again):
        act.add_argument("number", metavar="SPLIT")
    acts.add_parser("rules", help="the rules in force, as a document that publish takes, without the default")
    publish = acts.add_parser("publish", help="publish a version of the rules, for orders placed from now on")
    publish.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="JSON: a list of rules, with conditions such as relations: own, drop_shipped",
    )
    acts.add_parser("accounts", help="the accounts at channels that shares go to")
    propose = acts.add_parser("propose", help="propose where a party's shares go; another person confirms it")
    propose.add_argument("party", metavar="PARTY")
    propose.add_argument("--channel", required=True, metavar="CODE")
    propose.add_argument("--kind", choices=["merchant", "person", "sub_merchant"], default="merchant")
    propose.add_argument("--account", required=True, metavar="NUMBER", help="its number at the channel")
    propose.add_argument("--name", default="", help="the holder's full name, as it is registered there")
    propose.add_argument("--relation", default="", help="the channel's word for who it is, such as PARTNER")
    confirm = acts.add_parser(
        "confirm", help="confirm an account that somebody else proposed; the channel adds it"
    )
    close = acts.add_parser("close", help="close an account: nothing new goes there")
    for act in (confirm, close):
        act.add_argument("account", type=int, metavar="ACCOUNT", help="as accounts lists it")
    acts.add_parser("subsidies", help="what the platform pays into sub-merchants' orders, the latest first")
    takes_person(again, publish, propose, confirm, close)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act in ("again", "publish", "propose", "confirm", "close"):
        return _change(options, out, actor_who_may(options.person, "splits.act"))
    if options.act == "run":
        done = split_due(clock=clock, zone=get_default_timezone())
        told = {"split": done.split, "left": done.left, "rests": done.rests, "asked": done.asked,
                "failed": done.failed}  # fmt: skip
        out.result(told, lambda _: ", ".join(f"{count} {name}" for name, count in told.items()))
        return 1 if done.failed else 0
    if options.act == "show":
        out.result(split_told(options.number), _text)
        return 0
    if options.act == "rules":
        rules = rules_told(latest_rules())
        out.result(rules, lambda _: orjson.dumps(rules["rules"], option=orjson.OPT_INDENT_2).decode())
        out.note("what meets none of these goes by the default: split at its channel, as far as that lets")
        return 0
    if options.act == "accounts":
        rows = SplitReceiver.objects.select_related("channel").order_by("-id")[:MOST]
        accounts = receivers_told(rows)
        out.result(
            {"accounts": accounts}, lambda _: "\n".join(map(_account_line, accounts)) or "no account yet"
        )
        return 0
    if options.act == "subsidies":
        latest = Subsidy.objects.select_related("channel").prefetch_related("returns").order_by("-id")[:MOST]
        subsidies = subsidies_told(latest)
        out.result(
            {"subsidies": subsidies},
            lambda _: "\n".join(map(_subsidy_line, subsidies)) or "no subsidy yet",
        )
        return 0
    found = splits_to_tell().order_by("-id")
    if options.state:
        found = found.filter(state=options.state)
    if options.order:
        found = found.filter(order_no=options.order)
    heads = splits_told(found[:MOST])
    out.result({"splits": heads}, lambda _: "\n".join(map(_line, heads)) or "no split yet")
    return 0


def _change(options: argparse.Namespace, out: Output, actor: str) -> int:
    if options.act == "again":
        split = split_asked_again(number=options.number, at=clock(), actor=actor)
        out.result(
            splits_told([split])[0], lambda told: f"{told['number']} is planned anew with the next run"
        )
        return 0
    if options.act == "publish":
        try:
            rules = orjson.loads(options.file.read_bytes())
        except (OSError, orjson.JSONDecodeError) as fault:
            raise BadArguments(f"{options.file} cannot be read as JSON: {fault}") from None
        made = split_rules_published(rules=rules, at=clock(), actor=actor)
        out.result({"version": made.version}, lambda told: f"version {told['version']} is in force")
        return 0
    if options.act == "propose":
        row = split_receiver_proposed(
            party=options.party, channel=options.channel, kind=options.kind, account=options.account,
            name=options.name, relation=options.relation, at=clock(), actor=actor,
        )  # fmt: skip
    elif options.act == "confirm":
        row = split_receiver_confirmed(receiver_id=options.account, clock=clock, actor=actor)
    else:
        row = split_receiver_closed(receiver_id=options.account, at=clock(), actor=actor)
    out.result(receivers_told([row])[0], _account_line)
    return 0


def _line(told: Mapping[str, Any]) -> str:
    why = f" ({told['reason']})" if told["reason"] else ""
    amount = Money(told["amount_minor"], told["currency"])
    return f"{told['number']} {told['channel']} {told['order_no']} {amount} {told['state']}{why}"


def _subsidy_line(told: Mapping[str, Any]) -> str:
    back = f", taken back {Money(told['returned_minor'], told['currency'])}" if told["returned_minor"] else ""
    said = f": {told['said']}" if told["said"] and told["state"] == "recorded" else ""
    amount = Money(told["amount_minor"], told["currency"])
    return f"{told['number']} {told['channel']} {told['order_no']} {amount} {told['state']}{back}{said}"


def _text(told: Mapping[str, Any]) -> str:
    currency = told["currency"]
    shares = [
        f"  {one['party'] or 'platform':<16} {one['account_masked']} {Money(one['amount_minor'], currency)}"
        f" {one['state']} {one['reason']}".rstrip()
        for one in told["shares"]
    ]
    back = [
        f"  taken back {Money(one['amount_minor'], currency)} for {one['refund_no']}: {one['state']} {one['reason']}"
        for one in told["returns"]
    ]
    return "\n".join([_line(told), f"  by {_rule(told)}", *shares, *back])


def _rule(told: Mapping[str, Any]) -> str:
    version = told["rules_version"]
    if told["rule_code"] == DEFAULT.code:
        return "the default: " + (
            f"no rule of version {version} is met" if version else "no rules were published"
        )
    return f"rule {told['rule_code']} of version {version}" if told["rule_code"] else "no rule"


def _account_line(told: Mapping[str, Any]) -> str:
    said = f": {told['said']}" if told["said"] else ""
    return f"{told['id']:<5} {told['party']:<16} {told['channel']} {told['account_masked']} {told['state']}{said}"

"""zhanggui refunds: money on its way back to buyers, and what staff do where the channel does not."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.refund_repaired import refund_repair_proposed
from zhanggui.journeys.refund_resolved import refund_asked_again, refund_paid_otherwise
from zhanggui.money import Money
from zhanggui.payments.models import RefundState
from zhanggui.payments.operations.propose_repair import RepairGiven
from zhanggui.payments.repairing import RepairTo
from zhanggui.portals.desk.told.charges import refund_told, refunds_to_tell, refunds_told
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person

HELP = (
    "refunds to buyers: list, show, ask again for one that failed, end one that was paid another way, send an"
    " abnormal one to another account"
)
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,show,ask-again,paid-otherwise,send-to}"
    )
    listed = acts.add_parser("list", help="refunds, the latest first")
    listed.add_argument("--state", choices=RefundState.values)
    listed.add_argument("--party", metavar="CODE", help="of orders of this merchant")
    shown = acts.add_parser("show", help="one refund")
    again = acts.add_parser("ask-again", help="ask for the money of a failed one, under a new number")
    otherwise = acts.add_parser(
        "paid-otherwise", help="end an abnormal one whose money is with the buyer by another way"
    )
    sent = acts.add_parser(
        "send-to", help="propose another account for an abnormal one: a card of the buyer's, or our own"
    )
    for act in (shown, again, otherwise, sent):
        act.add_argument("refund", metavar="REFUND")
    otherwise.add_argument(
        "--evidence", required=True, metavar="NUMBER", help="the bank's number of that payment"
    )
    sent.add_argument("--to", choices=list(RepairTo), required=True, help="a bank card of the buyer, or ours")
    sent.add_argument(
        "--bank", default="", metavar="CODE", help="the card's bank as the channel codes it (ICBC_DEBIT)"
    )
    sent.add_argument("--card", default="", metavar="NUMBER", help="its full number; it is kept sealed")
    sent.add_argument(
        "--holder", default="", metavar="NAME", help="its holder as the bank has it; kept sealed too"
    )
    takes_person(again, otherwise, sent)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = refunds_to_tell().order_by("-id")
        if options.state:
            rows = rows.filter(state=options.state)
        if options.party:
            rows = rows.filter(party_id=party_of(options.party).id)
        found = refunds_told(rows[:MOST])
        out.result({"refunds": found}, lambda _: "\n".join(map(_line, found)) or "there is no such refund")
        return 0
    number = options.refund
    if options.act == "ask-again":
        actor = actor_who_may(options.person, "charges_of_buyers.act")
        number = refund_asked_again(refund_no=number, at=clock(), actor=actor)
    elif options.act == "paid-otherwise":
        actor = actor_who_may(options.person, "charges_of_buyers.act")
        refund_paid_otherwise(refund_no=number, evidence=options.evidence, at=clock(), actor=actor)
    elif options.act == "send-to":
        actor = actor_who_may(options.person, "charges_of_buyers.act")
        given = RepairGiven(options.to, options.bank, options.card, options.holder)
        refund_repair_proposed(refund_no=number, given=given, at=clock(), actor=actor)
    out.result(refund_told(number), _line)
    return 0


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"])
    whose = f" of {row['order_no']} ({row['merchant']})" if row["order_no"] else " of surplus"
    return f"{row['refund_no']} {row['state']} {amount}{whose} {row['said']}".rstrip()

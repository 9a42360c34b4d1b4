"""zhanggui payments: what buyers were asked for, what came of it, and what channels told us."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.transfer_arrived import transfer_arrived
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.payments.models import ChannelNotice, PaymentState
from zhanggui.portals.desk.told.charges import notices_told, payment_told, payments_to_tell, payments_told
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person

HELP = "payments of buyers: list, show one, say that a bank transfer arrived; notices of channels"
MOST = 1000
OUTCOMES = ("taken", "repeated", "forged", "stale", "unknown", "mismatch")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,show,arrived,notices}")
    listed = acts.add_parser("list", help="payments, the latest first")
    listed.add_argument("--state", choices=PaymentState.values)
    listed.add_argument("--order", metavar="ORDER", help="the one that pays this order")
    shown = acts.add_parser(
        "show", help="one payment with its parts, tries, what was taken and what went back"
    )
    shown.add_argument("payment", metavar="PAYMENT")
    arrived = acts.add_parser("arrived", help="a bank transfer of a buyer is on our account")
    arrived.add_argument("payment", metavar="PAYMENT")
    arrived.add_argument(
        "--number", required=True, metavar="TEXT", help="the text it came with: the try's number"
    )
    arrived.add_argument("--amount", required=True, help="what arrived, as 129.00")
    arrived.add_argument("--bank-number", required=True, metavar="NUMBER", help="the bank's number of it")
    arrived.add_argument("--payer", default="", metavar="NAME")
    takes_person(arrived)
    called = acts.add_parser(
        "notices", help="notices of channels and what was made of each, the latest first"
    )
    called.add_argument("--outcome", choices=OUTCOMES)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "show":
        out.result(payment_told(options.payment), _told)
        return 0
    if options.act == "arrived":
        actor = actor_who_may(options.person, "charges_of_buyers.act")
        transfer_arrived(
            payment_no=options.payment, number=options.number, bank_number=options.bank_number, payer=options.payer,
            amount_minor=parse_minor(options.amount, payment_told(options.payment)["currency"]),
            arrived_at=clock(), at=clock(), actor=actor,
        )  # fmt: skip
        out.result(payment_told(options.payment), _told)
        return 0
    if options.act == "notices":
        rows = ChannelNotice.objects.select_related("channel").order_by("-id")
        rows = rows.filter(outcome=options.outcome) if options.outcome else rows
        heard = notices_told(rows[:MOST])
        out.result({"notices": heard}, lambda _: "\n".join(map(_heard, heard)) or "there is no such notice")
        return 0
    payments = payments_to_tell().order_by("-id")
    if options.state:
        payments = payments.filter(state=options.state)
    if options.order:
        payments = payments.filter(parts__reference=options.order)
    found = payments_told(payments[:MOST])
    out.result({"payments": found}, lambda _: "\n".join(map(_line, found)) or "there is no such payment")
    return 0


def _line(row: Mapping[str, Any]) -> str:
    amount = Money(row["amount_minor"], row["currency"])
    back = f", {Money(row['refunded_minor'], row['currency'])} back" if row["refunded_minor"] else ""
    return f"{row['payment_no']} {row['state']} {amount}{back} for {', '.join(row['orders'])}"


def _told(row: Mapping[str, Any]) -> str:
    tries = [
        f"  try {one['number']} {one['channel']} {one['method']} {one['state']} {one['said']}".rstrip()
        for one in row["attempts"]
    ]
    charges = [
        f"  taken {one['channel_number']} {one['use']} {Money(one['amount_minor'], one['currency'])}"
        for one in row["charges"]
    ]
    refunds = [
        f"  refund {one['refund_no']} {one['state']} {Money(one['amount_minor'], one['currency'])}"
        for one in row["refunds"]
    ]
    return "\n".join([_line(row), *tries, *charges, *refunds])


def _heard(row: Mapping[str, Any]) -> str:
    at = f"{row['received_at']:%Y-%m-%d %H:%M}"
    return f"{at} {row['channel']} {row['outcome']} {row['notice_id']} {row['said']}".rstrip()

"""zhanggui after-sale: what buyers asked after the sale, the shop's answers, and the platform's decisions."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.goods_restocked import goods_restocked
from zhanggui.journeys.return_answered import return_answered
from zhanggui.journeys.return_asked import return_decided, said_in_return
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.desk.told.after_sale import case_head, case_whole, cases_to_tell, with_merchants
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, person_who_may, takes_person
from zhanggui.trade.returns.models import ReturnCase, ReturnState
from zhanggui.trade.returns.queries import by_order_line
from zhanggui.trade.returns.rules import BEARERS

HELP = (
    "after-sale cases: list, show, answer and restock as their shop, decide or say something as the platform"
)
MOST = 1000
ANSWERS = ("agree", "refuse", "goods_back", "exchange", "appeal", "say")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,show,answer,restock,decide,say}")
    listed = acts.add_parser("list", help="cases, the latest first")
    listed.add_argument("--state", choices=ReturnState.values)
    listed.add_argument("--party", metavar="CODE", help="of this merchant")
    shown = acts.add_parser("show", help="one case with its lines and what happened")
    answered = acts.add_parser("answer", help="answer a case as its shop")
    decided = acts.add_parser("decide", help="decide a case that both sides could not settle")
    said = acts.add_parser("say", help="say something in a case as the platform; both sides read it")
    stocked = acts.add_parser("restock", help="put goods that are back into stock again, as their shop")
    for act in (shown, answered, stocked, decided, said):
        act.add_argument("case", metavar="CASE")
    answered.add_argument("answer", choices=ANSWERS)
    for act in (answered, stocked):
        act.add_argument("--party", required=True, metavar="CODE", help="the merchant whose case it is")
    stocked.add_argument("--good", action="append", required=True, metavar="LINE=UNITS",
                         help="so many of a line of the order can be sold again; repeat it")  # fmt: skip
    answered.add_argument("--text", default="", help="the buyer reads it; needed to refuse, appeal and say")
    answered.add_argument("--carrier", default="", metavar="CODE", help="of the replacement of an exchange")
    answered.add_argument("--tracking", default="", metavar="NUMBER", help="of the replacement")
    decided.add_argument("--for", dest="side", choices=("buyer", "merchant"), required=True)
    decided.add_argument("--give", action="append", default=[], metavar="LINE=AMOUNT",
                         help="give less than was asked for a line of the order, in major units")  # fmt: skip
    decided.add_argument("--way-back-paid-by", dest="bearer", choices=BEARERS, default="",
                         help="who pays the way back of the goods; until they are sent")  # fmt: skip
    decided.add_argument("--brought", choices=("yes", "no"),
                         help="whether the mall's carrier brought the goods back, and is paid for it")  # fmt: skip
    for act in (decided, said):
        act.add_argument("--text", required=True, help="both sides read it")
    takes_person(answered, stocked, decided, said)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = cases_to_tell(party_of(options.party).id if options.party else None).order_by("-id")
        rows = rows.filter(state=options.state) if options.state else rows
        found = with_merchants(map(case_head, rows[:MOST]))
        out.result({"cases": found}, lambda _: "\n".join(map(_line, found)) or "there is no such case")
        return 0
    if options.act == "answer":
        party = party_of(options.party)
        return_answered(
            case_no=options.case, merchant_id=party.id, answer=options.answer, at=clock(), text=options.text,
            carrier=options.carrier, tracking_no=options.tracking,
            actor=person_who_may(options.person, "own_returns.answer", party=party),
        )  # fmt: skip
    elif options.act == "restock":
        party = party_of(options.party)
        goods_restocked(
            case_no=options.case, merchant_id=party.id, units=_units(options.good), at=clock(),
            actor=person_who_may(options.person, "own_returns.answer", party=party),
        )  # fmt: skip
    elif options.act == "decide":
        actor = actor_who_may(options.person, "returns.decide")
        return_decided(
            case_no=options.case, for_buyer=options.side == "buyer", text=options.text, at=clock(), actor=actor,
            goods_minor=_given(options.case, options.give), bearer=options.bearer,
            brought={"yes": True, "no": False}.get(options.brought),
        )  # fmt: skip
    elif options.act == "say":
        actor = actor_who_may(options.person, "returns.decide")
        said_in_return(case_no=options.case, at=clock(), actor=actor, text=options.text, pictures=[])
    out.result(with_merchants([case_whole(options.case)])[0], _told)
    return 0


def _units(texts: list[str]) -> dict[str, int]:
    """Units by order line. Raises BadArguments."""
    parts = [text.partition("=") for text in texts]
    if not all(units.isascii() and units.isdigit() and len(units) < 9 for _line_no, _, units in parts):
        raise BadArguments("--good takes LINE=UNITS, such as 1=2")
    return {line_no: int(units) for line_no, _, units in parts}


def _given(case_no: str, texts: list[str]) -> dict[int, int]:
    """What is given for which order line, minor units. Raises BadArguments, CaseIncomplete."""
    currency = ReturnCase.objects.filter(case_no=case_no).values_list("currency", flat=True).first()
    parts = [text.partition("=") for text in texts]
    if not all(equals for _line_no, equals, _amount in parts):
        raise BadArguments("--give takes LINE=AMOUNT, such as 1=44.00")
    amounts = {line_no: parse_minor(amount, currency or "CNY") for line_no, _, amount in parts}
    return by_order_line(case_no, amounts)


def _line(row: Mapping[str, Any]) -> str:
    waits = f", waits for the {row['moves_next']}" if row["moves_next"] else ""
    asked = Money(row["asked_minor"], row["currency"])
    return f"{row['case_no']} {row['state']}{waits} {row['merchant']} {row['order_no']} {row['kind']} {asked}"


def _told(row: Mapping[str, Any]) -> str:
    lines = [f"  {one['quantity']} of {one['sku']}" for one in row["lines"]]
    if back := row["way_back"]:
        told = back["told_fault"] or (back["charge_no"] if back["told_minor"] else "not told")
        freight = Money(back["freight_minor"], back["currency"])
        lines.append(
            f"  back with {back['carrier']} {back['tracking_no']}, {freight} for the {back['bearer']}, {told}"
        )
    steps = [
        f"  {one['at']:%Y-%m-%d %H:%M} {one['what']} {one['actor']} {one['text']}".rstrip()
        for one in row["steps"]
    ]
    return "\n".join([_line(row), *lines, *steps])

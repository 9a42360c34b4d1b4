"""zhanggui holds: frozen money and reserves; freeze, freeze a party, release, set the reserve."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.clockwork.release_reserves import release_reserves
from zhanggui.journeys.money_frozen import amount_frozen, hold_released, party_frozen, reserve_set
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.portals.shell.choosing import entity_of, party_codes, party_of
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.guarantees.models import Hold
from zhanggui.settlement.guarantees.states import state_of

HELP = "frozen money and reserves: list, freeze, freeze-party, release, reserve, run"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(
        dest="act", required=True, metavar="{list,freeze,freeze-party,release,reserve,run}"
    )
    listed = acts.add_parser("list", help="holds, the latest first")
    listed.add_argument("--all", action="store_true", help="released ones, too")
    money = acts.add_parser("freeze", help="freeze an amount of a party's money")
    money.add_argument("party", metavar="PARTY")
    money.add_argument("amount", help="major units")
    money.add_argument("--currency", required=True)
    whole = acts.add_parser("freeze-party", help="pay nothing to a party until the hold is released")
    whole.add_argument("party", metavar="PARTY")
    freed = acts.add_parser("release", help="release a hold")
    freed.add_argument("hold", type=int, metavar="HOLD")
    for act in (money, whole, freed):
        act.add_argument("--reason", required=True)
    kept = acts.add_parser("reserve", help="which share of confirmed statements is reserved, and how long")
    kept.add_argument("rate_ppm", type=int, help="parts per million: 100000 is 10 percent, 0 ends it")
    kept.add_argument("days", type=int)
    kept.add_argument("--party", metavar="PARTY", help="for this party alone")
    kept.add_argument("--from", dest="starts", type=day, required=True)
    takes_person(money, whole, freed, kept)
    for act in (money, kept):
        act.add_argument("--entity", metavar="CODE")
    acts.add_parser("run", help="release the reserves whose days are over")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            rows = Hold.objects.order_by("-id")
            found = _documents(list((rows if options.all else rows.filter(released_at=None))[:1000]))
            out.result({"holds": found}, lambda _: "\n".join(map(_line, found)) or "nothing is held")
        case "run":
            count = release_reserves(clock=clock, zone=zone())
            out.result({"released": count}, lambda row: f"{row['released']} holds released")
        case "reserve":
            policy = reserve_set(
                entity=entity_of(options.entity), rate_ppm=options.rate_ppm, days=options.days,
                effective_from=options.starts, at=clock(),
                actor=actor_who_may(options.person, "policies.change"),
                party_id=party_of(options.party).id if options.party else 0,
            )  # fmt: skip
            out.result({"policy": policy.id, "rate_ppm": policy.rate_ppm, "days": policy.days})
        case _:
            out.result(_documents([_act(options)])[0], _line)
    return 0


def _act(options: argparse.Namespace) -> Hold:
    actor = actor_who_may(options.person, "guarantees.act")
    if options.act == "release":
        return hold_released(
            hold_id=options.hold, reason=options.reason, at=clock(), zone=zone(), actor=actor
        )
    party = party_of(options.party)
    if options.act == "freeze-party":
        return party_frozen(party_id=party.id, reason=options.reason, at=clock(), actor=actor)
    return amount_frozen(
        party_id=party.id, entity=entity_of(options.entity), currency=options.currency,
        amount_minor=parse_minor(options.amount, options.currency), reason=options.reason, at=clock(),
        zone=zone(), actor=actor,
    )  # fmt: skip


def _documents(rows: list[Hold]) -> list[dict[str, Any]]:
    codes = party_codes(row.party_id for row in rows)
    return [
        {
            "id": row.id, "number": row.number, "kind": row.kind, "state": state_of(row),
            "party": codes[row.party_id], "currency": row.currency, "wanted_minor": row.wanted_minor,
            "held_minor": row.held_minor, "release_on": row.release_on, "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    if row["kind"] == "party":
        return f"{row['number']} {row['state']:8} {row['party']:16} the whole party: {row['reason']}"
    held, wanted = (Money(row[name], row["currency"]).grouped() for name in ("held_minor", "wanted_minor"))
    until = f" until {row['release_on']}" if row["release_on"] else ""
    return (
        f"{row['number']} {row['state']:8} {row['party']:16} {row['kind']} {row['currency']} {held} of"
        f" {wanted}{until}: {row['reason']}"
    )

"""zhanggui promotions: coupons, spend-and-save rules and freight templates of the platform and of shops."""

import argparse
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction

from zhanggui.journeys.members_rebated import members_rebated
from zhanggui.money import Money
from zhanggui.money.decimals import parse_minor
from zhanggui.money.rates import parse_rate
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import format_rate
from zhanggui.portals.desk.told.promotions import coupon_told, freight_told, saving_told
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, person_who_may, takes_person
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.operations.close_freight_template import close_freight_template
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.models import Coupon, SpendAndSave
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.close_coupon import close_coupon
from zhanggui.trade.promotions.operations.close_saving import close_saving
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.rules.terms import PLATFORM

HELP = "promotions: coupons, spend-and-save, freight templates: list, issue or add, close"
MOST = 1000
KINDS = ("coupon", "saving", "freight")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = "{list,issue-coupon,add-saving,add-freight,close,rebate-members}"
    acts = parser.add_subparsers(dest="act", required=True, metavar=names)
    listed = acts.add_parser("list", help="those of the platform and of all shops, the latest first")
    coupon = acts.add_parser("issue-coupon", help="issue a coupon; it never changes")
    saving = acts.add_parser("add-saving", help="add a spend-and-save rule; it never changes")
    freight = acts.add_parser("add-freight", help="add a freight template of a shop")
    closed = acts.add_parser("close", help="nobody claims or chooses it any more; what it gave stays")
    for act in (listed, closed):
        act.add_argument("kind", choices=KINDS)
    listed.add_argument("--active", action="store_true", help="only those that are not closed")
    for act in (coupon, saving, freight, closed):
        act.add_argument("code", metavar="CODE")
    for act in (coupon, saving, freight):
        act.add_argument("--zh", default="", metavar="NAME", help="name in Chinese")
        act.add_argument("--en", default="", metavar="NAME", help="name in English")
        act.add_argument("--currency", default="CNY", metavar="CODE", help="default %(default)s")
    for act in (coupon, saving):
        act.add_argument(
            "--from", dest="first", type=day, required=True, metavar="DATE", help="the first day"
        )
        act.add_argument(
            "--through", dest="last", type=day, required=True, metavar="DATE", help="the last day"
        )
        act.add_argument(
            "--platform-funds", default="0%", metavar="RATE", help="of the platform's own, as 60%%"
        )
        act.add_argument(
            "--category", action="append", default=[], metavar="CODE", help="only for goods of it"
        )
        act.add_argument("--good", action="append", default=[], metavar="GOOD", help="only for this good")
    _coupon_arguments(coupon)
    saving.add_argument(
        "--step", action="append", required=True, metavar="FROM=OFF", help="as 300=40; rising"
    )
    freight.add_argument("--basis", choices=("piece", "weight"), default="piece", help="pieces, or grams")
    freight.add_argument("--free-from", metavar="AMOUNT", help="goods of so much travel free")
    freight.add_argument("--row", action="append", required=True, metavar="REGIONS:UNITS=AMOUNT:UNITS=AMOUNT",
                         help="the first and every next so many units, as SH,ZJ:1=8.00:1=2.00; no regions:"
                         " everywhere else")  # fmt: skip
    for act in (listed, coupon, saving, closed):
        act.add_argument("--party", metavar="CODE", help="of this shop; else of the platform")
    freight.add_argument("--party", required=True, metavar="CODE", help="the shop")
    rebate = acts.add_parser(
        "rebate-members", help="give members the coupon of a month that is over, once; the clock does it, too"
    )
    rebate.add_argument("month", type=day, metavar="DATE", help="a day of the month")
    takes_person(coupon, saving, freight, closed, rebate)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def _coupon_arguments(coupon: argparse.ArgumentParser) -> None:
    off = coupon.add_mutually_exclusive_group(required=True)
    off.add_argument("--amount", metavar="AMOUNT", help="so much off, in major units")
    off.add_argument("--off", metavar="RATE", help="or this share off, as 10%%")
    coupon.add_argument("--most", metavar="AMOUNT", help="a share takes at most so much off")
    coupon.add_argument("--above", metavar="AMOUNT", help="from goods of so much on")
    coupon.add_argument("--total", type=int, required=True, metavar="N", help="how many there are")
    coupon.add_argument("--per-buyer", type=int, default=1, metavar="N", help="default %(default)s")
    coupon.add_argument("--use-through", type=day, metavar="DATE", help="usable to this day; else as claimed")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        found = _listed(options)
        lines = [_line(row) for row in found]
        out.result({"promotions": found}, lambda _: "\n".join(lines) or "there is none")
        return 0
    if options.act == "rebate-members":
        return _rebate(options, out)
    party = party_of(options.party) if options.party else None
    who: dict[str, Any] = {"at": clock(), "actor": _actor(options.person, party)}
    owner = party.id if party else PLATFORM
    with transaction.atomic():
        if options.act == "issue-coupon":
            document = coupon_told(issue_coupon(merchant_id=owner, **_coupon(options), **who))
        elif options.act == "add-saving":
            steps = [_pair(text, options.currency) for text in options.step]
            window = {"starts_at": _begin(options.first), "ends_before": _end(options.last)}
            document = saving_told(
                add_saving(
                    merchant_id=owner, steps=steps, **window, **_head(options), **_scope(options), **who
                )
            )
        elif options.act == "add-freight":
            document = freight_told(add_freight_template(owner_id=owner, **_freight(options), **who))
        else:
            document = _closed(options, owner, who)
    out.result(document, _line)
    return 0


def _rebate(options: argparse.Namespace, out: Output) -> int:
    actor = actor_who_may(options.person, "promotions.change")
    today = clock().astimezone(zone()).date()
    if options.month.replace(day=1) >= today.replace(day=1):
        raise BadArguments(f"the month of {options.month} is not over; members are rebated for whole months")
    given = members_rebated(month=options.month, clock=clock, zone=zone(), actor=actor)
    out.result({"given": given}, lambda told: f"{told['given']} members were given a coupon")
    return 0


def _actor(name: str, party: Party | None) -> str:
    if party is None:
        return actor_who_may(name, "promotions.change")
    return person_who_may(name, "own_promotions.change", party=party)


def _listed(options: argparse.Namespace) -> list[dict[str, Any]]:
    kinds: dict[str, tuple[Any, Callable[[Any], dict[str, Any]], str]] = {
        "coupon": (Coupon.objects.all(), coupon_told, "merchant_id"),
        "saving": (SpendAndSave.objects.all(), saving_told, "merchant_id"),
        "freight": (FreightTemplate.objects.prefetch_related("rows"), freight_told, "owner_id"),
    }
    rows, told, owner = kinds[options.kind]
    if options.party:
        rows = rows.filter(**{owner: party_of(options.party).id})
    if options.active:
        rows = rows.filter(active=True)
    return [told(row) for row in rows.order_by("-id")[:MOST]]


def _closed(options: argparse.Namespace, owner: int, who: dict[str, Any]) -> dict[str, Any]:
    if options.kind == "coupon":
        return coupon_told(close_coupon(code=options.code, merchant_id=owner, **who))
    if options.kind == "saving":
        return saving_told(close_saving(code=options.code, merchant_id=owner, **who))
    return freight_told(close_freight_template(owner_id=owner, code=options.code, **who))


def _head(options: argparse.Namespace) -> dict[str, Any]:
    names = {language: text for language in ("zh", "en") if (text := getattr(options, language))}
    return {"code": options.code, "name": names, "currency": options.currency}


def _scope(options: argparse.Namespace) -> dict[str, Any]:
    return {
        "platform_ppm": parse_rate(options.platform_funds), "categories": options.category, "spus": options.good,
    }  # fmt: skip


def _coupon(options: argparse.Namespace) -> dict[str, Any]:
    start, end = _begin(options.first), _end(options.last)
    return _head(options) | _scope(options) | {
        "kind": "amount" if options.amount else "percent", "total": options.total, "per_buyer": options.per_buyer,
        "amount_minor": _minor(options.amount, options), "most_minor": _minor(options.most, options),
        "from_minor": _minor(options.above, options), "off_ppm": parse_rate(options.off) if options.off else 0,
        "claim_starts_at": start, "claim_ends_before": end, "use_starts_at": start,
        "use_ends_before": _end(options.use_through) if options.use_through else end,
    }  # fmt: skip


def _freight(options: argparse.Namespace) -> dict[str, Any]:
    rows = []
    for text in options.row:
        parts = text.split(":")
        if len(parts) != 3:
            raise BadArguments(
                f"--row {text!r} is not REGIONS:UNITS=AMOUNT:UNITS=AMOUNT, as SH,ZJ:1=8.00:1=2.00"
            )
        regions = tuple(one for one in parts[0].split(",") if one)
        first, more = (_units(part, options.currency) for part in parts[1:])
        rows.append(FreightStep(regions, *first, *more))
    free = {"basis": options.basis, "free_from_minor": _minor(options.free_from, options)}
    return _head(options) | free | {"rows": rows}


def _units(text: str, currency: str) -> tuple[int, int]:
    units, equals, amount = text.partition("=")
    if not equals or not (units.isascii() and units.isdecimal() and len(units) < 9):
        raise BadArguments(f"{text!r} is not UNITS=AMOUNT, as 1=8.00")
    return int(units), parse_minor(amount, currency)


def _pair(text: str, currency: str) -> tuple[int, int]:
    start, equals, off = text.partition("=")
    if not equals:
        raise BadArguments(f"--step {text!r} is not FROM=OFF, as 300=40")
    return parse_minor(start, currency), parse_minor(off, currency)


def _minor(text: str | None, options: argparse.Namespace) -> int:
    return parse_minor(text, options.currency) if text else 0


def _begin(whole: date) -> datetime:
    return datetime.combine(whole, time(0), zone())


def _end(whole: date) -> datetime:
    return _begin(whole + timedelta(days=1))


def _line(row: Mapping[str, Any]) -> str:
    name = row["name"].get("en") or row["name"].get("zh", "")
    state = "" if row["active"] else " closed"
    return f"{row['code']}{state} {name}: {_gives(row)}"


def _gives(row: Mapping[str, Any]) -> str:
    def money(minor: int) -> str:
        return str(Money(minor, row["currency"]))

    if "steps" in row:
        return ", ".join(f"{money(off)} off from {money(start)}" for start, off in row["steps"])
    if "rows" in row:
        return "; ".join(
            f"{','.join(one['regions']) or 'elsewhere'} {one['first_units']} for {money(one['first_minor'])},"
            f" then {one['next_units']} for {money(one['next_minor'])}"
            for one in row["rows"]
        )
    off = money(row["amount_minor"]) if row["kind"] == "amount" else format_rate(row["off_ppm"])
    return f"{off} off, {row['claimed']} of {row['total']} claimed"

"""zhanggui parties: everyone who is owed money: list, open, change level and category."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.party_opened import party_classified, party_opened
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output

HELP = "merchants, suppliers, carriers and others we settle with: list, open one, change level or category"
ACTOR = "zhanggui parties"
KINDS = [kind.value for kind in PartyKind if kind != PartyKind.PLATFORM]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,open,level,category}")
    listed = acts.add_parser("list", help="parties by code")
    listed.add_argument("--kind", choices=[kind.value for kind in PartyKind])
    opened = acts.add_parser("open", help="open a party; orders name it by its code")
    opened.add_argument("code", metavar="CODE")
    opened.add_argument("--kind", choices=KINDS, default="merchant", help="default %(default)s")
    opened.add_argument("--zh", default="", metavar="NAME", help="name in Chinese")
    opened.add_argument("--en", default="", metavar="NAME", help="name in English")
    opened.add_argument(
        "--level", default="", metavar="CODE", help="merchant level, which fee rules may match"
    )
    opened.add_argument(
        "--category", default="", metavar="CODE", help="merchant category, which fee rules may match"
    )
    levelled = acts.add_parser("level", help="orders that come in from now on freeze the new level")
    levelled.add_argument("code", metavar="CODE")
    levelled.add_argument("level", metavar="LEVEL", help="code of the level; an empty text for none")
    moved = acts.add_parser("category", help="orders that come in from now on freeze the new category")
    moved.add_argument("code", metavar="CODE")
    moved.add_argument("category", metavar="CATEGORY", help="code of the category; an empty text for none")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "open":
            names = {"zh": options.zh, "en": options.en}
            row = party_opened(
                code=options.code, kind=PartyKind(options.kind), level=options.level,
                name={language: name for language, name in names.items() if name}, category=options.category,
                at=clock(), actor=ACTOR,
            )  # fmt: skip
            out.result(_document(row), _line)
        case "level":
            row = party_classified(
                party_id=party_of(options.code).id, level=options.level, at=clock(), actor=ACTOR
            )
            out.result(_document(row), _line)
        case "category":
            row = party_classified(
                party_id=party_of(options.code).id, category=options.category, at=clock(), actor=ACTOR
            )
            out.result(_document(row), _line)
        case _:
            rows = Party.objects.order_by("code")
            found = [_document(row) for row in (rows.filter(kind=options.kind) if options.kind else rows)]
            out.result({"parties": found}, lambda _: "\n".join(map(_line, found)) or "no party yet")
    return 0


def _document(row: Party) -> dict[str, Any]:
    return {
        "code": row.code, "id": row.id, "kind": row.kind, "zh": row.name.get("zh", ""),
        "en": row.name.get("en", ""), "level": row.level_code, "category": row.category_code,
        "active": row.active,
    }  # fmt: skip


def _line(told: Mapping[str, Any]) -> str:
    level = f", level {told['level']}" if told["level"] else ""
    category = f", category {told['category']}" if told["category"] else ""
    return f"{told['code']}: {told['zh'] or told['en'] or told['code']} ({told['kind']}{level}{category})"

"""zhanggui business-line: open a business line from one readable document, or list those there are."""

import argparse
import json
from typing import Any

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.json_files import document_in
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.presets import preset
from zhanggui.settlement.entities.models import BusinessLine

HELP = "open a business line (its entity, terms and fee rules) from a document, or list them"
ACTOR = "zhanggui business-line"
NEEDED = {"code": str, "name": dict, "currency": str, "entity": dict, "terms": dict, "rule_set": dict}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{open,list,example}")
    opened = acts.add_parser("open", help="open the line that a JSON document describes")
    opened.add_argument("file", metavar="FILE")
    acts.add_parser("list", help="the business lines")
    acts.add_parser("example", help="print a document to begin with")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "open":
            return _open(document_in(options.file), out)
        case "example":
            document = preset("online-retail") or {}
            out.result(document, lambda told: json.dumps(told, ensure_ascii=False, indent=1))
            return 0
    lines = [_shown(line) for line in BusinessLine.objects.order_by("id")]
    text = "{code}: {currency}, rules {rule_set}".format_map
    out.result({"business_lines": lines}, lambda _: "\n".join(map(text, lines)) or "no business line yet")
    return 0


def _open(document: dict[str, Any], out: Output) -> int:
    for name, kind in NEEDED.items():
        if not isinstance(document.get(name), kind):
            raise BadArguments(
                f"the document needs {name!r} ({kind.__name__}); see `zhanggui business-line example`"
            )
    known = BusinessLine.objects.filter(code=document["code"]).exists()
    try:
        line = business_line_opened(preset=document, at=clock(), actor=ACTOR)
    except (KeyError, TypeError, ValueError, AttributeError) as wrong:
        raise BadArguments(
            f"the document cannot be used as it is ({type(wrong).__name__}: {wrong});"
            " compare it with `zhanggui business-line example`"
        ) from None
    said = "was there already, nothing changed" if known else "opened"
    out.result(_shown(line) | {"opened": not known}, lambda told: f"business line {told['code']} {said}")
    return 0


def _shown(line: BusinessLine) -> dict[str, Any]:
    return {
        "code": line.code,
        "name": line.name,
        "currency": line.currency,
        "rule_set": line.rule_set_code,
        "settlement_only": line.settlement_only,
        "shadow": line.shadow,
    }

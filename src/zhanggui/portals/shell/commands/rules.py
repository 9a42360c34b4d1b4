"""zhanggui rules: move whole fee rule sets in and out as one readable document, and check them."""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Never

from django.utils.timezone import localtime

from zhanggui.portals.shell.choosing import on_ray_chosen, takes_engine
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.trying import tried
from zhanggui.rows.on_ray import on_ray
from zhanggui.settlement.billing.what_if import in_turn
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.fees.queries.rule_sets import (
    finding_document,
    rule_set_by_id,
    rule_set_codes,
    rule_set_findings,
    rule_set_history,
    rule_set_version,
)
from zhanggui.settlement.fees.rules.document import rule_set_document
from zhanggui.settlement.fees.rules.parser import parse_rule_set
from zhanggui.settlement.fees.rules.soundness import Finding, Severity

HELP = "export, import, list, check and try fee rule sets"
ACTOR = "zhanggui rules import"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{export,import,list,check,what-if}")
    export = acts.add_parser("export", help="write a published rule set as a document")
    export.add_argument("code", metavar="CODE", help="code of the rule set")
    export.add_argument("file", metavar="FILE", nargs="?", help="where to; default is standard output")
    export.add_argument("--version", type=int, metavar="N", help="an earlier version; default is the latest")
    take_in = acts.add_parser("import", help="check a document and publish it as the next version")
    take_in.add_argument("file", metavar="FILE", help="the document; - for standard input")
    take_in.add_argument("--check-only", action="store_true", help="publish nothing, as `rules check`")
    take_in.add_argument("--note", default="", help="why, for the history")
    acts.add_parser("list", help="the published rule sets and their versions")
    check = acts.add_parser("check", help="say what is wrong with a document; 1 if it could not be published")
    check.add_argument("file", metavar="FILE", help="the document; - for standard input")
    what_if = acts.add_parser("what-if", help="rate all past orders by a document: who wins, who loses; kept")
    what_if.add_argument("file", metavar="FILE", help="the document; - for standard input")
    what_if.add_argument("--business-line", metavar="CODE", help="whose orders; needed if there are several")
    takes_engine(what_if, "the orders")
    for act in acts.choices.values():
        # Given before or after the act, it means the same; SUPPRESS keeps the one from hiding the other.
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    load_catalogue()
    match options.act:
        case "export":
            return _export(options.code, options.version, options.file, out)
        case "import" if not options.check_only:
            return _import(options.file, options.note, out)
        case "list":
            return _list(out)
        case "what-if":
            hands = partial(on_ray, address=options.ray_address) if on_ray_chosen(options) else in_turn
            return tried(_read(options.file), options.business_line, out, hands)
        case _:
            return _check(options.file, out)


def _export(code: str, version: int | None, file: str | None, out: Output) -> int:
    """Write the document; to standard output it is the command's result, to a file the result says where."""
    row = rule_set_version(code, version)
    document = rule_set_document(rule_set_by_id(row.id))
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    if file is None:
        out.result(document, lambda _: text)
        return 0
    _write_whole(Path(file), text)
    out.result(
        {"code": row.code, "version": row.version, "rules": len(document["rules"]), "file": file},
        "{code} version {version}, {rules} rules, written to {file}".format_map,
    )
    return 0


def _import(file: str, note: str, out: Output) -> int:
    """Publish; InvalidRuleSet and RuleSetRefused go up as refusals."""
    document = _read(file)
    row = publish_rule_set(document=document, at=datetime.now(UTC), actor=ACTOR, note=note)
    findings = rule_set_findings(rule_set_by_id(row.id))
    out.result(
        {
            "code": row.code,
            "version": row.version,
            "rule_set_id": row.id,
            "effective_from": _local(row.effective_from),
            "published_at": _local(row.published_at),
            "digest": bytes(row.digest).hex(),
            "rules": len(row.rule_version_ids),
            "findings": [finding_document(finding) for finding in findings],
        },
        lambda told: "\n".join(
            [
                "{code} version {version} from {effective_from}, {rules} rules".format_map(told),
                *map(_told, findings),
            ]
        ),
    )
    return 0


def _list(out: Output) -> int:
    """All versions of all rule sets, the latest first."""
    versions = [
        {
            "code": row.code,
            "version": row.version,
            "rule_set_id": row.id,
            "effective_from": _local(row.effective_from),
            "published_at": _local(row.published_at),
            "published_by": row.published_by,
            "rules": len(row.rule_version_ids),
            "note": row.note,
        }
        for code in rule_set_codes()
        for row in rule_set_history(code).defer("document")
    ]
    line = "{code} version {version} from {effective_from}, {rules} rules, {published_at} by {published_by}"
    out.result(
        {"rule_sets": versions},
        lambda told: (
            "\n".join(map(line.format_map, told["rule_sets"]))
            or "no rule set was published yet; publish one with zhanggui rules import FILE"
        ),
    )
    return 0


def _check(file: str, out: Output) -> int:
    """List the findings; 1 if one of them would keep the document from being published."""
    rule_set = parse_rule_set(_read(file))
    findings = rule_set_findings(rule_set)
    errors = sum(finding.severity is Severity.ERROR for finding in findings)
    out.result(
        {
            "code": rule_set.code,
            "rules": len(rule_set.rules),
            "errors": errors,
            "warnings": len(findings) - errors,
            "findings": [finding_document(finding) for finding in findings],
        },
        lambda told: "\n".join(
            [
                *map(_told, findings),
                "{code}: {rules} rules, {errors} errors, {warnings} warnings".format_map(told),
            ]
        ),
    )
    return 1 if errors else 0


def _told(finding: Finding) -> str:
    """A finding as a line for people."""
    return f"{finding.severity.value} {finding.code}: {finding.message}"


def _local(at: datetime) -> str:
    """A time as people here write it, zone stated."""
    return localtime(at).isoformat(timespec="seconds")


def _read(file: str) -> Mapping[str, Any]:
    """The JSON document in a file. Raises FileRefused; whether it is a rule set is the parser's business."""
    if file == "-":
        text = sys.stdin.read()
    else:
        try:
            text = Path(file).read_text("utf-8")
        except UnicodeDecodeError:
            raise FileRefused(f"{file} is not UTF-8 text; save it as such", path=file) from None
    try:
        document = json.loads(text, object_pairs_hook=_without_twice, parse_constant=_no_number)
    except ValueError as failed:
        raise FileRefused(f"{file} is not a JSON document: {failed}", path=file) from None
    if not isinstance(document, dict):
        raise FileRefused(f"{file} holds no JSON object, as a rule set is", path=file)
    return document


def _without_twice(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose fields occur once each: of two values, nobody could say which was meant."""
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(name for place, (name, _) in enumerate(pairs) if name in dict(pairs[:place]))
        raise ValueError(f'the field "{twice}" occurs twice in one object')
    return found


def _no_number(word: str) -> Never:
    """NaN and Infinity are not JSON."""
    raise ValueError(f"{word} is not a number")


def _write_whole(path: Path, text: str) -> None:
    """Write a file so that it is either as it was or complete."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)

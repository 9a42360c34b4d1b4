"""zhanggui anomaly-rules: what watching looks for: list, look at, try over history, publish, switch."""

import argparse
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from zhanggui.journeys.anomaly_rule_published import anomaly_rule_published, anomaly_rule_switched
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.json_files import document_in
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.monitoring.models import AnomalyRule
from zhanggui.settlement.monitoring.queries.rules import (
    anomaly_rule,
    drafted_rule,
    dry_run_over,
    latest_versions,
    rule_versions,
    usual_span,
)
from zhanggui.settlement.monitoring.rules import KINDS

HELP = "anomaly rules: list, show, the kinds there are, a dry run over history, publish a version, switch on or off"
SHOWN = (
    "code",
    "version",
    "kind",
    "name",
    "parameters",
    "scope",
    "severity",
    "active",
    "published_by",
    "reason",
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    acts.add_parser("list", help="every rule in its latest version")
    acts.add_parser("kinds", help="the kinds of rules and their parameters")
    shown = acts.add_parser("show", help="one rule with all its versions")
    shown.add_argument("code", metavar="CODE")
    tried = acts.add_parser("dry-run", help="what a rule would raise over a span of days; nothing is kept")
    tried.add_argument("code", nargs="?", metavar="CODE", help="a published rule, or")
    tried.add_argument("--file", type=Path, metavar="FILE", help="a rule that is not published, as JSON")
    tried.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="a year before the last day if left out"
    )
    tried.add_argument(
        "--to", dest="last", type=day, metavar="DATE", help="the latest order's day if left out"
    )
    published = acts.add_parser(
        "publish", help="publish a rule, or the next version of one, from a JSON document"
    )
    published.add_argument("file", type=Path, metavar="FILE")
    switched = acts.add_parser("switch", help="put a rule in force or out of it, by a version of its own")
    switched.add_argument("code", metavar="CODE")
    switched.add_argument("to", choices=("on", "off"))
    switched.add_argument("--reason", default="", help="why, for the history")
    takes_person(published, switched)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            rows = [rule_document(row) for row in latest_versions().order_by("code")]
            out.result({"rules": rows}, lambda _: "\n".join(map(_line, rows)) or "no rule yet")
        case "kinds":
            kinds = [_kind(code) for code in KINDS]
            out.result({"kinds": kinds}, lambda _: "\n".join(map(_kind_line, kinds)))
        case "show":
            rows = [rule_document(row) for row in rule_versions(options.code)]
            out.result({"code": options.code, "versions": rows}, lambda _: "\n".join(map(_line, rows)))
        case "dry-run":
            out.result(_tried(options), _found)
        case _:
            actor = actor_who_may(options.person, "alert_rules.publish")
            out.result(rule_document(_published(options, actor)), _line)
    return 0


def _published(options: argparse.Namespace, actor: str) -> AnomalyRule:
    if options.act == "publish":
        return anomaly_rule_published(document=document_in(options.file), at=clock(), actor=actor)
    return anomaly_rule_switched(
        code=options.code, active=options.to == "on", at=clock(), actor=actor, reason=options.reason
    )


def _tried(options: argparse.Namespace) -> dict[str, Any]:
    if (options.code is None) == (options.file is None):
        raise BadArguments("name a published rule, or give another one with --file")
    rule = drafted_rule(document_in(options.file)) if options.file else anomaly_rule(options.code)
    usual_first, usual_last = usual_span(timezone.localdate(), zone())
    last = options.last or usual_last
    first = options.first or min(usual_first, last - timedelta(days=365))
    found = dry_run_over(rule, first=first, last=last, zone=zone())
    names = (
        "subject_kind",
        "label",
        "currency",
        "window_from",
        "window_before",
        "value",
        "row_count",
        "known",
    )
    return {
        "code": rule.code, "kind": rule.kind, "first": first, "last": last, "found": found.found,
        "known": found.known, "unit": found.unit, "by_month": found.by_month,
        "samples": [{name: row[name] for name in names} for row in found.samples],
    }  # fmt: skip


def rule_document(row: AnomalyRule) -> dict[str, Any]:
    """One version of a rule for programs; without its version and times it can be published again."""
    return {name: getattr(row, name) for name in SHOWN} | {"published_at": row.published_at}


def _line(row: Mapping[str, Any]) -> str:
    scope = " ".join([row["scope"].get("currency", ""), *row["scope"].get("parties", [])]).strip()
    parameters = ", ".join(f"{name} {value}" for name, value in row["parameters"].items())
    return (
        f"{row['code']:<24} v{row['version']:<3} {'on' if row['active'] else 'off':<4} {row['severity']:<9}"
        f" {row['kind']}: {parameters}" + (f" ({scope})" if scope else "")
    )


def _kind(code: str) -> dict[str, Any]:
    kind = KINDS[code]
    parameters = [
        {"name": one.name, "unit": one.unit, "meaning": one.en, "default": one.default, "low": one.low,
         "high": one.high, "choices": list(one.choices)}
        for one in kind.parameters
    ]  # fmt: skip
    return {"kind": code, "meaning": kind.meaning_en, "unit": kind.unit, "parameters": parameters}


def _kind_line(kind: Mapping[str, Any]) -> str:
    takes = [
        f"    {one['name']} ({one['unit']}, usually {one['default']}): {one['meaning']}"
        + (f": {', '.join(one['choices'])}" if one["choices"] else "")
        for one in kind["parameters"]
    ]
    return "\n".join([f"{kind['kind']}: {kind['meaning']}", *takes])


def _found(told: Mapping[str, Any]) -> str:
    lines = [
        f"{told['found']:,} findings from {told['first']} to {told['last']}, {told['known']:,} of them alerts already"
    ]
    lines += [f"  {one['month']:%Y-%m} {one['found']:>8,}" for one in told["by_month"]]
    lines += [
        f"  {one['subject_kind']} {one['label']}: {one['value']:,} {told['unit']} {one['currency']}".rstrip()
        for one in told["samples"]
    ]
    return "\n".join(lines)

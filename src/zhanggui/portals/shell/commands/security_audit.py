"""zhanggui security-audit: look at people, roles, keys, backups and settings; say what was found and its remedy."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.audit.models import SecurityAudit
from zhanggui.audit.queries import latest_security_audit, security_audit
from zhanggui.audit.rules import CHECKS, sorted_by_gravity
from zhanggui.clockwork.audit_security import audit_security
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, zone
from zhanggui.portals.shell.output import Output

HELP = "security audit of people, roles, keys, backups and settings; 1 if it found something critical"
ACTOR = "zhanggui security-audit"
MOST = 1000
SHOWN = ("id", "actor", "critical", "warning", "info", "fresh")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", metavar="ACT")
    acts.add_parser("run", help="look at everything now and keep the result (the same without an act)")
    shown = acts.add_parser("show", help="what an audit found")
    shown.add_argument("audit", nargs="?", type=int, metavar="AUDIT", help="its number (default: the latest)")
    listed = acts.add_parser("list", help="the audits that were made, the latest first")
    listed.add_argument("--most", type=int, default=30, metavar="N", help="rows shown; default %(default)s")
    acts.add_parser("checks", help="what is looked at, and the remedies")
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = SecurityAudit.objects.order_by("-id")[: max(1, min(options.most, MOST))]
        audits = [_about(row) for row in rows]
        out.result({"audits": audits}, lambda _: "\n".join(map(_line, audits)) or "no audit yet")
        return 0
    if options.act == "checks":
        names = ("code", "severity", "en", "remedy_en")
        checks = [{name: getattr(CHECKS[code], name) for name in names} for code in sorted_by_gravity(CHECKS)]
        out.result({"checks": checks}, lambda _: "\n".join(map(_check_line, checks)))
        return 0
    if options.act == "show":
        row = latest_security_audit() if options.audit is None else security_audit(options.audit)
        if row is None:
            raise BadArguments("no audit was made yet; `zhanggui security-audit` makes one")
    else:
        row = audit_security(clock=clock, zone=zone(), actor=ACTOR)
    out.result(audit_document(row), _told)
    return 1 if row.critical else 0


def _about(row: SecurityAudit) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SHOWN} | {"at": row.at}


def audit_document(row: SecurityAudit) -> dict[str, Any]:
    """An audit with its findings, the gravest first."""
    by_code: dict[str, list[Any]] = {}
    for one in row.findings.order_by("subject"):
        by_code.setdefault(one.code, []).append(one)
    findings = [
        {"code": one.code, "severity": one.severity, "subject": one.subject, "since": one.since, "told": one.told,
         "found": CHECKS[code].said(one.told, chinese=False), "remedy": CHECKS[code].remedy_en}
        for code in sorted_by_gravity(by_code) for one in by_code[code]
    ]  # fmt: skip
    return _about(row) | {"looked_at": row.looked_at, "findings": findings}


def _line(told: Mapping[str, Any]) -> str:
    return (
        f"#{told['id']} {told['at']:%Y-%m-%d %H:%M} {told['actor']}: {told['critical']} critical,"
        f" {told['warning']} warnings, {told['info']} notices, {told['fresh']} new"
    )


def _check_line(check: Mapping[str, Any]) -> str:
    return f"{check['severity']:<9} {check['code']}: {check['en']}. {check['remedy_en']}"


def _told(told: Mapping[str, Any]) -> str:
    lines = [_line(told)]
    for one in told["findings"]:
        lines += [f"{one['severity']:<9} {one['found']}", f"{'':<9} {one['remedy']}"]
    return "\n".join(lines)

"""zhanggui alerts: the alert inbox: list, look at one, take it up, close it, assign it, note on it."""

import argparse
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.alert_handled import alert_assigned, alert_handled, alert_noted
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.monitoring.models import Alert, AlertState, Severity
from zhanggui.settlement.monitoring.queries.alerts import alert, alert_history
from zhanggui.settlement.monitoring.states import OPEN

HELP = "the alert inbox: list alerts, look at one, take it up or close it, assign it, note what was found out"
MOST = 10_000
SHOWN = ("id", "severity", "state", "rule_code", "kind", "subject_kind", "label", "value", "threshold", "unit",
         "currency", "row_count", "assignee", "raised_at", "closed_at")  # fmt: skip


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="ACT")
    listed = acts.add_parser("list", help="alerts nobody has closed, the oldest first")
    listed.add_argument("--state", choices=AlertState.values, help="those in this state instead")
    listed.add_argument("--severity", choices=Severity.values)
    listed.add_argument("--rule", metavar="CODE", help="of one rule")
    listed.add_argument("--assignee", metavar="USER", help="of one person")
    listed.add_argument("--limit", type=int, default=500, help="at most this many (%(default)s)")
    shown = acts.add_parser("show", help="one alert with its history")
    stepped = acts.add_parser("step", help="take it up, close it, or take a closed one up again")
    given = acts.add_parser("assign", help="give it to somebody who handles alerts")
    noted = acts.add_parser("note", help="note what was found out")
    for act in (shown, stepped, given, noted):
        act.add_argument("alert", type=int, metavar="ALERT")
    stepped.add_argument("to", choices=[one for one in AlertState.values if one != AlertState.NEW])
    stepped.add_argument("--note", default="", help="what was found out; needed to close it")
    given.add_argument("user", metavar="USER", help='log-in name; "" for nobody')
    given.add_argument("--note", default="")
    noted.add_argument("text", metavar="TEXT")
    takes_person(stepped, given, noted)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        found = [_document(row) for row in _chosen(options)]
        out.result({"alerts": found}, lambda _: "\n".join(map(_line, found)) or "nothing of that is there")
        return 0
    if options.act != "show":
        _acted(options, actor_who_may(options.person, "alerts.act"))
    row = alert(options.alert)
    names = ("at", "actor", "act", "before", "after", "note")
    history = [{name: getattr(one, name) for name in names} for one in alert_history(row.id)]
    out.result(_document(row) | {"history": history}, _told)
    return 0


def _chosen(options: argparse.Namespace) -> list[Alert]:
    rows = Alert.objects.filter(state__in=[options.state] if options.state else OPEN).order_by("id")
    wanted = {"severity": options.severity, "rule_code": options.rule, "assignee": options.assignee}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    return list(rows[: max(1, min(options.limit, MOST))])


def _acted(options: argparse.Namespace, actor: str) -> None:
    by: dict[str, Any] = {"alert_id": options.alert, "at": clock(), "actor": actor}
    if options.act == "step":
        alert_handled(after=options.to, note=options.note, **by)
    elif options.act == "assign":
        alert_assigned(assignee=options.user, note=options.note, **by)
    else:
        alert_noted(note=options.text, **by)


def _document(row: Alert) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SHOWN}


def _line(told: Mapping[str, Any]) -> str:
    return (
        f"#{told['id']} {told['severity']} {told['state']} {told['rule_code']}: {told['subject_kind']}"
        f" {told['label']}, {told['value']:,} {told['unit']} {told['currency']}".rstrip()
        + (f", {told['assignee']}" if told["assignee"] else "")
    )


def _told(told: Mapping[str, Any]) -> str:
    history = [
        f"  {one['at']:%Y-%m-%d %H:%M} {one['actor']}: {one['act']}"
        f" {one['before']} {one['after']} {one['note']}".rstrip()
        for one in told["history"]
    ]
    return "\n".join([_line(told), *history])

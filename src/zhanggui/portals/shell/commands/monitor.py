"""zhanggui monitor: evaluate the anomaly rules, and say which alerts are open."""

import argparse
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from zhanggui.journeys.money_watched import money_watched
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock, day, zone
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries.rules import rules_in_force
from zhanggui.settlement.monitoring.states import OPEN

HELP = "evaluate the anomaly rules over a span of days, and list open alerts"
ACTOR = "zhanggui monitor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--evaluate", action="store_true", help="raise what the rules in force find")
    parser.add_argument(
        "--from", dest="first", type=day, metavar="DATE", help="first day; a week ago if left out"
    )
    parser.add_argument("--to", dest="last", type=day, metavar="DATE", help="last day; now if left out")


def run(options: argparse.Namespace, out: Output) -> int:
    document: dict[str, Any] = {}
    if options.evaluate:
        first = datetime.combine(options.first, time.min, zone()) if options.first else None
        before = (
            datetime.combine(options.last + timedelta(days=1), time.min, zone()) if options.last else None
        )
        if first and first >= (before or clock()):
            raise BadArguments("the first day is after the last one; swap --from and --to")
        with out.progress(len(rules_in_force()), "evaluating rules") as steps:
            run_of = money_watched(
                clock=clock, zone=zone(), actor=ACTOR, looked_from=first, looked_before=before,
                progress=lambda _: steps.advance(),
            )  # fmt: skip
        document = {"raised": run_of.raised, "rules": run_of.counts}
    names = (
        "id",
        "severity",
        "state",
        "rule_code",
        "subject_kind",
        "label",
        "value",
        "threshold",
        "unit",
        "currency",
    )
    document["open"] = list(Alert.objects.filter(state__in=OPEN).order_by("id").values(*names)[:500])
    out.result(document, _told)
    return 1 if any("fault" in one for one in document.get("rules", {}).values()) else 0


def _told(document: Mapping[str, Any]) -> str:
    lines = []
    if "raised" in document:
        lines.append(f"{document['raised']} alerts raised")
        lines += [f"  {code}: {counts}" for code, counts in document["rules"].items()]
    lines.append(f"{len(document['open'])} open alerts")
    lines += [
        "  #{id} {severity} {state} {rule_code}: {subject_kind} {label}, {value} {unit} {currency}".format_map(
            one
        )
        for one in document["open"]
    ]
    return "\n".join(lines)

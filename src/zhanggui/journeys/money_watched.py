"""The money was watched: every anomaly rule in force is evaluated, each in a transaction of its own."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from django.db import DatabaseError, transaction

from zhanggui.settlement.monitoring.models import AnomalyRule, MonitoringRun
from zhanggui.settlement.monitoring.operations.evaluate_rule import evaluate_rule
from zhanggui.settlement.monitoring.queries.rules import rules_in_force

LOOK_BACK = timedelta(days=7)
"""How late a document may come in and still be looked at; windows reach further back by their own length."""

logger = logging.getLogger("zhanggui.monitoring")


def money_watched(
    *,
    clock: Callable[[], datetime],
    zone: tzinfo,
    actor: str,
    looked_from: datetime | None = None,
    looked_before: datetime | None = None,
    rules: Sequence[AnomalyRule] | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> MonitoringRun:
    """This function will evaluate the rules (those in force) over a span (the last week) and return the run.

    A rule that cannot be evaluated is named in the run's counts and keeps none of the others.
    """
    began = clock()
    before = looked_before or began
    run = MonitoringRun.objects.create(
        started_at=began, looked_from=looked_from or before - LOOK_BACK, looked_before=before, actor=actor
    )
    counts: dict[str, dict[str, Any]] = {}
    for rule in rules if rules is not None else rules_in_force():
        counts[rule.code] = _evaluated(rule, run, clock=clock, zone=zone, actor=actor)
        progress(1)
    run.finished_at, run.counts = clock(), counts
    run.raised = sum(one.get("raised", 0) for one in counts.values())
    run.save(update_fields=["finished_at", "counts", "raised"])
    return run


def _evaluated(
    rule: AnomalyRule, run: MonitoringRun, *, clock: Callable[[], datetime], zone: tzinfo, actor: str
) -> dict[str, Any]:
    began = time.monotonic()
    # A window that began before the span is looked at whole, or its count would begin anew inside it.
    reach = timedelta(hours=int(rule.parameters.get("window_hours", 0)))
    try:
        with transaction.atomic():
            found = evaluate_rule(
                rule=rule, run=run, lo=run.looked_from - reach, hi=run.looked_before, at=clock(), zone=zone,
                actor=actor,
            )  # fmt: skip
    except DatabaseError as failed:
        logger.exception("anomaly rule %s cannot be evaluated", rule.code)
        return {"fault": str(failed).splitlines()[0][:200]}
    told = {"found": found.found, "raised": found.raised, "ms": int((time.monotonic() - began) * 1000)}
    return told | ({"cut": True} if found.cut else {})

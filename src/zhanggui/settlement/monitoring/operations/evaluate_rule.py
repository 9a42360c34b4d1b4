"""Evaluate one rule over a span: raise an alert for each finding that has none yet."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import connection

from zhanggui.settlement.monitoring.findings import FINDING_COLUMNS, finding_sql
from zhanggui.settlement.monitoring.models import AnomalyRule, MonitoringRun
from zhanggui.settlement.monitoring.queries.rules import finding_params
from zhanggui.settlement.monitoring.rules import kind_of, unit_of

MOST_PER_RULE = 1000

# One statement: what was found, the alerts that were missing, and the first entry of each one's history.
RAISE = """
with found as (select * from ({finding}) f order by f.window_from, f.subject_id limit {most}),
raised as (
  insert into settlement_alert (rule_id, rule_code, kind, severity, subject_kind, subject_id, label, party_id,
    currency, window_from, window_before, value, threshold, unit, row_count, state, assignee, raised_at, run_id)
  select %(rule_id)s, %(rule_code)s, %(kind)s, %(severity)s, f.subject_kind, f.subject_id, f.label, f.party_id,
    f.currency, f.window_from, f.window_before, f.value, %(threshold)s, %(unit)s, f.row_count, 'new', '',
    %(at)s, %(run_id)s
  from found f
  on conflict (rule_code, subject_kind, subject_id, currency, window_from) do nothing returning id),
told as (
  insert into settlement_alert_event (alert_id, at, actor, act, before, after, note)
  select id, %(at)s, %(actor)s, 'raised', '', 'new', '' from raised returning id)
select (select count(*) from found), (select count(*) from raised), (select count(*) from told)
"""


@dataclass(frozen=True)
class Evaluated:
    """What one rule came to: findings, alerts raised, and whether there were more than are raised at once."""

    found: int
    raised: int
    cut: bool


def evaluate_rule(
    *,
    rule: AnomalyRule,
    run: MonitoringRun,
    lo: datetime,
    hi: datetime,
    at: datetime,
    zone: tzinfo,
    actor: str,
) -> Evaluated:
    """This function will raise what the rule finds in [lo, hi), once per subject, currency and window.

    Evaluating again, or twice at a time, raises nothing twice. At most MOST_PER_RULE findings are taken, the
    earliest first; a rule that finds more is too tight to be of use, and `cut` says so.
    """
    select = finding_sql(rule.kind, rule.parameters)
    assert all(name in select for name in FINDING_COLUMNS[:3])
    params = finding_params(rule, lo=lo, hi=hi, zone=zone) | {
        "rule_id": rule.id, "rule_code": rule.code, "kind": rule.kind, "severity": rule.severity,
        "unit": unit_of(kind_of(rule.kind), rule.parameters), "at": at, "actor": actor, "run_id": run.id,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(RAISE.format(finding=select, most=MOST_PER_RULE + 1), params)
        found, raised, _told = cursor.fetchone()
    return Evaluated(found=min(found, MOST_PER_RULE), raised=raised, cut=found > MOST_PER_RULE)

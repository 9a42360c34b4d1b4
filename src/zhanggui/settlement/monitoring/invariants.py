"""What must always hold of alerts; each function returns the offending rows."""

from typing import Any

from zhanggui.rows.reading import offending_rows


def alert_without_its_rule() -> list[dict[str, Any]]:
    """Alerts whose rule version is not there, or says another code, kind or severity."""
    return offending_rows(
        "select a.id, a.rule_id, a.rule_code from settlement_alert a"
        " left join settlement_anomaly_rule r on r.id = a.rule_id"
        " where r.id is null or (r.code, r.kind, r.severity) is distinct from (a.rule_code, a.kind, a.severity)"
    )


def alert_raised_twice() -> list[dict[str, Any]]:
    """Alerts of one rule, subject, currency and window that stand more than once."""
    return offending_rows(
        "select rule_code, subject_kind, subject_id, currency, window_from, count(*) as alerts"
        " from settlement_alert group by 1, 2, 3, 4, 5 having count(*) > 1"
    )


def alert_history_broken() -> list[dict[str, Any]]:
    """Alerts whose history does not lead from being raised, step by step, to the state they are in."""
    return offending_rows(
        "select * from (select a.id, a.state, count(e.id) filter (where e.act = 'raised') as raised,"
        "  coalesce((array_agg(e.after order by e.id desc) filter (where e.act in ('raised', 'step')))[1], '')"
        "   as told, coalesce(bool_or(e.broken), false) as broken"
        " from settlement_alert a left join ("
        "  select e.*, e.act = 'step' and e.before is distinct from lag(e.after) over"
        "   (partition by e.alert_id order by e.id) as broken"
        "  from settlement_alert_event e where e.act in ('raised', 'step')) e on e.alert_id = a.id"
        " group by a.id, a.state) h where raised <> 1 or told <> state or broken"
    )

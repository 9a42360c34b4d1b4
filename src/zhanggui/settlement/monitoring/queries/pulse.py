"""What is going on now: flows of the last minutes and hours by kind, runs in progress, the latest events.

Every read is bounded: by batches of the last hours (batches and entries lie in the order they were written), or by a
number of rows.
"""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

WINDOWS = (("minutes", timedelta(minutes=15)), ("hour", timedelta(hours=1)), ("day", timedelta(hours=24)))
LATEST = 15

# Batches begin to be numbered anew never: those of the last day are the ones from the first written since.
FLOWS = """
with since as (select coalesce(min(id), 9223372036854775807) as first from ledger_batch
               where written_at >= %(now)s - interval '24 hours'
                 and id > (select coalesce(max(id), 0) - 200000 from ledger_batch))
select e.source, e.currency,
  count(*) filter (where b.written_at >= %(minutes)s)::bigint as minutes_entries,
  coalesce(sum(m.moved) filter (where b.written_at >= %(minutes)s), 0)::bigint as minutes_moved,
  count(*) filter (where b.written_at >= %(hour)s)::bigint as hour_entries,
  coalesce(sum(m.moved) filter (where b.written_at >= %(hour)s), 0)::bigint as hour_moved,
  count(*)::bigint as day_entries, coalesce(sum(m.moved), 0)::bigint as day_moved
from ledger_entry e join since on e.batch_id >= since.first join ledger_batch b on b.id = e.batch_id
cross join lateral (select sum(greatest(a, 0)) as moved from unnest(e.amounts) a) m
group by e.source, e.currency order by e.source, e.currency
"""
RUNS = """
select * from (
  select 'import' as kind, r.id, r.source_name as label, r.started_at, r.cursor as done, r.actor
  from settlement_import_run r where r.state = 'running' and r.started_at > %(now)s - interval '2 days'
  union all
  select 'billing', r.id, r.kind, r.started_at,
    (select count(*) from settlement_billing_chunk c where c.run_id = r.id and c.done), r.actor
  from settlement_billing_run r where r.finished_at is null and r.started_at > %(now)s - interval '2 days'
  union all
  select 'monitoring', r.id, '', r.started_at, 0, r.actor
  from settlement_monitoring_run r where r.finished_at is null and r.started_at > %(now)s - interval '2 days'
) running order by started_at desc limit 10
"""
EVENTS = """
select id, at, actor, action, object_kind, object_id, party_id from audit_record order by id desc limit %(latest)s
"""


def flows(now: datetime) -> list[dict[str, Any]]:
    """This function will count and sum the entries written in the last 15 minutes, hour and day, by source and
    currency. The sum is of debits, in minor units: what moved."""
    spans = {name: now - span for name, span in WINDOWS}
    return _rows(FLOWS, {"now": now, **spans})


def running(now: datetime) -> list[dict[str, Any]]:
    """This function will return the runs in progress, at most ten, the latest first."""
    return _rows(RUNS, {"now": now})


def latest_events() -> list[dict[str, Any]]:
    """This function will return the latest changes that the audit log holds."""
    return _rows(EVENTS, {"latest": LATEST})


def _rows(query: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

"""Findings over the machinery: broken invariants, jobs that are late or fail. Scopes do not narrow these."""

from collections.abc import Mapping
from typing import Any

INVARIANT_VIOLATED = """
select 'check'::text as subject_kind, c.key as subject_id, c.key as label,
  0::bigint as party_id, ''::text as currency,
  (date_trunc('day', min(s.at) at time zone %(zone)s) at time zone %(zone)s) as window_from,
  max(s.at) as window_before, max(c.value::bigint) as value, max(c.value::bigint) as row_count
from audit_sweep_result s cross join lateral jsonb_each_text(s.counts) c
where s.at >= %(lo)s and s.at < %(hi)s and c.value::bigint >= %(threshold)s
group by c.key, date_trunc('day', s.at at time zone %(zone)s)"""

# When a job was due (its schedule, else when it was put in) and when it came to an end, if it did.
JOBS = """
select j.id, j.task_name, j.status::text as status, coalesce(j.scheduled_at, e.deferred_at) as due_at,
  e.ended_at
from procrastinate_jobs j join (
  select job_id, min(at) filter (where type = 'deferred') as deferred_at,
    max(at) filter (where type in ('succeeded', 'failed', 'cancelled', 'aborted')) as ended_at
  from procrastinate_events group by job_id) e on e.job_id = j.id"""
JOB_LATE = f"""
select 'job'::text as subject_kind, j.id::text as subject_id, j.task_name::text as label, 0::bigint as party_id,
  ''::text as currency, j.due_at as window_from, coalesce(j.ended_at, %(hi)s) as window_before,
  floor(extract(epoch from coalesce(j.ended_at, %(hi)s) - j.due_at) / 60)::bigint as value, 1::bigint as row_count
from ({JOBS}) j
where j.due_at is not null and j.due_at < %(hi)s
  and coalesce(case when j.status in ('todo', 'doing') then null else j.ended_at end, %(hi)s) - j.due_at
      >= make_interval(mins => %(threshold)s::int)
  and (j.status in ('todo', 'doing') or j.due_at + make_interval(mins => %(threshold)s::int) >= %(lo)s)"""

JOB_FAILED = """
select 'task'::text as subject_kind, w.task_name::text as subject_id, w.task_name::text as label,
  0::bigint as party_id, ''::text as currency, w.window_from,
  least(w.window_from + make_interval(hours => %(window_hours)s::int), %(hi)s) as window_before, w.value,
  w.value as row_count
from (select j.task_name, (date_bin(make_interval(hours => %(window_hours)s::int), e.at at time zone %(zone)s,
          timestamp '2000-01-03') at time zone %(zone)s) as window_from, count(*) as value
      from procrastinate_events e join procrastinate_jobs j on j.id = e.job_id
      where e.type in ('failed', 'deferred_for_retry') and e.at >= %(lo)s and e.at < %(hi)s
      group by 1, 2 having count(*) >= %(threshold)s) w"""

# One alert per day without a good backup; the first day counts from the first thing this installation wrote.
BACKUP_TOO_OLD = """
select 'backup'::text as subject_kind, 'latest'::text as subject_id, 'backup'::text as label, 0::bigint as party_id,
  ''::text as currency, (date_trunc('day', %(hi)s at time zone %(zone)s) at time zone %(zone)s) as window_from,
  %(hi)s::timestamptz as window_before,
  floor(extract(epoch from %(hi)s - b.latest) / 3600)::bigint as value, b.good as row_count
from (select coalesce(max(k.ended_at) filter (where k.failure = ''), (select min(at) from audit_record)) as latest,
        count(*) filter (where k.failure = '') as good
      from backups_backup k where k.ended_at < %(hi)s) b
where b.latest is not null and %(hi)s - b.latest >= make_interval(hours => %(threshold)s::int)"""
BACKUPS = """
select k.id::text as id, 'backup'::text as row_kind, k.id::text as row_id, k.path::text as label,
  0::bigint as party_id, k.ended_at as at, null::bigint as amount, ''::text as currency
from backups_backup k where k.ended_at < %(window_before)s and k.ended_at >= %(window_before)s - interval '60 days'"""

# Once for each finding and time since which it is there: gone and back again, it is raised again.
SECURITY_FINDING = """
select 'security'::text as subject_kind, f.code || ':' || left(f.subject, 95) as subject_id,
  rtrim(f.code || ' ' || left(f.subject, 95)) as label, 0::bigint as party_id, ''::text as currency,
  f.since as window_from, max(a.at) as window_before, 1::bigint as value, count(*)::bigint as row_count
from audit_security_finding f join audit_security_audit a on a.id = f.audit_id
where a.at >= %(lo)s and a.at < %(hi)s and f.severity = %(severity)s
group by f.code, f.subject, f.since"""
SECURITY_FINDINGS = """
select f.id::text as id, 'security_finding'::text as row_kind, f.audit_id::text as row_id,
  rtrim(f.code || ' ' || left(f.subject, 95)) as label, 0::bigint as party_id, a.at, null::bigint as amount,
  ''::text as currency
from audit_security_finding f join audit_security_audit a on a.id = f.audit_id
where f.code || ':' || left(f.subject, 95) = %(subject)s and f.since = %(window_from)s"""

SWEEPS = """
select s.id::text as id, 'sweep'::text as row_kind, s.id::text as row_id, %(subject)s::text as label,
  0::bigint as party_id, s.at, (s.counts->>%(subject)s)::bigint as amount, ''::text as currency
from audit_sweep_result s
where s.at >= %(window_from)s and s.at <= %(window_before)s and coalesce((s.counts->>%(subject)s)::bigint, 0) > 0"""
EVENTS_OF_JOB = """
select e.id::text as id, 'job_event'::text as row_kind, e.job_id::text as row_id, e.type::text as label,
  0::bigint as party_id, e.at, null::bigint as amount, ''::text as currency
from procrastinate_events e where e.job_id = %(subject)s::bigint"""
FAILURES = """
select e.id::text as id, 'job_event'::text as row_kind, e.job_id::text as row_id, e.type::text as label,
  0::bigint as party_id, e.at, null::bigint as amount, ''::text as currency
from procrastinate_events e join procrastinate_jobs j on j.id = e.job_id
where j.task_name = %(subject)s and e.type in ('failed', 'deferred_for_retry')
  and e.at >= %(window_from)s and e.at < %(window_before)s"""

_FINDINGS = {"invariant_violated": INVARIANT_VIOLATED, "job_late": JOB_LATE, "job_failed": JOB_FAILED,
             "backup_too_old": BACKUP_TOO_OLD, "security_finding": SECURITY_FINDING}  # fmt: skip
_EVIDENCE = {"invariant_violated": SWEEPS, "job_late": EVENTS_OF_JOB, "job_failed": FAILURES,
             "backup_too_old": BACKUPS, "security_finding": SECURITY_FINDINGS}  # fmt: skip


def finding(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the SELECT of a kind."""
    return _FINDINGS[kind]


def evidence(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the rows behind one finding of a kind."""
    return _EVIDENCE[kind]

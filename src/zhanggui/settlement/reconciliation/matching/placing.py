"""Writing down what a leg placed: matches, differences, and differences whose other side came.

Works on the temporary table `recon_placed`, whatever leg filled it: one row for each pair (`difference` empty or
what is off), each lone row of theirs, each lone one of ours.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from zhanggui.settlement.reconciliation.kinds import Leg
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.rules import Window

_CLEAR = """
update settlement_difference d set state = 'cleared', resolved_at = %(at)s, resolved_by = 'reconciliation',
  resolution = 'other_side_came', reason = %(why)s
where d.id in (select their_difference from recon_placed where their_difference > 0
               union select our_difference from recon_placed where our_difference > 0)
  and d.state in ('open', 'suspended')
returning d.suspense_minor
"""
_MATCH = """
insert into settlement_reconciliation_match
  (leg, bill_id, row_number, our_kind, our_a, our_b, our_minor, their_minor, run_id)
select %(leg)s, bill_id, row_number, our_kind, our_a, our_b, our_minor, their_minor, %(run)s
from recon_placed where difference = ''
"""
_DIFFER = """
insert into settlement_difference (run_id, own_account_id, leg, kind, state, currency, day, bill_id, row_number,
  our_kind, our_a, our_b, reference, our_minor, their_minor, our_fee_milli, their_fee_milli, suspense_minor,
  suspended_through, found_at, assigned_to, proposed, resolution, reason, resolved_by)
select %(run)s, %(account)s, %(leg)s, p.difference, case when w.waits then 'suspended' else 'open' end, %(currency)s,
  least(greatest(p.day, %(starts_on)s), %(last_day)s), p.bill_id, p.row_number, p.our_kind, p.our_a, p.our_b,
  left(coalesce(p.reference, ''), 128), p.our_minor, p.their_minor, p.our_fee, p.their_fee,
  case when %(suspense)s and p.row_number <> 0 and p.state <> 3 then p.their_minor else 0 end,
  case when w.waits then %(through)s::date end, %(at)s, '', '{}', '', '', ''
from recon_placed p cross join lateral (
  select p.difference in ('missing_here', 'missing_there') and %(days)s > 0 and (%(always)s or
    abs(extract(epoch from p.at - %(begins)s)) <= %(cut)s * 60
    or abs(extract(epoch from p.at - %(ends)s)) <= %(cut)s * 60) as waits) w
where p.difference <> '' order by p.day, p.bill_id, p.row_number, p.our_a
returning state, kind, suspense_minor
"""
_FIGURES = """
select count(*) filter (where difference = '') as matched,
  coalesce(sum(their_minor) filter (where difference = ''), 0)::bigint as matched_minor,
  count(*) filter (where our_kind <> 0 and our_difference = 0) as ours,
  coalesce(sum(our_minor) filter (where our_kind <> 0 and our_difference = 0), 0)::bigint as ours_minor,
  count(*) filter (where row_number <> 0 and their_difference = 0 and bill_id = %(bill)s) as theirs,
  coalesce(sum(their_minor) filter (where row_number <> 0 and their_difference = 0 and bill_id = %(bill)s),
    0)::bigint as theirs_minor
from recon_placed
"""
_AGE = """
update settlement_difference set state = 'open' where own_account_id = %s and leg = %s and state = 'suspended'
  and suspended_through < %s
"""


@dataclass
class Placed:
    """What one pass placed, counts and minor units."""

    matched: int = 0
    matched_minor: int = 0
    ours: int = 0
    ours_minor: int = 0
    theirs: int = 0
    theirs_minor: int = 0
    suspended: int = 0
    differing: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    suspense_minor: int = 0  # newly lying in suspense
    returned_minor: int = 0  # lay there, and its other side came

    @property
    def anything(self) -> bool:
        """Whether the pass found anything new."""
        return bool(self.matched or self.suspended or self.differing)


def write_placed(
    *, leg: Leg, run_id: int, bill: Bill, window: Window, rule: ReconciliationRule, at: datetime,
    suspense: bool, waits_always: bool = False,
) -> Placed:  # fmt: skip
    """This function will write matches and differences of `recon_placed` in the caller's transaction.

    With `suspense`, what their rows moved and we cannot place lies in the suspense account until it is settled.
    A lone row near the day's cut, or every one with `waits_always`, waits `rule.suspend_days` before it is open.
    """
    begins, ends = window.moments()
    params: dict[str, Any] = {
        "leg": int(leg), "run": run_id, "bill": bill.id, "account": bill.own_account_id, "at": at,
        "currency": bill.currency, "starts_on": bill.starts_on, "last_day": bill.ends_before - timedelta(days=1),
        "begins": begins, "ends": ends, "cut": rule.cut_minutes, "days": rule.suspend_days,
        "through": bill.ends_before + timedelta(days=rule.suspend_days - 1), "always": waits_always,
        "suspense": suspense, "why": f"its other side came with bill {bill.id} ({bill.source_name})",
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_FIGURES, params)
        figures = [int(value) for value in cursor.fetchone()]
        found = Placed(
            matched=figures[0], matched_minor=figures[1], ours=figures[2], ours_minor=figures[3],
            theirs=figures[4], theirs_minor=figures[5],
        )  # fmt: skip
        cursor.execute(_CLEAR, params)
        found.returned_minor = sum(int(row[0]) for row in cursor.fetchall())
        cursor.execute(_MATCH, params)
        cursor.execute(_DIFFER, params)
        for state, kind, lies in cursor.fetchall():
            found.suspended += state == "suspended"
            found.differing += state == "open"
            found.kinds[kind] = found.kinds.get(kind, 0) + 1
            found.suspense_minor += int(lies)
    return found


def age_suspended(*, bill: Bill, leg: Leg) -> int:
    """This function will open what waited for the days this bill has brought, and did not come with it."""
    with connection.cursor() as cursor:
        cursor.execute(_AGE, [bill.own_account_id, int(leg), bill.ends_before])
        return int(cursor.rowcount)

"""Findings over what waits for somebody: it is older than the rule allows, or was before it was dealt with."""

from collections.abc import Mapping
from typing import Any

from zhanggui.settlement.entities.contracts import ENDING_DAYS

# Each: what waits, since when, until when it waited (null: still), its amount.
WAITING = {
    "refund_waiting": """
select 'refund'::text as row_kind, r.id::text as row_id, r.refund_no::text as label, r.merchant_id as party_id,
  b.currency::text as currency, r.refunded_at as since, null::timestamptz as until,
  r.goods_minor + r.freight_minor as amount
from settlement_staged_refund r join settlement_business_line b on b.id = r.business_line_id
where r.state = 'waiting'""",
    "dispute": """
select 'dispute'::text as row_kind, d.id::text as row_id, '#' || d.id as label, d.party_id,
  d.currency::text as currency, d.opened_at as since, d.resolved_at as until, d.amount_minor as amount
from settlement_dispute d where d.opened_at < %(hi)s""",
    "statement": """
select 'statement'::text as row_kind, s.id::text as row_id, s.number::text as label, s.party_id,
  s.currency::text as currency, s.closed_at as since,
  case when s.state = 'confirming' then null else coalesce(s.confirmed_at, s.closed_at) end as until,
  s.net_minor as amount
from settlement_statement s where s.closed_at < %(hi)s and s.state not in ('open', 'zero', 'carried')""",
    "shadow_difference": """
select 'shadow_difference'::text as row_kind, x.id::text as row_id, x.order_no::text as label, x.party_id,
  b.currency::text as currency, x.found_at as since, null::timestamptz as until,
  x.pushed_minor - x.computed_minor as amount
from settlement_shadow_difference x join settlement_business_line b on b.id = x.business_line_id
where x.found_at < %(hi)s""",
    "difference": """
select 'difference'::text as row_kind, f.id::text as row_id, '#' || f.id as label, 0::bigint as party_id,
  f.currency::text as currency, f.found_at as since, f.resolved_at as until,
  f.their_minor - f.our_minor as amount
from settlement_difference f where f.found_at < %(hi)s""",
    "receipt": """
select 'receipt'::text as row_kind, t.id::text as row_id, t.bank_reference::text as label, 0::bigint as party_id,
  t.currency::text as currency, t.recorded_at as since,
  case when t.claimed_minor + t.refunded_minor >= t.amount_minor then t.recorded_at else t.reversed_at end as until,
  t.amount_minor - t.claimed_minor - t.refunded_minor as amount
from settlement_receipt t where t.recorded_at < %(hi)s""",
    # Approved and neither executed nor refused: not sent yet, or on its way without a word from the bank.
    "payout": """
select 'payout'::text as row_kind, y.number::text as row_id, y.number::text as label, y.party_id,
  y.currency::text as currency, y.approved_at as since, coalesce(y.paid_at, y.ended_at) as until,
  y.amount_minor as amount
from settlement_payout y where y.approved_at < %(hi)s""",
    "approval": """
select 'approval'::text as row_kind, a.id::text as row_id, a.subject::text as label, a.party_id,
  a.currency::text as currency, a.made_at as since, a.ended_at as until, a.amount_minor as amount
from approvals_approval a where a.made_at < %(hi)s""",
    "deposit": """
select 'deposit'::text as row_kind, g.id::text as row_id, '#' || g.id as label, g.party_id,
  g.currency::text as currency, g.demanded_at as since, null::timestamptz as until, g.demanded_minor as amount
from settlement_deposit g where g.demanded_minor > 0 and g.demanded_at < %(hi)s""",
    # It waits to be renewed from 30 days before its end: after 1 hour it ends soon, after 720 it is over.
    "contract": f"""
select 'contract'::text as row_kind, c.number::text as row_id, c.number::text as label, c.party_id,
  ''::text as currency, (c.ends_on - {ENDING_DAYS - 1})::timestamp at time zone %(zone)s::text as since,
  (select min(n.kept_at) from settlement_contract n
   where n.party_id = c.party_id and n.id > c.id and n.ends_on > c.ends_on) as until, null::bigint as amount
from settlement_contract c""",
}
AGEING = """
select e.row_kind as subject_kind, e.row_id as subject_id, e.label, e.party_id, e.currency,
  e.since as window_from, coalesce(e.until, %(hi)s) as window_before,
  floor(extract(epoch from coalesce(e.until, %(hi)s) - e.since) / 3600)::bigint as value, 1::bigint as row_count
from ({waiting}) e
where (%(currency)s::text is null or e.currency = %(currency)s::text)
  and (%(parties)s::bigint[] is null or e.party_id = any(%(parties)s::bigint[]))
  and coalesce(e.until, %(hi)s) - e.since >= make_interval(hours => %(threshold)s::int)
  and (e.until is null or e.since + make_interval(hours => %(threshold)s::int) >= %(lo)s)"""
EVIDENCE = """
select e.row_kind || ' ' || e.row_id as id, e.row_kind, e.row_id, e.label, e.party_id, e.since as at, e.amount,
  e.currency
from ({waiting}) e where e.row_id = %(subject)s"""
# Once dealt with, a thing is no longer among what waits; its row is shown all the same.
STILL_THERE = {
    "refund_waiting": "where r.state = 'waiting'",
    "deposit": "where g.demanded_minor > 0 and g.demanded_at < %(hi)s",
}


def finding(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the SELECT over what waits too long."""
    return AGEING.format(waiting=WAITING[parameters["what"]])


def evidence(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the row that waits."""
    what = parameters["what"]
    waiting = WAITING[what].replace(STILL_THERE.get(what, "\0"), "")
    return EVIDENCE.format(waiting=waiting)

"""Findings over documents that carry money: orders, refunds, charges, corrections, statements."""

from collections.abc import Mapping
from typing import Any

from zhanggui.settlement.statements.totals import GOODS_GROUPS

GOODS = ", ".join(f"'{group}'" for group in GOODS_GROUPS)
# Each: one row per (document, party), its moment within the span, its amount in minor units, never negative.
EVENTS = {
    "order": """
select 'order'::text as row_kind, o.id::text || '-' || l.merchant_id as row_id, o.order_no::text as label,
  l.merchant_id as party_id, o.currency::text as currency, o.ordered_at as at,
  sum(l.goods_minor - l.shop_discount_minor - l.platform_discount_minor - l.points_discount_minor
      + l.freight_minor)::bigint as amount
from settlement_staged_order o join settlement_staged_line l on l.order_id = o.id
where o.ordered_at >= %(lo)s and o.ordered_at < %(hi)s and o.paid_at is not null and o.status <> 9
group by o.id, o.order_no, l.merchant_id, o.currency, o.ordered_at""",
    "refund": """
select 'refund'::text as row_kind, r.id::text as row_id, r.refund_no::text as label, r.merchant_id as party_id,
  b.currency::text as currency, r.refunded_at as at, r.goods_minor + r.freight_minor as amount
from settlement_staged_refund r join settlement_business_line b on b.id = r.business_line_id
where r.refunded_at >= %(lo)s and r.refunded_at < %(hi)s and r.state = 'accepted'""",
    "charge": """
select 'charge'::text as row_kind, c.line_id::text as row_id, c.charge_no::text as label, c.party_id,
  c.currency::text as currency, c.occurred_at as at, abs(c.amount_minor) as amount
from settlement_charge c
where c.occurred_at >= %(lo)s and c.occurred_at < %(hi)s and c.state = 'accepted'""",
    "correction": """
select 'correction'::text as row_kind, b.party_id || '-' || b.line_id || '-' || b.event_id || '-1' as row_id,
  b.party_id || '-' || b.line_id || '-' || b.event_id || '-1' as label, b.party_id, b.currency::text as currency,
  b.occurred_at as at, abs((select sum(a) from unnest(b.amounts) a))::bigint as amount
from settlement_billed_line b
where b.occurred_at >= %(lo)s and b.occurred_at < %(hi)s and b.kind = 3""",
    "statement": """
select 'statement'::text as row_kind, s.id::text as row_id, s.number::text as label, s.party_id,
  s.currency::text as currency, s.closed_at as at, abs(s.net_minor) as amount
from settlement_statement s
where s.closed_at >= %(lo)s and s.closed_at < %(hi)s and s.state <> 'open'""",
    "payout": """
select 'payout'::text as row_kind, y.number::text as row_id, y.number::text as label, y.party_id,
  y.currency::text as currency, y.made_at as at, y.amount_minor as amount
from settlement_payout y where y.made_at >= %(lo)s and y.made_at < %(hi)s and y.state <> 'cancelled'""",
}
SCOPED = (
    "(%(currency)s::text is null or e.currency = %(currency)s::text)"
    " and (%(parties)s::bigint[] is null or e.party_id = any(%(parties)s::bigint[]))"
)
# Windows are counted from a Monday in our zone, so that a day is our day and a week our week.
WINDOW = (
    "(date_bin(make_interval(hours => %(window_hours)s::int), e.at at time zone %(zone)s,"
    " timestamp '2000-01-03') at time zone %(zone)s)"
)
WINDOW_END = "least(w.window_from + make_interval(hours => %(window_hours)s::int), %(hi)s)"

AMOUNT_ABOVE = f"""
select e.row_kind as subject_kind, e.row_id as subject_id, e.label, e.party_id, e.currency, e.at as window_from,
  e.at as window_before, e.amount as value, 1::bigint as row_count
from ({{events}}) e where {SCOPED} and e.amount >= %(threshold)s"""

VELOCITY = f"""
select 'party'::text as subject_kind, w.party_id::text as subject_id, p.code::text as label, w.party_id, w.currency,
  w.window_from, {WINDOW_END} as window_before, w.value, w.row_count
from (select e.party_id, e.currency, {WINDOW} as window_from, count(*) as row_count, {{measure}} as value
      from ({{events}}) e where {SCOPED} group by 1, 2, 3 having {{measure}} >= %(threshold)s) w
join parties_party p on p.id = w.party_id"""

REFUND_RATIO = f"""
select 'party'::text as subject_kind, w.party_id::text as subject_id, p.code::text as label, w.party_id, w.currency,
  w.window_from, {WINDOW_END} as window_before,
  (w.refunded::numeric * 1000000 / greatest(w.sold, 1))::bigint as value, w.row_count
from (select e.party_id, e.currency, {WINDOW} as window_from,
        coalesce(sum(e.amount) filter (where e.row_kind = 'refund'), 0)::bigint as refunded,
        coalesce(sum(e.amount) filter (where e.row_kind = 'order'), 0)::bigint as sold, count(*) as row_count
      from ({EVENTS["order"]} union all {EVENTS["refund"]}) e where {SCOPED} group by 1, 2, 3) w
join parties_party p on p.id = w.party_id
where w.refunded > 0 and w.refunded >= %(floor_minor)s
  and w.refunded::numeric * 1000000 >= %(threshold)s::numeric * greatest(w.sold, 1)"""

FEE_RATIO = f"""
select 'order'::text as subject_kind, e.order_id || '-' || e.party_id as subject_id, o.order_no::text as label,
  e.party_id, e.currency::text as currency, e.at as window_from, e.at as window_before,
  (e.taken::numeric * 1000000 / e.goods)::bigint as value, e.row_count
from (select b.order_id, b.party_id, b.currency, min(b.occurred_at) as at, count(*) as row_count,
        sum(parts.goods)::bigint as goods, sum(parts.taken)::bigint as taken
      from settlement_billed_line b join settlement_detail_pattern p on p.id = b.pattern_id
      cross join lateral (
        select coalesce(sum(d.a) filter (where f."group" in ({GOODS})), 0) as goods,
          coalesce(-sum(least(d.a, 0)) filter (where f."group" not in ({GOODS})), 0) as taken
        from unnest(p.fee_types, b.amounts) as d(t, a) join settlement_fee_type f on f.id = d.t) parts
      where b.kind = 1 and b.occurred_at >= %(lo)s and b.occurred_at < %(hi)s group by 1, 2, 3) e
join settlement_staged_order o on o.id = e.order_id
where {SCOPED} and e.goods > 0 and e.goods >= %(floor_minor)s
  and e.taken::numeric * 1000000 >= %(threshold)s::numeric * e.goods"""

STATEMENT_SWING = f"""
select 'statement'::text as subject_kind, e.id::text as subject_id, e.number::text as label, e.party_id,
  e.currency::text as currency, e.closed_at as window_from, e.closed_at as window_before,
  (abs(e.net_minor - e.mean)::numeric * 1000000 / greatest(abs(e.mean), 1))::bigint as value,
  e.before + 1 as row_count
from (select s.id, s.number, s.party_id, s.currency, s.closed_at, s.net_minor, count(*) over earlier as before,
        round(avg(s.net_minor) over earlier)::bigint as mean
      from settlement_statement s
      where s.state <> 'open' and s.party_id in (select party_id from settlement_statement
        where state <> 'open' and closed_at >= %(lo)s and closed_at < %(hi)s)
      window earlier as (partition by s.party_id, s.entity_id, s.currency, s.mode, s.kind, s.cycle
        order by s.starts_on, s.id rows between {{history}} preceding and 1 preceding)) e
where {SCOPED} and e.closed_at >= %(lo)s and e.closed_at < %(hi)s and e.before = %(history)s
  and abs(e.net_minor - e.mean) >= %(floor_minor)s
  and abs(e.net_minor - e.mean)::numeric * 1000000 >= %(threshold)s::numeric * greatest(abs(e.mean), 1)"""

# Money to a receiver that was verified only just before: a taken-over log-in changes where money goes first.
NEW_RECEIVER = f"""
select 'payout'::text as subject_kind, e.number::text as subject_id, e.number::text as label, e.party_id,
  e.currency::text as currency, r.verified_at as window_from, e.made_at as window_before, e.amount_minor as value,
  1::bigint as row_count
from settlement_payout e join settlement_receiver r on r.id = e.receiver_id
where {SCOPED} and e.made_at >= %(lo)s and e.made_at < %(hi)s and e.state <> 'cancelled'
  and e.amount_minor >= %(threshold)s and r.verified_at <= e.made_at
  and e.made_at < r.verified_at + make_interval(hours => %(window_hours)s::int)"""

PAYOUT_FAILURES = f"""
select 'payouts'::text as subject_kind, w.currency::text as subject_id, w.currency::text as label,
  0::bigint as party_id, w.currency::text as currency, w.window_from, {WINDOW_END} as window_before,
  (w.failed::numeric * 1000000 / w.ended)::bigint as value, w.failed as row_count
from (select e.currency, {WINDOW} as window_from, count(*) as ended,
        count(*) filter (where e.state in ('failed', 'returned')) as failed
      from (select y.*, coalesce(y.ended_at, y.paid_at) as at from settlement_payout y
            where y.state in ('paid', 'failed', 'returned')) e
      where {SCOPED} and e.at >= %(lo)s and e.at < %(hi)s group by 1, 2) w
where w.ended >= %(floor_count)s and w.failed::numeric * 1000000 >= %(threshold)s::numeric * w.ended"""
ONE_PAYOUT = """
select y.number::text as id, 'payout'::text as row_kind, y.number::text as row_id, y.number::text as label,
  y.party_id, y.made_at as at, y.amount_minor as amount, y.currency::text as currency
from settlement_payout y where y.number = %(subject)s"""
FAILED_PAYOUTS = """
select y.number::text as id, 'payout'::text as row_kind, y.number::text as row_id, y.number::text as label,
  y.party_id, y.ended_at as at, y.amount_minor as amount, y.currency::text as currency
from settlement_payout y where y.currency = %(subject_currency)s and y.state in ('failed', 'returned')
  and y.ended_at >= %(window_from)s and y.ended_at < %(window_before)s"""

EVIDENCE = """
select e.row_kind || ' ' || e.row_id as id, e.row_kind, e.row_id, e.label, e.party_id, e.at, e.amount, e.currency
from ({events}) e where {condition}"""
OF_WINDOW = (
    "e.party_id = %(subject_party)s and e.currency = %(subject_currency)s"
    " and e.at >= %(window_from)s and e.at < %(window_before)s"
)
FEES_OF_ORDER = f"""
select b.party_id || '-' || b.line_id || '-' || b.event_id || '-' || d.position as id, 'detail'::text as row_kind,
  b.party_id || '-' || b.line_id || '-' || b.event_id || '-' || d.position as row_id, f.code::text as label,
  b.party_id, b.occurred_at as at, d.a as amount, b.currency::text as currency
from settlement_billed_line b join settlement_detail_pattern p on p.id = b.pattern_id
cross join lateral unnest(p.fee_types, b.amounts) with ordinality as d(t, a, position)
join settlement_fee_type f on f.id = d.t
where b.kind = 1 and b.party_id = %(subject_party)s and b.order_id = split_part(%(subject)s, '-', 1)::bigint
  and b.occurred_at >= %(window_from)s and b.occurred_at < %(window_from)s + interval '400 days'
  and (f."group" in ({GOODS}) or d.a < 0)"""
EARLIER_STATEMENTS = """
select s.id::text as id, 'statement'::text as row_kind, s.id::text as row_id, s.number::text as label, s.party_id,
  s.closed_at as at, s.net_minor as amount, s.currency::text as currency
from settlement_statement s join settlement_statement found on found.party_id = s.party_id
  and found.id = %(subject)s::bigint and (found.entity_id, found.currency, found.mode, found.kind, found.cycle)
    = (s.entity_id, s.currency, s.mode, s.kind, s.cycle)
where s.party_id = %(subject_party)s and s.state <> 'open' and (s.starts_on, s.id) <= (found.starts_on, found.id)
  and (select count(*) from settlement_statement between_them where between_them.party_id = s.party_id
        and (between_them.entity_id, between_them.currency, between_them.mode, between_them.kind,
             between_them.cycle) = (s.entity_id, s.currency, s.mode, s.kind, s.cycle)
        and between_them.state <> 'open'
        and (between_them.starts_on, between_them.id) > (s.starts_on, s.id)
        and (between_them.starts_on, between_them.id) <= (found.starts_on, found.id)) <= %(history)s"""


def finding(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the SELECT of a kind."""
    if kind == "amount_above":
        return AMOUNT_ABOVE.format(events=EVENTS[parameters["what"]])
    if kind == "velocity":
        measure = "count(*)" if parameters["measure"] == "count" else "sum(e.amount)::bigint"
        return VELOCITY.format(events=EVENTS[parameters["what"]], measure=measure)
    if kind == "statement_swing":
        # A window frame takes no placeholder of a server-side statement's later types: the number is checked.
        return STATEMENT_SWING.format(history=int(parameters["history"]))
    return {
        "refund_ratio": REFUND_RATIO, "fee_ratio": FEE_RATIO, "new_receiver_payout": NEW_RECEIVER,
        "payout_failures": PAYOUT_FAILURES,
    }[kind]  # fmt: skip


def evidence(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the rows behind one finding of a kind."""
    if kind == "amount_above":
        return EVIDENCE.format(
            events=_inclusive(EVENTS[parameters["what"]]), condition="e.row_id = %(subject)s"
        )
    if kind == "velocity":
        return EVIDENCE.format(events=_of_window(EVENTS[parameters["what"]]), condition=OF_WINDOW)
    if kind == "refund_ratio":
        both = _of_window(f"{EVENTS['order']} union all {EVENTS['refund']}")
        return EVIDENCE.format(events=both, condition=OF_WINDOW)
    return {
        "fee_ratio": FEES_OF_ORDER, "statement_swing": EARLIER_STATEMENTS, "new_receiver_payout": ONE_PAYOUT,
        "payout_failures": FAILED_PAYOUTS,
    }[kind]  # fmt: skip


def _of_window(events: str) -> str:
    return events.replace("%(lo)s", "%(window_from)s").replace("%(hi)s", "%(window_before)s")


def _inclusive(events: str) -> str:
    """The moment of one document: its window begins and ends there."""
    at = "(%(window_from)s + interval '1 microsecond')"
    return events.replace("%(lo)s", "%(window_from)s").replace("%(hi)s", at)

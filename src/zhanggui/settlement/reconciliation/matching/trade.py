"""Leg 1: our payments and refunds against the trade bill."""

from typing import Any

from django.db import connection

from zhanggui.settlement.reconciliation.matching import ours, pairs
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.rules import Window

AROUND_DAYS = 3  # how far from the bill's days our side is looked at before single numbers are looked up
THEIRS = """
create temporary table recon_theirs on commit drop as
select r.bill_id, r.row_number, r.kind, r.state, r.amount_minor as amount, r.fee_milli, r.occurred_at, r.day,
  (case when r.kind = 1 then r.own_number else r.own_refund_number end) collate "C" as own_key,
  (case when r.kind = 1 then r.channel_number else r.channel_refund_number end) collate "C" as channel_key,
  coalesce(d.id, 0) as difference_id
from settlement_external_record r
left join settlement_difference d on d.leg = 1 and d.bill_id = r.bill_id and d.row_number = r.row_number
  and d.state <> 'cleared'
where r.kind in (1, 2) and (
  (r.bill_id = %(bill)s and (d.id is null or (d.kind = 'missing_here' and d.state in ('open', 'suspended'))))
  or (r.bill_id <> %(bill)s and (r.bill_id, r.row_number) in (
    select w.bill_id, w.row_number from settlement_difference w where w.leg = 1 and w.own_account_id = %(account)s
      and w.kind = 'missing_here' and w.state in ('open', 'suspended') and w.row_number <> 0)))
and not exists (select from settlement_reconciliation_match m where m.leg = 1 and m.bill_id = r.bill_id
                and m.row_number = r.row_number)
"""
# What each pair, each lone row of theirs and each lone one of ours is. One row is in exactly one of the three.
PLACED = """
create temporary table recon_placed on commit drop as
select t.bill_id, t.row_number, o.kind as our_kind, o.a as our_a, o.b as our_b, o.order_id,
  o.amount as our_minor, t.amount as their_minor, t.fee_milli as their_fee,
  case when t.kind = 1 then o.amount * %(ppm)s::bigint / 1000 else t.fee_milli end as our_fee,
  case when t.state = 3 then 'state'
       when abs(t.amount - o.amount) > %(tolerance)s then 'amount'
       when %(ppm)s > 0 and t.kind = 1
         and abs(t.fee_milli - o.amount * %(ppm)s::bigint / 1000) > %(fee_tolerance)s then 'fee'
       else '' end as difference,
  t.state, t.occurred_at as at, t.day, t.own_key as reference, t.difference_id as their_difference,
  o.difference_id as our_difference
from recon_pairs p join recon_theirs t using (bill_id, row_number)
join recon_ours o on o.kind = p.kind and o.a = p.a and o.b = p.b
union all
select t.bill_id, t.row_number, 0, 0, 0, 0, 0, t.amount, t.fee_milli, 0,
  case when n.again or exists (select from recon_ours o where o.kind = t.kind and o.own_key = t.own_key
      and t.own_key <> '')
    or exists (select from recon_ours o where o.kind = t.kind and o.channel_key = t.channel_key
      and t.channel_key <> '')
    or exists (select from recon_ours o where o.kind = t.kind and o.reference <> ''
      and o.reference in (t.own_key, t.channel_key))
  then 'duplicate' else 'missing_here' end,
  t.state, t.occurred_at, t.day, coalesce(nullif(t.own_key, ''), t.channel_key), 0, 0
from (select t.*, row_number() over (partition by t.kind, coalesce(nullif(t.own_key, ''), t.channel_key)
        order by t.bill_id, t.row_number) > 1
        and coalesce(nullif(t.own_key, ''), t.channel_key) <> '' as again from recon_theirs t
      where not exists (select from recon_pairs p where p.bill_id = t.bill_id and p.row_number = t.row_number)
     ) n
join recon_theirs t using (bill_id, row_number)
where t.difference_id = 0
union all
select 0, 0, o.kind, o.a, o.b, o.order_id, o.amount, 0, 0, 0, 'missing_there', 0, o.at, o.day,
  coalesce(nullif(o.reference, ''), o.own_key), 0, 0
from recon_ours o
where not o.taken and o.difference_id = 0 and o.kind = any(%(kinds)s)
  and o.day >= %(starts_on)s and o.day < %(ends_before)s
  and not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a and p.b = o.b)
"""
_KINDS = {"all": [1, 2], "success": [1], "refund": [2]}


def place_trade_rows(bill: Bill, window: Window, rule: ReconciliationRule) -> None:
    """This function will find, in the caller's transaction, what is new between our side and the bill, and leave it
    in the temporary table `recon_placed`."""
    params: dict[str, Any] = ours.params_of(bill.own_account, window, AROUND_DAYS)
    params |= {
        "bill": bill.id, "ppm": rule.expected_fee_ppm, "tolerance": rule.amount_tolerance_minor,
        "fee_tolerance": rule.fee_tolerance_milli, "starts_on": bill.starts_on, "ends_before": bill.ends_before,
        "kinds": _KINDS.get(bill.variant, []),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(THEIRS, params)
        cursor.execute("analyze recon_theirs")
    pairs.make_tables()
    ours.collect_near(params)
    pairs.pair_all()
    if pairs.note_left() and ours.collect_far(params):
        pairs.pair_all()
    with connection.cursor() as cursor:
        cursor.execute(PLACED, params)
        cursor.execute("analyze recon_placed")

"""Leg 2: the trade bill against the fund bill, and what of the fund bill leaves for the bank.

Our side here is the channel's own trade bill: a payment, a refund, and the fee that a row names, each looked for in
the fund bill by the channel's number. Where the fund bill has no rows of fees, the channel keeps its fee back and
books net amounts; then rows are compared net. What went to sub-merchants is in their fund bills and not in ours.
"""

from typing import Any

from django.db import connection

from zhanggui.settlement.reconciliation.kinds import BillKind
from zhanggui.settlement.reconciliation.matching import ours, pairs
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.rules import FEE_OF_ROW, Window

THEIRS = """
create temporary table recon_theirs on commit drop as
select r.bill_id, r.row_number, case when r.kind = 4 then 3 else r.kind end::smallint as kind, r.state,
  r.amount_minor as amount, r.fee_milli, r.occurred_at, r.day, r.own_number collate "C" as own_key,
  r.channel_number collate "C" as channel_key, coalesce(d.id, 0) as difference_id
from settlement_external_record r
left join settlement_difference d on d.leg = 2 and d.bill_id = r.bill_id and d.row_number = r.row_number
  and d.state <> 'cleared'
where r.kind in (1, 2, 3, 4) and (
  (r.bill_id = %(bill)s and (d.id is null or (d.kind = 'missing_here' and d.state in ('open', 'suspended'))))
  or (r.bill_id <> %(bill)s and (r.bill_id, r.row_number) in (
    select w.bill_id, w.row_number from settlement_difference w where w.leg = 2 and w.own_account_id = %(account)s
      and w.kind = 'missing_here' and w.state in ('open', 'suspended') and w.row_number <> 0)))
and not exists (select from settlement_reconciliation_match m where m.leg = 2 and m.bill_id = r.bill_id
                and m.row_number = r.row_number)
"""
# A fee is one of a row: kind 3, its own identity (6: the fee of a bill's row).
OURS = """
insert into recon_ours
select x.kind, x.bill_id, x.row_number, x.our_kind, x.amount, x.occurred_at, x.day, x.own_key, '', x.channel_key,
  x.taken, coalesce((select d.id from settlement_difference d where d.leg = 2 and d.our_kind = x.our_kind
    and d.our_a = x.bill_id and d.our_b = x.row_number and d.row_number = 0
    and d.state in ('open', 'suspended')), 0)
from (
  select i.kind, i.our_kind, r.bill_id, r.row_number, i.amount, r.occurred_at, r.day,
    case when r.kind = 1 then r.own_number else r.own_refund_number end as own_key,
    case when r.kind = 1 or r.channel_refund_number = '' then r.channel_number else r.channel_refund_number end
      as channel_key,
    exists (select from settlement_reconciliation_match m where m.leg = 2 and m.our_kind = i.our_kind
      and m.our_a = r.bill_id and m.our_b = r.row_number)
    or exists (select from settlement_difference d where d.leg = 2 and d.our_kind = i.our_kind
      and d.our_a = r.bill_id and d.our_b = r.row_number and d.state <> 'cleared'
      and (d.row_number <> 0 or d.state in ('explained', 'adjusted', 'written_off'))) as taken
  from settlement_external_record r cross join lateral (
    select r.kind as kind, 3 as our_kind,
      r.amount_minor - case when %(net)s then {fee} else 0 end as amount
    union all select 3::smallint, 6, -{fee} where r.fee_milli <> 0 and not %(net)s) i
  where r.bill_id = any(%(trade)s) and r.kind in (1, 2) and r.state <> 3 and i.amount <> 0
    and not exists (select from payments_charge_part c where c.channel_number = r.channel_number
      and c.account <> '' and r.channel_number <> '')) x
"""
PLACED = """
create temporary table recon_placed on commit drop as
select t.bill_id, t.row_number, o.order_id::smallint as our_kind, o.a as our_a, o.b as our_b, 0::bigint as order_id,
  o.amount as our_minor, t.amount as their_minor, 0::bigint as their_fee, 0::bigint as our_fee,
  case when t.amount = o.amount then '' when t.kind = 3 then 'fee' else 'amount' end as difference,
  t.state, t.occurred_at as at, t.day, coalesce(nullif(t.own_key, ''), t.channel_key) as reference,
  t.difference_id as their_difference, o.difference_id as our_difference
from recon_pairs p join recon_theirs t using (bill_id, row_number)
join recon_ours o on o.kind = p.kind and o.a = p.a and o.b = p.b
union all
select t.bill_id, t.row_number, 0, 0, 0, 0, 0, t.amount, 0, 0,
  case when exists (select from recon_ours o where o.kind = t.kind
    and ((o.channel_key = t.channel_key and t.channel_key <> '') or (o.own_key = t.own_key and t.own_key <> '')))
  then 'duplicate' else 'missing_here' end,
  t.state, t.occurred_at, t.day, coalesce(nullif(t.own_key, ''), t.channel_key), 0, 0
from recon_theirs t where t.difference_id = 0
  and not exists (select from recon_pairs p where p.bill_id = t.bill_id and p.row_number = t.row_number)
union all
select 0, 0, o.order_id::smallint, o.a, o.b, 0, o.amount, 0, 0, 0, 'missing_there', 0, o.at, o.day,
  coalesce(nullif(o.own_key, ''), o.channel_key), 0, 0
from recon_ours o where not o.taken and o.difference_id = 0
  and o.a = any(%(within)s)
  and not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a and p.b = o.b)
"""


def fund_bill_of(bill: Bill) -> Bill | None:
    """This function will return the fund bill that covers the days of a trade bill, or None."""
    return (
        Bill.objects.select_related("own_account")
        .filter(
            own_account_id=bill.own_account_id, kind=BillKind.FUND, starts_on__lte=bill.starts_on,
            ends_before__gte=bill.ends_before,
        )
        .first()
    )  # fmt: skip


def trade_bills_of(fund: Bill) -> list[int]:
    """This function will return the trade bills whose days lie within the fund bill's."""
    return list(
        Bill.objects.filter(
            own_account_id=fund.own_account_id, kind=BillKind.TRADE, starts_on__gte=fund.starts_on,
            ends_before__lte=fund.ends_before,
        ).values_list("id", flat=True)
    )  # fmt: skip


def place_withdrawals(fund: Bill) -> tuple[int, int]:
    """This function will return what a fund bill says went to the bank (negative, minor units), and in how many
    rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount_minor), 0)::bigint, count(*) from settlement_external_record"
            " where bill_id = %s and kind = 5",
            [fund.id],
        )
        amount, rows = cursor.fetchone()
        return int(amount), int(rows)


def place_fund_rows(bill: Bill, window: Window, rule: ReconciliationRule) -> None:
    """This function will find what is new between trade bills and the fund bill, in `recon_placed`."""
    del window, rule
    within = trade_bills_of(bill)
    near = Bill.objects.filter(
        own_account_id=bill.own_account_id, kind=BillKind.TRADE, starts_on__lte=bill.ends_before,
        ends_before__gte=bill.starts_on,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(
            "select not exists (select from settlement_external_record where bill_id = %s and kind in (3, 4))",
            [bill.id],
        )
        net = bool(cursor.fetchone()[0])
        lone = (
            "select distinct our_a from settlement_difference where leg = 2 and own_account_id = %s"
            " and row_number = 0 and state in ('open', 'suspended')"
        )
        cursor.execute(lone, [bill.own_account_id])
        waiting = [int(row[0]) for row in cursor.fetchall()]
        trade = sorted({*near.values_list("id", flat=True), *within, *waiting})
        params: dict[str, Any] = {
            "bill": bill.id, "account": bill.own_account_id, "net": net, "trade": trade, "within": within,
        }  # fmt: skip
        cursor.execute(THEIRS, params)
        cursor.execute(ours.TABLE)
        cursor.execute(OURS.format(fee=FEE_OF_ROW), params)
        cursor.execute("analyze recon_theirs")
        cursor.execute("analyze recon_ours")
    pairs.make_tables()
    pairs.pair_all()
    with connection.cursor() as cursor:
        cursor.execute(PLACED, params)

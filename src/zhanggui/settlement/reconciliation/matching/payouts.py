"""Leg 5: what we paid out through a channel, against the rows of its bill that are neither trade nor shares.

A row is of a try of ours by our number as the channel writes it, else by the channel's own: money out is the try,
money back is what came back of it, a fee is its fee, which nobody but the bill says. A try that has not ended may be
in the bill already: the channel takes the money when it is asked. Ours alone is what was executed, or came back, on a
day of the bill; and what must have come back, since the bill took it and the try failed.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from zhanggui.settlement.payouts.rail import number_there
from zhanggui.settlement.reconciliation.kinds import BillKind
from zhanggui.settlement.reconciliation.matching import pairs
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.rules import Window

AROUND_DAYS = 40  # how long before a bill a try may have been made that is in it: money comes back late
# Rows of this bill, and those of earlier ones that wait: two reads by keys, never one of all rows of the account.
# Kinds here: 1 money that came, 2 money that went, 3 a fee, 4 a fee given back.
THEIRS = """
create temporary table recon_theirs on commit drop as
select r.bill_id, r.row_number, (case when r.kind = 11 then 3 else 1 end
    + case when (r.amount_minor >= 0) = (r.kind = 11) then 1 else 0 end)::smallint as kind,
  r.state, r.amount_minor as amount, r.fee_milli, r.occurred_at, r.day, r.own_number collate "C" as own_key,
  r.channel_number collate "C" as channel_key, coalesce(d.id, 0) as difference_id
from (
  select b.* from settlement_external_record b where b.bill_id = %(bill)s and b.kind in (6, 7, 11)
  union
  select b.* from settlement_difference w
  join settlement_external_record b on b.bill_id = w.bill_id and b.row_number = w.row_number
  where w.leg = 5 and w.own_account_id = %(account)s and w.kind = 'missing_here' and w.state in ('open', 'suspended')
    and w.row_number <> 0) r
left join settlement_difference d on d.leg = 5 and d.bill_id = r.bill_id and d.row_number = r.row_number
  and d.state <> 'cleared'
where (d.id is null or (d.kind = 'missing_here' and d.state in ('open', 'suspended')))
  and not exists (select from settlement_reconciliation_match m where m.leg = 5 and m.bill_id = r.bill_id
                  and m.row_number = r.row_number)
"""
# Tries that may be in the bill: made around its days, named by a row, or alone since an earlier bill.
TRIES = """
select t.id, t.end_to_end, b.rail from settlement_payout_attempt t join settlement_payout p on p.id = t.payout_id
join settlement_payout_batch b on b.id = p.batch_id
where p.own_account_id = %(account)s and (
  (t.recorded_at >= %(from)s and t.recorded_at < %(through)s)
  or (t.answered_at >= %(begins)s and t.answered_at < %(through)s)
  or (t.reference <> '' and t.reference in (
    select k.key collate "default" from recon_theirs r
    cross join lateral (values (r.own_key), (r.channel_key)) k(key)))
  or t.payout_id in (select d.our_a from settlement_difference d where d.leg = 5
    and d.own_account_id = %(account)s and d.row_number = 0 and d.state in ('open', 'suspended'))
  or t.payout_id in (select n.payout_id from settlement_payout_answer n where n.own_account_id = %(account)s
    and n.effect = 'applied' and n.outcome = 'returned' and n.at >= %(begins)s and n.at < %(through)s))
"""
NAMED = """
create temporary table recon_named on commit drop as
select * from unnest(%s::bigint[], %s::text[]) n(attempt_id, number)
"""
TABLE = """
create temporary table recon_ours (
  kind smallint not null, a bigint not null, b bigint not null, order_id bigint not null, amount bigint not null,
  at timestamptz not null, day date not null, own_key text collate "C" not null, reference text collate "C" not null,
  channel_key text collate "C" not null, taken boolean not null, difference_id bigint not null,
  attempt_id bigint not null, due boolean not null, due_after_out boolean not null
) on commit drop
"""
# `order_id` is the kind on our side. What was executed, and what came back, is due on its day; of a try that failed,
# what came back is due once the bill has what went.
OURS = """
insert into recon_ours
with tries as (
  select t.id, t.payout_id, t.attempt::bigint as attempt, t.state, t.reference, n.number, p.own_account_id,
    t.amount_minor, p.short_minor, p.returned_minor, coalesce(t.answered_at, t.recorded_at) as at
  from recon_named n join settlement_payout_attempt t on t.id = n.attempt_id
  join settlement_payout p on p.id = t.payout_id),
sides as (
  select 2 as kind, t.id, t.payout_id as a, t.attempt as b, 5 as our_kind, t.at, t.number, t.reference,
    case when t.state = 'executed' then t.short_minor else 0 end - t.amount_minor as amount,
    t.state = 'executed' and t.at >= %(begins)s as due, false as due_after_out
  from tries t
  union all
  select 1, t.id, t.payout_id, -t.attempt, 5, t.at, t.number, t.reference, t.amount_minor, false,
    t.state in ('rejected', 'not_taken')
  from tries t where t.state <> 'executed'
  union all
  select 1, t.id, t.payout_id,
    -t.attempt - 1000 * (row_number() over (partition by t.payout_id order by n.id) - 1), 5, n.at, t.number,
    t.reference, coalesce(n.amount_minor, t.amount_minor - t.short_minor - t.returned_minor), n.at >= %(begins)s,
    false
  from tries t join settlement_payout_answer n on n.payout_id = t.payout_id and n.effect = 'applied'
    and n.outcome = 'returned' where t.state = 'executed'
  union all
  select f.kind, t.id, t.payout_id, f.sign * t.attempt, 8, t.at, t.number, t.reference, 0, false, false
  from tries t cross join (values (3, 1), (4, -1)) f(kind, sign))
select s.kind, s.a, s.b, s.our_kind, s.amount, s.at, (s.at at time zone %(zone)s)::date, s.number, s.reference,
  s.reference,
  exists (select from settlement_reconciliation_match m where m.leg = 5 and m.our_kind = s.our_kind
    and m.our_a = s.a and m.our_b = s.b)
  or exists (select from settlement_difference d where d.leg = 5 and d.our_kind = s.our_kind and d.our_a = s.a
    and d.our_b = s.b and (d.row_number <> 0 and d.state <> 'cleared'
      or d.state in ('explained', 'adjusted', 'written_off'))),
  coalesce((select d.id from settlement_difference d where d.leg = 5 and d.our_kind = s.our_kind and d.our_a = s.a
    and d.our_b = s.b and d.row_number = 0 and d.state in ('open', 'suspended')), 0),
  s.id, s.due and s.at < %(ends)s, s.due_after_out and s.at < %(ends)s
from sides s
"""
PLACED = """
create temporary table recon_placed on commit drop as
select t.bill_id, t.row_number, o.order_id::smallint as our_kind, o.a as our_a, o.b as our_b, 0::bigint as order_id,
  case when o.order_id = 8 then t.amount else o.amount end as our_minor, t.amount as their_minor,
  0::bigint as their_fee, 0::bigint as our_fee,
  case when o.order_id = 8 or t.amount = o.amount then '' else 'amount' end as difference, t.state,
  t.occurred_at as at, t.day, coalesce(nullif(t.own_key, ''), t.channel_key) as reference,
  t.difference_id as their_difference, o.difference_id as our_difference
from recon_pairs p join recon_theirs t using (bill_id, row_number)
join recon_ours o on o.kind = p.kind and o.a = p.a and o.b = p.b
union all
select t.bill_id, t.row_number, 0, 0, 0, 0, 0, t.amount, 0, 0,
  case when exists (select from recon_ours o where o.kind = t.kind and t.own_key <> ''
      and t.own_key in (o.own_key, o.reference))
    or exists (select from recon_ours o where o.kind = t.kind and t.channel_key <> ''
      and t.channel_key = o.channel_key)
  then 'duplicate' else 'missing_here' end,
  t.state, t.occurred_at, t.day, coalesce(nullif(t.own_key, ''), t.channel_key), 0, 0
from recon_theirs t where t.difference_id = 0
  and not exists (select from recon_pairs p where p.bill_id = t.bill_id and p.row_number = t.row_number)
union all
select 0, 0, o.order_id::smallint, o.a, o.b, 0, o.amount, 0, 0, 0, 'missing_there', 0, o.at, o.day, o.own_key, 0, 0
from recon_ours o where not o.taken and o.difference_id = 0
  and not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a and p.b = o.b)
  and (o.due or o.due_after_out and exists (select from recon_ours w where w.attempt_id = o.attempt_id and w.kind = 2
    and (exists (select from recon_pairs p where p.kind = 2 and p.a = w.a and p.b = w.b)
      or exists (select from settlement_reconciliation_match m where m.leg = 5 and m.our_kind = 5
        and m.our_a = w.a and m.our_b = w.b))))
"""


def place_payout_rows(bill: Bill, window: Window, rule: ReconciliationRule) -> None:
    """This function will find what is new between our payouts and the bill, in `recon_placed`."""
    del rule
    own = bill.own_account
    begins, ends = window.moments()
    params: dict[str, Any] = {
        "bill": bill.id, "account": own.id, "zone": str(window.zone), "begins": begins, "ends": ends,
        "from": begins - timedelta(days=AROUND_DAYS), "through": ends + timedelta(days=1),
    }  # fmt: skip
    merchant = str(own.details.get("merchant_number", ""))
    with connection.cursor() as cursor:
        cursor.execute(THEIRS, params)
        cursor.execute(TRIES, params)
        tries = cursor.fetchall()
        named = [number_there(rail, merchant=merchant, end_to_end=one) for _, one, rail in tries]
        cursor.execute(NAMED, [[int(one[0]) for one in tries], named])
        cursor.execute(TABLE)
        cursor.execute(OURS, params)
        for table in ("recon_theirs", "recon_named", "recon_ours"):
            cursor.execute(f"analyze {table}")
    pairs.make_tables()
    pairs.pair_all()
    with connection.cursor() as cursor:
        cursor.execute(PLACED)


def holds_payouts(bill: Bill, *, in_trade_bill: bool) -> bool:
    """This function will say whether payouts of ours are to be looked for in a bill: in fund bills, and in the trade
    bills of a channel that has no others."""
    return bill.kind == BillKind.FUND or (
        in_trade_bill and bill.kind == BillKind.TRADE and bill.variant == "all"
    )

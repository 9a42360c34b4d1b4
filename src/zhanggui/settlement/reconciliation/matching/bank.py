"""Leg 4: what channels say went to the bank, what we paid and what we took in, against the bank's statement.

Pairs are found by number, then by amount within a few days. A channel settles to the bank account that its details
name (`settles_to`), or to the only one of its currency.
"""

from datetime import timedelta
from typing import Any

from django.db import connection

from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.reconciliation.matching import ours, pairs
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.posting import Poster
from zhanggui.settlement.reconciliation.rules import Window

UNDER_WAY_DAYS = 7
THEIRS = """
create temporary table recon_theirs on commit drop as
select r.bill_id, r.row_number, case when r.amount_minor >= 0 then 1 else 2 end::smallint as kind, r.state,
  r.amount_minor as amount, r.fee_milli, r.occurred_at, r.day, r.own_number collate "C" as own_key,
  r.channel_number collate "C" as channel_key, coalesce(d.id, 0) as difference_id
from settlement_external_record r
left join settlement_difference d on d.leg = 4 and d.bill_id = r.bill_id and d.row_number = r.row_number
  and d.state <> 'cleared'
where r.own_account_id = %(account)s and r.kind in (8, 9)
  and ((r.bill_id = %(bill)s and d.id is null) or (d.kind = 'missing_here' and d.state in ('open', 'suspended')))
  and not exists (select from settlement_reconciliation_match m where m.leg = 4 and m.bill_id = r.bill_id
                  and m.row_number = r.row_number)
"""
WITHDRAWALS = """
insert into recon_ours
select 1, r.bill_id, r.row_number, 3, -r.amount_minor, r.occurred_at, r.day, r.flow_number, r.own_number,
  r.channel_number,
  false, coalesce((select d.id from settlement_difference d where d.leg = 4 and d.our_kind = 3
    and d.our_a = r.bill_id and d.our_b = r.row_number and d.row_number = 0
    and d.state in ('open', 'suspended')), 0)
from settlement_external_record r
where r.kind = 5 and r.own_account_id = any(%(channels)s) and r.day < %(ends_before)s and r.day >= %(from)s
  and not exists (select from settlement_reconciliation_match m where m.leg = 4 and m.our_kind = 3
    and m.our_a = r.bill_id and m.our_b = r.row_number)
  and not exists (select from settlement_difference d where d.leg = 4 and d.our_kind = 3 and d.our_a = r.bill_id
    and d.our_b = r.row_number and d.state in ('explained', 'adjusted', 'written_off'))
"""
# What we paid out of this account and what came back, by our own number; and money recorded as received.
PAYOUTS = """
insert into recon_ours
select x.kind, x.payout_id, x.b, 5, x.amount, x.at, (x.at at time zone %(zone)s)::date, x.end_to_end, '',
  x.reference, false, coalesce((select d.id from settlement_difference d where d.leg = 4 and d.our_kind = 5
    and d.our_a = x.payout_id and d.our_b = x.b and d.row_number = 0 and d.state in ('open', 'suspended')), 0)
from (
  select 2 as kind, t.payout_id, t.attempt::bigint as b, p.short_minor - t.amount_minor as amount,
    coalesce(t.answered_at, t.recorded_at) as at, t.end_to_end, t.reference
  from settlement_payout_attempt t join settlement_payout p on p.id = t.payout_id
  where p.own_account_id = %(account)s and t.state = 'executed'
  union all
  select 1, t.payout_id, -t.attempt - 1000 * (row_number() over (partition by t.payout_id order by n.id) - 1),
    coalesce(n.amount_minor, p.amount_minor - p.short_minor - p.returned_minor), n.at, t.end_to_end, ''
  from settlement_payout_answer n join settlement_payout p on p.id = n.payout_id
  join settlement_payout_attempt t on t.payout_id = p.id and t.state = 'executed'
  where p.own_account_id = %(account)s and n.effect = 'applied' and n.outcome = 'returned') x
where x.at >= %(from)s and x.at < %(through)s
  and not exists (select from settlement_reconciliation_match m where m.leg = 4 and m.our_kind = 5
    and m.our_a = x.payout_id and m.our_b = x.b)
  and not exists (select from settlement_difference d where d.leg = 4 and d.our_kind = 5 and d.our_a = x.payout_id
    and d.our_b = x.b and (d.row_number <> 0 and d.state <> 'cleared'
      or d.state in ('explained', 'adjusted', 'written_off')))
"""
RECEIPTS = """
insert into recon_ours
select 1, r.id, 0, 7, r.amount_minor, r.received_on::timestamp at time zone %(zone)s, r.received_on,
  r.bank_reference, '', r.bank_reference, false,
  coalesce((select d.id from settlement_difference d where d.leg = 4 and d.our_kind = 7 and d.our_a = r.id
    and d.our_b = 0 and d.row_number = 0 and d.state in ('open', 'suspended')), 0)
from settlement_receipt r
where r.own_account_id = %(account)s and r.reversed_at is null and r.received_on >= %(from)s
  and r.received_on < %(ends_before)s
  and not exists (select from settlement_reconciliation_match m where m.leg = 4 and m.our_kind = 7
    and m.our_a = r.id and m.our_b = 0)
  and not exists (select from settlement_difference d where d.leg = 4 and d.our_kind = 7 and d.our_a = r.id
    and (d.row_number <> 0 and d.state <> 'cleared' or d.state in ('explained', 'adjusted', 'written_off')))
"""
# Only rows without a number that we know: one that names a payment of ours (twice, or before we heard of it) proves
# no other payment that happens to be of the same amount.
_BY_AMOUNT = """
insert into recon_pairs
select t.bill_id, t.row_number, o.kind, o.a, o.b
from (select t.*, row_number() over (partition by t.kind, t.amount order by t.occurred_at, t.row_number) as place
      from recon_theirs t where not exists (select from recon_pairs p where p.bill_id = t.bill_id
        and p.row_number = t.row_number)
        and not exists (select from settlement_payout_attempt a where a.end_to_end = (t.own_key collate "default"))
        and not exists (select from settlement_receipt r where r.own_account_id = %(account)s
          and r.reversed_at is null and r.bank_reference in ((t.own_key collate "default"),
            (t.channel_key collate "default")))) t
join (select o.*, row_number() over (partition by o.kind, o.amount order by o.at, o.a, o.b) as place
      from recon_ours o where not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a
        and p.b = o.b)) o
  on o.kind = t.kind and o.amount = t.amount and o.place = t.place
where t.day - o.day between 0 and %(days)s
"""
PLACED = """
create temporary table recon_placed on commit drop as
select t.bill_id, t.row_number, o.order_id::smallint as our_kind, o.a as our_a, o.b as our_b, 0::bigint as order_id,
  o.amount as our_minor, t.amount as their_minor, 0::bigint as their_fee, 0::bigint as our_fee,
  case when t.amount = o.amount then '' else 'amount' end as difference, t.state, t.occurred_at as at, t.day,
  coalesce(nullif(t.own_key, ''), t.channel_key) as reference, t.difference_id as their_difference,
  o.difference_id as our_difference
from recon_pairs p join recon_theirs t using (bill_id, row_number)
join recon_ours o on o.kind = p.kind and o.a = p.a and o.b = p.b
union all
select t.bill_id, t.row_number, 0, 0, 0, 0, 0, t.amount, 0, 0, 'missing_here', t.state, t.occurred_at, t.day,
  coalesce(nullif(t.own_key, ''), t.channel_key), 0, 0
from recon_theirs t where t.difference_id = 0
  and not exists (select from recon_pairs p where p.bill_id = t.bill_id and p.row_number = t.row_number)
union all
select 0, 0, o.order_id::smallint, o.a, o.b, 0, o.amount, 0, 0, 0, 'missing_there', 0, o.at, o.day,
  coalesce(nullif(o.channel_key, ''), o.own_key), 0, 0
from recon_ours o where o.difference_id = 0
  and not exists (select from recon_pairs p where p.kind = o.kind and p.a = o.a and p.b = o.b)
"""
_ARRIVED = """
select r.own_account_id, sum(p.their_minor)::bigint from recon_placed p
join settlement_external_record r on r.bill_id = p.our_a and r.row_number = p.our_b
where p.difference = '' and p.our_kind = 3 group by 1 order by 1
"""


def channels_into(bank: OwnAccount) -> list[OwnAccount]:
    """This function will return the channel accounts that settle to a bank account."""
    channels = OwnAccount.objects.filter(kind=OwnAccountKind.CHANNEL, currency=bank.currency).order_by("id")
    only = OwnAccount.objects.filter(kind=OwnAccountKind.BANK, currency=bank.currency).count() == 1
    return [one for one in channels if one.details.get("settles_to", bank.code if only else "") == bank.code]


def place_bank_rows(bill: Bill, window: Window, rule: ReconciliationRule) -> None:
    """This function will find what is new between the channels' withdrawals and the statement, in `recon_placed`."""
    del rule
    params: dict[str, Any] = {
        "zone": str(window.zone), "through": window.moments()[1], "bill": bill.id,
        "account": bill.own_account_id, "ends_before": bill.ends_before,
        "channels": [one.id for one in channels_into(bill.own_account)],
        "from": bill.starts_on - timedelta(days=UNDER_WAY_DAYS), "days": UNDER_WAY_DAYS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(THEIRS, params)
        cursor.execute(ours.TABLE)
        for query in (WITHDRAWALS, PAYOUTS, RECEIPTS):
            cursor.execute(query, params)
    pairs.make_tables()
    pairs.pair_all()
    with connection.cursor() as cursor:
        cursor.execute(_BY_AMOUNT, params)
        cursor.execute(PLACED, params)


def post_arrivals(poster: Poster) -> None:
    """This function will post what arrived at the bank, an entry for each channel that it came from."""
    with connection.cursor() as cursor:
        cursor.execute(_ARRIVED)
        arrived = cursor.fetchall()
    for channel in OwnAccount.objects.filter(id__in=[row[0] for row in arrived]):
        poster.arrived(channel, next(int(amount) for number, amount in arrived if number == channel.id))

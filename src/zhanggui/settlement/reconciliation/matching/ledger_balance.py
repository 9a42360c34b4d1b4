"""Leg 3: what the fund bill's balance moved by, against what the ledger's account of it moved by on those days.

Entries over differences (source 26) are left out: they put right what an earlier day got wrong, on a later day.
"""

from datetime import date

from django.db import connection

from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRule
from zhanggui.settlement.reconciliation.rules import Window

BALANCE_ROW = -1  # the bill's balance, which is no row of it
LEDGER = """
select coalesce((select sum(d.amount) from ledger_delta d join ledger_account a on a.id = d.account_id
    where a.purpose = '1012.02' and a.reference = %(account)s and a.party_id = 0
      and d.booked_date >= %(starts_on)s and d.booked_date < %(ends_before)s), 0)
  - coalesce((select sum(p.amount) from ledger_posting p join ledger_account a on a.id = p.account_id
    where p.book_id = 0 and p.source = 26 and a.purpose = '1012.02' and a.reference = %(account)s
      and p.booked_date >= %(starts_on)s and p.booked_date < %(ends_before)s), 0)
"""
PLACED = """
create temporary table recon_placed on commit drop as
select %(bill)s::bigint as bill_id, -1 as row_number, 4::smallint as our_kind, %(bill)s::bigint as our_a,
  0::bigint as our_b, 0::bigint as order_id, %(ours)s::bigint as our_minor, %(theirs)s::bigint as their_minor,
  0::bigint as their_fee, 0::bigint as our_fee,
  case when %(ours)s = %(theirs)s then '' else 'balance' end as difference, 1 as state, %(at)s::timestamptz as at,
  %(day)s::date as day, %(reference)s::text as reference, %(difference)s::bigint as their_difference,
  0::bigint as our_difference
where not exists (select from settlement_reconciliation_match m where m.leg = 3 and m.bill_id = %(bill)s)
  and not exists (select from settlement_difference d where d.leg = 3 and d.bill_id = %(bill)s
    and d.state in ('explained', 'adjusted', 'written_off'))
  and (%(difference)s = 0 or %(ours)s <> %(known)s)
"""


def ledger_movement(account_id: int, starts_on: date, ends_before: date) -> int:
    """This function will return what the ledger's account at the channel moved by on these days, minor units."""
    with connection.cursor() as cursor:
        cursor.execute(LEDGER, {"account": account_id, "starts_on": starts_on, "ends_before": ends_before})
        return int(cursor.fetchone()[0])


def place_balance(bill: Bill, window: Window, rule: ReconciliationRule) -> None:
    """This function will compare the movements and leave the result in `recon_placed`: one row, or none when it
    is known already."""
    del rule
    moved = ledger_movement(bill.own_account_id, bill.starts_on, bill.ends_before)
    theirs = (bill.closing_minor or 0) - (bill.opening_minor or 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "select id, our_minor from settlement_difference where leg = 3 and bill_id = %s"
            " and state in ('open', 'suspended')",
            [bill.id],
        )
        known = cursor.fetchone() or (0, 0)
        cursor.execute(PLACED, {
            "bill": bill.id, "ours": moved, "theirs": theirs, "at": window.moments()[1], "day": bill.starts_on,
            "reference": bill.source_name[:128], "difference": known[0], "known": known[1],
        })  # fmt: skip

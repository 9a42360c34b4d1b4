"""Double insurance (双保险): hold pushed details against our own billing of the same order lines."""

from datetime import datetime

from django.db import connection

from zhanggui.settlement.entities.models import BusinessLine

# Only orders for which something was pushed are compared, per (party, order, line, fee).
DIFFERENCES = """
with pushed as (
  select c.party_id, c.order_no, c.line_no, c.fee_type_id, sum(c.amount_minor)::bigint as amount,
         max(c.line_id) as charge_line_id
  from settlement_charge c where c.business_line_id = %(line)s and c.state = 'accepted' and c.order_no <> ''
  group by 1, 2, 3, 4),
computed as (
  select d.party_id, o.order_no, l.line_no, d.fee_type_id, sum(d.amount)::bigint as amount
  from settlement_detail d
  join settlement_staged_line l on l.merchant_id = d.merchant_id and l.line_id = d.line_id
  join settlement_staged_order o on o.id = l.order_id and o.business_line_id = %(line)s
  where d.kind in (1, 2) and o.order_no in (select order_no from pushed)
  group by 1, 2, 3, 4)
insert into settlement_shadow_difference (business_line_id, party_id, order_no, line_no, fee_type_id, kind,
  pushed_minor, computed_minor, found_at, charge_line_id)
select %(line)s, party_id, order_no, line_no, fee_type_id,
       case when p.amount is null then 'missing_there' when c.amount is null then 'missing_here'
            else 'amount' end,
       coalesce(p.amount, 0), coalesce(c.amount, 0), %(at)s, coalesce(p.charge_line_id, 0)
from pushed p full join computed c using (party_id, order_no, line_no, fee_type_id)
where coalesce(p.amount, 0) <> coalesce(c.amount, 0)
on conflict on constraint shadow_difference_once do update
  set kind = excluded.kind, pushed_minor = excluded.pushed_minor, computed_minor = excluded.computed_minor,
      found_at = excluded.found_at, charge_line_id = excluded.charge_line_id
returning id
"""
SETTLED = """
delete from settlement_shadow_difference where business_line_id = %s and id <> all(%s)
"""


def compare_shadow(*, business_line: BusinessLine, at: datetime) -> int:
    """This function will list, anew, every pushed detail that our own billing does not confirm, in the
    caller's transaction, and return how many there are. Differences that are gone leave the list."""
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENCES, {"line": business_line.id, "at": at})
        found = [row[0] for row in cursor.fetchall()]
        cursor.execute(SETTLED, [business_line.id, found])
    return len(found)

"""What a party may know of its own money although it is booked with the platform: a paid order is one entry of the
platform's book, and the pending claims of its merchants are legs of it.

Both functions read past row-level security, so both refuse themselves to a tenant who asks for somebody else.
"""

from django.db import migrations

FUNCTIONS = """
create or replace function settlement_order_pending(asked bigint, asked_order bigint) returns bigint
  language sql stable security definer set search_path from current as $$
  select coalesce(-sum(x.amount), 0)::bigint
  from ledger_entry e cross join lateral unnest(e.accounts, e.amounts) as x(account_id, amount)
  join ledger_account a on a.id = x.account_id and a.party_id = asked and a.purpose = '2202.01'
  where coalesce(zhanggui_party(), asked) = asked and e.key_a = asked_order
    and e.book_id in (0, asked) and e.source in (1, 2, 8, 9)
$$;
create or replace function settlement_moves_of(asked bigint, asked_currency text, asked_purposes text[])
  returns table (book_id bigint, kind smallint, key_a bigint, key_b bigint, booked_date date, batch_id bigint,
                 amount bigint)
  language sql stable security definer set search_path from current as $$
  select e.book_id, e.source, e.key_a, e.key_b, e.booked_date, e.batch_id, (-sum(x.amount))::bigint
  from (
    select own.* from ledger_entry own where own.book_id = asked and own.currency = asked_currency
    union all
    select ours.* from ledger_entry ours where ours.book_id = 0 and ours.source in (8, 9)
      and ours.currency = asked_currency
      and ours.key_a in (select l.order_id from settlement_staged_line l where l.merchant_id = asked)
    union all
    select other.* from ledger_entry other where other.book_id <> asked and other.currency = asked_currency
      and not (other.book_id = 0 and other.source in (8, 9))
      and other.accounts && (select array_agg(b.id) from ledger_account b where b.party_id = asked
        and b.purpose = any(asked_purposes) and b.purpose not in ('2202.01', '2202.02'))
      and other.batch_id in (select d.batch_id from ledger_delta d join ledger_account b on b.id = d.account_id
        where d.party_id = asked and b.party_id = asked and b.purpose = any(asked_purposes)
          and b.purpose not in ('2202.01', '2202.02'))) e
  cross join lateral unnest(e.accounts, e.amounts) as x(account_id, amount)
  join ledger_account a on a.id = x.account_id and a.party_id = asked and a.purpose = any(asked_purposes)
  where coalesce(zhanggui_party(), asked) = asked
  group by e.book_id, e.source, e.key_a, e.key_b, e.booked_date, e.batch_id having sum(x.amount) <> 0
$$;
grant execute on function settlement_order_pending(bigint, bigint) to zhanggui_tenant;
grant execute on function settlement_moves_of(bigint, text, text[]) to zhanggui_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0014_units_and_jobs")]

    operations = [migrations.RunSQL(FUNCTIONS, migrations.RunSQL.noop)]

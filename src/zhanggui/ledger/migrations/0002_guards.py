"""What Django models cannot say: balance checked by the database, append-only tables, the view of postings."""

from django.db import migrations

BALANCED = """
create function ledger_sum(amounts bigint[]) returns bigint
  language plpgsql immutable parallel safe strict as $$
declare
  total bigint := 0;
  amount bigint;
begin
  -- a loop: five times as fast per entry as sum() over unnest(), and an overflow is an error
  foreach amount in array amounts loop
    total := total + amount;
  end loop;
  return total;
end $$;
alter table ledger_entry add constraint ledger_entry_balanced check (ledger_sum(amounts) = 0);
alter table ledger_entry add constraint ledger_entry_legs
  check (cardinality(accounts) = cardinality(amounts) and cardinality(accounts) >= 2);
"""

APPEND_ONLY = """
create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% is append-only: correct by adding a row, never by changing one', tg_table_name
    using errcode = 'integrity_constraint_violation';
end $$;
create trigger ledger_entry_append_only before update or delete on ledger_entry
  for each statement execute function refuse_change();
create trigger ledger_delta_append_only before update or delete on ledger_delta
  for each statement execute function refuse_change();
create trigger ledger_batch_append_only before update or delete on ledger_batch
  for each statement execute function refuse_change();
"""

NUMBERS = """
create sequence ledger_batch_id_seq cache 1;
create index ledger_entry_batch on ledger_entry using brin (batch_id) with (pages_per_range = 32);
create index ledger_entry_booked on ledger_entry using brin (booked_date) with (pages_per_range = 32);
create index ledger_delta_account on ledger_delta (account_id);
"""

POSTINGS = """
create view ledger_posting with (security_invoker = true) as
select e.book_id, e.source, e.key_a, e.key_b, e.entity_id, e.currency, e.batch_id, e.booked_date, e.occurred_at,
       p.position::int as position, p.account_id, p.amount
from ledger_entry e
cross join lateral unnest(e.accounts, e.amounts) with ordinality as p(account_id, amount, position);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [
        migrations.RunSQL(BALANCED, migrations.RunSQL.noop),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        migrations.RunSQL(POSTINGS, migrations.RunSQL.noop),
    ]

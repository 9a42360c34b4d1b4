"""A batch of a few entries in one call: its row, its entries and its deltas. What guards the tables guards them here."""

from django.db import migrations

WRITE = """
create function ledger_write_batch(
  batch bigint, written timestamptz, digest_of_entries bytea, entries json,
  parties bigint[], accounts bigint[], days date[], amounts bigint[]
) returns void language plpgsql set plan_cache_mode = force_generic_plan as $$
begin
  insert into ledger_batch (id, written_at, entries, digest)
    values (batch, written, json_array_length(entries), digest_of_entries);
  insert into ledger_entry select e.* from json_populate_recordset(null::ledger_entry, entries) e;
  insert into ledger_delta (party_id, account_id, booked_date, batch_id, amount)
    select d.party_id, d.account_id, d.day, batch, d.amount
    from unnest(parties, accounts, days, amounts) as d(party_id, account_id, day, amount);
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0004_cheaper_writes")]

    operations = [migrations.RunSQL(WRITE, "drop function ledger_write_batch")]

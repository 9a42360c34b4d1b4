"""Billed lines name a pattern of fees and rules instead of carrying both, and keep each base once.

Leaves, and with them the hashes of closed statements, are taken over another image from here on, so that lines
billed before cannot be carried over: a database that has some is refused, as it stands.
"""

import django.contrib.postgres.fields
from django.db import migrations, models

UNBILLED = """
do $$ begin
  if exists (select from settlement_billed_line) then
    raise exception 'this database was billed by a development version whose fingerprints of billed lines are of'
      ' another form; import its orders into a new database and bill them there';
  end if;
end $$;
drop view settlement_detail;
alter table settlement_billed_line drop constraint billed_line_parallel;
"""

GUARDS = """
alter table settlement_detail_pattern
  add constraint detail_pattern_parallel check (
    cardinality(fee_types) = cardinality(rules) and cardinality(fee_types) = cardinality(base_of)
    and cardinality(fee_types) >= 1),
  add constraint detail_pattern_digest_its_own check (
    digest = sha256(array_send(fee_types) || array_send(rules) || array_send(base_of)));
create trigger detail_pattern_append_only before update or delete on settlement_detail_pattern
  for each statement execute function refuse_change();
grant select on settlement_detail_pattern to zhanggui_tenant;
alter table settlement_billed_line add constraint billed_line_has_details check (cardinality(amounts) >= 1);
"""

# Nobody looks for a line by these; a sample of arrays is what makes `analyze` slow.
STATISTICS = """
alter table settlement_billed_line alter amounts set statistics 0, alter own_bases set statistics 0,
  alter leaf set statistics 0;
"""

DETAILS = """
create view settlement_detail with (security_invoker = true) as
select b.party_id, b.line_id, b.event_id, d.position::int as position, b.merchant_id, b.order_id, b.statement_id,
       b.batch_id, b.kind, b.mode, b.entity_id, b.business_line_id, b.rule_set_id, b.currency,
       b.occurred_at, b.billable_at, b.quantity, d.fee_type_id, d.rule_id,
       case when d.base_place = 0 then b.whole else b.own_bases[d.base_place] end as base, d.amount
from settlement_billed_line b
join settlement_detail_pattern p on p.id = b.pattern_id
cross join lateral unnest(p.fee_types, p.rules, p.base_of, b.amounts)
  with ordinality as d(fee_type_id, rule_id, base_place, amount, position);
grant select on settlement_detail to zhanggui_tenant;
"""


def _array(of: type[models.Field]) -> django.contrib.postgres.fields.ArrayField:
    return django.contrib.postgres.fields.ArrayField(base_field=of())


class Migration(migrations.Migration):
    dependencies = [("settlement", "0012_monitoring"), ("ledger", "0002_guards")]

    operations = [
        migrations.RunSQL(UNBILLED, migrations.RunSQL.noop),
        migrations.CreateModel(
            name="DetailPattern",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("fee_types", _array(models.IntegerField)),
                ("rules", _array(models.IntegerField)),
                ("base_of", _array(models.IntegerField)),
                ("digest", models.BinaryField(max_length=32)),
            ],
            options={
                "db_table": "settlement_detail_pattern",
                "indexes": [models.Index(fields=["digest"], name="detail_pattern_digest")],
            },
        ),
        migrations.RemoveField("billedline", "fee_types"),
        migrations.RemoveField("billedline", "rules"),
        migrations.RemoveField("billedline", "bases"),
        migrations.AddField("billedline", "pattern_id", models.BigIntegerField(default=0), preserve_default=False),
        migrations.AddField(
            "billedline",
            "own_bases",
            django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, help_text="the bases that are not `whole`"
            ),
            preserve_default=False,
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(STATISTICS, migrations.RunSQL.noop),
        migrations.RunSQL(DETAILS, migrations.RunSQL.noop),
    ]

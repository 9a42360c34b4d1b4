"""Billed and staged lines stand in ranges of line numbers: tables become partitioned, with what they hold as the first
and still endless range. Nothing is copied or read: a range without ends needs no proof.

An empty table is made anew instead, so that no column of old shapes stands between a row and its place.
"""

from django.db import migrations, models

FREE = """
drop view settlement_detail;
drop policy settlement_staged_order_own on settlement_staged_order;
drop policy settlement_billed_line_own on settlement_billed_line;
drop policy settlement_staged_line_own on settlement_staged_line;
revoke all on settlement_billed_line, settlement_staged_line from zhanggui_tenant;
alter table settlement_billed_line rename to settlement_billed_line_r0;
alter index settlement_billed_line_pkey rename to settlement_billed_line_r0_pkey;
alter index billed_line_occurred rename to settlement_billed_line_r0_occurred;
alter index billed_line_batch rename to settlement_billed_line_r0_batch;
alter table settlement_staged_line rename to settlement_staged_line_r0;
alter index settlement_staged_line_pkey rename to settlement_staged_line_r0_pkey;
alter index staged_line_order rename to settlement_staged_line_r0_order;
"""

PARENTS = """
create table settlement_billed_line (like settlement_billed_line_r0 including defaults including constraints
  including storage) partition by range (line_id);
alter table settlement_billed_line add primary key (party_id, line_id, event_id);
create index billed_line_occurred on settlement_billed_line using brin (occurred_at) with (pages_per_range = 32);
create index billed_line_batch on settlement_billed_line using brin (batch_id) with (pages_per_range = 32);
alter table settlement_billed_line alter amounts set statistics 0, alter own_bases set statistics 0,
  alter leaf set statistics 0;
create trigger billed_line_append_only before update or delete on settlement_billed_line
  for each statement execute function refuse_change();
create table settlement_staged_line (like settlement_staged_line_r0 including defaults including constraints
  including storage) partition by range (line_id);
alter table settlement_staged_line add primary key (merchant_id, line_id);
create index staged_line_order on settlement_staged_line (order_id);
"""

FIRST = """
do $$ begin
  if exists (select from settlement_billed_line_r0) then
    alter table settlement_billed_line attach partition settlement_billed_line_r0
      for values from (minvalue) to (maxvalue);
  else
    drop table settlement_billed_line_r0;
    create table settlement_billed_line_r0 partition of settlement_billed_line
      for values from (minvalue) to (maxvalue);
    alter table settlement_billed_line_r0 alter amounts set statistics 0, alter own_bases set statistics 0,
      alter leaf set statistics 0;
    create trigger billed_line_append_only before update or delete on settlement_billed_line_r0
      for each statement execute function refuse_change();
  end if;
  if exists (select from settlement_staged_line_r0) then
    alter table settlement_staged_line attach partition settlement_staged_line_r0
      for values from (minvalue) to (maxvalue);
  else
    drop table settlement_staged_line_r0;
    create table settlement_staged_line_r0 partition of settlement_staged_line
      for values from (minvalue) to (maxvalue);
  end if;
end $$;
"""

# Whoever reads a range by its own name meets no policy, which is to see nothing.
ISOLATION = """
alter table settlement_billed_line_r0 enable row level security;
alter table settlement_staged_line_r0 enable row level security;
alter table settlement_billed_line enable row level security;
alter table settlement_staged_line enable row level security;
create policy settlement_billed_line_own on settlement_billed_line for select to zhanggui_tenant
  using (party_id = zhanggui_party());
create policy settlement_staged_line_own on settlement_staged_line for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
create policy settlement_staged_order_own on settlement_staged_order for select to zhanggui_tenant
  using (exists (select from settlement_staged_line l where l.order_id = settlement_staged_order.id
                 and l.merchant_id = zhanggui_party()));
grant select on settlement_billed_line, settlement_staged_line to zhanggui_tenant;
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

KEPT = """
create trigger line_range_append_only before update or delete on settlement_line_range
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0031_alipay_accounts")]

    operations = [
        *(migrations.RunSQL(part, migrations.RunSQL.noop) for part in (FREE, PARENTS, FIRST, ISOLATION, DETAILS)),
        migrations.CreateModel(
            name="LineRange",
            fields=[
                ("first_line", models.BigIntegerField(primary_key=True, serialize=False)),
                ("opened_at", models.DateTimeField()),
                ("actor", models.CharField(max_length=150)),
            ],
            options={"db_table": "settlement_line_range"},
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]

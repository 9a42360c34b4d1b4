"""What Django models cannot say: number ranges, append-only details, frozen statements, the view of details."""

from django.db import migrations

NUMBERS = """
create sequence settlement_order_id_seq;
create sequence settlement_line_id_seq;
create sequence settlement_event_id_seq;
create sequence settlement_statement_id_seq;
"""

DETAILS = """
alter table settlement_billed_line add constraint billed_line_parallel check (
  cardinality(fee_types) = cardinality(amounts) and cardinality(rules) = cardinality(amounts)
  and cardinality(bases) = cardinality(amounts) and cardinality(amounts) >= 1);
create index billed_line_occurred on settlement_billed_line using brin (occurred_at) with (pages_per_range = 32);
create index billed_line_batch on settlement_billed_line using brin (batch_id) with (pages_per_range = 32);
create trigger billed_line_append_only before update or delete on settlement_billed_line
  for each statement execute function refuse_change();
create view settlement_detail with (security_invoker = true) as
select b.party_id, b.line_id, b.event_id, d.position::int as position, b.merchant_id, b.order_id, b.statement_id,
       b.batch_id, b.kind, b.mode, b.entity_id, b.business_line_id, b.rule_set_id, b.currency,
       b.occurred_at, b.billable_at, b.quantity, d.fee_type_id, d.rule_id, d.base, d.amount
from settlement_billed_line b
cross join lateral unnest(b.fee_types, b.rules, b.bases, b.amounts)
  with ordinality as d(fee_type_id, rule_id, base, amount, position);
"""

FROZEN = """
create function settlement_statement_freeze() returns trigger language plpgsql as $$
begin
  if old.state <> 'open' and (
       new.goods_minor <> old.goods_minor or new.fees_minor <> old.fees_minor
       or new.refunds_minor <> old.refunds_minor or new.other_minor <> old.other_minor
       or new.net_minor <> old.net_minor or new.line_count <> old.line_count
       or new.detail_count <> old.detail_count or new.hash <> old.hash
       or new.previous_hash <> old.previous_hash or new.starts_on <> old.starts_on
       or new.ends_before <> old.ends_before or new.entity_id <> old.entity_id or new.mode <> old.mode
       or new.currency <> old.currency or new.state = 'open') then
    raise exception 'statement % is closed and never changes', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger statement_frozen before update on settlement_statement
  for each row execute function settlement_statement_freeze();
create trigger statement_kept before delete on settlement_statement
  for each statement execute function refuse_change();
create trigger statement_event_append_only before update or delete on settlement_statement_event
  for each statement execute function refuse_change();
create trigger rule_version_append_only before update or delete on settlement_rule_version
  for each statement execute function refuse_change();
create trigger rule_set_version_append_only before update or delete on settlement_rule_set_version
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0001_initial"), ("ledger", "0002_guards")]

    operations = [
        migrations.RunSQL(NUMBERS, migrations.RunSQL.noop),
        migrations.RunSQL(DETAILS, migrations.RunSQL.noop),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]

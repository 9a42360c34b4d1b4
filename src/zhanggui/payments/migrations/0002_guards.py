"""Charges and notices stay as they came; a merchant in the tenant role sees its parts of payments and its refunds."""

from django.db import migrations

GUARDS = """
create function payments_charge_freeze() returns trigger language plpgsql as $$
begin
  if (new.id, new.attempt_id, new.payment_id, new.channel_id, new.channel_number, new.use, new.currency,
      new.amount_minor, new.payer, new.charged_at, new.recorded_at)
     is distinct from
     (old.id, old.attempt_id, old.payment_id, old.channel_id, old.channel_number, old.use, old.currency,
      old.amount_minor, old.payer, old.charged_at, old.recorded_at)
  then
    raise exception 'charge % is taken money and never changes', old.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger charge_frozen before update on payments_charge
  for each row execute function payments_charge_freeze();
create trigger charge_kept before delete on payments_charge for each statement execute function refuse_change();
create trigger part_append_only before update or delete on payments_part
  for each statement execute function refuse_change();
create trigger notice_append_only before update or delete on payments_notice
  for each statement execute function refuse_change();
create trigger attempt_kept before delete on payments_attempt for each statement execute function refuse_change();
create trigger refund_kept before delete on payments_refund for each statement execute function refuse_change();

alter table payments_part enable row level security;
create policy payments_part_own on payments_part for select to zhanggui_tenant using (party_id = zhanggui_party());
grant select on payments_part to zhanggui_tenant;
alter table payments_refund enable row level security;
create policy payments_refund_own on payments_refund for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on payments_refund to zhanggui_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_initial"),
        ("ledger", "0002_guards"),
        ("settlement", "0003_row_isolation"),
    ]

    operations = [migrations.RunSQL(GUARDS, migrations.RunSQL.noop)]

"""Decisions are only ever added; the content of a request never changes; limits to begin with.

To begin with: administrators approve anything; controllers up to five million of any currency; above ten million
two people are needed. `zhanggui approval-limit` and the screen of limits change that.
"""

from django.db import migrations

GUARDS = """
create function approvals_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'a decision about a document never changes' using errcode = 'integrity_constraint_violation';
end $$;
create trigger approval_decision_append_only before update or delete on approvals_decision
  for each statement execute function approvals_refuse_change();
create function approvals_freeze() returns trigger language plpgsql as $$
begin
  if old.state <> 'pending' or new.kind <> old.kind or new.subject <> old.subject
     or new.payload <> old.payload or new.digest <> old.digest or new.amount_minor <> old.amount_minor
     or new.currency <> old.currency or new.maker <> old.maker or new.made_at <> old.made_at
     or new.checks_needed <> old.checks_needed or new.party_id <> old.party_id then
    raise exception 'what was put up for approval never changes' using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger approval_frozen before update on approvals_approval for each row execute function approvals_freeze();
create trigger approval_kept before delete on approvals_approval
  for each statement execute function approvals_refuse_change();
"""
LIMITS = """
insert into approvals_limit (role, kind, currency, max_minor, checks_needed_above_minor) values
  ('platform_admin', '*', '*', null, 1000000000), ('platform_controller', '*', '*', 500000000, 1000000000);
"""


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_initial")]

    operations = [
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(LIMITS, migrations.RunSQL.noop),
    ]

"""Row-level security: a session in the tenant role sees one party's rows, whatever the code above it asks.

The role `zhanggui_tenant` cannot log in; a merchant's request steps into it with `set local role` and names
its party in `zhanggui.party_id`. The owner of the tables (platform work) is not bound by the policies.
"""

from django.db import migrations

ROLE = """
do $$ begin
  -- A role belongs to the whole server: another database of it may be making the same one right now.
  begin
    if not exists (select from pg_roles where rolname = 'zhanggui_tenant') then
      create role zhanggui_tenant nologin;
    end if;
  exception when duplicate_object or unique_violation then null;
  end;
  begin
    execute format('grant zhanggui_tenant to %I', current_user);
  exception when unique_violation then null;
  end;
exception when insufficient_privilege then
  raise exception 'this database user may not create the role zhanggui_tenant: ask the server''s administrator '
    'to run "create role zhanggui_tenant nologin; grant zhanggui_tenant to %"', current_user;
end $$;
create function zhanggui_party() returns bigint language sql stable
  as $$ select nullif(current_setting('zhanggui.party_id', true), '')::bigint $$;
"""

OWNED = {
    "settlement_statement": "party_id",
    "settlement_statement_event": "party_id",
    "settlement_billed_line": "party_id",
    "settlement_dispute": "party_id",
    "settlement_charge": "party_id",
    "settlement_staged_line": "merchant_id",
    "ledger_account": "party_id",
    "ledger_entry": "book_id",
    "ledger_delta": "party_id",
    "ledger_balance": "party_id",
    "parties_party": "id",
}
SHARED = [
    "settlement_fee_type", "settlement_rule_version", "settlement_dimension", "settlement_business_line",
    "settlement_entity", "settlement_detail", "ledger_posting",
]  # fmt: skip


def isolation() -> str:
    parts = [ROLE]
    for table, column in OWNED.items():
        parts.append(
            f"alter table {table} enable row level security;\n"
            f"create policy {table}_own on {table} for select to zhanggui_tenant "
            f"using ({column} = zhanggui_party());\n"
            f"grant select on {table} to zhanggui_tenant;"
        )
    # An order may hold lines of several merchants: a tenant sees its head only where it has a line in it.
    parts.append(
        "alter table settlement_staged_order enable row level security;\n"
        "create policy settlement_staged_order_own on settlement_staged_order for select to zhanggui_tenant\n"
        "  using (exists (select from settlement_staged_line l where l.order_id = settlement_staged_order.id\n"
        "                 and l.merchant_id = zhanggui_party()));\n"
        "grant select on settlement_staged_order to zhanggui_tenant;"
    )
    parts += [f"grant select on {name} to zhanggui_tenant;" for name in SHARED]
    return "\n".join(parts)


class Migration(migrations.Migration):
    dependencies = [
        ("settlement", "0002_guards"),
        ("ledger", "0002_guards"),
        ("parties", "0001_initial"),
    ]

    operations = [migrations.RunSQL(isolation(), migrations.RunSQL.noop)]

"""Row-level security, the rest: terms and refunds of a tenant, no rules made for somebody else, and of an order
that several merchants share only what concerns all of them (its sums would tell what the others sold).

Codes of the dictionary stay shared: a mall shows its SKUs and categories to everyone.
"""

from django.db import migrations

COMPLETED = """
alter table settlement_terms enable row level security;
create policy settlement_terms_own on settlement_terms for select to zhanggui_tenant
  using (party_id in (0, zhanggui_party()));
grant select on settlement_terms to zhanggui_tenant;

alter table settlement_staged_refund enable row level security;
create policy settlement_staged_refund_own on settlement_staged_refund for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
grant select on settlement_staged_refund to zhanggui_tenant;

alter table settlement_rule_version enable row level security;
create policy settlement_rule_version_own on settlement_rule_version for select to zhanggui_tenant
  using (coalesce(content #> '{when,merchant}', '[]') in ('[]', 'null')
         or content #> '{when,merchant}' ? (select code from parties_party where id = zhanggui_party()));

revoke select on settlement_staged_order from zhanggui_tenant;
grant select (id, order_no, business_line_id, currency, status, source_status, channel_id, payment_method_id,
              region_id, ordered_at, paid_at, shipped_at, received_at, completed_at)
  on settlement_staged_order to zhanggui_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0003_row_isolation")]

    operations = [migrations.RunSQL(COMPLETED, migrations.RunSQL.noop)]

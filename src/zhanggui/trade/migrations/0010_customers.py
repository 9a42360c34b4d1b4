"""A shop reads who bought at it: number, masked name and level, and no more of a buyer."""

from django.db import migrations

CUSTOMER = """
create function trade_customer(buyer bigint)
returns table (id bigint, number varchar, name text, level varchar)
language sql stable security definer set search_path = public as $$
  select k.id, k.number,
    case when length(k.name) < 3 then left(k.name, 1) || '**' else left(k.name, 1) || '***' || right(k.name, 1) end,
    k.level_code
  from trade_buyer b join trade_buyer k on k.id = coalesce(b.merged_into_id, b.id)
  where b.id = buyer
  and exists (select from trade_order o where o.buyer_id = b.id and o.merchant_id = zhanggui_party())
$$;
revoke all on function trade_customer(bigint) from public;
grant execute on function trade_customer(bigint) to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0009_questions'),
    ]

    operations = [
        migrations.RunSQL(CUSTOMER, migrations.RunSQL.noop),
    ]

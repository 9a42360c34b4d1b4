"""What members get back is promised on the order, and given back once."""

from django.db import migrations, models

FROZEN = """
create or replace function trade_order_freeze() returns trigger language plpgsql as $$
begin
  if (new.order_no, new.purchase_id, new.merchant_id, new.buyer_id, new.currency, new.goods_minor,
      new.shop_discount_minor, new.platform_discount_minor, new.freight_minor, new.due_minor, new.placed_at,
      new.rebate_ppm)
     is distinct from
     (old.order_no, old.purchase_id, old.merchant_id, old.buyer_id, old.currency, old.goods_minor,
      old.shop_discount_minor, old.platform_discount_minor, old.freight_minor, old.due_minor, old.placed_at,
      old.rebate_ppm)
     or (old.rebate_code <> '' and new.rebate_code <> old.rebate_code)
  then
    raise exception 'what order % costs was frozen when it was placed', old.order_no
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0011_applications'),
    ]

    operations = [
        migrations.AddField(
            model_name='order',
            name='rebate_code',
            field=models.CharField(blank=True, default='', help_text='of the coupon that gave it back', max_length=64),
        ),
        migrations.AddField(
            model_name='order',
            name='rebate_ppm',
            field=models.IntegerField(default=0, help_text='what a member gets back of the goods once it is completed, as promised then'),
        ),
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('rebate_code', ''), ('rebate_ppm__gt', 0), ('state', 'completed')), fields=['completed_at'], name='order_to_rebate'),
        ),
        migrations.AddConstraint(
            model_name='order',
            constraint=models.CheckConstraint(condition=models.Q(('rebate_ppm__gte', 0), ('rebate_ppm__lte', 1000000)), name='order_rebate_is_a_share'),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]

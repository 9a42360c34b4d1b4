"""Holds on orders (风控, 客诉), and the merchant's category on every line, for rules to match."""

from django.db import migrations, models

KEPT = """
create trigger order_hold_kept before update on settlement_order_hold for each row execute function
  refuse_change_but('released_at', 'released_by', 'release_note');
create trigger order_hold_released_once before update on settlement_order_hold for each row
  when (old.released_at is not null) execute function refuse_change();
create trigger order_hold_stays before delete on settlement_order_hold
  for each statement execute function refuse_change();
"""
# A merchant sees that an order of its lines is held and why, not what risk control noted.
OWN = """
alter table settlement_order_hold enable row level security;
create policy settlement_order_hold_own on settlement_order_hold for select to zhanggui_tenant
  using (exists (select from settlement_staged_order o
                 where o.business_line_id = settlement_order_hold.business_line_id
                   and o.order_no = settlement_order_hold.order_no));
grant select (id, business_line_id, order_no, hold_no, reason, opened_at, released_at)
  on settlement_order_hold to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0020_payouts_in_part'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagedline',
            name='merchant_category_id',
            field=models.IntegerField(db_default=0),
        ),
        migrations.CreateModel(
            name='OrderHold',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('business_line_id', models.IntegerField()),
                ('order_no', models.CharField(max_length=64)),
                ('hold_no', models.CharField(help_text="the sender's own number of it", max_length=64)),
                ('reason', models.CharField(choices=[('risk', 'Risk'), ('complaint', 'Complaint'), ('other', 'Other')], max_length=12)),
                ('note', models.CharField(default='', max_length=200)),
                ('opened_at', models.DateTimeField()),
                ('opened_by', models.CharField(max_length=150)),
                ('released_at', models.DateTimeField(null=True)),
                ('released_by', models.CharField(default='', max_length=150)),
                ('release_note', models.CharField(default='', max_length=200)),
            ],
            options={
                'db_table': 'settlement_order_hold',
                'indexes': [models.Index(fields=['business_line_id', 'order_no'], name='order_hold_order')],
                'constraints': [models.UniqueConstraint(fields=('business_line_id', 'hold_no'), name='order_hold_number_once'), models.CheckConstraint(condition=models.Q(models.Q(('released_at', None), ('released_by', '')), ('released_at__isnull', False), _connector='OR'), name='order_hold_released_by_somebody')],
            },
        ),
        migrations.RunSQL(KEPT + OWN, migrations.RunSQL.noop),
    ]

"""What the way back of goods costs, where the mall's carrier has them and not the buyer pays."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger return_freight_kept before delete on trade_return_freight
  for each statement execute function refuse_change();
create function trade_return_freight_freeze() returns trigger language plpgsql as $$
begin
  if (new.case_id, new.tariff_id, new.merchant_id, new.bearer, new.carrier, new.tracking_no, new.currency, new.grams,
      new.freight_minor)
     is distinct from (old.case_id, old.tariff_id, old.merchant_id, old.bearer, old.carrier, old.tracking_no,
      old.currency, old.grams, old.freight_minor)
  then
    raise exception 'what the way back of case % costs was frozen when it was sent', old.case_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger return_freight_frozen before update on trade_return_freight
  for each row execute function trade_return_freight_freeze();
alter table trade_return_freight enable row level security;
create policy trade_return_freight_own on trade_return_freight for select to zhanggui_tenant
  using (merchant_id = zhanggui_party());
grant select on trade_return_freight to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0012_member_rebates'),
    ]

    operations = [
        migrations.CreateModel(
            name='ReturnFreight',
            fields=[
                ('currency', models.CharField(max_length=3)),
                ('grams', models.BigIntegerField()),
                ('freight_minor', models.BigIntegerField()),
                ('told_minor', models.BigIntegerField(default=0)),
                ('tellings', models.IntegerField(default=0)),
                ('told_at', models.DateTimeField(help_text='when it was last told, or tried to be', null=True)),
                ('told_fault', models.CharField(blank=True, default='', help_text='why it was not taken in', max_length=255)),
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='way_back', serialize=False, to='trade.returncase')),
                ('merchant_id', models.BigIntegerField()),
                ('bearer', models.CharField(help_text='merchant or platform, as the case said when it was sent', max_length=12)),
                ('carrier', models.CharField(help_text='code of the carrier, a party of that kind', max_length=64)),
                ('tracking_no', models.CharField(max_length=64)),
                ('earned_at', models.DateTimeField(null=True)),
                ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.carriertariff')),
            ],
            options={
                'db_table': 'trade_return_freight',
                'constraints': [models.UniqueConstraint(fields=('carrier', 'tracking_no'), name='return_freight_once'), models.CheckConstraint(condition=models.Q(('bearer__in', ('merchant', 'platform')), ('freight_minor__gte', 0), ('grams__gte', 0), models.Q(('told_minor', 0), ('told_minor', models.F('freight_minor')), _connector='OR')), name='return_freight_told')],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

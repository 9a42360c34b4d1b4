"""What carriers ask for parcels, by versions; and what each parcel costs, frozen when it was shipped."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger trade_carrier_tariff_append_only before update or delete on trade_carrier_tariff
  for each statement execute function refuse_change();
create trigger parcel_freight_kept before delete on trade_parcel_freight
  for each statement execute function refuse_change();
create function trade_parcel_freight_freeze() returns trigger language plpgsql as $$
begin
  if (new.parcel_id, new.tariff_id, new.shipper_id, new.currency, new.grams, new.freight_minor)
     is distinct from (old.parcel_id, old.tariff_id, old.shipper_id, old.currency, old.grams, old.freight_minor)
  then
    raise exception 'what parcel % costs was frozen when it was shipped', old.parcel_id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger parcel_freight_frozen before update on trade_parcel_freight
  for each row execute function trade_parcel_freight_freeze();
alter table trade_parcel_freight enable row level security;
create policy trade_parcel_freight_own on trade_parcel_freight for select to zhanggui_tenant
  using (shipper_id = zhanggui_party());
grant select on trade_parcel_freight to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0007_goods_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='CarrierTariff',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('carrier_id', models.BigIntegerField(help_text='a party of that kind')),
                ('currency', models.CharField(max_length=3)),
                ('version', models.IntegerField(help_text='from 1, by carrier and currency')),
                ('first_grams', models.IntegerField()),
                ('first_minor', models.BigIntegerField()),
                ('next_grams', models.IntegerField()),
                ('next_minor', models.BigIntegerField()),
                ('effective_at', models.DateTimeField()),
                ('set_at', models.DateTimeField()),
                ('set_by', models.CharField(max_length=150)),
            ],
            options={
                'db_table': 'trade_carrier_tariff',
                'constraints': [models.UniqueConstraint(fields=('carrier_id', 'currency', 'version'), name='carrier_tariff_once'), models.CheckConstraint(condition=models.Q(('first_grams__gte', 1), ('first_minor__gte', 0), ('next_grams__gte', 1), ('next_minor__gte', 0), ('version__gte', 1)), name='carrier_tariff_sane')],
            },
        ),
        migrations.CreateModel(
            name='ParcelFreight',
            fields=[
                ('parcel', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='freight', serialize=False, to='trade.parcel')),
                ('shipper_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('grams', models.BigIntegerField()),
                ('freight_minor', models.BigIntegerField()),
                ('told_minor', models.BigIntegerField(default=0)),
                ('tellings', models.IntegerField(default=0)),
                ('told_at', models.DateTimeField(help_text='when it was last told, or tried to be', null=True)),
                ('told_fault', models.CharField(blank=True, default='', help_text='why it was not taken in', max_length=255)),
                ('tariff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='trade.carriertariff')),
            ],
            options={
                'db_table': 'trade_parcel_freight',
                'constraints': [models.CheckConstraint(condition=models.Q(('freight_minor__gte', 0), ('grams__gte', 0), models.Q(('told_minor', 0), ('told_minor', models.F('freight_minor')), _connector='OR')), name='parcel_freight_told')],
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

"""Shares of what lies with sub-merchants, our part and what is freed to them; subsidies to their orders."""

import django.db.models.deletion
from django.db import migrations, models

FROZEN = """
create or replace function settlement_split_share_freeze() returns trigger language plpgsql as $$
begin
  if (new.party_id, new.split_id, new.receiver_id, new.currency, new.way, new.owed_minor, new.amount_minor,
      new.line_id, new.made_at)
     is distinct from
     (old.party_id, old.split_id, old.receiver_id, old.currency, old.way, old.owed_minor, old.amount_minor,
      old.line_id, old.made_at)
  then
    raise exception 'share % was frozen when it was made', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create function settlement_subsidy_freeze() returns trigger language plpgsql as $$
begin
  if (new.number, new.part_id, new.channel_id, new.order_no, new.merchant_id, new.entity_id, new.currency,
      new.promised_minor, new.amount_minor, new.made_at)
     is distinct from
     (old.number, old.part_id, old.channel_id, old.order_no, old.merchant_id, old.entity_id, old.currency,
      old.promised_minor, old.amount_minor, old.made_at)
  then
    raise exception 'subsidy % was frozen when it was made', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger subsidy_frozen before update on settlement_subsidy
  for each row execute function settlement_subsidy_freeze();
create trigger subsidy_kept before delete on settlement_subsidy for each statement execute function refuse_change();
create trigger subsidy_return_kept before delete on settlement_subsidy_return
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_sub_merchants'),
        ('settlement', '0034_kept_sums'),
    ]

    operations = [
        migrations.CreateModel(
            name='Subsidy',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('order_no', models.CharField(max_length=32)),
                ('merchant_id', models.BigIntegerField()),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('promised_minor', models.BigIntegerField()),
                ('amount_minor', models.BigIntegerField()),
                ('returned_minor', models.BigIntegerField(default=0, help_text='taken back, or being taken back')),
                ('state', models.CharField(choices=[('recorded', 'Recorded'), ('paid', 'Paid'), ('called_off', 'Called Off')], default='recorded', max_length=12)),
                ('said', models.CharField(blank=True, default='', max_length=255)),
                ('channel_number', models.CharField(blank=True, default='', max_length=64)),
                ('tries', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'settlement_subsidy',
            },
        ),
        migrations.CreateModel(
            name='SubsidyReturn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('refund_no', models.CharField(max_length=32, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('state', models.CharField(choices=[('recorded', 'Recorded'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], default='recorded', max_length=12)),
                ('said', models.CharField(blank=True, default='', max_length=255)),
                ('tries', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'settlement_subsidy_return',
            },
        ),
        migrations.RemoveConstraint(
            model_name='sharereturn',
            name='share_return_billed_when_back',
        ),
        migrations.RemoveConstraint(
            model_name='split',
            name='split_rest_once',
        ),
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_not_above_owed',
        ),
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_back_when_closed',
        ),
        migrations.AddField(
            model_name='splitshare',
            name='way',
            field=models.CharField(choices=[('sent', 'Sent'), ('ours', 'Ours'), ('kept', 'Kept')], default='sent', max_length=8),
        ),
        migrations.AlterField(
            model_name='split',
            name='kind',
            field=models.CharField(choices=[('shares', 'Shares'), ('rest', 'Rest'), ('left_there', 'Left There')], default='shares', max_length=12),
        ),
        migrations.AlterField(
            model_name='splitreceiver',
            name='kind',
            field=models.CharField(help_text='merchant or person, as channels tell them apart; sub_merchant: what buyers pay goes there', max_length=16),
        ),
        migrations.AddConstraint(
            model_name='sharereturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id__gt', 0), ('state', 'succeeded')), models.Q(models.Q(('state', 'succeeded'), _negated=True), ('line_id', 0)), models.Q(('line_id', 0), ('party_id', 0)), _connector='OR'), name='share_return_billed_when_back'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'rest')), fields=('part',), name='split_rest_once'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__lte', models.F('owed_minor')), ('way', 'kept'), _connector='OR'), name='share_not_above_owed'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_line_id', 0), ('way', 'ours')), models.Q(models.Q(('way', 'ours'), _negated=True), ('back_line_id__gt', 0), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('back_line_id', 0)), _connector='OR'), name='share_back_when_closed'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id', 0), ('party_id', 0), ('statement_id', 0), ('way', 'ours')), models.Q(models.Q(('way', 'ours'), _negated=True), ('line_id__gt', 0), ('party_id__gt', 0)), _connector='OR'), name='share_of_ours_without_statement'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('way', 'kept'), _negated=True), models.Q(('state', 'closed'), _negated=True), _connector='OR'), name='share_kept_never_closed'),
        ),
        migrations.AddField(
            model_name='subsidy',
            name='channel',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentchannel'),
        ),
        migrations.AddField(
            model_name='subsidy',
            name='part',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='subsidy', to='payments.chargepart'),
        ),
        migrations.AddField(
            model_name='subsidyreturn',
            name='subsidy',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='settlement.subsidy'),
        ),
        migrations.AddIndex(
            model_name='subsidy',
            index=models.Index(condition=models.Q(('state', 'recorded')), fields=['made_at'], name='subsidy_waiting'),
        ),
        migrations.AddConstraint(
            model_name='subsidy',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0), ('promised_minor__gt', 0), ('returned_minor__gte', 0), ('amount_minor__lte', models.F('promised_minor')), ('returned_minor__lte', models.F('amount_minor'))), name='subsidy_not_above_promise'),
        ),
        migrations.AddConstraint(
            model_name='subsidy',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'recorded'), models.Q(('amount_minor__gt', 0), ('state', 'paid')), models.Q(('amount_minor', 0), ('state', 'called_off')), _connector='OR'), name='subsidy_paid_or_called_off'),
        ),
        migrations.AddIndex(
            model_name='subsidyreturn',
            index=models.Index(condition=models.Q(('state', 'recorded')), fields=['made_at'], name='subsidy_return_waiting'),
        ),
        migrations.AddConstraint(
            model_name='subsidyreturn',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='subsidy_return_positive'),
        ),
        migrations.RunSQL(FROZEN, migrations.RunSQL.noop),
    ]

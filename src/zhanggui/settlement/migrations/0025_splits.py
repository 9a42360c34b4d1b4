"""Splits on the rail: rules, accounts for shares, splits and their shares, shares taken back."""

import django.db.models.deletion
from django.db import migrations, models

# What was asked of a channel, and of whom, never changes; only how far it is does.
KEPT = """
create function settlement_split_freeze() returns trigger language plpgsql as $$
begin
  if (new.number, new.charge_id, new.part_id, new.order_no, new.order_id, new.merchant_id, new.rule_set_id,
      new.rule_code, new.currency, new.paid_minor, new.ceiling_minor, new.amount_minor, new.made_at)
     is distinct from
     (old.number, old.charge_id, old.part_id, old.order_no, old.order_id, old.merchant_id, old.rule_set_id,
      old.rule_code, old.currency, old.paid_minor, old.ceiling_minor, old.amount_minor, old.made_at)
  then
    raise exception 'what split % divides was frozen when it was made', old.number
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create function settlement_split_share_freeze() returns trigger language plpgsql as $$
begin
  if (new.party_id, new.split_id, new.receiver_id, new.currency, new.owed_minor, new.amount_minor, new.line_id,
      new.made_at)
     is distinct from
     (old.party_id, old.split_id, old.receiver_id, old.currency, old.owed_minor, old.amount_minor, old.line_id,
      old.made_at)
  then
    raise exception 'share % was frozen when it was made', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger split_frozen before update on settlement_split
  for each row execute function settlement_split_freeze();
create trigger split_share_frozen before update on settlement_split_share
  for each row execute function settlement_split_share_freeze();
create trigger split_kept before delete on settlement_split for each statement execute function refuse_change();
create trigger split_share_kept before delete on settlement_split_share
  for each statement execute function refuse_change();
create trigger share_return_kept before delete on settlement_share_return
  for each statement execute function refuse_change();
create trigger split_rules_append_only before update or delete on settlement_split_rule_set
  for each statement execute function refuse_change();
"""
ISOLATED = """
alter table settlement_split_share enable row level security;
create policy settlement_split_share_own on settlement_split_share for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on settlement_split_share to zhanggui_tenant;
alter table settlement_share_return enable row level security;
create policy settlement_share_return_own on settlement_share_return for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on settlement_share_return to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_parts_of_charges'),
        ('settlement', '0024_supply_price'),
    ]

    operations = [
        migrations.CreateModel(
            name='SplitReceiver',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('kind', models.CharField(help_text='merchant or person, as channels tell them apart', max_length=16)),
                ('relation', models.CharField(help_text="the channel's word: SUPPLIER, PARTNER ...", max_length=32)),
                ('account_sealed', models.BinaryField()),
                ('account_masked', models.CharField(max_length=64)),
                ('account_digest', models.BinaryField(help_text='of channel, kind and number, to find it by', max_length=32)),
                ('name_sealed', models.BinaryField(default=bytes, help_text="the holder's name, for the channel alone")),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('confirmed', 'Confirmed'), ('added', 'Added'), ('refused', 'Refused'), ('closed', 'Closed')], default='proposed', max_length=12)),
                ('said', models.CharField(blank=True, default='', max_length=255)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.CharField(max_length=150)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by', models.CharField(blank=True, default='', max_length=150)),
                ('ended_at', models.DateTimeField(null=True)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentchannel')),
            ],
            options={
                'db_table': 'settlement_split_receiver',
            },
        ),
        migrations.CreateModel(
            name='SplitRuleSet',
            fields=[
                ('id', models.AutoField(primary_key=True, serialize=False)),
                ('version', models.IntegerField(unique=True)),
                ('rules', models.JSONField(help_text='in their order: the first that an order meets counts')),
                ('effective_at', models.DateTimeField()),
                ('published_by', models.CharField(max_length=150)),
            ],
            options={
                'db_table': 'settlement_split_rule_set',
                'indexes': [models.Index(fields=['effective_at'], name='split_rules_in_force')],
            },
        ),
        migrations.CreateModel(
            name='Split',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('shares', 'Shares'), ('rest', 'Rest')], default='shares', max_length=8)),
                ('sequence', models.IntegerField()),
                ('order_no', models.CharField(max_length=64)),
                ('order_id', models.BigIntegerField(help_text="of the settlement centre's order")),
                ('merchant_id', models.BigIntegerField()),
                ('rule_code', models.CharField(blank=True, default='', help_text='empty: no rule was met', max_length=64)),
                ('currency', models.CharField(max_length=3)),
                ('paid_minor', models.BigIntegerField(help_text='what the buyer paid for the order, less refunds')),
                ('ceiling_minor', models.BigIntegerField(default=0)),
                ('amount_minor', models.BigIntegerField(default=0, help_text='sum of its shares')),
                ('state', models.CharField(choices=[('left', 'Left'), ('recorded', 'Recorded'), ('asked', 'Asked'), ('unclear', 'Unclear'), ('finished', 'Finished'), ('refused', 'Refused')], max_length=12)),
                ('reason', models.CharField(blank=True, default='', help_text='why it was left', max_length=32)),
                ('said', models.CharField(blank=True, default='', max_length=255)),
                ('channel_number', models.CharField(blank=True, default='', max_length=64)),
                ('tries', models.IntegerField(default=0)),
                ('made_at', models.DateTimeField()),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('again_at', models.DateTimeField(help_text='when the order is planned anew; empty: not again', null=True)),
                ('again_by', models.CharField(blank=True, default='', help_text='who asked for that', max_length=150)),
                ('channel', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.paymentchannel')),
                ('charge', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.charge')),
                ('part', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='payments.chargepart')),
                ('rule_set', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.splitruleset')),
            ],
            options={
                'db_table': 'settlement_split',
            },
        ),
        migrations.CreateModel(
            name='SplitShare',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('split_number', models.CharField(max_length=32)),
                ('order_no', models.CharField(max_length=64)),
                ('account_masked', models.CharField(max_length=64)),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('owed_minor', models.BigIntegerField(help_text='what the order owed the party then, less earlier shares')),
                ('amount_minor', models.BigIntegerField()),
                ('returned_minor', models.BigIntegerField(default=0, help_text='taken back, or being taken back')),
                ('statement_id', models.BigIntegerField()),
                ('line_id', models.BigIntegerField()),
                ('back_line_id', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('pending', 'Pending'), ('succeeded', 'Succeeded'), ('closed', 'Closed')], default='pending', max_length=12)),
                ('reason', models.CharField(blank=True, default='', help_text="the channel's, when closed", max_length=64)),
                ('made_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('receiver', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='settlement.splitreceiver')),
                ('split', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='shares', to='settlement.split')),
            ],
            options={
                'db_table': 'settlement_split_share',
            },
        ),
        migrations.CreateModel(
            name='ShareReturn',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=32, unique=True)),
                ('party_id', models.BigIntegerField()),
                ('refund_no', models.CharField(max_length=32)),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('with_refund', models.BooleanField(default=False, help_text='it comes back as part of the refund itself')),
                ('line_id', models.BigIntegerField(default=0, help_text='the detail of it on the statement, once it came back')),
                ('state', models.CharField(choices=[('recorded', 'Recorded'), ('processing', 'Processing'), ('unclear', 'Unclear'), ('succeeded', 'Succeeded'), ('failed', 'Failed')], default='recorded', max_length=12)),
                ('reason', models.CharField(blank=True, default='', max_length=64)),
                ('made_at', models.DateTimeField()),
                ('asked_again_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('share', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='settlement.splitshare')),
            ],
            options={
                'db_table': 'settlement_share_return',
            },
        ),
        migrations.AddConstraint(
            model_name='splitreceiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'confirmed', 'added'])), fields=('party_id', 'channel'), name='split_receiver_of_party_once'),
        ),
        migrations.AddConstraint(
            model_name='splitreceiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'confirmed', 'added'])), fields=('channel', 'account_digest'), name='split_receiver_account_once'),
        ),
        migrations.AddConstraint(
            model_name='splitreceiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['confirmed', 'added']), _negated=True), models.Q(('confirmed_by', models.F('proposed_by')), _negated=True), _connector='OR'), name='split_receiver_two_people'),
        ),
        migrations.AddIndex(
            model_name='split',
            index=models.Index(fields=['state', 'made_at'], name='split_by_state'),
        ),
        migrations.AddIndex(
            model_name='split',
            index=models.Index(fields=['order_no'], name='split_of_order'),
        ),
        migrations.AddIndex(
            model_name='split',
            index=models.Index(condition=models.Q(('again_at__isnull', False)), fields=['again_at'], name='split_again'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.UniqueConstraint(fields=('part', 'kind', 'sequence'), name='split_once'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'rest')), fields=('charge',), name='split_rest_once'),
        ),
        migrations.AddConstraint(
            model_name='split',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gte', 0), ('ceiling_minor__gte', 0), ('amount_minor__lte', models.F('ceiling_minor'))), name='split_below_ceiling'),
        ),
        migrations.AddIndex(
            model_name='splitshare',
            index=models.Index(fields=['party_id', 'id'], name='share_of_party'),
        ),
        migrations.AddIndex(
            model_name='splitshare',
            index=models.Index(fields=['order_no'], name='share_of_order'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.UniqueConstraint(fields=('split', 'party_id'), name='share_of_party_once'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0), ('returned_minor__gte', 0), ('returned_minor__lte', models.F('amount_minor'))), name='share_not_returned_beyond'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__lte', models.F('owed_minor'))), name='share_not_above_owed'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('back_line_id__gt', 0), ('state', 'closed')), models.Q(models.Q(('state', 'closed'), _negated=True), ('back_line_id', 0)), _connector='OR'), name='share_back_when_closed'),
        ),
        migrations.AddIndex(
            model_name='sharereturn',
            index=models.Index(fields=['refund_no'], name='share_return_of_refund'),
        ),
        migrations.AddConstraint(
            model_name='sharereturn',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='share_return_positive'),
        ),
        migrations.AddConstraint(
            model_name='sharereturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id__gt', 0), ('state', 'succeeded')), models.Q(models.Q(('state', 'succeeded'), _negated=True), ('line_id', 0)), _connector='OR'), name='share_return_billed_when_back'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(ISOLATED, migrations.RunSQL.noop),
    ]

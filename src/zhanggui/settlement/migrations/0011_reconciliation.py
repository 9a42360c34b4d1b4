"""Bills and their rows, runs, matches, differences; a merchant's own checks."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger bill_append_only before update or delete on settlement_bill
  for each statement execute function refuse_change();
create trigger external_record_append_only before update or delete on settlement_external_record
  for each statement execute function refuse_change();
create trigger reconciliation_run_append_only before update or delete on settlement_reconciliation_run
  for each statement execute function refuse_change();
create trigger reconciliation_match_append_only before update or delete on settlement_reconciliation_match
  for each statement execute function refuse_change();
create trigger difference_note_append_only before update or delete on settlement_difference_note
  for each statement execute function refuse_change();
create function settlement_difference_freeze() returns trigger language plpgsql as $$
begin
  if (new.run_id, new.own_account_id, new.leg, new.kind, new.currency, new.day, new.bill_id, new.row_number,
      new.our_kind, new.our_a, new.our_b, new.our_minor, new.their_minor, new.our_fee_milli, new.their_fee_milli,
      new.suspense_minor, new.found_at)
     is distinct from
     (old.run_id, old.own_account_id, old.leg, old.kind, old.currency, old.day, old.bill_id, old.row_number,
      old.our_kind, old.our_a, old.our_b, old.our_minor, old.their_minor, old.our_fee_milli, old.their_fee_milli,
      old.suspense_minor, old.found_at)
     or (old.state not in ('open', 'suspended') and new.state is distinct from old.state) then
    raise exception 'what was found about difference % never changes', old.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger difference_frozen before update on settlement_difference
  for each row execute function settlement_difference_freeze();
create trigger difference_kept before delete on settlement_difference
  for each statement execute function refuse_change();
create sequence settlement_own_check_id_seq;
insert into settlement_reconciliation_rule (own_account_id, amount_tolerance_minor, expected_fee_ppm,
  fee_tolerance_milli, cut_minutes, suspend_days, post_settlements, post_fees, post_suspense)
  values (0, 0, 0, 1000, 30, 1, true, true, true);
"""
# What a run probes our payments and refunds by: the time of payment, and the numbers the channel knows them by.
PROBES = """
create index staged_order_paid on settlement_staged_order ((coalesce(paid_at, ordered_at)));
create index staged_payment_reference on settlement_staged_payment (reference) where reference <> '';
create index staged_payment_channel on settlement_staged_payment (channel_number) where channel_number <> '';
create index staged_refund_at on settlement_staged_refund (refunded_at) where state = 'accepted';
create index staged_refund_no on settlement_staged_refund (refund_no) where state = 'accepted';
create index staged_refund_channel on settlement_staged_refund (channel_number) where channel_number <> '';
"""
ISOLATION = "\n".join(
    f"alter table {table} enable row level security;\n"
    f"create policy {table}_own on {table} for select to zhanggui_tenant using (party_id = zhanggui_party());\n"
    f"grant select on {table} to zhanggui_tenant;"
    for table in ("settlement_own_check", "settlement_own_check_row", "settlement_own_check_template")
)


class Migration(migrations.Migration):
    dependencies = [("settlement", "0010_invoices")]

    operations = [
        migrations.CreateModel(
            name='OwnCheck',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField(default=0, help_text='0 = a span of days')),
                ('starts_on', models.DateField()),
                ('ends_before', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('source_name', models.CharField(max_length=255)),
                ('digest', models.BinaryField(max_length=32)),
                ('mapping', models.JSONField(help_text='which header names hold order number, amount, kind, day')),
                ('totals', models.JSONField(default=dict)),
                ('created_at', models.DateTimeField()),
                ('actor', models.CharField(default='', max_length=150)),
            ],
            options={
                'db_table': 'settlement_own_check',
            },
        ),
        migrations.CreateModel(
            name='OwnCheckTemplate',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'name', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('name', models.CharField(max_length=64)),
                ('mapping', models.JSONField()),
                ('saved_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'settlement_own_check_template',
            },
        ),
        migrations.AddField(
            model_name='stagedpayment',
            name='channel_number',
            field=models.CharField(default='', help_text="the channel's own number of it", max_length=64),
        ),
        migrations.AddField(
            model_name='stagedrefund',
            name='channel_number',
            field=models.CharField(default='', help_text="the channel's own number of it", max_length=64),
        ),
        migrations.AlterField(
            model_name='stagedpayment',
            name='reference',
            field=models.CharField(default='', help_text='the number that the channel knows it by: the one it was given, or its own', max_length=64),
        ),
        migrations.CreateModel(
            name='Bill',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('channel', models.CharField(max_length=16)),
                ('kind', models.CharField(choices=[('trade', 'trade'), ('fund', 'fund'), ('statement', 'statement')], max_length=16)),
                ('form', models.CharField(max_length=32)),
                ('variant', models.CharField(help_text='what part of the day it holds: all, success, refund', max_length=16)),
                ('starts_on', models.DateField()),
                ('ends_before', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('source_name', models.CharField(max_length=255)),
                ('digest', models.BinaryField(max_length=32)),
                ('rows', models.IntegerField()),
                ('in_minor', models.BigIntegerField(help_text='sum of rows that bring money to us')),
                ('out_minor', models.BigIntegerField(help_text='sum of rows that take money from us, negative')),
                ('fee_milli', models.BigIntegerField(help_text='fees as printed, thousandths of a minor unit')),
                ('opening_minor', models.BigIntegerField(null=True)),
                ('closing_minor', models.BigIntegerField(null=True)),
                ('told', models.JSONField(default=dict, help_text="the bill's own control totals, as printed")),
                ('imported_at', models.DateTimeField()),
                ('actor', models.CharField(default='', max_length=150)),
                ('own_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.ownaccount')),
            ],
            options={
                'db_table': 'settlement_bill',
            },
        ),
        migrations.CreateModel(
            name='Difference',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('leg', models.SmallIntegerField()),
                ('kind', models.CharField(choices=[('missing_here', 'missing_here'), ('missing_there', 'missing_there'), ('amount', 'amount'), ('fee', 'fee'), ('state', 'state'), ('duplicate', 'duplicate'), ('balance', 'balance')], max_length=16)),
                ('state', models.CharField(choices=[('suspended', 'suspended'), ('open', 'open'), ('cleared', 'cleared'), ('explained', 'explained'), ('adjusted', 'adjusted'), ('written_off', 'written_off')], max_length=16)),
                ('currency', models.CharField(max_length=3)),
                ('day', models.DateField(help_text='the business day that it is about; ageing counts from here')),
                ('bill_id', models.BigIntegerField(default=0)),
                ('row_number', models.IntegerField(default=0, help_text='0 = nothing stands on their side')),
                ('our_kind', models.SmallIntegerField(default=0)),
                ('our_a', models.BigIntegerField(default=0)),
                ('our_b', models.BigIntegerField(default=0)),
                ('reference', models.CharField(default='', max_length=128)),
                ('our_minor', models.BigIntegerField(default=0)),
                ('their_minor', models.BigIntegerField(default=0)),
                ('our_fee_milli', models.BigIntegerField(default=0)),
                ('their_fee_milli', models.BigIntegerField(default=0)),
                ('suspense_minor', models.BigIntegerField(default=0, help_text='what of it lies in 2241.07 while it is not settled')),
                ('suspended_through', models.DateField(null=True)),
                ('found_at', models.DateTimeField()),
                ('assigned_to', models.CharField(default='', max_length=150)),
                ('proposed', models.JSONField(default=dict, help_text='the way of settling that waits for approval')),
                ('resolution', models.CharField(default='', max_length=32)),
                ('reason', models.TextField(default='')),
                ('resolved_at', models.DateTimeField(null=True)),
                ('resolved_by', models.CharField(default='', max_length=150)),
                ('own_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.ownaccount')),
            ],
            options={
                'db_table': 'settlement_difference',
            },
        ),
        migrations.CreateModel(
            name='DifferenceNote',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('text', models.TextField()),
                ('evidence_name', models.CharField(default='', max_length=255)),
                ('evidence_digest', models.BinaryField(default=bytes, max_length=32)),
                ('evidence', models.BinaryField(default=bytes)),
                ('difference', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='settlement.difference')),
            ],
            options={
                'db_table': 'settlement_difference_note',
            },
        ),
        migrations.CreateModel(
            name='ExternalRecord',
            fields=[
                ('pk', models.CompositePrimaryKey('bill_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('bill_id', models.BigIntegerField()),
                ('row_number', models.IntegerField()),
                ('own_account_id', models.IntegerField()),
                ('kind', models.SmallIntegerField()),
                ('state', models.SmallIntegerField()),
                ('occurred_at', models.DateTimeField()),
                ('day', models.DateField()),
                ('amount_minor', models.BigIntegerField()),
                ('fee_milli', models.BigIntegerField()),
                ('balance_minor', models.BigIntegerField(help_text='the running balance; 0 where the bill has none')),
                ('own_number', models.TextField()),
                ('own_refund_number', models.TextField()),
                ('channel_number', models.TextField()),
                ('channel_refund_number', models.TextField()),
                ('flow_number', models.TextField()),
                ('title', models.TextField()),
                ('memo', models.TextField()),
            ],
            options={
                'db_table': 'settlement_external_record',
                'indexes': [models.Index(fields=['channel_number'], name='external_channel_number'), models.Index(fields=['own_number'], name='external_own_number')],
            },
        ),
        migrations.CreateModel(
            name='OwnCheckRow',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'check_id', 'position', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('check_id', models.BigIntegerField()),
                ('position', models.IntegerField()),
                ('outcome', models.CharField(help_text='matched, amount, only_yours, only_ours, repeated, other', max_length=16)),
                ('order_no', models.CharField(max_length=64)),
                ('their_rows', models.CharField(default='', help_text="rows of the merchant's file", max_length=64)),
                ('their_minor', models.BigIntegerField(default=0)),
                ('our_minor', models.BigIntegerField(default=0)),
                ('details', models.IntegerField(default=0)),
            ],
            options={
                'db_table': 'settlement_own_check_row',
                'indexes': [models.Index(fields=['party_id', 'check_id', 'outcome'], name='own_check_outcome')],
            },
        ),
        migrations.CreateModel(
            name='ReconciliationMatch',
            fields=[
                ('pk', models.CompositePrimaryKey('leg', 'bill_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                ('leg', models.SmallIntegerField()),
                ('bill_id', models.BigIntegerField()),
                ('row_number', models.IntegerField()),
                ('our_kind', models.SmallIntegerField()),
                ('our_a', models.BigIntegerField()),
                ('our_b', models.BigIntegerField()),
                ('our_minor', models.BigIntegerField()),
                ('their_minor', models.BigIntegerField()),
                ('run_id', models.BigIntegerField()),
            ],
            options={
                'db_table': 'settlement_reconciliation_match',
                'indexes': [models.Index(fields=['run_id'], name='match_run')],
                'constraints': [models.UniqueConstraint(fields=('leg', 'our_kind', 'our_a', 'our_b'), name='match_ours_once')],
            },
        ),
        migrations.CreateModel(
            name='ReconciliationRule',
            fields=[
                ('own_account_id', models.IntegerField(primary_key=True, serialize=False)),
                ('amount_tolerance_minor', models.BigIntegerField(default=0)),
                ('expected_fee_ppm', models.IntegerField(default=0, help_text='agreed rate of the channel; 0 = fees unchecked')),
                ('fee_tolerance_milli', models.BigIntegerField(default=1000)),
                ('cut_minutes', models.IntegerField(default=30, help_text="how near the day's cut a lone row is suspended")),
                ('suspend_days', models.IntegerField(default=1)),
                ('post_settlements', models.BooleanField(default=True)),
                ('post_fees', models.BooleanField(default=True)),
                ('post_suspense', models.BooleanField(default=True)),
            ],
            options={
                'db_table': 'settlement_reconciliation_rule',
                'constraints': [models.CheckConstraint(condition=models.Q(('amount_tolerance_minor__gte', 0), ('cut_minutes__range', (0, 1440)), ('suspend_days__range', (0, 31)), ('fee_tolerance_milli__gte', 0)), name='reconciliation_rule_sane')],
            },
        ),
        migrations.CreateModel(
            name='ReconciliationRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('leg', models.SmallIntegerField()),
                ('starts_on', models.DateField()),
                ('ends_before', models.DateField()),
                ('currency', models.CharField(max_length=3)),
                ('our_count', models.IntegerField()),
                ('our_minor', models.BigIntegerField()),
                ('their_count', models.IntegerField()),
                ('their_minor', models.BigIntegerField()),
                ('matched_count', models.IntegerField()),
                ('matched_minor', models.BigIntegerField()),
                ('suspended_count', models.IntegerField()),
                ('differing_count', models.IntegerField()),
                ('kinds', models.JSONField(default=dict, help_text='differences found, by kind')),
                ('fees_minor', models.BigIntegerField(default=0)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField()),
                ('actor', models.CharField(default='', max_length=150)),
                ('bill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.bill')),
                ('own_account', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.ownaccount')),
            ],
            options={
                'db_table': 'settlement_reconciliation_run',
            },
        ),
        migrations.AddField(
            model_name='difference',
            name='run',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='settlement.reconciliationrun'),
        ),
        migrations.AddIndex(
            model_name='bill',
            index=models.Index(fields=['own_account', 'kind', 'starts_on'], name='bill_days'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.UniqueConstraint(fields=('own_account', 'digest'), name='bill_once'),
        ),
        migrations.AddConstraint(
            model_name='bill',
            constraint=models.CheckConstraint(condition=models.Q(('ends_before__gt', models.F('starts_on'))), name='bill_days_forward'),
        ),
        migrations.AddIndex(
            model_name='reconciliationrun',
            index=models.Index(fields=['bill', 'leg'], name='reconciliation_run_bill'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['state', 'day'], name='difference_state_day'),
        ),
        migrations.AddIndex(
            model_name='difference',
            index=models.Index(fields=['run'], name='difference_run'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('row_number', 0), _negated=True), models.Q(('state', 'cleared'), _negated=True)), fields=('leg', 'bill_id', 'row_number'), name='difference_row_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.UniqueConstraint(condition=models.Q(('row_number', 0), models.Q(('state', 'cleared'), _negated=True)), fields=('leg', 'our_kind', 'our_a', 'our_b'), name='difference_ours_once'),
        ),
        migrations.AddConstraint(
            model_name='difference',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['suspended', 'open', 'cleared', 'explained', 'adjusted', 'written_off'])), name='difference_state_known'),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
        migrations.RunSQL(PROBES, migrations.RunSQL.noop),
        migrations.RunSQL(ISOLATION, migrations.RunSQL.noop),
    ]

"""Receivers, payouts, attempts, batches, files, answers; what of them never changes, and who sees them."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

KEPT = """
-- A row may change in the named columns alone; what it says otherwise stays as it was written.
create function refuse_change_but() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - tg_argv) <> (to_jsonb(old) - tg_argv) then
    raise exception '% % keeps what it says: make another one', tg_table_name, old.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger receiver_kept before update on settlement_receiver for each row execute function
  refuse_change_but('number_sealed', 'digest_key_sealed', 'state', 'verified_at', 'verified_by', 'usable_from', 'closed_at');
create trigger payout_kept before update on settlement_payout for each row execute function
  refuse_change_but('receiver_sealed', 'state', 'reason_code', 'reason', 'approved_at', 'sent_at', 'paid_at',
                    'ended_at');
create trigger payout_attempt_kept before update on settlement_payout_attempt for each row execute function
  refuse_change_but('state', 'reference', 'reason_code', 'reason', 'submitted_at', 'asked_at', 'answered_at');
create trigger payout_batch_kept before update on settlement_payout_batch for each row execute function
  refuse_change_but('state', 'approval_id', 'approved_at', 'approved_by', 'sent_at', 'done_at');
create trigger payout_file_kept before update on settlement_payout_file for each row execute function
  refuse_change_but('content_sealed');
create trigger payout_answer_append_only before update or delete on settlement_payout_answer
  for each statement execute function refuse_change();
create trigger payout_event_append_only before update or delete on settlement_payout_event
  for each statement execute function refuse_change();
create trigger receiver_stays before delete on settlement_receiver
  for each statement execute function refuse_change();
create trigger payout_stays before delete on settlement_payout
  for each statement execute function refuse_change();
create trigger payout_attempt_stays before delete on settlement_payout_attempt
  for each statement execute function refuse_change();
create trigger payout_batch_stays before delete on settlement_payout_batch
  for each statement execute function refuse_change();
create trigger payout_file_stays before delete on settlement_payout_file
  for each statement execute function refuse_change();
"""
OWNED = (
    "settlement_receiver",
    "settlement_payout",
    "settlement_payout_attempt",
    "settlement_payout_answer",
    "settlement_payout_event",
)


def isolation() -> str:
    return "\n".join(
        f"alter table {table} enable row level security;\n"
        f"create policy {table}_own on {table} for select to zhanggui_tenant"
        f" using (party_id = zhanggui_party());\n"
        f"grant select on {table} to zhanggui_tenant;"
        for table in OWNED
    )


class Migration(migrations.Migration):
    dependencies = [("settlement", "0007_after_confirmation")]

    operations = [
        migrations.CreateModel(
            name='PayoutRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('began_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(null=True)),
                ('actor', models.CharField(max_length=150)),
                ('counts', models.JSONField(default=dict)),
                ('broken', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), default=list, help_text='invariants that stopped it')),
            ],
            options={
                'db_table': 'settlement_payout_run',
            },
        ),
        migrations.CreateModel(
            name='PayoutAnswer',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField(default=0, help_text='0 when the payment was never ours')),
                ('payout_id', models.BigIntegerField(default=0)),
                ('attempt_id', models.BigIntegerField(default=0)),
                ('own_account_id', models.IntegerField()),
                ('file_id', models.BigIntegerField(default=0, help_text='0 when the rail answered a question')),
                ('end_to_end', models.CharField(max_length=64)),
                ('outcome', models.CharField(max_length=16)),
                ('amount_minor', models.BigIntegerField(null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('reference', models.CharField(blank=True, default='', max_length=64)),
                ('reason_code', models.CharField(blank=True, default='', max_length=48)),
                ('reason', models.TextField(blank=True, default='')),
                ('effect', models.CharField(choices=[('applied', 'Applied'), ('repeated', 'Repeated'), ('never_sent', 'Never Sent'), ('amount_differs', 'Amount Differs'), ('contradicts', 'Contradicts')], max_length=16)),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'settlement_payout_answer',
                'indexes': [models.Index(fields=['payout_id'], name='payout_answer_of'), models.Index(fields=['effect', 'at'], name='payout_answer_effect')],
            },
        ),
        migrations.CreateModel(
            name='PayoutBatch',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=35, unique=True)),
                ('entity_id', models.IntegerField()),
                ('own_account_id', models.IntegerField()),
                ('rail', models.CharField(max_length=32)),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('sent', 'Sent'), ('done', 'Done'), ('cancelled', 'Cancelled')], default='proposed', max_length=16)),
                ('payout_count', models.IntegerField()),
                ('total_minor', models.BigIntegerField()),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=150)),
                ('approval_id', models.BigIntegerField(default=0)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_by', models.CharField(blank=True, default='', max_length=150)),
                ('sent_at', models.DateTimeField(null=True)),
                ('done_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'settlement_payout_batch',
                'indexes': [models.Index(fields=['state', 'made_at'], name='payout_batch_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'sent', 'done', 'cancelled'])), name='payout_batch_state_known'), models.CheckConstraint(condition=models.Q(('total_minor__gt', 0), ('payout_count__gt', 0)), name='payout_batch_not_empty')],
            },
        ),
        migrations.CreateModel(
            name='Payout',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=30, unique=True)),
                ('party_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('part', models.SmallIntegerField(default=1)),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('amount_minor', models.BigIntegerField()),
                ('own_account_id', models.IntegerField()),
                ('retry_of_id', models.BigIntegerField(default=0, help_text='the payout that failed or came back; 0 = none')),
                ('receiver_id', models.BigIntegerField()),
                ('receiver_digest', models.BinaryField(max_length=32)),
                ('receiver_holder', models.CharField(max_length=140)),
                ('receiver_masked', models.CharField(max_length=64)),
                ('receiver_sealed', models.BinaryField()),
                ('receiver_bank', models.CharField(blank=True, default='', max_length=140)),
                ('receiver_kind', models.CharField(choices=[('bank', 'Bank'), ('wallet', 'Wallet')], default='bank', max_length=16)),
                ('receiver_details', models.JSONField(default=dict)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('sent', 'Sent'), ('paid', 'Paid'), ('failed', 'Failed'), ('returned', 'Returned'), ('cancelled', 'Cancelled')], default='proposed', max_length=16)),
                ('reason_code', models.CharField(blank=True, default='', max_length=48)),
                ('reason', models.TextField(blank=True, default='')),
                ('made_at', models.DateTimeField()),
                ('approved_at', models.DateTimeField(null=True)),
                ('sent_at', models.DateTimeField(null=True)),
                ('paid_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(help_text='failed, returned or cancelled', null=True)),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payouts', to='settlement.payoutbatch')),
            ],
            options={
                'db_table': 'settlement_payout',
            },
        ),
        migrations.CreateModel(
            name='PayoutEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField(default=0, help_text='0 for batches')),
                ('subject', models.CharField(help_text='receiver, batch, payout or attempt', max_length=16)),
                ('subject_id', models.BigIntegerField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('before', models.CharField(blank=True, max_length=16)),
                ('after', models.CharField(max_length=16)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'settlement_payout_event',
                'indexes': [models.Index(fields=['subject', 'subject_id'], name='payout_event_of')],
            },
        ),
        migrations.CreateModel(
            name='PayoutFile',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('own_account_id', models.IntegerField()),
                ('batch_id', models.BigIntegerField(default=0, help_text='the batch it was made of; 0 for what came in')),
                ('direction', models.CharField(choices=[('out', 'out'), ('in', 'in')], max_length=3)),
                ('kind', models.CharField(help_text="pain.001.001.09, camt.053.001.08, a template's name ...", max_length=48)),
                ('name', models.CharField(max_length=255)),
                ('message', models.CharField(blank=True, default='', help_text='our number; what went out', max_length=35)),
                ('sha256', models.BinaryField(max_length=32)),
                ('size_bytes', models.BigIntegerField()),
                ('content_sealed', models.BinaryField()),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
            ],
            options={
                'db_table': 'settlement_payout_file',
                'constraints': [models.UniqueConstraint(fields=('own_account_id', 'direction', 'sha256'), name='payout_file_once'), models.UniqueConstraint(condition=models.Q(('direction', 'out')), fields=('message',), name='payout_file_message_once')],
            },
        ),
        migrations.CreateModel(
            name='Receiver',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('kind', models.CharField(choices=[('bank', 'Bank'), ('wallet', 'Wallet')], default='bank', max_length=16)),
                ('holder', models.CharField(max_length=140)),
                ('number_sealed', models.BinaryField()),
                ('number_masked', models.CharField(max_length=64)),
                ('bank', models.CharField(blank=True, default='', max_length=140)),
                ('details', models.JSONField(default=dict)),
                ('digest', models.BinaryField(max_length=32)),
                ('digest_key_sealed', models.BinaryField()),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('verified', 'Verified'), ('closed', 'Closed')], default='proposed', max_length=16)),
                ('proposed_at', models.DateTimeField()),
                ('proposed_by', models.CharField(max_length=150)),
                ('verified_at', models.DateTimeField(null=True)),
                ('verified_by', models.CharField(blank=True, default='', max_length=150)),
                ('usable_from', models.DateTimeField(help_text='end of the cool-down: no money goes there before', null=True)),
                ('closed_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'settlement_receiver',
                'indexes': [models.Index(fields=['state', 'proposed_at'], name='receiver_waiting')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'verified')), fields=('party_id', 'currency'), name='receiver_verified_once'), models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('party_id', 'currency'), name='receiver_proposed_once'), models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'verified', 'closed'])), name='receiver_state_known'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'verified'), _negated=True), ('usable_from__isnull', False), _connector='OR'), name='receiver_cools_down')],
            },
        ),
        migrations.CreateModel(
            name='PayoutAttempt',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('attempt', models.SmallIntegerField(help_text='1 for the first')),
                ('end_to_end', models.CharField(max_length=35, unique=True)),
                ('amount_minor', models.BigIntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('recorded', 'Recorded'), ('submitted', 'Submitted'), ('accepted', 'Accepted'), ('unknown', 'Unknown'), ('executed', 'Executed'), ('rejected', 'Rejected'), ('not_taken', 'Not Taken')], default='recorded', max_length=16)),
                ('reference', models.CharField(blank=True, default='', help_text="the bank's own number", max_length=64)),
                ('reason_code', models.CharField(blank=True, default='', max_length=48)),
                ('reason', models.TextField(blank=True, default='')),
                ('recorded_at', models.DateTimeField()),
                ('submitted_at', models.DateTimeField(null=True)),
                ('asked_at', models.DateTimeField(help_text='when the rail was last asked what became of it', null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('payout', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='settlement.payout')),
            ],
            options={
                'db_table': 'settlement_payout_attempt',
                'indexes': [models.Index(fields=['state', 'recorded_at'], name='payout_attempt_state')],
                'constraints': [models.UniqueConstraint(fields=('payout', 'attempt'), name='payout_attempt_once'), models.UniqueConstraint(condition=models.Q(('state', 'executed')), fields=('payout',), name='payout_executed_once'), models.CheckConstraint(condition=models.Q(('state__in', ['recorded', 'submitted', 'accepted', 'unknown', 'executed', 'rejected', 'not_taken'])), name='attempt_state_known')],
            },
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['party_id', 'statement_id'], name='payout_of_statement'),
        ),
        migrations.AddIndex(
            model_name='payout',
            index=models.Index(fields=['state', 'made_at'], name='payout_state'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'sent', 'paid'])), fields=('party_id', 'statement_id', 'part'), name='payout_part_alive_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('amount_minor__gt', 0)), name='payout_amount_positive'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'sent', 'paid', 'failed', 'returned', 'cancelled'])), name='payout_state_known'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
        migrations.RunSQL(isolation(), migrations.RunSQL.noop),
    ]

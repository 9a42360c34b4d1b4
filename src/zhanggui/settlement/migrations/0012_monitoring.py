"""Anomaly rules, alerts and their handling."""

import django.db.models.deletion
from django.db import migrations, models

GUARDS = """
create trigger anomaly_rule_append_only before update or delete on settlement_anomaly_rule
  for each statement execute function refuse_change();
create trigger alert_event_append_only before update or delete on settlement_alert_event
  for each statement execute function refuse_change();
create trigger alert_kept before delete on settlement_alert
  for each statement execute function refuse_change();
create function settlement_alert_freeze() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - array['state', 'assignee', 'closed_at'])
     is distinct from (to_jsonb(old) - array['state', 'assignee', 'closed_at']) then
    raise exception 'what alert % found never changes', old.id using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger alert_frozen before update on settlement_alert
  for each row execute function settlement_alert_freeze();
-- Rules look at spans of time: these tables are written in the order of time, so that a block index finds them.
create index staged_refund_time on settlement_staged_refund using brin (refunded_at) with (pages_per_range = 32);
create index charge_time on settlement_charge using brin (occurred_at) with (pages_per_range = 32);
create index statement_closed on settlement_statement (closed_at) where closed_at is not null;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0011_reconciliation")]

    operations = [
        migrations.CreateModel(
            name='AnomalyRule',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('code', models.CharField(max_length=64)),
                ('version', models.IntegerField()),
                ('kind', models.CharField(max_length=32)),
                ('name', models.JSONField(help_text='{"zh": ..., "en": ...}')),
                ('parameters', models.JSONField(default=dict)),
                ('scope', models.JSONField(default=dict)),
                ('severity', models.CharField(choices=[('info', 'Info'), ('warning', 'Warning'), ('critical', 'Critical')], max_length=16)),
                ('active', models.BooleanField(default=True)),
                ('published_at', models.DateTimeField()),
                ('published_by', models.CharField(max_length=150)),
                ('reason', models.TextField(blank=True, default='')),
            ],
            options={
                'db_table': 'settlement_anomaly_rule',
                'constraints': [models.UniqueConstraint(fields=('code', 'version'), name='anomaly_rule_version_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='anomaly_rule_version_counts'), models.CheckConstraint(condition=models.Q(('severity__in', ['info', 'warning', 'critical'])), name='anomaly_rule_severity_known')],
            },
        ),
        migrations.CreateModel(
            name='MonitoringRun',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('started_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('looked_from', models.DateTimeField()),
                ('looked_before', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('raised', models.IntegerField(default=0)),
                ('counts', models.JSONField(default=dict, help_text='rule code -> found, raised, milliseconds, fault')),
            ],
            options={
                'db_table': 'settlement_monitoring_run',
                'constraints': [models.CheckConstraint(condition=models.Q(('looked_before__gt', models.F('looked_from'))), name='monitoring_run_forward')],
            },
        ),
        migrations.CreateModel(
            name='Alert',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('rule_code', models.CharField(max_length=64)),
                ('kind', models.CharField(max_length=32)),
                ('severity', models.CharField(choices=[('info', 'Info'), ('warning', 'Warning'), ('critical', 'Critical')], max_length=16)),
                ('subject_kind', models.CharField(help_text='order, statement, party, check, job ...', max_length=32)),
                ('subject_id', models.CharField(max_length=128)),
                ('label', models.CharField(help_text='what people call the subject: its number or code', max_length=128)),
                ('party_id', models.BigIntegerField(default=0, help_text='the party concerned; 0 = the platform')),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('window_from', models.DateTimeField()),
                ('window_before', models.DateTimeField()),
                ('value', models.BigIntegerField()),
                ('threshold', models.BigIntegerField()),
                ('unit', models.CharField(help_text='minor, count, ppm, hours, minutes', max_length=8)),
                ('row_count', models.BigIntegerField(default=0, help_text='rows that made it')),
                ('state', models.CharField(choices=[('new', 'New'), ('acknowledged', 'Acknowledged'), ('handling', 'Handling'), ('false_alarm', 'False Alarm'), ('fixed', 'Fixed'), ('accepted', 'Accepted')], default='new', max_length=16)),
                ('assignee', models.CharField(blank=True, default='', max_length=150)),
                ('raised_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('rule', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='settlement.anomalyrule')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='alerts', to='settlement.monitoringrun')),
            ],
            options={
                'db_table': 'settlement_alert',
            },
        ),
        migrations.CreateModel(
            name='AlertEvent',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('act', models.CharField(choices=[('raised', 'Raised'), ('step', 'Step'), ('assigned', 'Assigned'), ('note', 'Note')], max_length=16)),
                ('before', models.CharField(blank=True, default='', max_length=150)),
                ('after', models.CharField(blank=True, default='', max_length=150)),
                ('note', models.TextField(blank=True, default='')),
                ('alert', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='history', to='settlement.alert')),
            ],
            options={
                'db_table': 'settlement_alert_event',
                'constraints': [models.CheckConstraint(condition=models.Q(('act__in', ['raised', 'step', 'assigned', 'note'])), name='alert_act_known')],
            },
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['state', 'id'], name='alert_state'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['raised_at', 'id'], name='alert_raised'),
        ),
        migrations.AddIndex(
            model_name='alert',
            index=models.Index(fields=['party_id', 'id'], name='alert_party'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.UniqueConstraint(fields=('rule_code', 'subject_kind', 'subject_id', 'currency', 'window_from'), name='alert_once'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'acknowledged', 'handling', 'false_alarm', 'fixed', 'accepted'])), name='alert_state_known'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('severity__in', ['info', 'warning', 'critical'])), name='alert_severity_known'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(('window_before__gte', models.F('window_from'))), name='alert_window_forward'),
        ),
        migrations.AddConstraint(
            model_name='alert',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('state__in', ['new', 'acknowledged', 'handling'])), models.Q(('closed_at__isnull', False), ('state__in', ['false_alarm', 'fixed', 'accepted'])), _connector='OR'), name='alert_closed_has_time'),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

"""What-ifs and uploads as jobs: comparisons with their outcomes; why an import broke off."""

from django.db import migrations, models

GUARDS = """
create trigger comparison_outcome_append_only before update or delete on settlement_comparison_outcome
  for each statement execute function refuse_change();
create function settlement_comparison_freeze() returns trigger language plpgsql as $$
begin
  if old.state = 'done' then
    raise exception 'comparison % is done and never changes', old.id
      using errcode = 'integrity_constraint_violation';
  end if;
  return new;
end $$;
create trigger comparison_frozen before update on settlement_comparison
  for each row execute function settlement_comparison_freeze();
create trigger comparison_kept before delete on settlement_comparison
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0013_detail_patterns'),
    ]

    operations = [
        migrations.CreateModel(
            name='Comparison',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('business_line_id', models.IntegerField()),
                ('set_code', models.CharField(max_length=64)),
                ('document', models.JSONField()),
                ('currency', models.CharField(max_length=3)),
                ('state', models.CharField(choices=[('queued', 'Queued'), ('running', 'Running'), ('done', 'Done'), ('failed', 'Failed')], default='queued', max_length=12)),
                ('requested_at', models.DateTimeField()),
                ('finished_at', models.DateTimeField(null=True)),
                ('actor', models.CharField(max_length=150)),
                ('share', models.SmallIntegerField(default=0, help_text='how far it is, per cent')),
                ('lines', models.BigIntegerField(default=0, help_text='lines rated so far')),
                ('merchants', models.IntegerField(default=0)),
                ('gaining', models.IntegerField(default=0)),
                ('losing', models.IntegerField(default=0)),
                ('now_minor', models.BigIntegerField(default=0, help_text="as billed, merchants' side")),
                ('then_minor', models.BigIntegerField(default=0, help_text="by the document, merchants' side")),
                ('reject_code', models.CharField(default='', max_length=64)),
                ('reject_message', models.TextField(default='')),
            ],
            options={
                'db_table': 'settlement_comparison',
            },
        ),
        migrations.CreateModel(
            name='ComparisonOutcome',
            fields=[
                ('pk', models.CompositePrimaryKey('comparison_id', 'party_id', 'fee_type_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('comparison_id', models.BigIntegerField()),
                ('party_id', models.BigIntegerField()),
                ('fee_type_id', models.IntegerField()),
                ('now_minor', models.BigIntegerField()),
                ('then_minor', models.BigIntegerField()),
            ],
            options={
                'db_table': 'settlement_comparison_outcome',
            },
        ),
        migrations.AddField(
            model_name='importrun',
            name='reject_code',
            field=models.CharField(default='', help_text='why it broke off', max_length=64),
        ),
        migrations.AddField(
            model_name='importrun',
            name='reject_message',
            field=models.TextField(default=''),
        ),
        migrations.AlterField(
            model_name='importrun',
            name='state',
            field=models.CharField(default='running', help_text='queued, running, done, failed', max_length=12),
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

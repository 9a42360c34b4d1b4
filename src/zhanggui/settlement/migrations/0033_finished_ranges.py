"""Ranges of lines that are never written again: what each holds, and what each statement has in it."""

from django.db import migrations, models

KEPT = """
create trigger finished_range_append_only before update or delete on settlement_finished_range
  for each statement execute function refuse_change();
create trigger finished_statement_append_only before update or delete on settlement_finished_statement
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0032_line_ranges'),
    ]

    operations = [
        migrations.CreateModel(
            name='FinishedRange',
            fields=[
                ('first_line', models.BigIntegerField(primary_key=True, serialize=False)),
                ('end_line', models.BigIntegerField(help_text='the first number that is not in it')),
                ('finished_at', models.DateTimeField()),
                ('asked_by', models.CharField(max_length=150)),
                ('actor', models.CharField(help_text='who approved it', max_length=150)),
                ('billed', models.BigIntegerField(help_text='billed lines')),
                ('staged', models.BigIntegerField(help_text='order lines')),
                ('statements', models.BigIntegerField()),
                ('billed_digest', models.BinaryField(max_length=32)),
                ('staged_digest', models.BinaryField(max_length=32)),
                ('archives_digest', models.BinaryField(help_text='over the manifests that were proved', max_length=32)),
                ('previous_hash', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'db_table': 'settlement_finished_range',
            },
        ),
        migrations.CreateModel(
            name='FinishedStatement',
            fields=[
                ('pk', models.CompositePrimaryKey('first_line', 'party_id', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('first_line', models.BigIntegerField()),
                ('party_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('lines', models.BigIntegerField()),
                ('details', models.BigIntegerField()),
                ('net_minor', models.BigIntegerField()),
                ('leaves', models.BinaryField(max_length=32)),
            ],
            options={
                'db_table': 'settlement_finished_statement',
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]

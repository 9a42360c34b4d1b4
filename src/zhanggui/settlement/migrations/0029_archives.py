"""Archives of old periods: what was written, which statements are in it, and each time it was proved."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
create trigger archive_append_only before update or delete on settlement_archive
  for each statement execute function refuse_change();
create trigger archived_statement_append_only before update or delete on settlement_archived_statement
  for each statement execute function refuse_change();
create trigger archive_check_append_only before update or delete on settlement_archive_check
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0028_splits_of_a_party'),
    ]

    operations = [
        migrations.CreateModel(
            name='Archive',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('month', models.DateField(help_text='its first day')),
                ('part', models.IntegerField()),
                ('made_at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('folder', models.CharField(help_text='inside ZHANGGUI_ARCHIVES', max_length=32)),
                ('statements', models.BigIntegerField()),
                ('parties', models.BigIntegerField()),
                ('lines', models.BigIntegerField()),
                ('size_bytes', models.BigIntegerField()),
                ('manifest_sha256', models.BinaryField(max_length=32)),
                ('previous_hash', models.BinaryField(max_length=32)),
                ('hash', models.BinaryField(max_length=32)),
            ],
            options={
                'db_table': 'settlement_archive',
                'constraints': [models.UniqueConstraint(fields=('month', 'part'), name='archive_once')],
            },
        ),
        migrations.CreateModel(
            name='ArchiveCheck',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('actor', models.CharField(max_length=150)),
                ('faults', models.BigIntegerField()),
                ('first_fault', models.TextField(blank=True, default='')),
                ('archive', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='checks', to='settlement.archive')),
            ],
            options={
                'db_table': 'settlement_archive_check',
            },
        ),
        migrations.CreateModel(
            name='ArchivedStatement',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('chunk', models.IntegerField()),
                ('hash', models.BinaryField(max_length=32)),
                ('archive', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='contents', to='settlement.archive')),
            ],
            options={
                'db_table': 'settlement_archived_statement',
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]

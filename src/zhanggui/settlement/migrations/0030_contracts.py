"""Contracts with parties and their papers; a party reads its own."""

from django.db import migrations, models

GUARDED = """
create trigger contract_kept before update on settlement_contract for each row execute function
  refuse_change_but('file_sealed');
create trigger contract_stays before delete on settlement_contract
  for each statement execute function refuse_change();
alter table settlement_contract enable row level security;
create policy settlement_contract_own on settlement_contract for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on settlement_contract to zhanggui_tenant;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0029_archives'),
    ]

    operations = [
        migrations.CreateModel(
            name='Contract',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('number', models.CharField(max_length=64, unique=True)),
                ('signed_on', models.DateField()),
                ('starts_on', models.DateField()),
                ('ends_on', models.DateField(help_text='its last day')),
                ('signed_by', models.CharField(help_text='who signed, on both sides', max_length=200)),
                ('note', models.CharField(blank=True, default='', max_length=255)),
                ('file_name', models.CharField(max_length=255)),
                ('file_bytes', models.BigIntegerField()),
                ('file_sha256', models.BinaryField(max_length=32)),
                ('file_sealed', models.BinaryField()),
                ('kept_at', models.DateTimeField()),
                ('kept_by', models.CharField(max_length=150)),
            ],
            options={
                'db_table': 'settlement_contract',
                'indexes': [models.Index(fields=['party_id', 'id'], name='contract_of_party')],
                'constraints': [models.CheckConstraint(condition=models.Q(('party_id__gt', 0)), name='contract_with_somebody'), models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('starts_on'))), name='contract_window_forward'), models.CheckConstraint(condition=models.Q(('signed_on__lte', models.F('ends_on'))), name='contract_signed_in_time')],
            },
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]

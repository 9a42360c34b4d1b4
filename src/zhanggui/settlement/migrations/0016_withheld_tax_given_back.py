"""Withheld tax that is given back when goods of an earlier statement come back."""

from django.db import migrations, models

GUARDS = """
create trigger withholding_return_append_only before update or delete on settlement_withholding_return
  for each statement execute function refuse_change();
alter table settlement_withholding_return enable row level security;
create policy settlement_withholding_return_own on settlement_withholding_return for select to zhanggui_tenant
  using (party_id = zhanggui_party());
grant select on settlement_withholding_return to zhanggui_tenant;
"""


class Migration(migrations.Migration):
    dependencies = [("settlement", "0015_funds_view")]

    operations = [
        migrations.CreateModel(
            name='WithholdingReturn',
            fields=[
                ('pk', models.CompositePrimaryKey('party_id', 'statement_id', 'origin_statement_id', blank=True, editable=False, primary_key=True, serialize=False)),
                ('party_id', models.BigIntegerField()),
                ('statement_id', models.BigIntegerField()),
                ('origin_statement_id', models.BigIntegerField(help_text='the statement on which it was withheld')),
                ('entity_id', models.IntegerField()),
                ('currency', models.CharField(max_length=3)),
                ('rate_ppm', models.IntegerField(help_text="the bracket's, when it was withheld")),
                ('taken_minor', models.BigIntegerField()),
                ('base_minor', models.BigIntegerField()),
                ('tax_minor', models.BigIntegerField()),
                ('line_id', models.BigIntegerField(help_text='the charge whose detail it is; 0 where it comes to nothing')),
                ('tax_month', models.DateField()),
                ('at', models.DateTimeField()),
            ],
            options={
                'db_table': 'settlement_withholding_return',
            },
        ),
        migrations.RunSQL(GUARDS, migrations.RunSQL.noop),
    ]

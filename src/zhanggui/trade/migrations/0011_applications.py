"""Applications to open a shop or to supply: what was sent never changes, what was decided is added once."""

from django.db import migrations, models

GUARDED = """
create trigger application_kept before update on trade_application for each row execute function
  refuse_change_but('licence_sealed', 'state', 'reason', 'party_id', 'username', 'decided_at', 'decided_by');
create trigger application_stays before delete on trade_application
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0008_payouts'), ('trade', '0010_customers'),
    ]

    operations = [
        migrations.CreateModel(
            name='Application',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=16, unique=True)),
                ('secret_digest', models.BinaryField(max_length=32, unique=True)),
                ('kind', models.CharField(choices=[('merchant', 'Merchant'), ('supplier', 'Supplier')], max_length=16)),
                ('entity_kind', models.CharField(choices=[('company', 'Company'), ('sole_trader', 'Sole Trader'), ('cooperative', 'Cooperative')], max_length=16)),
                ('name', models.CharField(max_length=100)),
                ('credit_code', models.CharField(help_text='unified social credit code, its check digit holds', max_length=18)),
                ('contact', models.CharField(max_length=64)),
                ('phone', models.CharField(max_length=32)),
                ('email', models.CharField(max_length=254)),
                ('categories', models.JSONField(default=list, help_text='codes of categories of the first level')),
                ('about', models.CharField(blank=True, default='', max_length=1000)),
                ('licence_name', models.CharField(max_length=255)),
                ('licence_sha256', models.BinaryField(max_length=32)),
                ('licence_sealed', models.BinaryField()),
                ('address', models.CharField(help_text='where it came from, to count by', max_length=45)),
                ('asked_at', models.DateTimeField()),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('accepted', 'Accepted'), ('rejected', 'Rejected')], default='waiting', max_length=16)),
                ('reason', models.CharField(blank=True, default='', help_text='the applicant reads it', max_length=255)),
                ('party_id', models.BigIntegerField(default=0, help_text='the party that was opened; 0 without one')),
                ('username', models.CharField(blank=True, default='', max_length=150)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_by', models.CharField(blank=True, default='', max_length=150)),
            ],
            options={
                'db_table': 'trade_application',
                'indexes': [models.Index(fields=['address', 'asked_at'], name='application_address')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('kind', 'credit_code'), name='application_waits_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'waiting')), models.Q(models.Q(('state', 'waiting'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='application_decided_at'), models.CheckConstraint(condition=models.Q(models.Q(('party_id__gt', 0), ('state', 'accepted'), models.Q(('username', ''), _negated=True)), models.Q(models.Q(('state', 'accepted'), _negated=True), ('party_id', 0), ('username', '')), _connector='OR'), name='application_accepted_opens')],
            },
        ),
        migrations.RunSQL(GUARDED, migrations.RunSQL.noop),
    ]

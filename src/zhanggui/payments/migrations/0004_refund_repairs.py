"""Repairs of abnormal refunds: what one says never changes, its states and its seals do."""

import django.db.models.deletion
from django.db import migrations, models

KEPT = """
create trigger refund_repair_kept before update on payments_refund_repair for each row execute function
  refuse_change_but('card_sealed', 'holder_sealed', 'approval_id', 'state', 'said', 'sent_at', 'ended_at');
create trigger refund_repair_stays before delete on payments_refund_repair
  for each statement execute function refuse_change();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_parts_of_charges'),
        ('settlement', '0008_payouts'),
        ('ledger', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundRepair',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('to', models.CharField(help_text="card: one of the buyer's; ours: our own bank account", max_length=8)),
                ('bank', models.CharField(blank=True, default='', help_text='as the channel codes banks', max_length=32)),
                ('card_masked', models.CharField(blank=True, default='', max_length=16)),
                ('card_sealed', models.BinaryField(default=bytes)),
                ('holder_masked', models.CharField(blank=True, default='', max_length=16)),
                ('holder_sealed', models.BinaryField(default=bytes)),
                ('approval_id', models.BigIntegerField(default=0)),
                ('state', models.CharField(choices=[('proposed', 'Proposed'), ('approved', 'Approved'), ('taken', 'Taken'), ('refused', 'Refused'), ('dropped', 'Dropped')], default='proposed', max_length=12)),
                ('said', models.CharField(blank=True, default='', max_length=255)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.CharField(max_length=150)),
                ('sent_at', models.DateTimeField(help_text='when the channel was last asked; empty: never', null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('refund', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='repairs', to='payments.refund')),
            ],
            options={
                'db_table': 'payments_refund_repair',
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved'])), fields=('refund',), name='refund_repair_open_once'), models.CheckConstraint(condition=models.Q(models.Q(('bank', ''), ('card_masked', ''), ('to', 'ours')), models.Q(('to', 'card'), models.Q(('bank', ''), _negated=True), models.Q(('card_masked', ''), _negated=True), models.Q(('holder_masked', ''), _negated=True)), _connector='OR'), name='refund_repair_complete')],
            },
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]

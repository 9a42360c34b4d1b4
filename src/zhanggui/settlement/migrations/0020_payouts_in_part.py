"""Payouts of which a part was executed, or a part came back."""

from django.db import migrations, models
from django.db.models.expressions import CombinedExpression

KEPT = """
drop trigger payout_kept on settlement_payout;
create trigger payout_kept before update on settlement_payout for each row execute function
  refuse_change_but('receiver_sealed', 'state', 'reason_code', 'reason', 'approved_at', 'sent_at', 'paid_at',
                    'ended_at', 'short_minor', 'returned_minor');
"""


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0019_fresh_chunks'),
    ]

    operations = [
        migrations.AddField(
            model_name='payout',
            name='returned_minor',
            field=models.BigIntegerField(db_default=0, default=0, help_text='of it came back while the rest stays paid'),
        ),
        migrations.AddField(
            model_name='payout',
            name='short_minor',
            field=models.BigIntegerField(db_default=0, default=0, help_text='of it never left: the bank executed less than was ordered'),
        ),
        migrations.AlterField(
            model_name='payout',
            name='amount_minor',
            field=models.BigIntegerField(help_text='what was ordered'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(('returned_minor__gte', 0), ('short_minor__gte', 0), ('amount_minor__gt', CombinedExpression(models.F('short_minor'), '+', models.F('returned_minor')))), name='payout_parts_within_amount'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('returned_minor', 0), ('short_minor', 0)), ('state__in', ['paid', 'returned']), _connector='OR'), name='payout_in_part_when_paid'),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]

"""The orders of a rebate are found by its coupon."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0012_member_rebates'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('rebate_code', ''), _negated=True), fields=['rebate_code'], name='order_rebated'),
        ),
    ]

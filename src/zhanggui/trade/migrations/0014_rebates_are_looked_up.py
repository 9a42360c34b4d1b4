"""The orders of a rebate are found by its coupon."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('trade', '0013_way_back_freight'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='order',
            index=models.Index(condition=models.Q(('rebate_code', ''), _negated=True), fields=['rebate_code'], name='order_rebated'),
        ),
    ]

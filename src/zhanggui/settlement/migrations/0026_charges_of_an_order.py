"""Charges that bear an order's number are found by it: what an order owes whom counts them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("settlement", "0025_splits")]

    operations = [
        migrations.AddIndex(
            model_name="charge",
            index=models.Index("business_line_id", "order_no", condition=~models.Q(order_no=""), name="charge_of_order"),
        ),
    ]

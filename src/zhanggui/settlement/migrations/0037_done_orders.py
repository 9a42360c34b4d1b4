"""Blocks of orders that are billed or cancelled to the last line."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0036_more_came_back")]

    operations = [
        migrations.CreateModel(
            name="DoneOrders",
            fields=[
                (
                    "block",
                    models.BigIntegerField(
                        help_text="order numbers by the thousand", primary_key=True, serialize=False
                    ),
                ),
            ],
            options={"db_table": "settlement_done_orders"},
        ),
    ]

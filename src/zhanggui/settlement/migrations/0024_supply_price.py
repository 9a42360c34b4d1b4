"""What a merchant owes its supplier for an order line, and the units that had come back before a refund."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0023_refunds_and_fees_of_own_checks'),
    ]

    operations = [
        migrations.AddField(
            model_name='stagedline',
            name='supply_minor',
            field=models.BigIntegerField(db_default=0, help_text='what the merchant owes the supplier'),
        ),
        migrations.AddField(
            model_name='stagedrefund',
            name='done_quantity',
            field=models.BigIntegerField(db_default=0, help_text='units that had come back before it'),
        ),
    ]

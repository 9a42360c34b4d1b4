"""What the channel's bills say that it kept of parts that lie with sub-merchants, and whether that is booked."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0005_sub_merchants'),
    ]

    operations = [
        migrations.AddField(
            model_name='chargepart',
            name='fee_back_told_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='fee_off_booked',
            field=models.BooleanField(default=True, help_text='statements have what `fee_off_minor` means'),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='fee_off_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='fee_told_minor',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='chargepart',
            name='refunds_told_minor',
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddIndex(
            model_name='chargepart',
            index=models.Index(condition=models.Q(('fee_off_booked', False)), fields=['id'], name='charge_part_fee_off'),
        ),
    ]

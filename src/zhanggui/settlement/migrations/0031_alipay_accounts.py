"""Receivers may be Alipay accounts."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0030_contracts'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payout',
            name='receiver_kind',
            field=models.CharField(choices=[('bank', 'Bank'), ('wallet', 'Wallet'), ('alipay', 'Alipay')], default='bank', max_length=16),
        ),
        migrations.AlterField(
            model_name='receiver',
            name='kind',
            field=models.CharField(choices=[('bank', 'Bank'), ('wallet', 'Wallet'), ('alipay', 'Alipay')], default='bank', max_length=16),
        ),
    ]

"""A merchant's own check holds refunds and fees of its orders against ours, where its file has them."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0022_charge_feeds'),
    ]

    operations = [
        migrations.AlterField(
            model_name='owncheck',
            name='mapping',
            field=models.JSONField(help_text='which header names hold order number, amount, refund, fee'),
        ),
        migrations.AlterField(
            model_name='owncheckrow',
            name='outcome',
            field=models.CharField(help_text='matched, amount, refund, fee, only_yours, only_ours, repeated, other', max_length=16),
        ),
        migrations.AddField(
            model_name='owncheckrow',
            name='their_refund_minor',
            field=models.BigIntegerField(help_text='what refunds took, positive; empty where the file was not asked for it', null=True),
        ),
        migrations.AddField(
            model_name='owncheckrow',
            name='our_refund_minor',
            field=models.BigIntegerField(help_text='details of refunds, positive = taken', null=True),
        ),
        migrations.AddField(
            model_name='owncheckrow',
            name='their_fee_minor',
            field=models.BigIntegerField(help_text='fees, positive = taken', null=True),
        ),
        migrations.AddField(
            model_name='owncheckrow',
            name='our_fee_minor',
            field=models.BigIntegerField(help_text='fees on sales, positive = taken', null=True),
        ),
    ]

"""What is given back leaves by payouts: a payout has a cause; a receiver may be of a receipt."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0016_withheld_tax_given_back'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='payout',
            name='payout_part_alive_once',
        ),
        migrations.RemoveConstraint(
            model_name='receiver',
            name='receiver_verified_once',
        ),
        migrations.RemoveConstraint(
            model_name='receiver',
            name='receiver_proposed_once',
        ),
        migrations.AddField(
            model_name='depositorder',
            name='by_payout',
            field=models.BooleanField(default=False, help_text='approved and to leave by a payout; older ones were booked as paid when approved'),
        ),
        migrations.AddField(
            model_name='payout',
            name='cause',
            field=models.CharField(choices=[('statement', 'Statement'), ('deposit', 'Deposit'), ('receipt', 'Receipt')], default='statement', max_length=12),
        ),
        migrations.AddField(
            model_name='payout',
            name='document_id',
            field=models.BigIntegerField(default=0, help_text='the deposit order or receipt refund, by cause; 0 for a statement'),
        ),
        migrations.AddField(
            model_name='receiptrefund',
            name='by_payout',
            field=models.BooleanField(default=False, help_text='approved and to leave by a payout; older ones were booked as paid when approved'),
        ),
        migrations.AddField(
            model_name='receiver',
            name='receipt_id',
            field=models.BigIntegerField(default=0, help_text='the receipt that is given back; 0 = of a party'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['proposed', 'approved', 'sent', 'paid'])), fields=('cause', 'party_id', 'statement_id', 'document_id', 'part'), name='payout_alive_once'),
        ),
        migrations.AddConstraint(
            model_name='payout',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cause', 'statement'), ('document_id', 0), ('statement_id__gt', 0)), models.Q(('cause__in', ['deposit', 'receipt']), ('document_id__gt', 0), ('statement_id', 0)), _connector='OR'), name='payout_for_one_cause'),
        ),
        migrations.AddConstraint(
            model_name='receiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'verified')), fields=('party_id', 'currency', 'receipt_id'), name='receiver_in_use_once'),
        ),
        migrations.AddConstraint(
            model_name='receiver',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'proposed')), fields=('party_id', 'currency', 'receipt_id'), name='receiver_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='receiver',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('party_id__gt', 0), ('receipt_id', 0)), models.Q(('party_id', 0), ('receipt_id__gt', 0)), _connector='OR'), name='receiver_of_party_or_receipt'),
        ),
    ]

"""More than a sub-merchant kept may come back: what it paid buyers beyond that."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0035_sub_merchants'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_not_returned_beyond',
        ),
        migrations.RemoveConstraint(
            model_name='splitshare',
            name='share_of_ours_without_statement',
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount_minor__gt', 0), ('returned_minor__gte', 0), ('returned_minor__lte', models.F('amount_minor'))), models.Q(('amount_minor__gte', 0), ('returned_minor__gte', 0), ('way', 'kept')), _connector='OR'), name='share_not_returned_beyond'),
        ),
        migrations.AddConstraint(
            model_name='splitshare',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('line_id', 0), ('party_id', 0), ('statement_id', 0), ('way', 'ours')), models.Q(models.Q(('way', 'ours'), _negated=True), ('line_id__gt', 0), ('party_id__gt', 0)), models.Q(('amount_minor', 0), ('line_id', 0), ('party_id__gt', 0), ('way', 'kept')), _connector='OR'), name='share_of_ours_without_statement'),
        ),
    ]

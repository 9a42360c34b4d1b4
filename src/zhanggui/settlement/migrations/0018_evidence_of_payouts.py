"""Evidence that a person brought is kept beside the files of banks."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('settlement', '0017_giving_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='payoutfile',
            name='direction',
            field=models.CharField(choices=[('out', 'out'), ('in', 'in'), ('ev', 'ev')], help_text='to the bank, from it, or evidence that a person brought', max_length=3),
        ),
    ]

"""A billing run knows its business line, so that the next process joins it instead of planning it again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0005_statement_enrichment")]

    operations = [
        migrations.AddField("billingrun", "business_line_id", models.IntegerField(default=0)),
    ]

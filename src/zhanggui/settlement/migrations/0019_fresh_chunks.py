from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("settlement", "0018_evidence_of_payouts")]

    operations = [
        migrations.AddField(
            model_name="billingchunk",
            name="fresh",
            field=models.BooleanField(
                default=False, help_text="none of its lines was billed when it was planned"
            ),
        ),
    ]

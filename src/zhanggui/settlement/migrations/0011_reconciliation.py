"""Bills and their rows, runs, matches, differences."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0010_invoices")]

    operations = []

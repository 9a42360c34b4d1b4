"""Receivers, payouts, attempts, batches, files."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0007_after_confirmation")]

    operations = []

"""Anomaly rules, alerts and their handling."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0011_reconciliation")]

    operations = []

"""Debts, receipts, claims, deposits, reserves, holds, adjustments, rebates."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0008_payouts")]

    operations = []

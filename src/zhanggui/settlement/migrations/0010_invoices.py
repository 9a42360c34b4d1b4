"""Invoices, red letters, checks of input invoices, withheld tax."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("settlement", "0009_collections")]

    operations = []

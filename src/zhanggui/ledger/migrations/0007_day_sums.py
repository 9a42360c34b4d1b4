"""Sums of postings by day, kept for the journal, and the index that it is read along: many entries of a batch share a
day, so that their keys are kept as one."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_folded_through")]

    operations = [
        migrations.CreateModel(
            name="LedgerDayFold",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("through_batch", models.BigIntegerField()),
            ],
            options={"db_table": "ledger_day_fold"},
        ),
        migrations.CreateModel(
            name="LedgerDaySum",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "booked_date", "currency", "source", "entity_id", "purpose",
                        blank=True, editable=False, primary_key=True, serialize=False,
                    ),
                ),
                ("booked_date", models.DateField()),
                ("currency", models.CharField(max_length=3)),
                ("source", models.SmallIntegerField(help_text="EntrySource")),
                ("entity_id", models.IntegerField()),
                ("purpose", models.CharField(help_text="of the postings' accounts", max_length=16)),
                ("postings", models.BigIntegerField()),
                ("debit", models.BigIntegerField()),
                ("credit", models.BigIntegerField(help_text="as a positive amount")),
            ],
            options={"db_table": "ledger_day_sum"},
        ),
        migrations.RunSQL(
            "create index ledger_entry_day on ledger_entry (currency, booked_date, batch_id)",
            "drop index ledger_entry_day",
        ),
    ]

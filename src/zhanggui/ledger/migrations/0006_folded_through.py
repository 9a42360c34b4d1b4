"""Balances count their deltas, and the fold says up to which batch none is missing: so lists add the few that came
since, which a block index finds. What was folded without a count is folded anew by the next run."""

from django.db import migrations, models

ANEW = """
delete from ledger_balance;
delete from ledger_fold;
create index ledger_delta_batch on ledger_delta using brin (batch_id) with (pages_per_range = 32, autosummarize = on);
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_few_entries")]

    operations = [
        migrations.AddField(
            "ledgerbalance",
            "moves",
            models.BigIntegerField(db_default=0, default=0, help_text="number of deltas"),
        ),
        migrations.AddField("ledgerfold", "through_batch", models.BigIntegerField(db_default=0, default=0)),
        migrations.RunSQL(ANEW, "drop index ledger_delta_batch"),
    ]

"""The ledger's shape. Postings travel as parallel arrays on their entry; the view `ledger_posting` unnests them.

Every large table carries the owning party in its key, so that it can be distributed by party.
Signs: a debit is positive, a credit is negative; an entry sums to zero (checked by the database itself).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class LedgerAccount(models.Model):
    """A place where value rests: one per entity, purpose (chart code), owner, reference and currency."""

    id = models.BigAutoField(primary_key=True)
    entity_id = models.IntegerField()
    purpose = models.CharField(max_length=16, help_text="code in the chart of accounts, e.g. 2202.02")
    party_id = models.BigIntegerField(default=0, help_text="owner; 0 = the platform itself")
    reference = models.BigIntegerField(default=0, help_text="statement id for statement accounts, else 0")
    currency = models.CharField(max_length=3)

    class Meta:
        db_table = "ledger_account"
        constraints = [
            models.UniqueConstraint(
                fields=["party_id", "entity_id", "purpose", "reference", "currency"],
                name="ledger_account_once",
            ),
        ]


class LedgerBatch(models.Model):
    """One committed write of entries: its digest makes a later change of any of its rows visible."""

    id = models.BigIntegerField(primary_key=True)
    written_at = models.DateTimeField()
    entries = models.IntegerField()
    digest = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_batch"


class LedgerSeal(models.Model):
    """The hash chain over batches, extended by the sealing job in batch order."""

    sequence = models.BigAutoField(primary_key=True)
    batch_id = models.BigIntegerField(unique=True)
    hash = models.BinaryField(max_length=32)

    class Meta:
        db_table = "ledger_seal"


class LedgerEntry(models.Model):
    """A balanced, immutable journal entry, idempotent by (book, source, key_a, key_b)."""

    pk = models.CompositePrimaryKey("book_id", "source", "key_a", "key_b")
    book_id = models.BigIntegerField(help_text="the party whose event this is; 0 = the platform")
    source = models.SmallIntegerField(help_text="EntrySource")
    key_a = models.BigIntegerField()
    key_b = models.BigIntegerField()
    entity_id = models.IntegerField()
    currency = models.CharField(max_length=3)
    batch_id = models.BigIntegerField()
    booked_date = models.DateField()
    occurred_at = models.DateTimeField()
    accounts = ArrayField(models.BigIntegerField())
    amounts = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "ledger_entry"


class LedgerDelta(models.Model):
    """What one batch added to one account on one day; the sum of deltas is the posted balance."""

    pk = models.CompositePrimaryKey("party_id", "account_id", "booked_date", "batch_id")
    party_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    booked_date = models.DateField()
    batch_id = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "ledger_delta"


class LedgerBalance(models.Model):
    """Deltas of sealed batches, folded per account: a derived sum for fast reads, rebuilt and compared."""

    account_id = models.BigIntegerField(primary_key=True)
    party_id = models.BigIntegerField()
    amount = models.BigIntegerField()
    moves = models.BigIntegerField(default=0, db_default=0, help_text="number of deltas")

    class Meta:
        db_table = "ledger_balance"


class LedgerFold(models.Model):
    """How far the balances are folded: one row, the latest seal whose batch is in them, and the number of a batch
    up to which none is missing."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through_sequence = models.BigIntegerField(default=0)
    through_batch = models.BigIntegerField(default=0, db_default=0)

    class Meta:
        db_table = "ledger_fold"


class LedgerDaySum(models.Model):
    """What the postings of one day come to, of batches that nobody can add to any more: a derived sum that the
    journal shows, compared with the entries."""

    pk = models.CompositePrimaryKey("booked_date", "currency", "source", "entity_id", "purpose")
    booked_date = models.DateField()
    currency = models.CharField(max_length=3)
    source = models.SmallIntegerField(help_text="EntrySource")
    entity_id = models.IntegerField()
    purpose = models.CharField(max_length=16, help_text="of the postings' accounts")
    postings = models.BigIntegerField()
    debit = models.BigIntegerField()
    credit = models.BigIntegerField(help_text="as a positive amount")

    class Meta:
        db_table = "ledger_day_sum"


class LedgerDayFold(models.Model):
    """The batch up to which the sums by day are folded: one row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    through_batch = models.BigIntegerField()

    class Meta:
        db_table = "ledger_day_fold"

"""The billed line and its pattern; the view `settlement_detail` unnests them into details."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class DetailPattern(models.Model):
    """What details say besides money: fee type and rule version by position, and where each has its base:
    0 is the line's `whole`, n the n-th of its `own_bases`. Shared by all lines that are alike in this.

    Two writers at once may each add the same pattern; lines commit to its content, not to its number.
    """

    id = models.BigAutoField(primary_key=True)
    fee_types = ArrayField(models.IntegerField())
    rules = ArrayField(models.IntegerField())
    base_of = ArrayField(models.IntegerField())
    digest = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_detail_pattern"
        indexes = [models.Index(fields=["digest"], name="detail_pattern_digest")]


class BilledLine(models.Model):
    """Details of one (party, line, event). The key is natural: billing twice is a key violation.

    `kind` is the EntrySource of its journal entry, whose key is (merchant_id, kind, order_id, event_id).
    Amounts are minor units of `currency`, signed for the party: positive is owed to it.
    Its pattern says which fees the `amounts` are and on which bases.
    `done`, `step`, `whole` say how far a reversal had come, how far it went, and the whole it goes to.
    """

    pk = models.CompositePrimaryKey("party_id", "line_id", "event_id")
    party_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    event_id = models.BigIntegerField(help_text="0 = the sale; else the refund, correction or dispute id")
    merchant_id = models.BigIntegerField()
    order_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    batch_id = models.BigIntegerField()
    cumulative_before = models.BigIntegerField()
    quantity = models.BigIntegerField()
    done = models.BigIntegerField()
    step = models.BigIntegerField()
    whole = models.BigIntegerField()
    occurred_at = models.DateTimeField()
    billable_at = models.DateTimeField()
    entity_id = models.IntegerField()
    business_line_id = models.IntegerField()
    rule_set_id = models.IntegerField()
    kind = models.SmallIntegerField()
    mode = models.SmallIntegerField()
    currency = models.CharField(max_length=3)
    leaf = models.BinaryField(max_length=32)
    pattern_id = models.BigIntegerField()
    own_bases = ArrayField(models.BigIntegerField(), help_text="the bases that are not `whole`")
    amounts = ArrayField(models.BigIntegerField())

    class Meta:
        app_label = "settlement"
        db_table = "settlement_billed_line"


class FinishedRange(models.Model):
    """A range of line numbers that is never written again: every line in it is settled, archived, proved row by row
    in the files and older than the law asks. Ranges are finished in their order, so the lines below `end_line` of the
    latest one are.

    `hash` chains them: SHA-256 over the hash of the one before, the numbers and the three digests.
    """

    first_line = models.BigIntegerField(primary_key=True)
    end_line = models.BigIntegerField(help_text="the first number that is not in it")
    finished_at = models.DateTimeField()
    asked_by = models.CharField(max_length=150)
    actor = models.CharField(max_length=150, help_text="who approved it")
    billed = models.BigIntegerField(help_text="billed lines")
    staged = models.BigIntegerField(help_text="order lines")
    statements = models.BigIntegerField()
    billed_digest = models.BinaryField(max_length=32)
    staged_digest = models.BinaryField(max_length=32)
    archives_digest = models.BinaryField(max_length=32, help_text="over the manifests that were proved")
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_finished_range"


class FinishedStatement(models.Model):
    """What a statement has in a finished range: lines, details, their sum in minor units, and the SHA-256 over their
    leaves by line and event."""

    pk = models.CompositePrimaryKey("first_line", "party_id", "statement_id")
    first_line = models.BigIntegerField()
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    lines = models.BigIntegerField()
    details = models.BigIntegerField()
    net_minor = models.BigIntegerField()
    leaves = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_finished_statement"

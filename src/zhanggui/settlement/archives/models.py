"""What was archived, which statements are in it, and when its files were proved again."""

from django.db import models


class Archive(models.Model):
    """One month's settled statements as files; a later part holds those that were settled later.

    `hash` chains archives: SHA-256 over the hash of the one before and the SHA-256 of this one's manifest.
    """

    id = models.BigAutoField(primary_key=True)
    month = models.DateField(help_text="its first day")
    part = models.IntegerField()
    made_at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    folder = models.CharField(max_length=32, help_text="inside ZHANGGUI_ARCHIVES")
    statements = models.BigIntegerField()
    parties = models.BigIntegerField()
    lines = models.BigIntegerField()
    size_bytes = models.BigIntegerField()
    manifest_sha256 = models.BinaryField(max_length=32)
    previous_hash = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_archive"
        constraints = [models.UniqueConstraint(fields=["month", "part"], name="archive_once")]

    @property
    def label(self) -> str:
        """Month and part, such as `2026-01.1`."""
        return self.folder


class ArchivedStatement(models.Model):
    """A statement that is in an archive: in which chunk of files, and its hash as the files prove it."""

    pk = models.CompositePrimaryKey("party_id", "statement_id")
    party_id = models.BigIntegerField()
    statement_id = models.BigIntegerField()
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="contents")
    chunk = models.IntegerField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_archived_statement"


class ArchiveCheck(models.Model):
    """One time that the files of an archive were read again to the last byte; `faults` is 0 if all was proved."""

    id = models.BigAutoField(primary_key=True)
    archive = models.ForeignKey(Archive, on_delete=models.PROTECT, related_name="checks")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    faults = models.BigIntegerField()
    first_fault = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_archive_check"


class LineRange(models.Model):
    """A range of line numbers whose billed and staged lines stand in tables of their own, opened at the turn of a
    month. The first range, from the first number on, is there without a row here; a range ends where the next begins.
    """

    first_line = models.BigIntegerField(primary_key=True)
    opened_at = models.DateTimeField()
    actor = models.CharField(max_length=150)

    class Meta:
        app_label = "settlement"
        db_table = "settlement_line_range"

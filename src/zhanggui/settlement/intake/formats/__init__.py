"""Readers of source files, one package a format, all ending in the records of `intake.records`.

Owns: what a row of each format means, in order and with its row number; the refusal of broken rows one by
one and of broken sources with what was read before. Holds always: the same source yields the same records
in the same order, so that an import can go on where it stopped; no float touches money.
Refuses to know: the database, Django, fees. The formats are described in docs/reference/import-formats.md.
"""

from zhanggui.settlement.intake.formats.registry import FORMATS, Format, read_records
from zhanggui.settlement.intake.formats.registry import read_records as reader
from zhanggui.settlement.intake.formats.sources import source_digest

__all__ = ["FORMATS", "Format", "read_records", "reader", "source_digest"]

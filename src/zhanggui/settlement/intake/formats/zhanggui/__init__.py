"""Our own format for orders, refunds and master data: CSV, Parquet, and JSON lines, read and written.

Owns: the columns, the checks of every value, and the rule that an order is taken whole or not at all.
Refuses to know: fees, statements, the database. Described in docs/reference/import-formats.md.
"""

from zhanggui.settlement.intake.formats.zhanggui.reading import read_zhanggui
from zhanggui.settlement.intake.formats.zhanggui.writing import write_zhanggui

__all__ = ["read_zhanggui", "write_zhanggui"]

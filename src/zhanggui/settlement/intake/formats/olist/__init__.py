"""The order files of Olist, a Brazilian marketplace, as published (BRL): many sellers in one order.

Owns: the join of the seven published files into orders, and the mapping of Olist's statuses and times.
Refuses to know: fees, statements, the database. See docs/reference/import-formats.md.
"""

from zhanggui.settlement.intake.formats.olist.reading import read_olist

__all__ = ["read_olist"]

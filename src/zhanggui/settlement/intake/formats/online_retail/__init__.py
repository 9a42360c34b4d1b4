"""The invoices of a UK shop, "Online Retail" of UCI (GBP): real sales with their real cancellations.

Owns: how the one shop is seen as forty, how cancellations find their sales, and the class of every row.
Refuses to know: fees, statements, the database. The rules are documented in docs/reference/import-formats.md.
"""

from zhanggui.settlement.intake.formats.online_retail.reading import read_online_retail

__all__ = ["read_online_retail"]

"""The reference page of the exports, written from their columns."""

from zhanggui.portals.shell.exports.tables import TABLES

INTRODUCTION = """\
# Export columns

<!-- Written from src/zhanggui/portals/shell/exports by the test of this page. -->

`zhanggui export TABLE ... --out DIR [--format csv|parquet]` writes whole tables for other programs, one
file a table, `DIR/<table>.csv` or `.parquet`. Each file is one snapshot of the database, complete or
not there, in the order of its key. Memory does not grow with the number of rows.

- **Amounts** are whole minor units (分, pence) of the row's `currency`, signed where the column says so.
  Rates and rules: `zhanggui rules export`.
- **Times** are UTC, ISO 8601 with microseconds and `Z` (Parquet: timestamps in UTC); **days** are days
  of the business time zone (`ZHANGGUI_TIME_ZONE`).
- **CSV** is UTF-8 without a byte order mark, with a header, commas, and quotes where needed. A value
  that is not there is empty without quotes; an empty text is `""`. Texts are as they came in: a
  spreadsheet may take some for formulas, so import them as text.
- **Parquet**: texts are strings, whole numbers and minor units int64, days date32.
- A column is never renamed and never changes its meaning; new ones are added at the end.
- Account numbers of receivers and payers are masked in every table.
"""


def columns_page() -> str:
    """docs/reference/export-columns.md"""
    parts = [INTRODUCTION]
    for table in TABLES.values():
        parts += [f"## `{table.name}`", "", f"A row is {table.row}.", ""]
        parts += ["| column | type | meaning |", "|---|---|---|"]
        parts += [f"| `{one.name}` | {one.kind.value} | {one.meaning} |" for one in table.columns]
        parts.append("")
    return "\n".join(parts)

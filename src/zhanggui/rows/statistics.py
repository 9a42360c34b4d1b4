"""The planner's statistics after a bulk write: autovacuum comes a minute later, the next query now."""

from collections.abc import Sequence

from django.db import connection

WORTH_IT = 20_000  # rows; a sample of a table costs a fraction of a second


def refresh_statistics(tables: Sequence[str], *, written: int) -> bool:
    """This function will analyse `tables` (names of ours) when `written` rows are many, and say whether it did."""
    if written < WORTH_IT:
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"analyze {', '.join(tables)}")
    return True

"""The planner's statistics after a bulk write: autovacuum comes a minute later, the next query now."""

from collections.abc import Sequence

from django.db import connection

WORTH_IT = 20_000  # rows; a sample of a table costs a fraction of a second


def refresh_statistics(tables: Sequence[str], *, written: int) -> bool:
    """This function will analyse those of `tables` (names of ours) that `written` rows, if they are many, have at
    least doubled since they were last analysed, and say whether there were any. Plans made for half of the rows are
    still good plans; autovacuum sees to the rest."""
    if written < WORTH_IT:
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "select relname from pg_class where relname = any(%s) and reltuples < %s"
            " and relnamespace = current_schema()::regnamespace order by relname",
            [list(tables), written],
        )
        grown = [name for (name,) in cursor.fetchall()]
        if grown:
            cursor.execute(f"analyze {', '.join(grown)}")
    return bool(grown)

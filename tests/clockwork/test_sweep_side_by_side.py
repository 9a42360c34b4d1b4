"""The audit's checks, shared by several connections: one moment for all of them, and nobody waits in vain."""

from typing import Any

import pytest
from django.db import connection

from zhanggui.clockwork.sweep_side_by_side import sweep_side_by_side
from zhanggui.rows.reading import rows_of

pytestmark = pytest.mark.django_db(transaction=True)


def parties() -> list[dict[str, Any]]:
    """How many there are."""
    return rows_of("select count(*) as n from parties_party")


def newcomer() -> None:
    """One more, by somebody else."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(
                "insert into parties_party (kind, code, name, level_code, category_code, active, created_at)"
                " values ('merchant', 'late', '{}', '', '', true, now())"
            )
    finally:
        other.close()


@pytest.mark.parametrize("workers", [1, 3])
def test_every_check_sees_what_the_first_one_saw(workers: int) -> None:
    seen = []
    for one in sweep_side_by_side(workers=workers, checks=[parties] * 9):
        if not seen:
            newcomer()
        seen.append(one.rows[0]["n"])
    assert len(seen) == 9 and set(seen) == {parties()[0]["n"] - 1}


def test_a_check_that_fails_is_said_and_the_rest_is_not_waited_for() -> None:
    def fails() -> list[dict[str, Any]]:
        return rows_of("select 1 / 0")

    with pytest.raises(Exception, match="division by zero"):
        list(sweep_side_by_side(workers=2, checks=[parties, fails, fails, fails, *[parties] * 5]))

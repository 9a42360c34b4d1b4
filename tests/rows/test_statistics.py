"""Statistics are refreshed after bulk writes, and only then."""

import pytest
from django.db import connection

from zhanggui.rows.statistics import WORTH_IT, refresh_statistics


@pytest.mark.django_db
class TestRefreshStatistics:
    def rows_known(self) -> float:
        with connection.cursor() as cursor:
            cursor.execute("select reltuples from pg_class where relname = 'some_rows'")
            return float(cursor.fetchone()[0])

    def test_the_planner_knows_the_rows_of_this_transaction_afterwards(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("create table some_rows as select generate_series(1, 1000) as n")
        assert not refresh_statistics(["some_rows"], written=WORTH_IT - 1)
        assert self.rows_known() == -1
        assert refresh_statistics(["some_rows"], written=WORTH_IT)
        assert self.rows_known() == 1000

    def test_a_table_that_did_not_double_is_left_to_the_server(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"create table some_rows as select generate_series(1, {WORTH_IT}) as n")
            cursor.execute("analyze some_rows")
        assert not refresh_statistics(["some_rows"], written=WORTH_IT)
        assert refresh_statistics(["some_rows"], written=WORTH_IT + 1)

"""Columns into PostgreSQL and back, byte for byte what the server itself would say."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from django.db import connection

from zhanggui.rows import grouping
from zhanggui.rows.grouping import first_of_each, group_rows, order_of
from zhanggui.rows.images import canonical_image, copy_image, row_digests
from zhanggui.rows.layout import Column, Wire, row_count
from zhanggui.rows.times import day_number, microseconds
from zhanggui.rows.transfer import copy_in, read_columns, reserve_numbers

LIMITS = [-(2**63), -1, 0, 1, 2**63 - 1]
TIMES = [datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), datetime(2000, 1, 1, tzinfo=UTC),
         datetime(2026, 3, 1, 8, 30, 1, 123457, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC),
         datetime(9999, 1, 1, tzinfo=UTC)]  # fmt: skip
DAYS = [date(1970, 1, 1), date(1999, 12, 31), date(2000, 1, 1), date(2026, 2, 28), date(8999, 12, 31)]


def ints(values: list[int]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def every_wire() -> list[Column]:
    return [
        Column("a", Wire.INT8, ints(LIMITS)),
        Column("b", Wire.INT4, ints([-(2**31), -1, 0, 1, 2**31 - 1])),
        Column("c", Wire.INT2, ints([-(2**15), -1, 0, 1, 2**15 - 1])),
        Column("d", Wire.TIME, ints([microseconds(at) for at in TIMES])),
        Column("e", Wire.DATE, ints([day_number(day) for day in DAYS])),
        Column("f", Wire.TEXT3, np.full(5, b"CNY", dtype="S3")),
        Column("g", Wire.BYTES32, np.frombuffer(bytes(range(160)), dtype="V32")),
        Column("h", Wire.INT8_ARRAY, np.array([[one, -(one // 2)] for one in LIMITS], dtype=np.int64)),
        Column("i", Wire.INT4_ARRAY, np.arange(15, dtype=np.int64).reshape(5, 3) - 7),
    ]


TABLE = (
    "create temporary table copied (a bigint, b int, c smallint, d timestamptz, e date, f text, g bytea,"
    " h bigint[], i int[])"
)
SENT = (
    "int8send(a) || int4send(b) || int2send(c) || timestamptz_send(d) || date_send(e) || convert_to(f, 'UTF8')"
    " || g || array_send(h) || array_send(i)"
)


@pytest.mark.django_db
class TestCopying:
    def test_brings_every_value_to_the_server_as_it_is(self) -> None:
        columns = every_wire()
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
            copy_in(cursor, "copied", [column.name for column in columns], [copy_image(columns)] * 2)
            cursor.execute("select a, b, c, d, e, f, h, i from copied order by a, b limit 10")
            rows = cursor.fetchall()
        assert len(rows) == 10
        assert [row[0] for row in rows[::2]] == LIMITS
        assert [row[3].astimezone(UTC) for row in rows[::2]] == TIMES
        assert [row[4] for row in rows[::2]] == DAYS
        assert {row[5] for row in rows} == {"CNY"}
        assert rows[8][6] == [2**63 - 1, -(2**62 - 1)]
        assert rows[0][7] == [-7, -6, -5]

    def test_digests_of_rows_are_those_the_server_takes(self) -> None:
        columns = every_wire()
        with connection.cursor() as cursor:
            cursor.execute(TABLE)
            copy_in(cursor, "copied", [column.name for column in columns], [copy_image(columns)])
            cursor.execute(f"select sha256({SENT}), {SENT} from copied order by a")
            rows = cursor.fetchall()
        assert [bytes(row[0]) for row in rows] == [one.tobytes() for one in row_digests(columns)]
        assert b"".join(bytes(row[1]) for row in rows) == bytes(canonical_image(columns)[0])

    def test_columns_come_back_as_integers(self) -> None:
        with connection.cursor() as cursor:
            found = read_columns(
                cursor,
                "select a, a::int as b, '2026-03-01T08:30:01.123457Z'::timestamptz as c"
                " from unnest(array[3, 1, 2]::bigint[]) as a order by a",
                [("a", "int8"), ("b", "int4"), ("c", "time")],
            )
        assert found["a"].tolist() == found["b"].tolist() == [1, 2, 3]
        assert set(found["c"].tolist()) == {microseconds(TIMES[2])}

    def test_no_rows_are_columns_without_length(self) -> None:
        with connection.cursor() as cursor:
            found = read_columns(cursor, "select 1::bigint as a where false", [("a", "int8")])
            assert len(found["a"]) == 0
            assert len(reserve_numbers(cursor, "settlement_line_id_seq", 0)) == 0

    def test_a_null_is_refused(self) -> None:
        with connection.cursor() as cursor, pytest.raises(ValueError, match="null"):
            read_columns(cursor, "select null::bigint as a union all select 1", [("a", "int8")])

    def test_numbers_ascend_and_never_repeat(self) -> None:
        with connection.cursor() as cursor:
            first = reserve_numbers(cursor, "settlement_line_id_seq", 1000).tolist()
            second = reserve_numbers(cursor, "settlement_line_id_seq", 1000).tolist()
        assert first + second == sorted({*first, *second})


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="different lengths"):
        row_count([Column("a", Wire.INT8, ints([1])), Column("b", Wire.INT8, ints([1, 2]))])


class TestGroupRows:
    @pytest.mark.parametrize("offset", [0, 2**61])
    def test_numbers_equal_rows_alike_in_ascending_order(self, offset: int) -> None:
        """With small ranges one packed number is sorted, with huge ones the columns."""
        one, other = ints([5, 1, 5, 1, 5]), ints([2, 9, 2, -offset, 1])
        groups = group_rows(one, other)
        rows = list(zip(one.tolist(), other.tolist(), strict=True))
        assert [rows[row] for row in groups.first.tolist()] == sorted(set(rows))
        assert [sorted(set(rows))[group] for group in groups.group.tolist()] == rows

    def test_counts_small_numbers_to_the_same_end(self) -> None:
        chance = np.random.default_rng(7)
        one, other = chance.integers(-3, 3, 500), chance.integers(10, 14, 500)
        groups = group_rows(one, other)
        rows = list(zip(one.tolist(), other.tolist(), strict=True))
        known = sorted(set(rows))
        assert [known[group] for group in groups.group.tolist()] == rows
        assert groups.first.tolist() == [rows.index(row) for row in known]

    def test_no_rows_are_no_groups(self) -> None:
        assert len(group_rows(ints([]))) == 0


@pytest.mark.parametrize("far", [0, 2**61])
def test_rows_are_put_in_order_by_the_first_column_first(far: int) -> None:
    one, other = ints([2, 1, 2, 1, 0]), ints([5, 9, -far, 8, far])
    assert order_of(one, other).tolist() == [4, 3, 1, 2, 0]
    assert len(order_of(ints([]))) == 0


class TestFirstOfEach:
    def test_finds_rows_that_agree_in_all_matrices(self) -> None:
        one, other = ints([1, 2, 1, 2, 1, 2, 2, 1]).reshape(4, 2), ints([7, 7, 8, 7]).reshape(4, 1)
        first, group = first_of_each(one, other)
        assert sorted(first.tolist()) == [0, 2, 3]
        assert group[0] == group[1]
        assert len(set(group.tolist())) == 3
        assert [row.tolist() for row in one[first][group]] == one.tolist()

    def test_is_right_even_if_hashes_agree(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(grouping, "_multipliers", lambda place, count: np.ones(count, dtype=np.uint64))
        rows = ints([1, 2, 2, 1, 1, 2]).reshape(3, 2)
        first, group = first_of_each(rows)
        assert rows[first][group].tolist() == rows.tolist()
        assert len(first) == 2


def test_an_empty_array_is_what_the_server_sends() -> None:
    column = Column("a", Wire.INT8_ARRAY, np.empty((2, 0), dtype=np.int64))
    assert bytes(canonical_image([column])[0]) == 2 * bytes.fromhex("000000000000000000000014")

"""Lines stand in ranges of their numbers: opened while lines come, filled as before, safe by their own names."""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.db import DatabaseError, IntegrityError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable

from tests.settlement.replays.test_replay import story_of_everything
from tests.settlement.story import ZONE, Story, rule
from zhanggui.parties.tenancy import as_tenant
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import LinesBusy
from zhanggui.settlement.archives.invariants import line_ranges_differ
from zhanggui.settlement.archives.models import LineRange
from zhanggui.settlement.archives.operations import open_range as act
from zhanggui.settlement.archives.operations.open_range import open_range
from zhanggui.settlement.archives.ranges import (
    LINE_NUMBERS,
    TABLES_IN_RANGES,
    range_due,
    ranges_of,
    refresh_whole,
)
from zhanggui.settlement.archives.rules import NUMBERS_OF_A_RANGE, next_edge

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 1, tzinfo=UTC)
INDEXES = {"billed_line": "billed_line_batch", "staged_line": "staged_line_order"}
SECOND, THIRD = NUMBERS_OF_A_RANGE, 2 * NUMBERS_OF_A_RANGE


@pytest.fixture(autouse=True)
def _numbers_begin_at_one() -> None:
    """A number drawn stays drawn, whatever is rolled back."""
    draw_from(1)


def draw_from(number: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("select setval(%s, %s, false)", [LINE_NUMBERS, number])


def opened() -> int:
    return open_range(at=AT, actor="test", tries=1)


def rows(table: str) -> list[int]:
    """How many rows each range of a table has."""
    return [rows_of(f"select count(*) as n from {one.name}", [])[0]["n"] for one in ranges_of(table)]


def test_a_range_ends_with_numbers_to_spare() -> None:
    assert [next_edge(one) for one in (1, SECOND - 100_000_001, SECOND - 100_000_000, SECOND)] == [
        SECOND, SECOND, THIRD, THIRD,
    ]  # fmt: skip


def test_lines_go_to_the_range_of_their_numbers_and_all_comes_to_the_same() -> None:
    story = story_of_everything()
    [before] = rows("settlement_billed_line")
    assert opened() == SECOND and line_ranges_differ() == []
    story.orders("""
        order merchant goods day
        B1    m1       40.00 2026-04-05
        B1    m2       50.00 2026-04-05
    """)
    story.refunds("""
        refund order line goods day
        R8     A2    1    7.00  2026-04-06
        R9     B1    1    3.00  2026-04-06
    """)
    story.bill()
    old, new = rows("settlement_billed_line")
    assert (old, new) == (before + 1, 3), "what is given back stands with its sale"
    assert rows("settlement_staged_line") == [3, 2]
    assert opened() == THIRD and opened() == 2 * SECOND + SECOND
    assert rows("settlement_billed_line") == [old, new, 0, 0]
    story.now = story.now.replace(month=5)
    story.close("2026-04-30")
    assert story.replayed() == [] and line_ranges_differ() == []
    closed = rows("settlement_billed_line")
    story.bill()
    assert closed == rows("settlement_billed_line"), "nothing is billed twice over the edge of a range"


def test_a_range_is_as_safe_as_its_table() -> None:
    story = story_of_everything()
    opened()
    for name in [one.name for table in TABLES_IN_RANGES for one in ranges_of(table)]:
        refused = pytest.raises(DatabaseError, match="permission denied")
        with as_tenant(story.party("m1")), refused, transaction.atomic():
            rows_of(f"select from {name}", [])
    for name in ("settlement_billed_line", *(one.name for one in ranges_of("settlement_billed_line"))):
        for change in (f"delete from {name}", f"update {name} set quantity = 0"):
            with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
                rows_of(f"{change} returning 1", [])


@pytest.mark.parametrize(
    "change",
    [
        "alter table settlement_billed_line_r1 disable row level security",
        "drop trigger billed_line_append_only on settlement_billed_line_r0",
        "create policy everybody on settlement_staged_line_r0 using (true)",
        "alter table settlement_staged_line detach partition settlement_staged_line_r1",
    ],
)
@pytest.mark.breaks_invariants
def test_a_range_that_is_not_as_it_was_opened_is_found(change: str) -> None:
    opened()
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert len(line_ranges_differ()) == 1


def test_a_run_that_was_killed_between_two_tables_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    story_of_everything()
    ending, left = act._end, iter([True])

    def killed(*arguments: object) -> None:
        if next(left, None) is None:
            raise KeyboardInterrupt
        ending(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(act, "_end", killed)
    with pytest.raises(KeyboardInterrupt):
        opened()
    assert [len(ranges_of(table)) for table in TABLES_IN_RANGES] == [2, 1]
    assert range_due(lines=10**9, at=AT, zone=ZONE), "a range that was begun is due"
    monkeypatch.setattr(act, "_end", ending)
    assert opened() == SECOND and line_ranges_differ() == []


def test_a_table_that_cannot_be_had_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []

    def busy(*_: object) -> None:
        raise OperationalError from LockNotAvailable()

    monkeypatch.setattr(act, "_end", busy)
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(LinesBusy):
        open_range(at=AT, actor="test", tries=3)
    assert len(waits) == 2 and line_ranges_differ() == [] and not LineRange.objects.exists()


def test_a_range_is_due_when_the_month_turned_and_it_is_full() -> None:
    draw_from(500)
    assert range_due(lines=400, at=AT, zone=ZONE) and not range_due(lines=501, at=AT, zone=ZONE)
    opened()
    draw_from(SECOND + 500)
    assert not range_due(lines=400, at=AT.replace(day=31, hour=12), zone=ZONE)
    assert range_due(lines=400, at=AT.replace(day=31, hour=17), zone=ZONE), "it is April in the mall"
    assert not range_due(lines=501, at=AT.replace(month=4), zone=ZONE)


def test_the_planner_knows_a_table_as_a_whole() -> None:
    with connection.cursor() as cursor:
        # What an earlier test was told stays, though its rows went with its transaction.
        cursor.execute("analyze settlement_billed_line, settlement_staged_line")
        story_of_everything()
        cursor.execute("analyze settlement_billed_line_r0, settlement_staged_line_r0")
    refresh_whole()
    known = "select reltuples::int as n from pg_class where relname = 'settlement_billed_line'"
    assert [row["n"] for row in rows_of(known, [])] == rows("settlement_billed_line")


def test_a_filled_database_is_migrated_where_it_stands() -> None:
    """The migration over tables as they were, in a schema of their own."""
    story = Story(rule("commission", "5%"))
    story.orders("""
        order merchant goods day
        A1    m1       10.00 2026-01-05
    """)
    story.bill()
    migration = import_module("zhanggui.settlement.migrations.0032_line_ranges")
    with connection.cursor() as cursor:
        cursor.execute("create schema earlier; set local search_path to earlier, public")
        for table, key, index in (
            ("billed_line", "party_id, line_id, event_id", "using brin (batch_id)"),
            ("staged_line", "merchant_id, line_id", "(order_id)"),
            ("staged_order", "id", ""),
        ):
            name = f"settlement_{table}"
            cursor.execute(
                f"create table {name} (like public.{name} including defaults including constraints);"
                f"alter table {name} add primary key ({key}); insert into {name} select * from public.{name};"
                f"create policy {name}_own on {name} using (true)"
            )
            if index:
                cursor.execute(f"create index {INDEXES[table]} on {name} {index}")
        cursor.execute("create index billed_line_occurred on settlement_billed_line using brin (occurred_at)")
        cursor.execute("create trigger billed_line_append_only before update or delete on settlement_billed_line"
                       " for each statement execute function refuse_change()")  # fmt: skip
        cursor.execute("create view settlement_detail as select * from settlement_billed_line")
        stood = "select pg_relation_filenode('{}'), pg_relation_filenode('{}')"
        before = rows_of(stood.format("settlement_billed_line", "settlement_billed_line_pkey"), [])
        for part in ("FREE", "PARENTS", "FIRST", "ISOLATION", "DETAILS"):
            cursor.execute(getattr(migration, part))
        after = rows_of(stood.format("settlement_billed_line_r0", "settlement_billed_line_r0_pkey"), [])
        assert before == after, "not a row was copied, no index built"
        cursor.execute(
            "select count(*) from pg_indexes where schemaname = 'earlier' and tablename like '%\\_r0'"
        )
        assert cursor.fetchone() == (5,)
        cursor.execute("select line_id, amount from settlement_detail order by 1")
        moved = cursor.fetchall()
        cursor.execute("select line_id, amount from public.settlement_detail order by 1")
        assert moved == cursor.fetchall() != []
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            cursor.execute("delete from settlement_billed_line_r0")
        cursor.execute("drop schema earlier cascade; set local search_path to public")

"""What lists show is kept added up: by day and fee, and of each open statement."""

from collections import Counter
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from tests.settlement.story import ZONE, Story, rule
from tests.tampering import broken
from zhanggui.ledger.finished import finished_batch
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.statements.kept import (
    FIGURES,
    KEPT_BY_DAY_SQL,
    OPEN_STATEMENTS_SQL,
    by_day_params,
    by_day_sql,
    open_statements_params,
    whole_lines_sql,
)
from zhanggui.settlement.statements.models import DetailFold, DetailSum, Statement, StatementSum
from zhanggui.settlement.statements.operations.fold_details import fold_details
from zhanggui.settlement.statements.totals import GOODS_GROUPS, by_statement_sql, totals_of

pytestmark = pytest.mark.django_db

DAY = ("day", "currency", "business_line_id", "kind", "fee_type_id")


@pytest.fixture
def story() -> Story:
    story = Story(rule("commission"), rule("tech", "0.6%", fee="tech_service_fee"))
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m2       300.00 2026-01-05T23:30
        A3    m1       200.00 2026-01-06T00:30
    """)
    story.bill()
    return story


def fold(zone: ZoneInfo = ZONE) -> int:
    finished = finished_batch(patience_seconds=0)
    assert finished is not None
    return fold_details(finished=finished, zone=zone)


def goes_on(story: Story) -> None:
    """Refunds, a charge, a correction, a day more."""
    story.refunds("""
        refund order merchant goods day
        R1     A2    m2       50.00 2026-01-07
    """)
    story.charges("""
        charge party fee         amount day
        C1     m1    storage_fee -3.00   2026-01-08
    """)
    story.orders("""
        order merchant goods  day
        B1    m1       400.00 2026-01-09
    """)
    story.bill()
    story.correct(story.detail("m1", "A1", "commission"), "0.50")


def by_day(query: str, params: Any) -> Counter[tuple[Any, ...]]:
    """Rows as they are added up, each with its number of details and its amount in one."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in rows_of(query, params):
        found[(*(row[name] for name in DAY), "details")] += row["details"]
        found[(*(row[name] for name in DAY), "amount")] += row["amount"]
    return found


def plain(zone: ZoneInfo = ZONE) -> Counter[tuple[Any, ...]]:
    return by_day(
        "select (occurred_at at time zone %s)::date as day, currency, business_line_id, kind, fee_type_id,"
        " 1 as details, amount from settlement_detail",
        [str(zone)],
    )


def open_ones() -> dict[int, dict[str, int]]:
    rows = rows_of(f"select * from {OPEN_STATEMENTS_SQL} k", open_statements_params())
    return {row["statement_id"]: {name: row[name] for name in FIGURES} for row in rows}


def live() -> dict[int, dict[str, int]]:
    """The same, detail by detail; and what closing would write."""
    sales = "d.kind = 1 and f.\"group\" in ('goods', 'discount', 'subsidy')"
    rows = rows_of(
        "select d.statement_id, count(distinct (d.line_id, d.event_id))::bigint as lines, count(*)::bigint as details,"
        f" coalesce(sum(d.amount) filter (where {sales}), 0)::bigint as goods,"
        f" coalesce(sum(d.amount) filter (where d.kind = 1 and not ({sales})), 0)::bigint as fees,"
        " coalesce(sum(d.amount) filter (where d.kind in (2, 10)), 0)::bigint as refunds,"
        " coalesce(sum(d.amount) filter (where d.kind not in (1, 2, 10)), 0)::bigint as other,"
        " sum(d.amount)::bigint as net from settlement_detail d"
        " join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id and s.state = 'open'"
        " join settlement_fee_type f on f.id = d.fee_type_id group by 1",
        {},
    )
    plainly = {row["statement_id"]: {name: row[name] for name in FIGURES} for row in rows}
    keys = list(Statement.objects.filter(state="open").values_list("party_id", "id"))
    with connection.cursor() as cursor:
        found = totals_of(
            cursor,
            parties=[party for party, _ in keys],
            statements=[one for _, one in keys],
            with_digest=False,
        )
    names = {"lines": "line_count", "details": "detail_count"}
    assert plainly == {
        number: {name: row[names.get(name, f"{name}_minor")] for name in FIGURES}
        for number, row in found.items()
    }
    return plainly


def test_what_is_folded_and_what_came_since_is_what_there_is(story: Story) -> None:
    assert by_day_params(ZONE) is None and open_ones() == live()  # nothing is kept yet
    assert fold() == 2 and fold() == 0
    kept = sum(DetailSum.objects.values_list("details", flat=True))
    assert kept == rows_of("select count(*) as n from settlement_detail", [])[0]["n"]
    goes_on(story)
    assert by_day(f"select * from {KEPT_BY_DAY_SQL} k", by_day_params(ZONE)) == plain()
    assert open_ones() == live()
    assert fold() == 3  # the charge has a statement of its own
    assert by_day(f"select * from {KEPT_BY_DAY_SQL} k", by_day_params(ZONE)) == plain()
    assert open_ones() == live() and broken() == set()
    story.close("2026-01-31")
    story.orders("""
        order merchant goods  day
        D1    m1       100.00 2026-01-20
    """)
    story.bill()
    assert fold() == 1 and open_ones() == live() and len(live()) == 2
    assert broken() == set()


def test_a_line_of_more_details_than_columns_is_added_up_whole(story: Story) -> None:
    goes_on(story)
    for width in (1, 2):
        found = by_day(by_day_sql("true", width), {"kept_zone": str(ZONE)})
        assert found == plain()
        [whole] = rows_of(whole_lines_sql("true", width), [])
        assert (whole["details"], whole["amount"]) == tuple(
            sum(value for key, value in found.items() if key[-1] == name) for name in ("details", "amount")
        )
        rows = rows_of(by_statement_sql("true", width), {"goods_groups": list(GOODS_GROUPS)})
        assert {row["statement_id"]: {name: row[name] for name in FIGURES} for row in rows} == live()


def test_days_of_another_zone_are_kept_anew(story: Story) -> None:
    fold()
    elsewhere = ZoneInfo("America/New_York")
    assert by_day_params(elsewhere) is None
    assert fold(elsewhere) == 2 and by_day_params(ZONE) is None
    assert by_day(f"select * from {KEPT_BY_DAY_SQL} k", by_day_params(elsewhere)) == plain(elsewhere)


def test_a_batch_that_is_not_finished_waits(story: Story) -> None:
    [first] = {
        row["batch_id"] for row in rows_of("select min(batch_id) as batch_id from settlement_detail", [])
    }
    goes_on(story)
    assert fold_details(finished=first, zone=ZONE) == 2
    assert (
        by_day(f"select * from {KEPT_BY_DAY_SQL} k", by_day_params(ZONE)) == plain() and open_ones() == live()
    )


@pytest.mark.breaks_invariants
def test_the_audit_finds_a_sum_that_is_off(story: Story) -> None:
    fold()
    StatementSum.objects.filter(net__gt=0).update(other=7)
    assert broken() == {"statement_sums_differ"}
    DetailSum.objects.filter(kind=1).delete()
    assert broken() == {"statement_sums_differ", "detail_sums_differ"}
    DetailFold.objects.all().delete()
    assert broken() == set()

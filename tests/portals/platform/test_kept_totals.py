"""Totals at the foot of lists that are kept added up: the same as of the rows, before the fold and after it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict
from django.utils import timezone

from tests.isolation.market import NOW, ZONE, clock, order
from zhanggui.journeys.books_kept import books_kept
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.orders_received import batch_received
from zhanggui.portals.desk.lists import SqlSource
from zhanggui.portals.platform.details.listed import DetailList
from zhanggui.portals.platform.ledger.accounts import AccountList
from zhanggui.portals.platform.ledger.journal import Journal
from zhanggui.portals.platform.ledger.postings import entry_totals
from zhanggui.portals.platform.parties import PartyList
from zhanggui.portals.platform.statements.listed import StatementList
from zhanggui.settlement.fees.queries.fee_types import catalogue

KEPT = [
    "", "days=all", "days_from=2026-05-03&days_to=2026-05-20", "kind=1", "part=sales", "part=fees", "group=goods",
    "fee={commission}&days_from=2026-06-01&days_to=2026-06-30", "line={line}",
]  # fmt: skip
COUNTED = [
    "amount_min=1.00", "party=tea", "order=S-1", "part=fees&party==kiln", "fee={commission}&party=tea",
    "amount_min=1.00&party=tea",
]  # fmt: skip
OTHERS = [
    (StatementList, "tab=open", "net"), (StatementList, "net_min=1", "fees"), (StatementList, "", "goods"),
    (PartyList, "", "posted"), (PartyList, "q=tea", "pending"), (AccountList, "party=tea", "balance"),
    (AccountList, "", "balance"), (Journal, "booked=all", "debit"), (Journal, "source=1", "credit"),
    (Journal, "purpose=2202.02", "debit"), (Journal, "party=tea", "credit"),
]  # fmt: skip


def page(of: type[Any], query: str) -> Any:
    cache.clear()
    return of(user=None, params=QueryDict(query))


def compared(names: dict[str, int]) -> None:
    for of, query, name in [*((DetailList, query, "amount") for query in KEPT + COUNTED), *OTHERS]:
        shown = page(of, query.format_map(names))
        rows = list(shown.stream())
        assert rows, query
        assert (shown.totals.count, shown.totals.sums[name]) == (
            len(rows), sum(getattr(row, name) for row in rows)
        ), (of.__name__, query)  # fmt: skip


@pytest.mark.django_db
def test_totals_are_those_of_the_rows(market: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {
        "line": market.line.id,
        "commission": next(one.id for one in catalogue().by_id.values() if one.code == "commission"),
    }
    compared(names)
    before = {row.id: (row.balance, row.moves) for row in page(AccountList, "").stream()}
    kept = books_kept(zone=timezone.get_default_timezone())
    assert kept.folded and kept.days and kept.statements
    assert {row.id: (row.balance, row.moves) for row in page(AccountList, "").stream()} == before
    compared(names)
    records = [order("S-9", "2026-06-04", [("tea", "TEA-1", 3, 26400)])]
    batch_received(business_line=market.line, key="more", records=records, body=b"more", clock=clock, zone=ZONE,
                   actor="tests")  # fmt: skip
    goods_billable(business_line=market.line, as_of=NOW, clock=clock, zone=ZONE, actor="tests")
    compared(names)  # these lines and deltas are not folded

    def counted(*_args: Any) -> Any:
        raise AssertionError("all details were added up")

    monkeypatch.setattr(SqlSource, "fingerprint", lambda *_args: "")
    plain = SqlSource.totals
    monkeypatch.setattr(
        SqlSource, "totals",
        lambda self, where, sums: counted() if "{where:line}" in (self._totals or "") else plain(self, where, sums),
    )  # fmt: skip
    assert all(page(DetailList, query.format_map(names)).totals for query in KEPT)
    assert all(page(Journal, query).totals for query in ("booked=all", "source=1", "purpose=2202.02"))
    with pytest.raises(AssertionError, match="added up"):
        assert page(DetailList, COUNTED[0]).totals


@pytest.mark.django_db
def test_an_entry_of_more_legs_than_columns_is_added_up_whole(market: Any) -> None:
    rows = list(page(Journal, "booked=all").stream())
    for legs in (1, 2, 16):
        found = entry_totals(legs).totals([], ["credit", "debit"])
        assert found.count == len(rows) > 0
        assert found.sums["debit"] == found.sums["credit"] == sum(row.debit for row in rows)


def walked(query: str) -> list[str]:
    """What the pages of the journal show, forth; back they must show the same."""
    pages, params = [], QueryDict(query, mutable=True)
    while True:
        shown = Journal(user=None, params=params).slice
        pages.append([row.id for row in shown.rows])
        if shown.following is None:
            break
        params["after"] = shown.following
    for number in range(len(pages) - 2, -1, -1):
        params = QueryDict(query, mutable=True)
        params["before"] = shown.previous
        shown = Journal(user=None, params=params).slice
        assert [row.id for row in shown.rows] == pages[number], query
    assert shown.previous is None
    return [row for one in pages for row in one]


@pytest.mark.django_db
def test_the_journal_is_read_along_its_index(market: Any) -> None:
    queries = [
        f"size=20&booked=all{more}"
        for more in (
            "",
            "&sort=booked_date",
            "&source=1",
            "&purpose=2202.02",
            "&purpose=2202.02&source=1",
            "&party=tea",
        )
    ]
    plain = {query: [row.id for row in page(Journal, query).stream()] for query in queries}
    assert len(plain[queries[0]]) > 40 and plain[queries[0]] == plain[queries[1]][::-1]
    for _ in ("nothing is kept", "kept"):
        assert {query: walked(query) for query in queries} == plain
        assert sorted(plain[queries[4]]) == sorted({*plain[queries[2]]} & {*plain[queries[3]]})
        books_kept(zone=timezone.get_default_timezone())
    lost = Journal(user=None, params=QueryDict("booked=all&after=bm9wZQ"))
    assert lost.slice.first == 1

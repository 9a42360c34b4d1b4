"""A shop's list of details: totals are those of the rows, pages follow one another, and nobody else's are among them."""

from typing import Any

import pytest
from django.core.cache import cache
from django.http import QueryDict

from zhanggui.parties.models import Party
from zhanggui.portals.merchant.details import DetailList
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.fees.queries.fee_types import catalogue

pytestmark = pytest.mark.django_db


def test_totals_and_pages_are_those_of_the_rows(market: Any) -> None:
    tea = Party.objects.get(code="tea")
    own = rows_of("select * from settlement_detail where party_id = %s", [tea.id])
    order, sku = rows_of(
        "select o.order_no, s.code from settlement_staged_line l join settlement_staged_order o on o.id = l.order_id"
        " join settlement_dimension s on s.id = l.sku_id where l.merchant_id = %s limit 1",
        [tea.id],
    )[0].values()
    fee = next(one.id for one in catalogue().by_id.values() if one.code == "commission")
    person = market.person("tea", "merchant_owner")

    def page(query: str) -> DetailList:
        cache.clear()
        return DetailList(user=person, params=QueryDict(query), scope={"party_id": tea.id})

    queries = [
        "", f"q={order}", f"q={sku[:2]}", "occurred_from=2026-05-03&occurred_to=2026-05-20", f"fee={fee}", "part=fees",
        "group=goods", "kind=1", f"statement={own[0]['statement_id']}", "amount_min=1.00", f"part=fees&q={order}",
        "sort=amount", "sort=-order_no", "sort=occurred_at",
    ]  # fmt: skip
    for query in queries:
        rows = list(page(query).stream())
        shown = page(query).totals
        assert rows, query
        assert (shown.count, shown.sums["amount"]) == (len(rows), sum(row.amount for row in rows)), query
        walked, params = [], f"size=20&{query}"
        while True:
            part = page(params).slice
            walked += [row.id for row in part.rows]
            if part.following is None:
                break
            params = f"size=20&{query}&after={part.following}"
        assert walked == [row.id for row in rows], query
    everything = list(page("").stream())
    assert len(everything) == len(own) and {row.party_id for row in everything} == {tea.id}
    assert sum(row.amount for row in everything) == sum(row["amount"] for row in own)
    assert {row.order_no for row in page(f"q={order}").stream()} == {order}
    assert all(row.sku.startswith(sku[:2]) for row in page(f"q={sku[:2]}").stream())
    assert page("q=nothing").totals.count == 0

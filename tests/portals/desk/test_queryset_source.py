"""The same kernel over a QuerySet, with empty sort values among the rows."""

from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from zhanggui.portals.desk.lists import DateTimeColumn, IntegerColumn, ListPage, QuerySetSource, TextColumn
from zhanggui.portals.desk.models import Export


class Files(ListPage):
    columns = (
        TextColumn("title", "title", sort="title"),
        IntegerColumn("rows_done", "rows", sort="rows_done", total=True),
        DateTimeColumn("finished_at", "finished", sort="finished_at", nullable=True),
    )

    def get_source(self) -> QuerySetSource:
        return QuerySetSource(Export.objects.filter(owner_id=self.user.pk))


@pytest.fixture
def files(person: Any) -> list[int]:
    now = timezone.now()
    for n in range(45):
        finished = None if n % 3 == 0 else now - timedelta(minutes=n % 7)
        Export.objects.create(
            owner=person, list_name="x", title=f"t{n % 5}", rows_done=n % 4, finished_at=finished
        )
    return list(Export.objects.values_list("pk", flat=True))


@pytest.mark.parametrize("sort", ["title", "-title", "rows_done", "finished_at", "-finished_at", ""])
def test_turning_pages_both_ways_meets_every_row_once(person: Any, files: list[int], sort: str) -> None:
    def at(**place: str) -> Any:
        params = QueryDict(mutable=True)
        params.update({"sort": sort, "size": "20", **place})
        return Files(user=person, params=params).slice

    pages = [at()]
    while pages[-1].following:
        pages.append(at(after=pages[-1].following))
    forward = [row.pk for one in pages for row in one.rows]
    assert sorted(forward) == sorted(files) and len(pages) == 3
    back = [pages[-1]]
    while back[0].previous:
        back.insert(0, at(before=back[0].previous))
    assert [row.pk for one in back for row in one.rows] == forward
    if sort.endswith("finished_at"):
        finished = [row.finished_at is None for one in pages for row in one.rows]
        assert finished == sorted(finished), "rows without a value come last"


def test_totals_are_of_the_own_rows(person: Any, files: list[int]) -> None:
    from zhanggui.parties.models import User

    totals = Files(user=person).totals
    assert (totals.count, totals.sums["rows_done"]) == (45, sum(n % 4 for n in range(45)))
    assert Files(user=User.objects.create_user("li")).totals.count == 0

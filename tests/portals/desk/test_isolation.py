"""A list read as one party sees that party's rows, even when every condition was forgotten."""

from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import DatabaseError, connection

from zhanggui.parties.models import Party
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.lists import ListPage, QuerySetSource, TextColumn
from zhanggui.portals.desk.preferences import preference_of

pytestmark = pytest.mark.django_db


class Parties(ListPage):
    columns = (TextColumn("code", "code", sort="code"),)
    source = QuerySetSource(Party.objects.all())

    def reading(self) -> AbstractContextManager[None]:
        return as_tenant(self.scope["party_id"])


@pytest.fixture
def parties() -> list[Party]:
    return [Party.objects.create(kind="merchant", code=f"m{n}", name={"zh": "店"}) for n in range(3)]


def test_rows_totals_picks_and_exports_are_the_own_ones(person: Any, parties: list[Party]) -> None:
    page = Parties(user=person, scope={"party_id": parties[1].pk})
    assert [row.code for row in page.slice.rows] == ["m1"]
    assert page.totals.count == 1
    assert [row.code for row in page.stream()] == ["m1"]
    assert page.picked([str(parties[0].pk), str(parties[1].pk)]) == [parties[1]]


def test_afterwards_everything_is_as_before(person: Any, parties: list[Party]) -> None:
    list(Parties(user=person, scope={"party_id": parties[0].pk}).stream())
    with pytest.raises(ZeroDivisionError), as_tenant(parties[0].pk):
        raise ZeroDivisionError
    assert Party.objects.filter(code__startswith="m").count() == 3
    assert preference_of(person).theme == "auto"


def test_what_is_not_granted_cannot_be_read(parties: list[Party]) -> None:
    with pytest.raises(DatabaseError), as_tenant(parties[0].pk), connection.cursor() as cursor:
        cursor.execute("select 1 from django_session")

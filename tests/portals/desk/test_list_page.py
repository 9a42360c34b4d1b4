"""The list kernel over SQL: paging, totals, tabs, filters, columns, and who may see it."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.portals.desk.demo import ROWS, ROWS_SQL, STATUS, DemoList
from zhanggui.portals.desk.lists import SqlSource, Steps

LIST = "/demo/statements/"


def page(query: str, user: Any = None) -> DemoList:
    return DemoList(user=user, params=QueryDict(query))


def walked(query: str, direction: str = "after") -> list[int]:
    """Every id met by turning pages from one end to the other."""
    met: list[int] = []
    cursor = ""
    while True:
        now = page(f"{query}&{direction}={cursor}" if cursor else query).slice
        ids = [row.id for row in now.rows]
        met = met + ids if direction == "after" else ids + met
        found = now.following if direction == "after" else now.previous
        if not found:
            return met
        cursor = found


@pytest.mark.django_db
@pytest.mark.parametrize("sort", ["number", "-number", "opened_at", "-net", "goods"])
def test_turning_pages_meets_every_row_once_in_order(sort: str) -> None:
    met = walked(f"size=200&sort={sort}")
    assert len(met) == len(set(met)) == ROWS
    rows = {row.id: row for row in page(f"sort={sort}").stream()}
    key = sort.lstrip("-")
    values = [(getattr(rows[i], key), i) for i in met]
    assert values == sorted(values, reverse=sort.startswith("-"))


@pytest.mark.django_db
def test_going_back_meets_the_same_rows() -> None:
    first = page("size=50&sort=-net").slice
    second = page(f"size=50&sort=-net&after={first.following}").slice
    back = page(f"size=50&sort=-net&before={second.previous}").slice
    assert [r.id for r in back.rows] == [r.id for r in first.rows]
    assert (second.first, second.last) == (51, 100)
    assert (back.first, back.last, back.previous) == (1, 50, None)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "narrowed", ["", "opened_from=2026-10-01&opened_to=2026-10-31", "merchant=果然数码专营店"]
)
@pytest.mark.parametrize("sort", ["-opened_at", "opened_at"])
def test_a_list_read_in_steps_of_time_is_the_same_list(
    monkeypatch: pytest.MonkeyPatch, narrowed: str, sort: str
) -> None:
    query = f"size=100&sort={sort}&{narrowed}"
    plain = [row.id for row in page(query).stream()]
    ends = (datetime(2026, 10, 9, tzinfo=tz()), datetime(2026, 11, 1, tzinfo=tz()))  # rows lie beyond both
    source = SqlSource(
        select=ROWS_SQL, fields={name: name for name in ("id", "opened_at", "merchant")},
        steps=Steps("opened_at", timedelta(minutes=30), lambda: ends),
    )  # fmt: skip
    monkeypatch.setattr(DemoList, "source", source)
    with CaptureQueriesContext(connection) as asked:
        assert walked(query) == plain
    assert len(asked) > len(plain) // 100 + 1  # it went in steps
    second = page(query).slice.following
    middle = page(f"{query}&after={second}").slice
    assert [row.id for row in page(f"{query}&before={middle.previous}").slice.rows] == plain[:100]


@pytest.mark.django_db
def test_totals_cover_the_filter_and_not_the_page() -> None:
    shown = page("size=20&tab=2&merchant=青禾食品旗舰店")
    rows = list(shown.stream())
    assert len(shown.slice.rows) == 20 < len(rows) == shown.totals.count
    assert shown.totals.sums["net"] == sum(row.net for row in rows)
    assert {row.status for row in rows} == {2} and {row.merchant for row in rows} == {"青禾食品旗舰店"}


@pytest.mark.django_db
def test_tab_counts_add_up_whatever_tab_is_open() -> None:
    counted = page("tab=4").tab_counts
    assert sum(count for _tab, count in counted) == ROWS
    assert len(counted) == len(STATUS)
    assert {tab.code: count for tab, count in counted}["4"] == page("tab=4").totals.count


@pytest.mark.django_db
def test_dates_are_cut_in_the_tenants_zone() -> None:
    shown = page("opened_from=2026-11-20&opened_to=2026-11-20")
    days = {f"{row.opened_at.astimezone(tz()):%F}" for row in shown.stream()}
    assert days == {"2026-11-20"}


def tz() -> Any:
    from django.utils import timezone

    return timezone.get_default_timezone()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query",
    ["opened_from=20.11.2026", "opened_from=2026-11-20&opened_to=2026-11-01", "net_min=1.005", "net_max=x"],
)
def test_what_cannot_be_used_is_said(query: str) -> None:
    assert len(page(query).problems) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["after=!!", "after=e30", "before=W10", "sort=secret", "size=7", "tab=99", "merchant=x"]
)
def test_an_edited_address_shows_the_first_page(query: str) -> None:
    shown = page(query)
    assert shown.slice.first == 1
    assert shown.totals.count == ROWS


@pytest.mark.django_db
def test_a_percent_sign_or_quote_is_only_text() -> None:
    for text in ("%", "_", "\\", "'; drop table desk_export; --"):
        found = DemoList(user=None, params=QueryDict(mutable=True))
        found.params["q"] = text
        assert found.totals.count == 0


def test_a_list_shows_headings_totals_and_count(desk: Client) -> None:
    text = desk.get(LIST + "?size=20").content.decode()
    assert text.count('<tr data-id="') == 20
    assert "8,367,634.00" in text
    assert "共 <b>2,000</b> 条" in text


def test_everything_written_is_escaped(desk: Client) -> None:
    text = desk.get(LIST, {"q": '"><script>alert(1)</script>', "sort": "<b>"}).content.decode()
    assert "<script>alert" not in text


def test_htmx_gets_the_list_alone(desk: Client) -> None:
    answer = desk.get(LIST, headers={"HX-Request": "true", "HX-Target": "section#list"})
    text = answer.content.decode()
    assert text.lstrip().startswith('<section id="list"') and "<html" not in text
    assert "HX-Request" in answer["Vary"]


def test_a_stranger_is_sent_to_the_door(client: Client, db: None) -> None:
    answer = client.get(LIST)
    assert answer.status_code == 302 and answer["Location"].startswith("/login/")


def test_without_the_permission_there_is_no_list(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DemoList, "permission", "nobody.ever")
    answer = desk.get(LIST)
    assert answer.status_code == 403
    assert "您的角色不能查看此列表" in answer.content.decode()


def test_chosen_columns_are_shown_in_their_order(desk: Client) -> None:
    sent = {"list": "demo.statements", "column": ["net", "number"], "next": LIST}
    assert desk.post("/preferences/columns/", sent)["Location"] == LIST
    text = desk.get(LIST).content.decode()
    heads = re.findall(r"<th scope=\"col\"[^>]*>(?:<a[^>]*>)?([^<]+)", text)
    assert heads[:2] == ["应结金额", "结算单号"] and len(heads) == 2
    desk.post("/preferences/columns/", sent | {"restore": "1"})
    assert "佣金" in desk.get(LIST).content.decode()


def test_a_default_view_opens_the_list_until_reset(desk: Client) -> None:
    desk.post(
        "/views/", {"list": "demo.statements", "name": "失败", "query": "tab=5&after=x", "is_default": "1"}
    )
    assert desk.get(LIST)["Location"] == "?tab=5"
    assert desk.get(LIST + "?view=all").status_code == 200


def test_views_of_others_cannot_be_deleted(desk: Client, person: Any) -> None:
    from zhanggui.parties.models import User
    from zhanggui.portals.desk.models import SavedView

    other = User.objects.create_user("li")
    kept = SavedView.objects.create(owner=other, list_name="demo.statements", name="x")
    desk.post(f"/views/{kept.pk}/delete/")
    assert SavedView.objects.filter(pk=kept.pk).exists()

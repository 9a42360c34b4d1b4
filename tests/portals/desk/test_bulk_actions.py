"""Acting on many rows: seen first, confirmed once, refused one by one."""

import re

import pytest
from django.test import Client

from tests.portals.desk import demo

LIST = "/demo/statements/"


def hidden(text: str) -> dict[str, str]:
    form = text[text.index("confirm-form") :]
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))


@pytest.fixture
def run_on(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids the act was run on."""
    seen: list[int] = []
    plain = demo.confirm
    acts = [
        demo.BulkAction(
            a.code, a.label, lambda user, row: (seen.append(row.id), plain(user, row)),
            row_label=a.row_label, amount=a.amount, retype_amount=a.retype_amount,
        )
        for a in demo.DemoList.actions
    ]  # fmt: skip
    monkeypatch.setattr(demo.DemoList, "actions", acts)
    return seen


def test_confirmation_shows_count_and_amount_and_runs_nothing(desk: Client, run_on: list[int]) -> None:
    text = desk.post(LIST, {"action": "confirm", "pick": ["1", "2"]}).content.decode()
    assert "1,458.73" in text and "批量确认 · 2" in text
    assert run_on == []


def test_refused_rows_are_listed_one_by_one(desk: Client, run_on: list[int]) -> None:
    asked = desk.post(LIST, {"action": "confirm", "pick": ["6", "7", "14"]}).content.decode()
    sent = hidden(asked) | {"pick": ["6", "7", "14"]}
    text = desk.post(LIST, sent).content.decode()
    assert sorted(run_on) == [6, 7, 14]
    assert text.count("belongs to a closed period") == 2


def test_the_same_form_runs_once(desk: Client, run_on: list[int]) -> None:
    sent = hidden(desk.post(LIST, {"action": "confirm", "pick": ["1"]}).content.decode()) | {"pick": ["1"]}
    desk.post(LIST, sent)
    again = desk.post(LIST, sent).content.decode()
    assert run_on == [1]
    assert "未重复执行" in again


def test_the_amount_must_be_retyped(desk: Client, run_on: list[int]) -> None:
    sent = hidden(desk.post(LIST, {"action": "pay", "pick": ["1"]}).content.decode()) | {"pick": ["1"]}
    assert desk.post(LIST, sent | {"retyped": "516.07"}).status_code == 422
    assert run_on == []
    desk.post(LIST, sent | {"retyped": "516.08"})
    assert run_on == [1]


def test_everything_means_the_filter(desk: Client, run_on: list[int]) -> None:
    filtered = LIST + "?merchant=青禾食品旗舰店&tab=5"
    asked = desk.post(filtered, {"action": "confirm", "everything": "1"}).content.decode()
    desk.post(filtered, hidden(asked))
    wanted = [
        row.id
        for row in demo.DemoList(user=None).stream()
        if row.merchant == "青禾食品旗舰店" and row.status == 5
    ]
    assert sorted(run_on) == sorted(wanted) != []


def test_rows_outside_the_filter_cannot_be_picked(desk: Client, run_on: list[int]) -> None:
    other = next(row.id for row in demo.DemoList(user=None).stream() if row.status != 5)
    text = desk.post(LIST + "?tab=5", {"action": "confirm", "pick": [str(other)]}).content.decode()
    assert hidden(text)["seen_count"] == "0" and "批量确认 · 1" not in text


def test_an_unknown_action_is_refused(desk: Client) -> None:
    assert desk.post(LIST, {"action": "erase", "pick": ["1"]}).status_code == 403

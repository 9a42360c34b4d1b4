"""A feed is pulled over real HTTP from a server in another thread."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.rails.charge_feed.feed import serving
from zhanggui.rails.charge_feed.errors import FeedUnreachable, FeedUnreadable
from zhanggui.rails.charge_feed.fetch_page import fetch_page, read_page

CHARGE = {
    "charge_no": "C-1", "party": "m1", "fee": "storage_fee", "currency": "CNY", "amount": -120,
    "occurred_at": "2026-01-05T08:00:00+08:00",
}  # fmt: skip
PAGES = {
    "": {"charges": [CHARGE], "next": "p2"},
    "p2": {"charges": [CHARGE | {"charge_no": "C-2"}], "next": None},
}


@pytest.fixture
def feed() -> Iterator[str]:
    with serving(PAGES) as url:
        yield url


class TestFetchPage:
    def test_walks_from_cursor_to_cursor(self, feed: str) -> None:
        first = fetch_page(url=feed, token="secret", after="")
        second = fetch_page(url=feed, token="secret", after=first.following or "")
        assert [one.charge_no for one in first.charges + second.charges] == ["C-1", "C-2"]
        assert second.following is None
        assert first.charges[0].source == "pulled"

    def test_says_why_a_page_could_not_be_fetched(self, feed: str) -> None:
        with pytest.raises(FeedUnreachable, match="401"):
            fetch_page(url=feed, token="wrong", after="")

    def test_refuses_an_address_that_is_not_http(self) -> None:
        with pytest.raises(FeedUnreachable, match="no http"):
            fetch_page(url="file:///etc/passwd", token="", after="")


class TestReadPage:
    @pytest.mark.parametrize(
        ("charge", "said"),
        [
            (CHARGE | {"amount": 1.5}, "amount must be a whole number"),
            (CHARGE | {"amount": True}, "amount must be a whole number"),
            (CHARGE | {"colour": "red"}, "unknown fields: colour"),
            (CHARGE | {"party": 7}, "party must be a text"),
            (CHARGE | {"occurred_at": "yesterday"}, "charge 0"),
            ("text", "is not an object"),
        ],
    )
    def test_names_the_charge_and_the_fault(self, charge: Any, said: str) -> None:
        with pytest.raises(FeedUnreadable, match=said):
            read_page(json.dumps({"charges": [charge], "next": None}).encode(), "")

    @pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"charges": {}}', b'{"charges": [], "next": 3}'])
    def test_refuses_what_is_no_page(self, body: bytes) -> None:
        with pytest.raises(FeedUnreadable):
            read_page(body, "")

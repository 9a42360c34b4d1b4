"""zhanggui pull-charges: page by page from another system's feed, each charge once, however often it is pulled."""

from typing import Any

import pytest

from tests.isolation.market import open_market
from tests.portals.shell.running import call
from tests.rails.charge_feed.feed import TOKEN, serving
from zhanggui.portals.shell.commands import pull_charges
from zhanggui.rails.charge_feed.errors import FeedUnreachable
from zhanggui.settlement.intake.models import Charge

pytestmark = pytest.mark.django_db

CHARGE = {
    "charge_no": "C-1", "party": "tea", "fee": "storage_fee", "currency": "CNY", "amount": -120,
    "occurred_at": "2026-06-05T08:00:00+08:00",
}  # fmt: skip


@pytest.fixture(autouse=True)
def market(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("ZHANGGUI_FEED_TOKEN", TOKEN)
    return open_market()


def pages(*more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "": {"charges": [CHARGE], "next": "p2"},
        "p2": {"charges": [CHARGE | {"charge_no": "C-2"}, *more], "next": None},
    }


def pull(url: str, *more: str) -> tuple[int, Any]:
    return call(pull_charges, url, "--business-line", "market", *more)


def pulled() -> list[str]:
    return list(
        Charge.objects.filter(charge_no__startswith="C-", state="accepted")
        .order_by("charge_no")
        .values_list("charge_no", flat=True)
    )


def test_all_pages_are_taken_in_and_it_says_where_to_go_on() -> None:
    with serving(pages()) as url:
        code, told = pull(url)
    assert code == 0
    assert told == {"pages": 2, "accepted": 2, "repeated": 0, "rejected": 0, "cursor": "p2"}
    assert pulled() == ["C-1", "C-2"]


def test_pulled_again_nothing_is_taken_in_twice() -> None:
    with serving(pages()) as url:
        pull(url)
        assert pull(url)[0] == 0
        assert pulled() == ["C-1", "C-2"]


def test_a_page_that_grew_brings_only_what_is_new() -> None:
    served = pages()
    with serving(served) as url:
        pull(url)
        served["p2"] = pages(CHARGE | {"charge_no": "C-3"})["p2"]
        code, told = pull(url, "--after", "p2")
    assert (code, told["accepted"], told["repeated"], told["rejected"]) == (0, 1, 1, 0)
    assert pulled() == ["C-1", "C-2", "C-3"]


def test_rejects_are_counted_and_the_exit_code_says_so() -> None:
    with serving(pages(CHARGE | {"charge_no": "C-9", "party": "nobody"})) as url:
        code, told = pull(url)
    assert (code, told["accepted"], told["rejected"]) == (1, 2, 1)


def test_a_feed_that_refuses_the_token_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ZHANGGUI_FEED_TOKEN", "wrong")
    with serving(pages()) as url, pytest.raises(FeedUnreachable):
        pull(url)
    assert pulled() == []

"""zhanggui feeds: added, changed, pulled and waited for, switched off and on."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.shell.running import run_command
from tests.rails.charge_feed.feed import TOKEN, Sandbox, sandbox
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import feeds
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.settlement.intake.errors import FeedIncomplete
from zhanggui.settlement.intake.models import Charge, ChargeFeed

pytestmark = pytest.mark.django_db
CHARGE = {
    "charge_no": "C-1", "party": "tea", "fee": "storage_fee", "currency": "CNY", "amount": -120,
    "occurred_at": "2026-06-05T08:00:00+08:00",
}  # fmt: skip


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Market:
    monkeypatch.setenv("ZHANGGUI_FEED_TOKEN", TOKEN)
    found = open_market()
    found.person("platform", Role.PLATFORM_FINANCE)
    found.person("platform", Role.PLATFORM_AUDITOR)
    return found


@pytest.fixture
def wms(market: Market) -> Iterator[Sandbox]:
    with sandbox({"": {"charges": [CHARGE], "next": None}}) as found:
        run("add", "wms", "--url", found.url, "--en", "Warehouse", "--token-variable", "ZHANGGUI_FEED_TOKEN")
        yield found


def run(*arguments: str, person: str = "platform-platform_finance") -> Any:
    return run_command(feeds, *arguments, *([] if arguments[0] in ("list", "pulls") else ["--as", person]))


def test_a_feed_is_pulled_and_waited_for(wms: Sandbox) -> None:
    pulled = run("pull", "wms")
    assert (pulled.code, pulled.document["accepted"], pulled.document["complete"]) == (0, 1, True)
    assert "1 charges accepted" in pulled.text
    listed = run("list")
    assert listed.document["feeds"][0]["last_pull"]["id"] == pulled.document["id"]
    assert "every 60 min" in listed.text and TOKEN not in listed.text
    assert run("pulls", "wms").document["pulls"] == run("pulls").document["pulls"] == [pulled.document]
    assert Charge.objects.filter(charge_no="C-1", state="accepted").count() == 1


def test_a_failed_pull_and_rejects_end_with_one(wms: Sandbox) -> None:
    wms.faults[""] = ["500"]
    failed = run("pull", "wms")
    assert failed.code == 1 and "feed_unreachable: the page after '' was answered with 500" in failed.text
    wms.pages = {"": {"charges": [CHARGE | {"party": "nobody"}], "next": None}}
    assert run("pull", "wms").code == 1
    assert "1 rejected" in run("pulls").text


def test_it_is_changed_and_what_is_not_named_stays(wms: Sandbox) -> None:
    told = run("change", "wms", "--every", "30", "--zh", "仓储").document
    assert (told["every_minutes"], told["name"], told["has_token"]) == (
        30,
        {"zh": "仓储", "en": "Warehouse"},
        True,
    )
    assert run("change", "wms", "--no-token").document["has_token"] is False
    assert run("off", "wms", "--reason", "moved").document["next_at"] is None
    assert "off" in run("list").text
    run("on", "wms", "--reason", "back")
    assert run("pull", "wms", "--anew").code == 1  # without its credential
    assert ChargeFeed.objects.get().round == 2


def test_what_is_wrong_is_refused(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("list").text == "no charge feed yet" and run("pulls").text == "nothing was pulled yet"
    add = ("add", "wms", "--en", "W", "--url")
    with pytest.raises(FeedIncomplete):
        run(*add, "http://wms.example/charges")
    monkeypatch.setenv("ZHANGGUI_FEED_TOKEN", "")
    with pytest.raises(BadArguments, match="is empty"):
        run(*add, "https://wms.example/charges", "--token-variable", "ZHANGGUI_FEED_TOKEN")
    with pytest.raises(BadArguments, match="do not include"):
        run(*add, "https://wms.example/charges", person="platform-platform_auditor")
    assert not ChargeFeed.objects.exists()

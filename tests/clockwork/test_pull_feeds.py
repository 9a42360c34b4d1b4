"""Charge feeds are pulled by themselves, over real HTTP: each charge once, whatever goes wrong on the way."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections
from django.db.utils import IntegrityError

from tests.isolation.market import NOW, open_market
from tests.rails.charge_feed.feed import TOKEN, Sandbox, sandbox
from zhanggui.clockwork.pull_feeds import pull_due_feeds, pull_feed
from zhanggui.journeys.feed_changed import feed_added, feed_asked, feed_changed, feed_switched
from zhanggui.rails.charge_feed import fetch_page as fetching
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake import feeds
from zhanggui.settlement.intake.feeds import FeedPage
from zhanggui.settlement.intake.models import Charge, ChargeFeed, ChargePull

pytestmark = pytest.mark.django_db
CHARGE = {
    "charge_no": "C-1", "party": "tea", "fee": "storage_fee", "currency": "CNY", "amount": -120,
    "occurred_at": "2026-06-05T08:00:00+08:00",
}  # fmt: skip
HOURLY = 60


class Clock:
    """A clock that is put on by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def later(self, minutes: int) -> "Clock":
        self.now += timedelta(minutes=minutes)
        return self


def charge(number: int, **more: Any) -> dict[str, Any]:
    return CHARGE | {"charge_no": f"C-{number}"} | more


def pages(*more: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "": {"charges": [charge(1)], "next": "p2"},
        "p2": {"charges": [charge(2), *more], "next": None},
    }


@pytest.fixture
def wms() -> Iterator[Sandbox]:
    open_market()
    with sandbox(pages()) as found:
        yield found


@pytest.fixture
def clock() -> Clock:
    return Clock()


def add(url: str, **more: Any) -> ChargeFeed:
    values: dict[str, Any] = {
        "code": "wms", "name": {"zh": "仓储系统", "en": "Warehouse"}, "url": url, "token": TOKEN,
        "business_line": BusinessLine.objects.get(code="market"), "every_minutes": HOURLY, "at": NOW, "actor": "ann",
    }  # fmt: skip
    return feed_added(**values | more)


def pull(feed: ChargeFeed, clock: Clock) -> ChargePull | None:
    return pull_feed(feed_id=feed.id, clock=clock)


def outcome(found: ChargePull | None) -> str:
    assert found is not None
    told = f"{found.state} {found.pages}p {found.accepted}+{found.repeated}+{found.rejected}"
    return told + (f" {found.reject_code}" if found.reject_code else "")


def settled() -> list[str]:
    """The charges of the feed that are settled, by number; one that is there twice would show twice."""
    rows = Charge.objects.filter(charge_no__startswith="C-", state="accepted")
    return sorted(rows.values_list("charge_no", flat=True))


class TestWhatComes:
    def test_is_taken_in_page_by_page(self, wms: Sandbox, clock: Clock) -> None:
        feed = add(wms.url)
        assert outcome(pull(feed, clock)) == "done 2p 2+0+0"
        assert settled() == ["C-1", "C-2"]
        assert (wms.asked, set(wms.credentials)) == (["", "p2"], {f"Bearer {TOKEN}"})
        assert set(Charge.objects.filter(charge_no="C-1").values_list("source", flat=True)) == {"pulled"}

    def test_is_pulled_when_due_and_not_before(self, wms: Sandbox, clock: Clock) -> None:
        feed, jobs = add(wms.url), []
        assert pull_due_feeds(at=NOW, enqueue=jobs.append) == jobs == [feed.id]
        pull(feed, clock)
        assert pull_due_feeds(at=clock.later(HOURLY - 1)(), enqueue=jobs.append) == []
        assert pull(feed, clock) is None
        assert pull_due_feeds(at=clock.later(1)(), enqueue=jobs.append) == [feed.id]

    def test_comes_once_however_often_it_is_sent(self, wms: Sandbox, clock: Clock) -> None:
        feed = add(wms.url)
        pull(feed, clock)
        assert outcome(pull(feed, clock.later(HOURLY))) == "done 1p 0+1+0"
        wms.pages = pages(charge(3), charge(2, amount=-999))
        assert outcome(pull(feed, clock.later(HOURLY))) == "done 1p 1+1+1"
        assert settled() == ["C-1", "C-2", "C-3"]
        assert Charge.objects.get(charge_no="C-2", amount_minor=-999).reject_code == "charge_conflict"

    def test_goes_on_with_new_pages(self, wms: Sandbox, clock: Clock) -> None:
        feed = add(wms.url)
        pull(feed, clock)
        wms.pages = pages() | {
            "p2": {"charges": [charge(2)], "next": "p3"}, "p3": {"charges": [charge(3)], "next": None},
        }  # fmt: skip
        assert outcome(pull(feed, clock.later(HOURLY))) == "done 2p 1+1+0"
        assert wms.asked == ["", "p2", "p2", "p3"]

    def test_rejects_get_another_try_from_the_first_page(self, wms: Sandbox, clock: Clock) -> None:
        from zhanggui.parties.models import Party

        wms.pages = pages(charge(9, party="late"))
        feed = add(wms.url)
        assert outcome(pull(feed, clock)) == "done 2p 2+0+1"
        Party.objects.create(code="late", kind="merchant", name={})
        feed_asked(code="wms", anew=True, at=clock.later(1)(), actor="ann")
        again = pull(feed, clock)
        assert outcome(again) == "done 2p 1+2+0"
        assert again is not None and again.actor == "ann"
        assert settled() == ["C-1", "C-2", "C-9"]

    def test_ends_a_pull_that_goes_on_too_long(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("zhanggui.journeys.charges_pulled.PAGES_MOST", 1)
        feed = add(wms.url)
        assert outcome(pull(feed, clock)) == "done 1p 1+0+0"
        assert outcome(pull(feed, clock)) == "done 1p 1+0+0"  # due at once: it had not reached the end
        assert pull(feed, clock) is None
        assert settled() == ["C-1", "C-2"]

    def test_a_feed_that_goes_in_circles_ends(self, wms: Sandbox, clock: Clock) -> None:
        wms.pages = {"": {"charges": [], "next": "p2"}, "p2": {"charges": [charge(2)], "next": "p2"}}
        assert outcome(pull(add(wms.url), clock)) == "done 2p 1+0+0"


FAULTS = {
    "500": "feed_unreachable", "redirect": "feed_unreachable", "cut": "feed_unreachable",
    "lost": "feed_unreachable", "silent": "feed_unreachable", "broken": "feed_unreadable",
}  # fmt: skip


class TestWhatGoesWrong:
    @pytest.mark.parametrize("fault", list(FAULTS))
    def test_stands_on_the_pull_and_the_same_page_is_fetched_again(
        self, wms: Sandbox, clock: Clock, fault: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        if fault == "silent":
            monkeypatch.setattr(fetching, "SECONDS_MAX", 0.3)
        wms.faults["p2"] = [fault]
        feed = add(wms.url)
        failed = pull(feed, clock)
        assert outcome(failed) == f"failed 1p 1+0+0 {FAULTS[fault]}"
        assert (failed is not None and "'p2'" in failed.reject_message) or fault == "redirect"
        assert settled() == ["C-1"]
        assert pull(feed, clock) is None
        assert outcome(pull(feed, clock.later(5))) == "done 1p 1+0+0"
        assert (settled(), wms.asked) == (["C-1", "C-2"], ["", "p2", "p2"])
        assert wms.elsewhere == []
        feed.refresh_from_db()
        assert (feed.failures, feed.next_at) == (0, clock() + timedelta(minutes=HOURLY))

    def test_waits_longer_each_time(self, wms: Sandbox, clock: Clock) -> None:
        wms.faults[""] = ["500"] * 6
        feed, waits = add(wms.url), []
        for _ in range(6):
            clock.now = ChargeFeed.objects.get().next_at
            pull(feed, clock)
            waits.append((ChargeFeed.objects.get().next_at - clock()) // timedelta(minutes=1))
        assert waits == [5, 10, 20, 40, 60, 60]
        assert feed.failures == 0 and ChargeFeed.objects.get().failures == 6

    def test_a_credential_that_is_refused_is_said_and_not_shown(self, wms: Sandbox, clock: Clock) -> None:
        failed = pull(add(wms.url, token="other-secret"), clock)
        assert failed is not None and "401" in failed.reject_message
        assert "other-secret" not in failed.reject_message

    def test_a_dripping_page_is_given_up(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "SECONDS_MAX", 0.3)
        wms.faults[""] = ["drip"]
        failed = pull(add(wms.url), clock)
        assert outcome(failed) == "failed 0p 0+0+0 feed_unreachable"
        assert failed is not None and "longer than 0.3 seconds" in failed.reject_message

    def test_an_endless_page_is_given_up(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "PAGE_BYTES_MAX", 100)
        assert outcome(pull(add(wms.url), clock)) == "failed 0p 0+0+0 feed_unreadable"

    def test_a_page_of_too_many_rows_is_refused_whole(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("zhanggui.settlement.intake.operations.post_charges.ROWS_MAX", 1)
        wms.pages = pages(charge(3))
        assert outcome(pull(add(wms.url), clock)) == "failed 1p 1+0+0 batch_too_large"
        assert settled() == ["C-1"]

    def test_a_fault_of_ours_is_kept_and_raised(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(**_: Any) -> FeedPage:
            raise ZeroDivisionError

        monkeypatch.setattr(feeds, "_READERS", [broken])
        with pytest.raises(ZeroDivisionError):
            pull(add(wms.url), clock)
        assert outcome(ChargePull.objects.get()) == "failed 0p 0+0+0 our_fault"

    def test_an_ended_pull_never_changes(self, wms: Sandbox, clock: Clock) -> None:
        from django.db import transaction

        pull(add(wms.url), clock)
        with pytest.raises(IntegrityError), transaction.atomic():
            ChargePull.objects.update(accepted=0)
        with pytest.raises(IntegrityError), transaction.atomic():
            ChargePull.objects.all().delete()


class TestWhatHappensMeanwhile:
    def meanwhile(self, monkeypatch: pytest.MonkeyPatch, happens: Any) -> None:
        """While page p2 is fetched for the first time, something happens."""
        real, left = feeds.feed_reader(), [happens]

        def fetch(**asked: Any) -> FeedPage:
            page = real(**asked)
            if asked["after"] == "p2" and left:
                left.pop()()
            return page

        monkeypatch.setattr(feeds, "_READERS", [fetch])

    def test_a_feed_switched_off_takes_nothing_more_in(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed = add(wms.url)
        off = {"code": "wms", "reason": "x", "at": NOW, "actor": "ann"}
        self.meanwhile(monkeypatch, lambda: feed_switched(active=False, **off))
        assert outcome(pull(feed, clock)) == "failed 1p 1+0+0 feed_changed"
        assert pull(feed, clock.later(600)) is None
        feed_switched(active=True, **off)
        assert outcome(pull(feed, clock)) == "done 1p 1+0+0"

    def test_a_changed_feed_is_pulled_again_as_it_is_now(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed = add(wms.url)
        change = {
            "code": "wms",
            "name": {"en": "W"},
            "token": None,
            "every_minutes": 60,
            "at": NOW,
            "actor": "ann",
        }
        self.meanwhile(monkeypatch, lambda: feed_changed(url=wms.url + "?x=1", **change))
        assert outcome(pull(feed, clock)) == "failed 1p 1+0+0 feed_changed"
        assert outcome(pull(feed, clock)) == "done 1p 1+0+0"
        assert ChargeFeed.objects.get().failures == 0

    def test_a_killed_worker_leaves_what_it_took_in_and_another_goes_on(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def killed() -> None:
            raise KeyboardInterrupt

        feed = add(wms.url)
        self.meanwhile(monkeypatch, killed)
        with pytest.raises(KeyboardInterrupt):
            pull(feed, clock)
        assert ChargePull.objects.get().state == "running"
        assert pull(feed, clock.later(9)) is None
        assert outcome(pull(feed, clock.later(1))) == "done 1p 1+0+0"
        assert outcome(ChargePull.objects.order_by("id")[0]) == "failed 1p 1+0+0 pull_lost"
        assert settled() == ["C-1", "C-2"]

    def test_a_worker_that_was_given_up_takes_nothing_in_when_it_wakes(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        feed = add(wms.url)
        self.meanwhile(monkeypatch, lambda: pull(feed, clock.later(11)))
        assert outcome(pull(feed, clock)) == "failed 1p 1+0+0 pull_lost"
        assert outcome(ChargePull.objects.order_by("id").last()) == "done 1p 1+0+0"
        assert settled() == ["C-1", "C-2"]


@pytest.mark.django_db(transaction=True)
class TestTwoWorkers:
    def test_one_pulls_and_no_transaction_is_open_meanwhile(
        self, wms: Sandbox, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real, inside, found = feeds.feed_reader(), [], []

        def fetch(**asked: Any) -> FeedPage:
            inside.append(connection.in_atomic_block)
            return real(**asked)

        def first() -> None:
            found.append(outcome(pull(feed, clock)))
            connections.close_all()

        monkeypatch.setattr(feeds, "_READERS", [fetch])
        wms.faults["p2"] = ["slow"]
        feed = add(wms.url)
        worker = threading.Thread(target=first)
        worker.start()
        while len(wms.asked) < 2 and worker.is_alive():
            worker.join(0.01)
        assert pull(feed, clock) is None
        wms.wake.set()
        worker.join()
        assert (found, inside) == (["done 2p 2+0+0"], [False, False])
        assert settled() == ["C-1", "C-2"]


def test_from_another_process(clock: Clock) -> None:
    import json

    open_market()
    server = subprocess.Popen(
        [sys.executable, str(Path(fetching.__file__).parents[4] / "tests/rails/charge_feed/feed.py")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write(json.dumps(pages()))
        server.stdin.close()
        feed = add(server.stdout.readline().strip())
        assert outcome(pull(feed, clock)) == "done 2p 2+0+0"
    finally:
        server.kill()
        server.wait()
        if server.stdout:
            server.stdout.close()
    assert outcome(pull(feed, clock.later(HOURLY))) == "failed 0p 0+0+0 feed_unreachable"

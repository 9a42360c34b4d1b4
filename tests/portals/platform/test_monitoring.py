"""Alerts, rules, jobs and the live page: what they show is what there is, and what they do is done once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from tests.isolation.market import NOW, Market
from tests.portals.platform.reading import column, foot, text_of
from tests.settlement.monitoring.watching import found, publish, watch
from zhanggui.clockwork.jobs import run_now
from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.platform.monitoring import live
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.monitoring.models import Alert, AnomalyRule
from zhanggui.settlement.monitoring.queries import pulse

FORM = {
    "code": "big", "kind": "amount_above", "what": "order", "threshold": "800.00", "currency": "CNY", "parties": "",
    "severity": "critical", "name_en": "Big orders", "name_zh": "大额订单", "from": "2026-05-01", "to": "2026-06-20",
}  # fmt: skip


@pytest.fixture
def alert(market: Market) -> Alert:
    publish("much", "velocity", what="order", measure="sum", threshold=15000, window_hours=24 * 92)
    watch()
    return Alert.objects.get(label="tea")


class TestInbox:
    def test_lists_what_is_open_and_counts_it_in_the_menu(self, alert: Alert, desk: Client) -> None:
        page = desk.get("/platform/alerts/")
        assert text_of(page).count("#") >= 3 and '<b class="count-badge">3</b>' in page.content.decode()

    def test_the_rows_behind_add_up_to_what_was_found(self, alert: Alert, desk: Client) -> None:
        page = desk.get(f"/platform/alerts/{alert.id}/rows/")
        assert foot(page, "Amount") == sum(column(page, "Amount")) == alert.value
        assert f"{alert.value / 100:,.2f}" in text_of(desk.get(f"/platform/alerts/{alert.id}/"))

    def test_is_worked_through(self, alert: Alert, desk: Client) -> None:
        url = f"/platform/alerts/{alert.id}/"
        assert desk.post(url, {"act": "fixed", "note": ""}).status_code == 422
        assert desk.post(url, {"act": "handling"}).status_code == 302
        assert desk.post(url, {"act": "assign", "assignee": "nobody"}).status_code == 422
        assert desk.post(url, {"act": "note", "note": "phoned"}).status_code == 302
        assert desk.post(url, {"act": "false_alarm", "note": "a wedding"}).status_code == 302
        said = text_of(desk.get(url))
        assert "a wedding" in said and "phoned" in said and "False alarm" in said
        assert desk.post(url, {"act": "fixed", "note": "x"}).status_code == 422

    def test_an_auditor_looks_and_does_nothing(self, alert: Alert, as_role: Any) -> None:
        client = as_role("platform_auditor")
        assert client.get(f"/platform/alerts/{alert.id}/").status_code == 200
        assert client.post(f"/platform/alerts/{alert.id}/", {"act": "handling"}).status_code == 422
        assert client.get("/platform/anomaly-rules/new/").status_code == 403
        assert client.post("/platform/jobs/run/", {"task": "clockwork.keep_ledger"}).status_code == 403
        assert Alert.objects.get(id=alert.id).state == "new"


class TestRules:
    def test_a_dry_run_comes_before_publishing(self, market: Market, desk: Client) -> None:
        assert "Velocity" in text_of(desk.get("/platform/anomaly-rules/new/"))
        tried = desk.post("/platform/anomaly-rules/new/", FORM | {"act": "try"})
        assert "Would have found 1 " in text_of(tried) and AnomalyRule.objects.count() == 0
        assert desk.post("/platform/anomaly-rules/new/", FORM | {"act": "publish"}).status_code == 302
        assert AnomalyRule.objects.get().parameters == {"what": "order", "threshold": 80000}
        watch()
        assert found("big") == [("order", "S-4", 88300)]
        page = text_of(desk.get("/platform/anomaly-rules/big/?try=1&from=2026-05-01&to=2026-06-20"))
        assert "1 of them are alerts already" in page and "CNY 800.00" in page

    def test_refuses_with_a_sentence(self, market: Market, desk: Client) -> None:
        for change in ({"threshold": "many"}, {"currency": ""}, {"parties": "nobody"}, {"code": ""}):
            page = desk.post("/platform/anomaly-rules/new/", FORM | change | {"act": "publish"})
            assert page.status_code == 422 and 'role="alert"' in page.content.decode()
        assert AnomalyRule.objects.count() == 0

    def test_switching_is_a_version(self, market: Market, desk: Client) -> None:
        publish("big", "amount_above", threshold=1)
        desk.post("/platform/anomaly-rules/big/switch/")
        assert list(AnomalyRule.objects.values_list("version", "active").order_by("version")) == [
            (1, True),
            (2, False),
        ]
        form = desk.get("/platform/anomaly-rules/big/change/").content.decode()
        assert 'value="0.01"' in form


class TestJobs:
    def test_run_now_is_logged(self, market: Market, desk: Client) -> None:
        assert "clockwork.close_periods" in text_of(desk.get("/platform/jobs/"))
        for said in ("in the queue as number", "waits in the queue already"):
            page = desk.post("/platform/jobs/run/", {"task": "clockwork.keep_ledger"}, follow=True)
            assert said in text_of(page)
        assert "Job run by hand" in text_of(desk.get("/platform/activity/"))


class TestLive:
    def test_shows_what_was_written_just_now(self, alert: Alert, desk: Client) -> None:
        page = text_of(desk.get("/platform/live/"))
        assert "Alerts to handle" in page and "Velocity" not in page and "tea" in page
        parts = desk.get("/platform/live/parts/").content.decode()
        assert "<html" not in parts and "tea" in parts

    def test_flows_are_what_was_written_in_the_span(self, market: Market) -> None:
        [paid] = [
            row for row in pulse.flows(NOW + timedelta(minutes=10)) if row["source"] == EntrySource.ORDER_PAID
        ]
        rows = rows_of("select sum(greatest(amount, 0))::bigint as moved, count(distinct (book_id, key_a)) as n"
                       " from ledger_posting where source = 8", [])  # fmt: skip
        assert paid["minutes_moved"] == paid["day_moved"] == rows[0]["moved"]
        assert paid["day_entries"] == rows[0]["n"]
        [later] = [
            row for row in pulse.flows(NOW + timedelta(hours=2)) if row["source"] == EntrySource.ORDER_PAID
        ]
        assert (later["minutes_entries"], later["hour_entries"], later["day_entries"]) == (
            0,
            0,
            paid["day_entries"],
        )
        assert pulse.flows(NOW + timedelta(hours=25)) == []

    def test_streams_only_what_is_new(self, alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(live, "LOOKS_SECONDS", 0)
        bodies = iter(["one", "one", "two\nlines"])
        monkeypatch.setattr(live, "_body", lambda _language: next(bodies))

        async def listen() -> list[bytes]:
            return [event async for event in live._events("en", looks=3)]

        assert asyncio.run(listen()) == [b"data: one\n\n", b": still here\n\n", b"data: two\ndata: lines\n\n"]

    def test_is_for_those_who_see_alerts(self, market: Market, desk: Client) -> None:
        answer = desk.get("/platform/live/stream/")
        assert answer["Content-Type"] == "text/event-stream" and answer["Cache-Control"] == "no-store"
        desk.logout()
        assert desk.get("/platform/live/stream/").status_code == 302

    def test_queue_counts_follow(self, market: Market, desk: Client) -> None:
        from django.utils import timezone

        run_now(task="clockwork.keep_ledger", at=timezone.now(), actor="tests")
        assert "clockwork" in text_of(desk.get("/platform/live/"))

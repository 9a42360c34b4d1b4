"""Rules find what they are told to find, once, and say before what they would find."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from tests.isolation.market import NOW, ZONE, open_market
from tests.settlement.monitoring.watching import START, found, publish, watch
from zhanggui.audit.models import SweepResult
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.settlement.monitoring.models import Alert, AlertEvent, AnomalyRule
from zhanggui.settlement.monitoring.queries.alerts import evidence_of
from zhanggui.settlement.monitoring.queries.rules import anomaly_rule, dry_run
from zhanggui.settlement.monitoring.rules import KINDS

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Any:
    return open_market()


def evidence(alert: Alert) -> list[tuple[str, int | None]]:
    sql, params = evidence_of(alert, zone=ZONE)
    with connection.cursor() as cursor:
        cursor.execute(f"select label, amount from ({sql}) e order by at, label", params)
        return list(cursor.fetchall())


class TestAmountAbove:
    def test_finds_each_document_from_the_threshold_on(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=15000)
        watch()
        assert found("big") == [("order", "S-1", 17900), ("order", "S-3", 15000), ("order", "S-4", 88300)]

    def test_leads_to_the_document(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=80000)
        watch()
        assert evidence(Alert.objects.get()) == [("S-4", 88300)]

    def test_looks_at_statements_too(self, market: Any) -> None:
        publish("net", "amount_above", what="statement", threshold=1)
        watch(before=NOW + timedelta(days=1))
        assert [value for _, _, value in found("net")] and len(found("net")) == 3

    def test_is_narrowed_by_party(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=1, parties=["glass"])
        watch()
        assert found("big") == [("order", "S-4", 88300)]


class TestVelocity:
    def test_counts_within_a_window_of_our_days(self, market: Any) -> None:
        publish("often", "velocity", what="order", measure="count", threshold=2, window_hours=24 * 7)
        watch()
        # Mondays: 4 May, 11 May ... S-1 (3 May) and S-2 (9 May) are of two weeks.
        assert found("often") == []
        publish("often", "velocity", what="order", measure="count", threshold=1, window_hours=24 * 7)
        watch()
        assert ("party", "tea", 1) in found("often") and len(found("often")) == 7

    def test_adds_up_to_the_rows_behind(self, market: Any) -> None:
        publish("much", "velocity", what="order", measure="sum", threshold=15000, window_hours=24 * 92)
        watch()
        alerts = {row.label: row for row in Alert.objects.all()}
        assert set(alerts) == {"tea", "kiln", "glass"}
        for alert in alerts.values():
            rows = evidence(alert)
            assert sum(amount or 0 for _, amount in rows) == alert.value
            assert len(rows) == alert.row_count


class TestRatios:
    def test_of_refunds_to_orders(self, market: Any) -> None:
        line = market.line
        with connection.cursor() as cursor:
            cursor.execute(
                "select merchant_id, line_id, order_id from settlement_staged_line where title = 'Goods VASE'"
            )
            merchant, line_id, order = cursor.fetchone()
        from zhanggui.journeys.orders_received import batch_received
        from zhanggui.settlement.intake.records import RefundRecord

        at = datetime(2026, 5, 22, 9, tzinfo=ZONE)
        batch_received(
            business_line=line, key="r", body=b"r", clock=lambda: NOW, zone=ZONE, actor="tests",
            records=[RefundRecord(row=1, refund_no="R-1", order_no="S-4", line_no="1", quantity=0, goods=44150,
                                  refunded_at=at, reason="chipped")],
        )  # fmt: skip
        assert StagedRefund.objects.filter(merchant_id=merchant, line_id=line_id, order_id=order).count() == 1
        publish("back", "refund_ratio", threshold=500_000, window_hours=24 * 7)
        watch()
        [(_, label, value)] = found("back")
        assert (label, value) == ("glass", 500_000)
        publish("back2", "refund_ratio", threshold=500_001, window_hours=24 * 7)
        publish("back3", "refund_ratio", threshold=500_000, window_hours=24 * 7, floor_minor=44151)
        watch()
        assert found("back2") == found("back3") == []

    def test_of_fees_to_goods(self, market: Any) -> None:
        publish("fees", "fee_ratio", threshold=50_000)
        watch()
        # 5.6 % of the goods, a little less of goods and freight; 3.6 % from the glass works.
        labels = [label for _, label, _ in found("fees")]
        assert "S-1" in labels and "S-4" not in labels

    def test_of_a_statement_to_those_before(self, market: Any) -> None:
        publish("swing", "statement_swing", history=1, threshold=1)
        watch(before=NOW + timedelta(days=1))
        assert found("swing") == []  # one closed statement each: nothing to compare with


class TestWaiting:
    def test_finds_what_is_older(self, market: Any) -> None:
        publish("slow", "ageing", what="statement", threshold=24)
        watch(before=NOW + timedelta(hours=23))
        assert found("slow") == []
        watch(before=NOW + timedelta(hours=24))
        assert {value for _, _, value in found("slow")} == {24} and len(found("slow")) == 3
        watch(before=NOW + timedelta(days=5))
        assert len(found("slow")) == 3


class TestMachinery:
    def test_tells_of_broken_invariants_once_a_day(self, market: Any) -> None:
        for hour in (1, 2):
            SweepResult.objects.create(
                at=NOW + timedelta(hours=hour),
                actor="tests",
                violations=2,
                counts={"seal_broken": hour, "other": 0},
            )
        publish("books", "invariant_violated", currency="", severity="critical")
        watch(before=NOW + timedelta(hours=3))
        watch(before=NOW + timedelta(hours=3))
        assert found("books") == [("check", "seal_broken", 2)]
        assert [amount for _, amount in evidence(Alert.objects.get())] == [1, 2]

    def test_tells_of_late_and_failing_jobs(self, market: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "insert into procrastinate_jobs (queue_name, task_name, status) values ('q', 'x.late', 'todo'),"
                " ('q', 'x.bad', 'failed') returning id, task_name"
            )
            ids = {name: number for number, name in cursor.fetchall()}
            cursor.execute("delete from procrastinate_events where job_id = any(%s)", [list(ids.values())])
            cursor.execute(
                "insert into procrastinate_events (job_id, type, at) values (%s, 'deferred', %s), (%s, 'deferred', %s),"
                " (%s, 'failed', %s)",
                [ids["x.late"], NOW, ids["x.bad"], NOW, ids["x.bad"], NOW + timedelta(minutes=1)],
            )
        publish("late", "job_late", currency="", threshold=30)
        publish("bad", "job_failed", currency="")
        watch(before=NOW + timedelta(minutes=29))
        assert found("late") == [] and found("bad") == [("task", "x.bad", 1)]
        watch(before=NOW + timedelta(minutes=31))
        assert found("late") == [("job", "x.late", 31)]
        assert evidence(Alert.objects.get(rule_code="late")) == [("deferred", None)]
        assert len(evidence(Alert.objects.get(rule_code="bad"))) == 1


class TestRaising:
    def test_happens_once_whatever_is_evaluated_again(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=15000)
        first, second = watch(), watch()
        assert (first.raised, second.raised) == (3, 0)
        assert second.counts["big"]["found"] == 3
        assert AlertEvent.objects.count() == 3

    def test_a_new_version_raises_only_what_is_new(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=80000)
        watch()
        publish("big", "amount_above", what="order", threshold=15000)
        assert watch().raised == 2
        assert sorted(Alert.objects.values_list("rule__version", flat=True)) == [1, 2, 2]

    def test_a_rule_switched_off_raises_nothing(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=1, active=False)
        assert watch().counts == {}

    def test_a_rule_that_cannot_run_stops_no_other(self, market: Any) -> None:
        publish("a-broken", "velocity", what="order", measure="count", threshold=1, window_hours=1)
        with connection.cursor() as cursor:
            cursor.execute("alter table settlement_anomaly_rule disable trigger anomaly_rule_append_only")
            cursor.execute(
                "update settlement_anomaly_rule set parameters = parameters || '{\"window_hours\": 0}'"
            )
            cursor.execute("alter table settlement_anomaly_rule enable trigger anomaly_rule_append_only")
        publish("big", "amount_above", what="order", threshold=15000)
        run = watch()
        assert "fault" in run.counts["a-broken"] and run.counts["big"]["raised"] == 3

    def test_a_dry_run_says_what_will_be_raised(self, market: Any) -> None:
        for code, kind in KINDS.items():
            # As low as it goes, so that as much as may be is found.
            lowest = {"threshold": 1} if kind.parameter("threshold") else {}
            publish(code, kind.code, **lowest | ({"history": 1} if code == "statement_swing" else {}))
        told = {code: dry_run(anomaly_rule(code), lo=START, hi=NOW, zone=ZONE).found for code in KINDS}
        run = watch()
        assert {code: run.counts[code]["raised"] for code in KINDS} == told
        again = dry_run(anomaly_rule("amount_above"), lo=START, hi=NOW, zone=ZONE)
        assert again.found == again.known == run.counts["amount_above"]["raised"] > 0
        assert sum(row["found"] for row in again.by_month) == again.found

    def test_what_was_found_never_changes(self, market: Any) -> None:
        publish("big", "amount_above", what="order", threshold=80000)
        watch()
        for change in ("update settlement_alert set value = 1", "delete from settlement_alert",
                       "update settlement_alert_event set note = 'x'", "delete from settlement_anomaly_rule"):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)
        assert AnomalyRule.objects.count() == 1

"""What `zhanggui export` writes of each table: its rows, and sums that equal those of the screens."""

import csv
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest
from django.http import QueryDict
from django.utils.translation import override

from tests.settlement.guarded import Guarded
from tests.settlement.payouts.story import TWO, PayoutStory
from zhanggui.journeys.money_frozen import amount_frozen
from zhanggui.parties.models import User
from zhanggui.portals.desk.lists.registry import find
from zhanggui.portals.shell.exports.columns import SOURCES, Kind, Table
from zhanggui.portals.shell.exports.tables import TABLES
from zhanggui.portals.shell.exports.writing import query_of, write_export
from zhanggui.settlement.payouts.rail import Outcome

pytestmark = pytest.mark.django_db


@pytest.fixture
def written(tmp_path: Path) -> Any:
    """A function that writes one table and returns its rows; the header is checked on the way."""

    def write(name: str) -> list[dict[str, str]]:
        path = tmp_path / f"{name}.csv"
        count = write_export(TABLES[name], path, "csv", lambda rows: None)
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            rows = list(reader)
        assert reader.fieldnames == [column.name for column in TABLES[name].columns]
        assert len(rows) == count > 0, f"nothing in {name}"
        return rows

    return write


def on_screen(name: str, field: str) -> int:
    """The total that a list of the platform shows when nothing is filtered away."""
    page = find(name)
    assert page is not None
    user, _ = User.objects.get_or_create(username="reader")
    with override("en"):
        totals = page(user=user, params=QueryDict("tab=all")).totals
    return int(totals.sums[field])


def total(rows: list[dict[str, str]], column: str) -> int:
    return sum(int(row[column]) for row in rows)


class Mall(PayoutStory, Guarded):
    """Money that is paid out, and what guards it."""


def test_payouts_and_what_came_back(written: Any) -> None:
    story = Mall()
    story.month(TWO, "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    story.sent_batch()
    story.answers(story.says(story.payout("m1"), Outcome.EXECUTED))
    story.answers(story.says(story.payout("m2"), Outcome.EXECUTED))
    story.answers(story.says(story.payout("m2"), Outcome.RETURNED, reason_code="AC04", reason="closed"))
    story.retry(story.payout("m2").number)

    rows = written("payouts")
    assert [(row["party"], row["amount_minor"], row["state"]) for row in rows] == [
        ("m1", "9500", "paid"), ("m2", "19000", "returned"), ("m2", "19000", "proposed"),
    ]  # fmt: skip
    assert total(rows, "amount_minor") == on_screen("platform.payouts", "amount")
    assert rows[2]["retry_of"] == rows[1]["number"] and rows[0]["receiver_number"].endswith("0123")
    [back] = written("payout-returns")
    assert (back["number"], back["amount_minor"], back["reason_code"], back["paid_again_by"]) == (
        rows[1]["number"], "19000", "AC04", rows[2]["number"],
    )  # fmt: skip
    assert {row["party"]: row["number"][-4:] for row in written("receivers")} == {"m1": "0123", "m2": "9999"}
    assert {"payout_sent", "payout_returned"} <= {row["source"] for row in written("entries")}
    assert all(row["source"] for row in written("postings"))
    assert written("approvals")[0]["checkers"] == "controller"


def test_debts_receipts_deposits_holds_and_adjustments(written: Any) -> None:
    story = Mall(merchants="m1 m2 m3")
    story.month(TWO, "m1", "m2")
    story.collecting("2026-02-01")
    story.charges("charge party fee amount day\nP-3 m3 breach_penalty -30.00 2026-02-10")
    story.bill("2026-02-28")
    story.close("2026-02-28")
    [opened] = written("debts")
    assert (opened["party"], opened["amount_minor"], opened["open_minor"]) == ("m3", "3000", "3000")
    from zhanggui.settlement.collections.models import Debt

    receipt = story.receipt("50.00")
    story.claim(receipt, "12.00", party="m3", debt=Debt.objects.get())
    story.claim(receipt, "8.00", party="m1")
    amount_frozen(
        party_id=story.party("m2"), entity=story.entity(), currency="CNY", amount_minor=700, reason="goods in doubt",
        at=story.clock(), zone=story.clock().tzinfo, actor="risk",
    )  # fmt: skip
    story.adjust("m1", "manual_charge", "-4.00")
    story.decide("adjustment")

    [debt] = written("debts")
    assert (debt["open_minor"], debt["receipt_minor"], debt["set_off_minor"]) == ("1800", "1200", "0")
    assert total([debt], "open_minor") == on_screen("platform.debts", "open")
    receipts = written("receipts")
    for column in ("amount", "claimed", "rest"):
        assert total(receipts, f"{column}_minor") == on_screen("platform.receipts", column)
    claims = written("claims")
    assert [(row["party"], row["target"], row["amount_minor"]) for row in claims] == [
        ("m3", "debt", "1200"), ("m1", "deposit", "800"),
    ]  # fmt: skip
    assert total(claims, "amount_minor") == total(receipts, "claimed_minor")
    deposits = written("deposits")
    assert total(deposits, "held_minor") == on_screen("platform.deposits", "held") == 800
    assert total(written("deposit-movements"), "amount_minor") == 800
    [hold] = written("holds")
    assert (hold["kind"], hold["held_minor"], hold["statement"]) == ("amount", "700", "")
    assert total([hold], "held_minor") == on_screen("platform.holds", "held")
    [adjustment] = written("adjustments")
    assert (adjustment["fee"], adjustment["state"]) == ("manual_charge", "approved")
    assert total([adjustment], "amount_minor") == on_screen("platform.adjustments", "amount") == -400
    assert [row["kind"] for row in written("approvals")] == ["adjustment"]


def test_refunds_charges_disputes_invoices_and_alerts(written: Any, tmp_path: Path) -> None:
    from tests.isolation.market import NOW, ZONE, clock
    from tests.portals.invoicing import with_invoices
    from tests.portals.mall import open_mall
    from tests.settlement.monitoring.watching import publish, watch
    from zhanggui.journeys.charges_received import charges_received
    from zhanggui.journeys.orders_received import batch_received
    from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
    from zhanggui.settlement.intake.records import RefundRecord

    market = open_mall()
    with_invoices(market)
    back = RefundRecord(
        row=0,
        refund_no="R-1",
        order_no="S-5",
        line_no="1",
        quantity=1,
        goods=800,
        freight=20,
        refunded_at=NOW,
    )
    batch_received(
        business_line=market.line, key="back", body=b"back", clock=clock, zone=ZONE, actor="tests",
        records=[back],
    )  # fmt: skip
    good = ChargeRecord(
        charge_no="G-1",
        party="tea",
        fee="breach_penalty",
        currency="CNY",
        amount=-500,
        occurred_at=NOW,
    )
    charges_received(business_line=market.line, key="good", records=[good], at=NOW, actor="ads")
    publish("much", "velocity", what="order", measure="sum", threshold=15000, window_hours=24 * 92)
    watch()

    [refund] = written("refunds")
    assert (refund["merchant"], refund["goods_minor"], refund["freight_minor"], refund["state"]) == (
        "tea", "800", "20", "accepted",
    )  # fmt: skip
    charges = written("charges")
    assert {row["state"] for row in charges} == {"accepted", "rejected"}
    assert {row["batch"] for row in charges} == {"ads", "good"}
    assert all(bool(row["reject_code"]) == (row["state"] == "rejected") for row in charges)
    disputes = written("disputes")
    assert {row["state"] for row in disputes} == {"open", "upheld"}
    assert total(disputes, "amount_minor") == on_screen("platform.disputes", "amount")
    invoices = written("invoices")
    for column in ("gross", "net", "tax"):
        of_ours = [row for row in invoices if row["direction"] == "output"]
        assert total(of_ours, f"{column}_minor") == on_screen("platform.invoices", column)
    assert "tea" in {row["subject"] for row in written("alerts")}
    for table in TABLES.values():
        path = tmp_path / f"{table.name}.parquet"
        write_export(table, path, "parquet", lambda rows: None)
        assert pyarrow.parquet.read_schema(path).names == [column.name for column in table.columns]


def test_differences_of_reconciliation(written: Any, tmp_path: Path) -> None:
    from tests.settlement.reconciliation.channels import ChannelStory

    story = ChannelStory(tmp_path)
    story.orders("order merchant goods day\nA1 m1 100.00 2026-03-02\nA2 m1 50.00 2026-03-02")
    story.trade("kind own amount fee day\npay A1 99.00 0.60 2026-03-02\npay X9 7.00 0.04 2026-03-02")
    rows = written("reconciliation-differences")
    assert {row["kind"] for row in rows} >= {"amount", "missing_here", "missing_there"}
    assert {row["leg"] for row in rows} == {"trade"}
    for side in ("our_minor", "their_minor"):
        assert total(rows, side) == on_screen("platform.differences", side)


def test_every_source_of_entries_has_a_word() -> None:
    assert len(set(SOURCES.values())) == len(SOURCES) and "payout_returned" in SOURCES.values()


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_names_are_plain_and_nothing_sealed_is_written(table: Table) -> None:
    names = [column.name for column in table.columns]
    assert len(set(names)) == len(names)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", table.name)
    assert all(column.name.endswith("_minor") for column in table.columns if column.kind is Kind.MINOR)
    assert not re.search(r"sealed|\braw\b|digest_key", query_of(table))

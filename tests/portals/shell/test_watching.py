"""funds, report, jobs and monitor as commands, run where the tests' database is."""

from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.isolation.market import open_market
from tests.portals.shell.running import call
from tests.settlement.monitoring.watching import publish
from zhanggui.money.errors import Refusal
from zhanggui.portals.shell.commands import funds, jobs, monitor, report
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries.funds import snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def market() -> Any:
    return open_market()


def test_funds_are_those_of_the_ledger() -> None:
    code, told = call(funds)
    assert (code, told["balances_minor"]["CNY"]) == (0, snapshot(currency="CNY"))
    assert call(funds, "--party", "tea", "--through", "2026-05-31")[1]["party"] == "tea"
    assert "pending" in call(funds, as_json=False)[1]
    with pytest.raises(Refusal):
        call(funds, "--party", "nobody")


def test_reports_are_written_whole(tmp_path: Path) -> None:
    days = ("--from", "2026-05-01", "--to", "2026-06-30")
    told = call(report, "journal", *days)[1]
    assert told["totals_minor"]["debit"] == told["totals_minor"]["credit"] > 0
    for name in ("a.csv", "a.xlsx", "a.parquet"):
        assert call(report, "commission", *days, "--out", str(tmp_path / name))[1]["rows"] > 0
        assert (tmp_path / name).stat().st_size > 0
    table = pyarrow.parquet.read_table(tmp_path / "a.parquet")
    assert sum(table.column("net").to_pylist()) == call(report, "commission", *days)[1]["totals_minor"]["net"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "a.parquet", "a.xlsx"]
    for wrong in (
        ("sales", "--from", "2026-06-30", "--to", "2026-05-01"),
        ("sales", *days, "--out", "a.doc"),
    ):
        with pytest.raises(Refusal):
            call(report, *wrong)
    assert "merchant" in call(report, "sales", *days, as_json=False)[1]


def test_a_settlement_is_told_by_steps_of_one_party() -> None:
    days = ("--from", "2026-05-04", "--to", "2026-06-30")
    told = call(report, "settlement", *days, "--party", "tea", "--step", "week")[1]
    assert told["items"][0]["first"] == "2026-05-04" and told["items"][-1]["last"] == "2026-06-07"
    whole = call(report, "settlement", *days)[1]
    assert sum(one["net"] for one in whole["items"]) == call(report, "sales", *days)[1]["totals_minor"]["net"]
    assert 0 < told["totals_minor"]["net"] < whole["totals_minor"]["net"]
    for wrong in (("settlement", *days, "--party", "nobody"), ("sales", *days, "--party", "tea")):
        with pytest.raises(Refusal):
            call(report, *wrong)


def test_jobs_are_listed_and_run() -> None:
    code, told = call(jobs)
    assert code == 0 and {one["task"] for one in told["jobs"]} >= {
        "clockwork.bill_due",
        "clockwork.watch_money",
    }
    assert call(jobs, "--run", "clockwork.watch_money")[1]["job"] > 0
    assert "workers alive" in call(jobs, as_json=False)[1]


def test_rules_are_evaluated_and_alerts_handled() -> None:
    publish("big", "amount_above", what="order", threshold=80000)
    told = call(monitor, "--evaluate", "--from", "2026-05-01", "--to", "2026-06-30")[1]
    assert told["raised"] == 1 and told["open"][0]["label"] == "S-4"
    number = str(Alert.objects.get().id)
    with pytest.raises(Refusal):
        call(monitor, "--handle", number)
    assert call(monitor, "--handle", number, "--state", "fixed", "--note", "seen")[1]["state"] == "fixed"
    assert "0 open alerts" in call(monitor, as_json=False)[1]

"""funds, report, jobs and monitor as commands, run where the tests' database is."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from tests.isolation.market import open_market
from tests.portals.shell.running import call
from tests.settlement.monitoring.watching import publish
from zhanggui.audit.models import AuditRecord
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import (
    alerts,
    anomaly_rules,
    funds,
    jobs,
    monitor,
    report,
    security_audit,
)
from zhanggui.settlement.monitoring.models import Alert
from zhanggui.settlement.monitoring.queries.funds import snapshot

pytestmark = pytest.mark.django_db
FINANCE, AUDITOR = "platform-platform_finance", "platform-platform_auditor"


@pytest.fixture(autouse=True)
def market() -> Any:
    found = open_market()
    for role in ("platform_finance", "platform_auditor"):
        found.person("platform", Role(role))
    return found


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
    assert "S-4" in call(alerts, "list", as_json=False)[1]
    with pytest.raises(Refusal, match="say in a sentence why"):
        call(alerts, "step", number, "fixed", "--as", FINANCE)
    for wrong in (("step", number, "handling"), ("assign", number, FINANCE), ("note", number, "x")):
        with pytest.raises(Refusal, match="do not include"):
            call(alerts, *wrong, "--as", AUDITOR)
    with pytest.raises(Refusal, match="nobody at the platform who handles alerts"):
        call(alerts, "assign", number, AUDITOR, "--as", FINANCE)
    call(alerts, "assign", number, FINANCE, "--as", FINANCE)
    call(alerts, "note", number, "a wholesaler", "--as", FINANCE)
    told = call(alerts, "step", number, "fixed", "--note", "seen", "--as", FINANCE)[1]
    assert (told["state"], told["assignee"]) == ("fixed", FINANCE)
    assert [one["act"] for one in told["history"]] == ["raised", "assigned", "note", "step"]
    assert "a wholesaler" in call(alerts, "show", number, as_json=False)[1]
    assert call(alerts, "list")[1]["alerts"] == []
    assert len(call(alerts, "list", "--state", "fixed", "--rule", "big")[1]["alerts"]) == 1
    assert "0 open alerts" in call(monitor, as_json=False)[1]


RULE = {
    "code": "big", "kind": "amount_above", "name": {"en": "Big"}, "parameters": {"what": "order", "threshold": 15000},
    "scope": {"currency": "CNY"}, "severity": "critical",
}  # fmt: skip


def test_a_rule_is_tried_published_and_switched(tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(RULE))
    days = ("--from", "2026-05-01", "--to", "2026-06-30")
    told = call(anomaly_rules, "dry-run", "--file", str(file), *days)[1]
    assert (told["found"], told["known"], told["unit"]) == (3, 0, "minor")
    assert sum(one["found"] for one in told["by_month"]) == 3 and told["samples"][0]["value"] == 88300
    assert call(anomaly_rules, "list")[1]["rules"] == [], "a dry run keeps nothing"
    assert call(anomaly_rules, "publish", str(file), "--as", FINANCE)[1]["version"] == 1
    with pytest.raises(Refusal, match="change something first"):
        call(anomaly_rules, "publish", str(file), "--as", FINANCE)
    assert call(anomaly_rules, "dry-run", "big", *days)[1]["found"] == 3
    off = call(anomaly_rules, "switch", "big", "off", "--reason", "too loud", "--as", FINANCE)[1]
    assert (off["version"], off["active"], off["published_by"]) == (2, False, FINANCE)
    told = call(anomaly_rules, "show", "big")[1]
    assert [(one["version"], one["active"], one["reason"]) for one in told["versions"]] == [
        (2, False, "too loud"),
        (1, True, ""),
    ]
    assert "big" in call(anomaly_rules, "list", as_json=False)[1]
    assert "3 findings" in call(anomaly_rules, "dry-run", "big", *days, as_json=False)[1]
    assert "threshold" in call(anomaly_rules, "kinds", as_json=False)[1]
    action = "anomaly_rule.published"
    assert AuditRecord.objects.filter(action=action, actor=FINANCE).count() == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"kind": "no"}, "there is no kind"),
        ({"parameters": {"threshold": 0}}, "whole number"),
        ({"parameters": [1]}, "must be an object"),
        ({"name": "Big"}, "must be an object"),
        ({"scope": {}}, "needs a currency"),
        ({"scope": {"currency": "CNY", "parties": ["nobody"]}}, "there is no party"),
        ({"severity": "loud"}, "severity must be"),
        ({"code": "x" * 65}, "at most 64"),
        ({"code": ""}, "needs a code"),
    ],
)
def test_a_wrong_rule_is_refused_and_nothing_is_kept(tmp_path: Path, change: Any, says: str) -> None:
    file = tmp_path / "rule.json"
    file.write_text(json.dumps(RULE | change))
    with pytest.raises(Refusal, match=says):
        call(anomaly_rules, "publish", str(file), "--as", FINANCE)
    assert call(anomaly_rules, "list")[1]["rules"] == []


def test_what_cannot_be_tried_or_published(tmp_path: Path) -> None:
    file = tmp_path / "rule.json"
    for text in ("", "[]", "{", '{"code": "\\u0000"}'):
        file.write_text(text)
        with pytest.raises(Refusal):
            call(anomaly_rules, "publish", str(file), "--as", FINANCE)
    file.write_text(json.dumps(RULE))
    with pytest.raises(Refusal, match="do not include"):
        call(anomaly_rules, "publish", str(file), "--as", AUDITOR)
    publish("big", "amount_above", what="order", threshold=80000)
    with pytest.raises(Refusal, match="do not include"):
        call(anomaly_rules, "switch", "big", "off", "--as", AUDITOR)
    with pytest.raises(Refusal, match="since version"):
        call(anomaly_rules, "switch", "big", "on", "--as", FINANCE)
    for wrong in (("dry-run",), ("dry-run", "big", "--file", str(file)), ("dry-run", "none"), ("show", "none"),
                  ("dry-run", "big", "--from", "2026-06-02", "--to", "2026-06-01")):  # fmt: skip
        with pytest.raises(Refusal):
            call(anomaly_rules, *wrong)


def test_security_is_audited_listed_and_shown(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"
    with pytest.raises(Refusal, match="no audit was made yet"):
        call(security_audit, "show")
    code, told = call(security_audit)
    assert code == 1 and told["critical"] == sum(one["severity"] == "critical" for one in told["findings"])
    first = told["findings"][0]
    assert (first["code"], first["severity"], first["subject"]) == ("factor_missing", "critical", FINANCE)
    assert FINANCE in first["found"] and first["remedy"]
    assert call(security_audit, "run")[1]["fresh"] == 0
    assert call(security_audit, "show", str(told["id"]))[1]["findings"] == told["findings"]
    assert [one["id"] for one in call(security_audit, "list")[1]["audits"]] == [told["id"] + 1, told["id"]]
    with pytest.raises(Refusal, match="there is no security audit"):
        call(security_audit, "show", "999999")
    assert "factor_missing" in call(security_audit, "checks", as_json=False)[1]
    assert first["remedy"] in call(security_audit, "show", as_json=False)[1]
    assert call(alerts, "list", "--rule", "security-critical")[1]["alerts"]

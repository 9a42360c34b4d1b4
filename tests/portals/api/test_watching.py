"""Alerts, rules, jobs, funds and reports over the API."""

from typing import Any

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of
from tests.settlement.monitoring.watching import watch
from zhanggui.settlement.monitoring.queries.funds import snapshot

RULE = {
    "code": "big", "kind": "amount_above", "name": {"en": "Big"}, "parameters": {"what": "order", "threshold": 15000},
    "scope": {"currency": "CNY"}, "severity": "critical",
}  # fmt: skip


class TestWatching:
    def test_a_rule_is_published_and_its_alerts_are_handled(self, platform: Api) -> None:
        assert platform.post("/anomaly-rules", RULE, 201)["version"] == 1
        assert platform.post("/anomaly-rules", RULE, 409)["error"]["code"] == "anomaly_rule_unchanged"
        wrong = RULE | {"parameters": {"threshold": 0}}
        assert platform.post("/anomaly-rules", wrong, 422)["error"]["code"] == "rule_parameter_wrong"
        assert [one["code"] for one in platform.get("/anomaly-rules")["items"]] == ["big"]
        watch()
        first = platform.get("/alerts", limit=2)
        assert len(first["items"]) == 2 and first["next_cursor"]
        [last] = platform.get("/alerts", cursor=first["next_cursor"])["items"]
        assert (last["subject"], last["value"], last["unit"], last["party"]) == (
            "S-4",
            88300,
            "minor",
            "glass",
        )
        url = f"/alerts/{last['id']}/steps"
        assert platform.post(url, {"state": "fixed"}, 422)["error"]["code"] == "alert_note_missing"
        done = platform.post(url, {"state": "fixed", "note": "right"}, 201)
        assert [one["after"] for one in done["history"]] == ["new", "fixed"]
        assert platform.post(url, {"state": "acknowledged"}, 409)["error"]["code"] == "alert_step_not_allowed"
        assert platform.get("/alerts/987654", 404)["error"]["code"] == "unknown_alert"

    def test_a_rule_is_tried_before_and_after_it_is_published(self, platform: Api) -> None:
        days = {"first": "2026-05-01", "last": "2026-06-30"}
        tried = platform.post("/anomaly-rule-dry-runs", {"rule": RULE} | days)
        assert (tried["found"], tried["known"], tried["unit"]) == (3, 0, "minor")
        assert platform.get("/anomaly-rules")["items"] == [] and tried["samples"][0]["subject"] == "S-4"
        platform.post("/anomaly-rules", RULE, 201)
        watch()
        tried = platform.post("/anomaly-rule-dry-runs", {"code": "big"} | days)
        assert (tried["found"], tried["known"]) == (3, 3)
        for wrong in ({}, {"code": "big", "rule": RULE}, {"code": "big", "first": "2026-07-01", "last": "2026-06-30"},
                      {"code": "big", "first": "2001-07-01"}):  # fmt: skip
            refused = platform.post("/anomaly-rule-dry-runs", wrong, 422)
            assert refused["error"]["code"] == "rule_parameter_wrong"
        platform.post("/anomaly-rule-dry-runs", {"code": "none"}, 404)
        off = platform.post("/anomaly-rules/big/switch", {"active": False, "reason": "too loud"}, 201)
        assert (off["version"], off["active"]) == (2, False)
        platform.post("/anomaly-rules/big/switch", {"active": False}, 409)
        platform.post("/anomaly-rules/none/switch", {"active": False}, 404)
        assert [one["version"] for one in platform.get("/anomaly-rules/big")["items"]] == [2, 1]
        kinds = {one["kind"]: one for one in platform.get("/anomaly-rule-kinds")["items"]}
        assert kinds["velocity"]["parameters"][0]["choices"] and kinds["ageing"]["unit"] == "hours"

    def test_an_alert_is_assigned_and_noted_on(self, market: Market, platform: Api) -> None:
        platform.post("/anomaly-rules", RULE, 201)
        watch()
        url, somebody = f"/alerts/{platform.get('/alerts')['items'][0]['id']}", "platform-platform_finance"
        market.person("platform", "platform_finance")
        assert platform.post(f"{url}/assignee", {"assignee": somebody})["assignee"] == somebody
        assert platform.post(f"{url}/notes", {"note": "looked"}, 201)["history"][-1]["note"] == "looked"
        platform.post(f"{url}/assignee", {"assignee": "nobody"}, 422)
        platform.post(f"{url}/notes", {"note": " "}, 422)
        auditor = api_of(market, "platform", "platform_auditor")
        for path, body in (("/assignee", {"assignee": ""}), ("/notes", {"note": "x"})):
            auditor.post(url + path, body, 403)

    def test_jobs_are_listed_and_run(self, platform: Api) -> None:
        jobs = platform.get("/jobs")
        assert {"clockwork.watch_money", "clockwork.bill_due"} <= {one["task"] for one in jobs["items"]}
        assert platform.post("/jobs/runs", {"task": "clockwork.watch_money"}, 201)["job"]
        again = platform.post("/jobs/runs", {"task": "clockwork.watch_money"}, 409)
        assert again["error"]["code"] == "job_already_queued"

    def test_merchants_and_auditors_are_kept_out(self, market: Market, tea: Api) -> None:
        tea.get("/alerts", 403)
        tea.get("/jobs", 403)
        tea.get("/anomaly-rules/big", 403)
        tea.get("/anomaly-rule-kinds", 403)
        tea.post("/anomaly-rule-dry-runs", {"rule": RULE}, 403)
        tea.post("/anomaly-rules/big/switch", {"active": False}, 403)
        tea.get("/reports/sales", 403, currency="CNY", first="2026-05-01", last="2026-05-31")
        auditor = api_of(market, "platform", "platform_auditor")
        auditor.post("/jobs/runs", {"task": "clockwork.watch_money"}, 403)
        auditor.post("/anomaly-rules", RULE, 403)


class TestSecurityAudit:
    def test_it_is_made_listed_and_read_in_two_languages(self, market: Market, settings: Any) -> None:
        settings.SECOND_FACTOR = "required"
        controller = api_of(market, "platform", "platform_controller")
        made = controller.post("/security-audits", {}, 201)
        assert made["critical"] > 0 and made["findings"][0]["severity"] == "critical"
        missing = next(one for one in made["findings"] if one["code"] == "factor_missing")
        assert missing["subject"] in missing["found"] and missing["remedy"]
        said = controller.client.get(
            f"/api/v1/security-audits/{made['id']}",
            headers=controller.headers() | {"Accept-Language": "zh-hans"},
        ).json()
        assert (
            next(one for one in said["findings"] if one["code"] == "factor_missing")["name"]
            == "财务人员没有二次验证"
        )
        assert [one["id"] for one in controller.get("/security-audits")["items"]] == [made["id"]]
        controller.get("/security-audits/999999", 404)

    def test_it_is_not_everybodys(self, market: Market, tea: Api) -> None:
        for api in (
            tea,
            api_of(market, "platform", "platform_finance"),
            api_of(market, "platform", "platform_cashier"),
        ):
            api.get("/security-audits", 403)
            api.get("/security-audits/1", 403)
            api.post("/security-audits", {}, 403)
        assert api_of(market, "platform", "platform_auditor").post("/security-audits", {}, 201)["id"]


class TestFunds:
    def test_the_three_views_agree(self, market: Market, platform: Api, tea: Api) -> None:
        own = tea.get("/funds/balances", currency="CNY")
        assert own["standings"] == snapshot(currency="CNY", party_id=market.party("tea").id)
        assert platform.get("/funds/balances", currency="CNY", party="tea") == own
        moves = tea.get("/funds/movements", currency="CNY", account="billed", limit=2)
        amounts, cursor = [one["amount_minor"] for one in moves["items"]], moves["next_cursor"]
        while cursor:
            moves = tea.get("/funds/movements", currency="CNY", account="billed", limit=2, cursor=cursor)
            amounts, cursor = amounts + [one["amount_minor"] for one in moves["items"]], moves["next_cursor"]
        assert sum(amounts) == own["standings"]["billed"] == moves["items"][-1]["balance_minor"]
        orders = tea.get(
            "/funds/orders", currency="CNY", ordered_from="2026-05-01", ordered_before="2026-07-01"
        )
        assert sum(one["yields_minor"] for one in orders["items"]) == own["standings"]["billed"]
        assert all(sum(one["where"].values()) == one["yields_minor"] for one in orders["items"])
        everyone = platform.get(
            "/funds/orders", currency="CNY", ordered_from="2026-05-01", ordered_before="2026-07-01", limit=3
        )
        assert len(everyone["items"]) == 3 and everyone["next_cursor"]

    def test_a_shop_asks_for_itself_alone(self, market: Market, tea: Api, platform: Api) -> None:
        assert tea.get("/funds/balances", currency="CNY", party="kiln")["party"] == "tea"
        platform.get("/funds/movements", 404, currency="CNY")

    def test_a_settlement_report_is_of_its_caller(self, platform: Api, tea: Api) -> None:
        days = {"currency": "CNY", "first": "2026-05-01", "last": "2026-06-30"}
        own = tea.get("/reports/settlement", **days, party="kiln")
        assert own == platform.get("/reports/settlement", **days, party="tea")
        assert [row["first"] for row in own["rows"]] == ["2026-05-01", "2026-06-01"]
        sales = {row["merchant"]: row for row in platform.get("/reports/sales", **days)["rows"]}
        assert own["totals"]["net"] == sales["tea"]["net"]
        assert (
            sum(own["totals"][name] for name in own["columns"] if name.startswith("fees_"))
            == sales["tea"]["fees"]
        )
        everyone = platform.get("/reports/settlement", **days, step="week")
        assert everyone["totals"]["net"] == sum(row["net"] for row in sales.values())
        assert len(everyone["rows"]) > 2
        tea.get("/reports/settlement", 422, **days, step="year")

    def test_reports_add_up(self, platform: Api) -> None:
        days = {"currency": "CNY", "first": "2026-05-01", "last": "2026-06-30"}
        sales = platform.get("/reports/sales", **days)
        assert sales["totals"]["net"] == sum(row["net"] for row in sales["rows"]) and not sales["cut"]
        journal = platform.get("/reports/journal", **days)
        assert journal["totals"]["debit"] == journal["totals"]["credit"] > 0
        for code in ("commission", "payments", "trial-balance"):
            assert platform.get(f"/reports/{code}", **days)["columns"]

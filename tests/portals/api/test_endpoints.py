"""One story over the API: orders in, billed, closed, explained, disputed, confirmed, proved."""

import io
from typing import Any

import pyarrow.parquet
import pytest
from django.utils import timezone

from tests.isolation.market import Market, preset, rule
from tests.portals.api.calling import Api
from tests.portals.api.test_requests import CHARGE, LINE, ORDER, orders
from zhanggui.clockwork.carry_out_comparison import carry_out_comparison


class TestOrders:
    def test_come_in_and_are_billed(self, platform: Api) -> None:
        taken = platform.post("/orders", orders(), 201)
        assert (taken["state"], taken["totals"]["orders"], taken["totals"]["lines"]) == ("done", 1, 1)
        assert platform.get(f"/imports/{taken['id']}") == taken
        head = platform.get("/orders/market/A-1")
        assert head["lines"][0]["billed"] is False
        billed = platform.post("/billing-runs", {"business_line": "market"})
        assert (billed["lines"], billed["entries"]) == (1, 1)
        assert platform.get("/orders/market/A-1")["lines"][0]["billed"] is True
        assert platform.post("/billing-runs", {"business_line": "market"})["lines"] == 0
        assert platform.get("/billing-runs")["items"]

    def test_refused_are_listed_with_their_place_and_reason(self, platform: Api) -> None:
        batch = orders(lines=[LINE | {"shop_discount_minor": 4201}])
        batch["orders"].append(ORDER | {"order_no": "S-2"})
        batch["refunds"] = [{"refund_no": "R-1", "order_no": "S-2", "line_no": "1", "quantity": 1,
                             "goods_minor": 9999, "refunded_at": "2026-06-12T00:00:00Z"}]  # fmt: skip
        taken = platform.post("/orders", batch, 201)
        rejects = platform.get(f"/imports/{taken['id']}/rejects")["items"]
        assert [(one["row"], one["code"]) for one in rejects][:2] == [
            (1, "discount_above_goods"),
            (2, "order_conflict"),
        ]
        assert len(rejects) == 3

    def test_bring_their_master_data_along(self, platform: Api) -> None:
        batch = orders(lines=[LINE | {"merchant": "paper", "category": "ink"}])
        batch["parties"] = [{"code": "paper", "kind": "merchant", "names": {"zh": "纸坊"}}]
        batch["dimensions"] = [{"kind": "category", "code": "ink", "names": {"en": "Ink"}}]
        platform.post("/orders", batch, 201)
        assert platform.get("/parties/paper")["zh"] == "纸坊"

    def test_for_an_unknown_business_line_are_not_found(self, platform: Api) -> None:
        error = platform.post("/orders", orders() | {"business_line": "nowhere"}, 404)["error"]
        assert error["code"] == "unknown_business_line"


class TestCharges:
    def test_are_taken_or_refused_one_by_one(self, platform: Api, tea: Api) -> None:
        sent = {
            "business_line": "market",
            "charges": [CHARGE, CHARGE | {"charge_no": "C-2", "party": "nobody"}],
        }
        batch = platform.post("/charges", sent, 201)
        assert [one["state"] for one in batch["items"]] == ["accepted", "rejected"]
        assert batch["items"][1]["reject_code"] == "unknown_party"
        assert len(platform.get("/charges")["items"]) == 2
        assert [one["charge_no"] for one in tea.get("/charges")["items"]] == ["C-1"]
        platform.post("/billing-runs", {"business_line": "market"})
        assert tea.get("/details", fee=CHARGE["fee"])["items"][0]["amount_minor"] == CHARGE["amount_minor"]


class TestStatements:
    def test_say_what_they_add_up_to(self, market: Market, tea: Api) -> None:
        row = market.statement("tea")
        found = tea.get(f"/statements/{row.id}")
        parts = ("goods_minor", "fees_minor", "refunds_minor", "other_minor")
        assert found["net_minor"] == sum(found[name] for name in parts) == row.net_minor
        assert found["net_minor"] == sum(fee["amount_minor"] for fee in found["fees"])
        details = tea.get("/details", statement_id=row.id)["items"]
        assert sum(one["amount_minor"] for one in details) == found["net_minor"]
        assert len(details) == found["detail_count"]

    def test_show_an_open_period_as_it_stands(self, tea: Api) -> None:
        [found] = tea.get("/statements", state="open")["items"]
        assert found["net_minor"] > 0

    def test_are_confirmed_at_the_amount_seen(self, market: Market, tea: Api) -> None:
        row = market.statement("tea")
        path = f"/statements/{row.id}/confirmation"
        error = tea.post(path, {"amount_minor": row.net_minor + 1, "currency": "CNY"}, 409)["error"]
        assert (error["code"], error["details"]["amount_minor"]) == ("amount_changed", row.net_minor)
        seen = {"amount_minor": row.net_minor, "currency": "CNY"}
        assert tea.post(path, seen, key="c")["state"] == "confirmed"
        assert tea.post(path, seen, key="c")["state"] == "confirmed"
        assert tea.post(path, seen, 409, key="d")["error"]["code"] == "statement_not_confirming"
        [balance] = tea.get("/ledger/balances")["items"]
        assert balance["available_minor"] == row.net_minor

    def test_replay_to_the_same_bytes(self, market: Market, platform: Api) -> None:
        found = platform.post(f"/statements/{market.statement('tea').id}/replay", {})
        assert (found["equal"], found["differences"]) == (True, [])
        error = platform.post(f"/statements/{market.statement('tea', 'open').id}/replay", {}, 409)["error"]
        assert error["code"] == "not_ready"

    def test_close_once(self, platform: Api) -> None:
        assert platform.post("/period-closings", {"through": "2026-05-31"})["closed"] == 0


class TestDisputes:
    def test_move_a_detail_and_are_resolved(self, market: Market, tea: Api, platform: Api) -> None:
        row = market.statement("tea")
        fee = tea.get("/details", statement_id=row.id, fee="commission")["items"][0]
        opened = tea.post("/disputes", {"detail": fee["detail"], "reason": "we agreed on 4%"}, 201)
        assert (opened["state"], opened["amount_minor"]) == ("open", fee["amount_minor"])
        again = tea.post("/disputes", {"detail": fee["detail"], "reason": "again"}, 409)["error"]
        assert again["code"] == "already_disputed"
        amount = tea.get(f"/statements/{row.id}")
        assert amount["carried_minor"] == fee["amount_minor"]
        body = {"upheld": True, "resolution": "4% it is", "amount_minor": 100}
        tea.post(f"/disputes/{opened['id']}/resolution", body, 403)
        assert platform.post(f"/disputes/{opened['id']}/resolution", body)["state"] == "upheld"
        assert (
            platform.post(f"/disputes/{opened['id']}/resolution", body, 409)["error"]["code"]
            == "dispute_not_open"
        )
        assert [one["state"] for one in tea.get("/disputes")["items"]] == ["upheld"]


class TestDetails:
    def test_explain_themselves_in_both_languages(self, tea: Api) -> None:
        fee = tea.get("/details", fee="commission", order_no="S-1")["items"][0]
        assert (fee["base"], fee["amount_minor"], fee["rule"]) == (17600, -880, "commission")
        english = tea.get(f"/details/{fee['detail']}/explanation")["explanation"]
        chinese = tea.get(f"/details/{fee['detail']}/explanation", language="zh")["explanation"]
        assert "5%" in english["text"] and "5%" in chinese["text"]
        assert english["text"] != chinese["text"]

    @pytest.mark.parametrize(
        ("filters", "count"),
        [
            ({"order_no": "S-3"}, 4),
            ({"occurred_from": "2026-06-01T00:00:00+08:00"}, 8),
            ({"fee": "nothing"}, 0),
            ({"party": "glass", "fee": "commission"}, 1),
            ({"business_line": "market", "fee": "commission"}, 7),
        ],
    )
    def test_are_found_by_filter(self, platform: Api, filters: dict[str, Any], count: int) -> None:
        assert len(platform.get("/details", **filters)["items"]) == count


class TestRules:
    def test_travel_as_documents(self, platform: Api) -> None:
        found = platform.get("/rule-sets/market")
        assert found["version"] == 1
        checked = platform.post("/rule-set-checks", {"document": found["document"]})
        assert checked["errors"] == 0
        same = platform.post("/rule-sets", {"document": found["document"]}, 201)
        assert same["version"] == 1

    def test_are_tried_and_published(self, platform: Api) -> None:
        document = preset()["rule_set"]
        document["rules"][0] = rule("commission", "commission", "6%")
        tried = platform.post("/what-ifs", {"document": document, "business_line": "market"})
        assert tried["difference_minor"] < 0
        assert tried["then_minor"] - tried["now_minor"] == sum(
            one["difference_minor"] for one in tried["merchants"]
        )
        assert platform.get("/rule-sets/market")["version"] == 1
        assert platform.post("/rule-sets", {"document": document, "note": "more"}, 201)["version"] == 2
        assert platform.get("/rule-sets/market", version=1)["version"] == 1

    def test_are_compared_by_a_job_and_kept(self, platform: Api, tea: Api) -> None:
        document = preset()["rule_set"]
        document["rules"][0] = rule("commission", "commission", "6%")
        asked = platform.post("/comparisons", {"document": document, "business_line": "market"}, 202)
        assert (asked["state"], asked["fees"]) == ("queued", [])
        assert carry_out_comparison(asked["id"], clock=timezone.now).state == "done"
        done = platform.get(f"/comparisons/{asked['id']}")
        assert (done["state"], done["share"], done["losing"], done["gaining"]) == ("done", 100, 2, 0)
        assert platform.get("/comparisons")["items"][0]["id"] == asked["id"]
        first = platform.get(f"/comparisons/{asked['id']}/merchants", limit=2)
        rest = platform.get(f"/comparisons/{asked['id']}/merchants", cursor=first["next_cursor"])
        merchants = first["items"] + rest["items"]
        assert {one["code"] for one in merchants} == {"tea", "kiln", "glass"}
        assert rest["next_cursor"] is None
        for sums in (merchants, done["fees"]):
            assert sum(one["difference_minor"] for one in sums) == done["difference_minor"] < 0
        wrong = document | {"rules": [document["rules"][0] | {"fee": "no_such_fee"}]}
        platform.post("/comparisons", {"document": wrong, "business_line": "market"}, 422)
        platform.get("/comparisons/999", 404)
        tea.get("/comparisons", 403)

    def test_that_are_wrong_are_refused_with_findings(self, platform: Api) -> None:
        document = preset()["rule_set"]
        document["rules"][0] = rule("commission", "no_such_fee", "6%")
        error = platform.post("/rule-sets", {"document": document}, 422)["error"]
        assert error["code"] == "rule_set_refused"
        assert platform.post("/rule-sets", {"document": {}}, 422)["error"]["code"] == "invalid_rule_set"

    def test_charge_fees_of_the_catalogue(self, tea: Api) -> None:
        assert "commission" in {fee["code"] for fee in tea.get("/fee-types")["items"]}


class TestLedger:
    def test_balances(self, platform: Api) -> None:
        rows = platform.get("/ledger/trial-balance")["rows"]
        assert sum(row["balance_minor"] for row in rows) == 0
        entries = platform.get("/ledger/entries", limit=500)["items"]
        assert all(sum(leg["amount_minor"] for leg in entry["legs"]) == 0 for entry in entries)
        postings = platform.get("/ledger/postings", limit=500)["items"]
        assert len(postings) == sum(len(entry["legs"]) for entry in entries)

    def test_proves_itself(self, platform: Api) -> None:
        found = platform.get("/invariants")
        assert found["violations"] == 0
        assert all(one["meaning"] for one in found["items"])

    def test_names_the_party_wanted(self, platform: Api) -> None:
        platform.get("/ledger/balances", 404)
        [balance] = platform.get("/ledger/balances", party="tea", through="2026-05-31")["items"]
        assert balance["posted_minor"] > 0


class TestTerms:
    def test_are_set_from_a_day_on(self, platform: Api, tea: Api) -> None:
        body = {"business_line": "market", "entity": "ZG-CN", "party": "tea", "effective_from": "2026-07-01",
                "cycle": "week:1", "node": "paid"}  # fmt: skip
        made = platform.post("/terms", body, 201)
        assert (made["party"], made["cycle"]) == ("tea", "week:1")
        assert [one["party"] for one in tea.get("/terms")["items"]] == [None, "tea"]
        platform.post("/terms", body, 422)
        error = platform.post("/terms", body | {"cycle": "sometimes", "party": "kiln"}, 422)["error"]
        assert error["code"] == "invalid_cycle"


class TestExports:
    def test_are_files_of_the_merchants_own_lists(self, market: Market, tea: Api) -> None:
        made = tea.post(
            "/exports", {"list": "merchant.statements", "format": "parquet", "query": "period=all"}, 201
        )
        assert made["state"] == "done"
        assert tea.get(f"/exports/{made['id']}") == made
        response = tea.client.get(made["file"], headers=tea.headers())
        table = pyarrow.parquet.read_table(io.BytesIO(b"".join(response.streaming_content)))
        assert market.statement("tea").number in table.column("number").to_pylist()
        assert market.statement("kiln").number not in table.column("number").to_pylist()

    def test_are_not_of_other_portals(self, tea: Api) -> None:
        for name in ("platform.statements", "desk.exports", "nothing"):
            assert tea.post("/exports", {"list": name}, 404)["error"]["code"] == "unknown_list"
        tea.get("/exports/999", 404)


def test_a_detail_is_corrected_by_adding(platform: Api, tea: Api) -> None:
    [commission] = [
        one for one in platform.get("/details", order_no="S-2")["items"] if one["fee"] == "commission"
    ]
    url, sent = f"/details/{commission['detail']}/correction", {"amount_minor": 20, "reason": "rate agreed"}
    made = platform.post(url, sent, 201)
    assert (made["event"], made["fee"], made["amount_minor"]) == ("correction", "commission", 20)
    assert platform.get(f"/statements/{made['statement_id']}")["state"] == "open"
    assert platform.get(f"/details/{commission['detail']}") == commission
    assert platform.post(url, {"amount_minor": 0, "reason": "nothing"}, 422)["error"]["code"]
    tea.post(url, sent, 403)
    platform.post("/details/1-1-1-1/correction", sent, 404)

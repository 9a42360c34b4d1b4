"""The shape of requests and errors: sizes, types, strict bodies, idempotency, paging."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.isolation.market import Market
from tests.portals.api.calling import Api
from zhanggui.portals.api.body_limit import BODY_MAX_BYTES, UPLOAD_MAX_BYTES, BodyLimit
from zhanggui.portals.api.idempotency import KEPT, forget_old_answers
from zhanggui.portals.api.models import KeptAnswer
from zhanggui.settlement.intake.models import ImportRun, StagedOrder

CHARGE = {
    "charge_no": "C-1", "party": "tea", "fee": "sponsored_products_fee", "currency": "CNY",
    "amount_minor": -500, "occurred_at": "2026-06-10T00:00:00Z",
}  # fmt: skip
LINE = {"line_no": "1", "merchant": "tea", "sku": "TEA-9", "quantity": 1, "goods_minor": 4200}
ORDER = {
    "order_no": "A-1", "ordered_at": "2026-06-11T09:00:00+08:00", "status": "paid",
    "paid_at": "2026-06-11T09:01:00+08:00", "lines": [LINE],
}  # fmt: skip


def orders(**changes: Any) -> dict[str, Any]:
    return {"business_line": "market", "orders": [ORDER | changes]}


class TestErrorShape:
    def test_is_kept_by_the_framework_too(self, market: Market, platform: Api) -> None:
        assert platform.get("/no-such-thing", 404)["error"]["code"] == "not_found"
        assert platform.post("/statements", {}, 405)["error"]["code"] == "method_not_allowed"
        response = platform.client.delete("/api/v1/statements", headers=platform.headers())
        assert (response.status_code, response.headers["Allow"]) == (405, "GET")
        platform.get("/statements/abc", 422)
        platform.get("/statements/99999999999999999999999", 422)

    def test_is_kept_when_we_fail(self, platform: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        def broken(*_a: Any, **_n: Any) -> None:
            raise RuntimeError("the secret reason")

        monkeypatch.setattr("zhanggui.portals.api.endpoints.ledger.sweep", broken)
        body = platform.get("/invariants", 500)
        assert body["error"]["code"] == "failed"
        assert "secret" not in json.dumps(body)

    def test_names_the_domains_refusal(self, platform: Api) -> None:
        error = platform.get("/rule-sets/nothing", 404)["error"]
        assert error["code"] == "unknown_rule_set"
        error = platform.post("/period-closings", {"through": "2199-01-01"}, 422)["error"]
        assert error["code"] == "cut_off_in_the_future"


class TestCurrency:
    def test_an_order_in_the_lines_currency_is_taken(self, platform: Api) -> None:
        platform.post("/orders", orders(currency="CNY"), 201)
        assert StagedOrder.objects.filter(order_no="A-1").exists()

    def test_an_order_in_another_is_a_reject(self, platform: Api) -> None:
        taken = platform.post("/orders", orders(currency="USD"), 201)
        [reject] = platform.get(f"/imports/{taken['id']}/rejects")["items"]
        assert reject["code"] == "wrong_currency"
        assert reject["message"] == "market settles in CNY, not USD"
        assert not StagedOrder.objects.filter(order_no="A-1").exists()

    def test_so_is_a_refund(self, platform: Api) -> None:
        refund = {
            "refund_no": "R-1", "currency": "USD", "order_no": "S-1", "line_no": "1", "quantity": 1,
            "goods_minor": 100, "refunded_at": "2026-06-12T00:00:00Z",
        }  # fmt: skip
        taken = platform.post("/orders", {"business_line": "market", "refunds": [refund]}, 201)
        [reject] = platform.get(f"/imports/{taken['id']}/rejects")["items"]
        assert (reject["row"], reject["code"]) == (1, "wrong_currency")


class TestBodies:
    def test_of_another_type_are_refused(self, platform: Api) -> None:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
            error = platform.post("/orders", "a=1", 415, content_type=kind)["error"]
            assert error["code"] == "unsupported_media_type"

    @pytest.mark.parametrize("body", ["{", "[", '{"a": NaN}', '{"a": 1, "a": 2}', "\xff", "[" * 100_000])
    def test_that_are_not_json_are_refused(self, platform: Api, body: str) -> None:
        assert platform.post("/orders", body.encode("latin-1"), 400)["error"]["code"] == "malformed_json"

    def test_too_large_are_refused_by_their_announced_size(self, platform: Api) -> None:
        response = platform.client.generic(
            "POST", "/api/v1/orders", b"{}", content_type="application/json", headers=platform.headers(),
            CONTENT_LENGTH=str(200 * 1024 * 1024),
        )  # fmt: skip
        assert platform.read(response, 413)["error"]["code"] == "body_too_large"

    @pytest.mark.parametrize("announced", [True, False])
    def test_too_large_are_not_read_to_the_end(self, announced: bool) -> None:
        # A thread of its own: a browser test before may have left an event loop in this one.
        with ThreadPoolExecutor(1) as aside:
            pushing = aside.submit(asyncio.run, _push(200 * 1024 * 1024, announced=announced))
        read, sent = pushing.result()
        assert read <= (0 if announced else BODY_MAX_BYTES + 2 * CHUNK)
        assert sent[0]["status"] == 413
        assert json.loads(sent[1]["body"])["error"]["code"] == "body_too_large"

    @pytest.mark.parametrize("announced", [True, False])
    def test_uploads_of_200_mb_are_not_read_to_the_end_and_told_in_both_languages(
        self, announced: bool
    ) -> None:
        with ThreadPoolExecutor(1) as aside:
            path = "/platform/imports/new/"
            pushing = aside.submit(asyncio.run, _push(200 * 1024 * 1024, announced=announced, path=path))
        read, sent = pushing.result()
        assert read <= (0 if announced else UPLOAD_MAX_BYTES + 2 * CHUNK)
        assert (sent[0]["status"], dict(sent[0]["headers"])[b"content-type"]) == (
            413,
            b"text/html; charset=utf-8",
        )
        assert "文件过大" in sent[1]["body"].decode() and "too large" in sent[1]["body"].decode()

    def test_with_unknown_fields_are_refused_by_name(self, platform: Api) -> None:
        error = platform.post("/orders", orders(ordered="x"), 422)["error"]
        assert error["details"]["faults"][0]["field"] == "orders.0.ordered"

    @pytest.mark.parametrize("amount", [42.0, 42.5, 1e3, "4200", True, None, [1], 10**16, -1, 10**400])
    def test_take_whole_numbers_of_minor_units_only(self, platform: Api, amount: Any) -> None:
        error = platform.post("/orders", orders(lines=[LINE | {"goods_minor": amount}]), 422)["error"]
        assert error["code"] == "invalid_request"
        assert error["details"]["faults"][0]["field"] == "orders.0.lines.0.goods_minor"
        assert "goods_minor" in error["message"]

    @pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 65])
    def test_take_only_text_that_the_books_can_hold(self, platform: Api, text: str) -> None:
        platform.post("/orders", orders(order_no=text), 422)

    @pytest.mark.parametrize("time", ["2026-06-11T09:00:00", 1781139600, "1066-10-14T00:00:00Z", "soon"])
    def test_take_only_times_with_a_zone(self, platform: Api, time: Any) -> None:
        platform.post("/orders", orders(ordered_at=time), 422)

    def test_unknown_parameters_are_refused(self, platform: Api) -> None:
        error = platform.get("/details", 422, statment_id=1)["error"]
        assert error["code"] == "unknown_parameter"
        assert "statement_id" in error["message"]


CHUNK = 64 * 1024


async def _push(
    total: int, *, announced: bool, path: str = "/api/v1/orders"
) -> tuple[int, list[dict[str, Any]]]:
    """Offer an endless body to the limit in front of an application that reads it all."""
    offered, sent = 0, []

    async def receive() -> dict[str, Any]:
        nonlocal offered
        offered += CHUNK
        return {"type": "http.request", "body": bytes(CHUNK), "more_body": offered < total}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def application(scope: Any, receiving: Any, sending: Any) -> None:
        while (message := await receiving())["type"] == "http.request" and message["more_body"]:
            pass

    headers = [(b"content-length", str(total).encode())] if announced else []
    scope = {"type": "http", "path": path, "headers": headers}
    await BodyLimit(application)(scope, receive, send)
    return offered, sent


class TestIdempotency:
    def test_needs_a_key(self, platform: Api) -> None:
        response = platform.client.post(
            "/api/v1/orders",
            json.dumps(orders()),
            content_type="application/json",
            headers=platform.headers(),
        )
        assert platform.read(response, 400)["error"]["code"] == "missing_idempotency_key"

    def test_answers_the_same_again_and_does_it_once(self, platform: Api) -> None:
        first = platform.post("/orders", orders(), 201, key="one")
        again = platform.post("/orders", orders(), 201, key="one")
        assert again == first
        assert StagedOrder.objects.filter(order_no="A-1").count() == 1
        assert ImportRun.objects.filter(format="api").count() == 2  # the market's own, and this

    def test_refuses_a_key_used_for_something_else(self, platform: Api) -> None:
        platform.post("/orders", orders(), 201, key="one")
        error = platform.post("/orders", orders(order_no="A-2"), 409, key="one")["error"]
        assert error["code"] == "idempotency_key_conflict"
        platform.post("/charges", {"business_line": "market", "charges": [CHARGE]}, 409, key="one")
        assert not StagedOrder.objects.filter(order_no="A-2").exists()

    def test_keys_of_two_callers_are_two_keys(self, market: Market, platform: Api, tea: Api) -> None:
        platform.post("/orders", orders(), 201, key="one")
        row = market.statement("tea")
        body = {"amount_minor": row.net_minor, "currency": "CNY"}
        tea.post(f"/statements/{row.id}/confirmation", body, key="one")

    def test_says_so_while_the_first_request_runs(self, platform: Api) -> None:
        platform.post("/orders", orders(), 201, key="one")
        KeptAnswer.objects.update(status=0)
        error = platform.post("/orders", orders(), 409, key="one")["error"]
        assert error["code"] == "request_in_progress"

    def test_keeps_nothing_of_a_refused_request(self, market: Market, platform: Api) -> None:
        platform.post("/period-closings", {"through": "2199-01-01"}, 422, key="one")
        assert not KeptAnswer.objects.exists()
        platform.post("/period-closings", {"through": "2026-05-31"}, key="one")


class TestPaging:
    @pytest.mark.parametrize(
        "path", ["/details", "/ledger/entries", "/ledger/postings", "/statements", "/orders"]
    )
    def test_shows_every_row_once(self, platform: Api, path: str) -> None:
        whole = platform.get(path, limit=500)
        assert whole["next_cursor"] is None
        seen, cursor = [], ""
        while cursor is not None:
            found = platform.get(path, limit=2, cursor=cursor)
            seen += found["items"]
            cursor = found["next_cursor"]
        assert seen == whole["items"]
        assert len(seen) > 4

    @pytest.mark.parametrize("cursor", ["x", "W10", "WyJhIl0", "WzFd", "WzFlNDAwXQ", "bnVsbA", "W3RydWUsMV0"])
    def test_refuses_a_cursor_of_another_list(self, platform: Api, cursor: str) -> None:
        assert platform.get("/details", 422, cursor=cursor)["error"]["code"] == "invalid_cursor"

    @pytest.mark.parametrize("limit", [0, -1, 501, "many"])
    def test_bounds_the_page(self, platform: Api, limit: Any) -> None:
        platform.get("/details", 422, limit=limit)


def test_the_openapi_document_is_served_to_anyone(db: None) -> None:
    document = Client().get("/api/v1/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) > 25


def test_old_answers_are_forgotten(platform: Api) -> None:
    platform.post("/orders", orders(), 201, key="one")
    platform.post("/orders", orders(order_no="A-2"), 201, key="two")
    KeptAnswer.objects.filter(key="one").update(created_at=timezone.now() - KEPT - timedelta(seconds=1))
    assert forget_old_answers() == 1
    assert [kept.key for kept in KeptAnswer.objects.all()] == ["two"]

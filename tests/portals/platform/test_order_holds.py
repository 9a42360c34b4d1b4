"""Orders on hold: on screen, over the API and by command; and what a merchant sees of it."""

from typing import Any

import pytest

from tests.isolation.market import ZONE, Market, clock, order
from tests.portals.api.calling import api_of
from tests.portals.shell.running import run_command
from zhanggui.journeys.orders_received import batch_received
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import order_holds
from zhanggui.settlement.intake.models import OrderHold, StagedOrder

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_OPERATIONS))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def waiting(market: Market) -> StagedOrder:
    """An order of tea's whose lines are not billed."""
    batch_received(
        business_line=market.line, key="later", records=[order("W-1", "2026-06-04", [("tea", "TEA-1", 1, 8800)])],
        body=b"later", clock=clock, zone=ZONE, actor="tests",
    )  # fmt: skip
    return StagedOrder.objects.get(order_no="W-1")


def body(order: StagedOrder, **more: str) -> dict[str, str]:
    return {"business_line": "market", "order_no": order.order_no, "hold_no": "R-1", "reason": "risk"} | more


class TestOnScreen:
    def test_an_order_is_held_seen_and_released(self, desk: Any, waiting: StagedOrder) -> None:
        page = desk.get(f"/platform/orders/{waiting.id}/").content.decode()
        assert "Hold the order" in page
        typed = {"act": "make", "line": "market", "order": waiting.order_no, "reason": "complaint",
                 "note": "called twice", "hold_no": ""}  # fmt: skip
        answer = desk.post("/platform/orders/holds/new/", typed)
        row = OrderHold.objects.get()
        assert answer["Location"] == f"/platform/orders/holds/{row.id}/"
        assert row.hold_no.startswith("OH")
        listed = desk.get("/platform/orders/holds/?state=open").content.decode()
        assert row.hold_no in listed and "Complaint of the buyer" in listed and "called twice" in listed
        page = desk.get(f"/platform/orders/{waiting.id}/").content.decode()
        assert "On hold" in page and "Hold the order" not in page
        assert desk.post(answer["Location"], {"act": "release", "note": "settled"}).status_code == 302
        row.refresh_from_db()
        assert (row.released_by, row.release_note) == ("platform-platform_operations", "settled")
        assert "settled" in desk.get(answer["Location"]).content.decode()

    def test_what_is_wrong_is_said(self, desk: Any) -> None:
        typed = {"act": "make", "line": "market", "order": "", "reason": "risk"}
        assert desk.post("/platform/orders/holds/new/", typed).status_code == 422
        assert (
            desk.post("/platform/orders/holds/new/", typed | {"order": "x", "reason": "y"}).status_code == 422
        )
        assert desk.get("/platform/orders/holds/999/").status_code == 404
        assert not OrderHold.objects.exists()

    def test_an_auditor_only_looks(self, market: Market, client: Any) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_AUDITOR))
        assert client.get("/platform/orders/holds/").status_code == 200
        assert client.get("/platform/orders/holds/new/").status_code == 403

    def test_the_merchant_sees_why_its_line_waits(
        self, market: Market, client: Any, waiting: StagedOrder
    ) -> None:
        api_of(market, "platform", Role.PLATFORM_ADMIN).post("/order-holds", body(waiting), 201)
        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        client.cookies["django_language"] = "en"
        page = client.get("/merchant/waiting/").content.decode()
        assert waiting.order_no in page and "Risk control" in page


class TestOverTheApi:
    def test_risk_control_holds_and_lets_go(self, market: Market, waiting: StagedOrder) -> None:
        api = api_of(market, "platform", Role.PLATFORM_OPERATIONS)
        told = api.post("/order-holds", body(waiting, note="seen before"), 201)
        assert (told["hold_no"], told["note"], told["released_at"]) == ("R-1", "seen before", None)
        assert api.post("/order-holds", body(waiting), 201)["opened_at"] == told["opened_at"]
        refused = api.post("/order-holds", body(waiting, order_no="another"), 409)
        assert refused["error"]["code"] == "hold_number_taken"
        assert [one["hold_no"] for one in api.get("/order-holds?open=true")["items"]] == ["R-1"]
        freed = api.post("/order-holds/market/R-1/release", {"note": "fine"})
        assert freed["released_at"] and freed["release_note"] == "fine"
        assert api.get("/order-holds?open=true")["items"] == []
        api.post("/order-holds/market/R-9/release", {}, 404)
        api.post("/order-holds", body(waiting, hold_no="R-2", reason="mood"), 422)

    def test_a_merchant_reads_its_own_without_notes(self, market: Market, waiting: StagedOrder) -> None:
        platform = api_of(market, "platform", Role.PLATFORM_ADMIN)
        platform.post("/order-holds", body(waiting, note="secret"), 201)
        platform.post("/order-holds", body(waiting, order_no="not here yet", hold_no="R-2"), 201)
        tea = api_of(market, "tea", Role.MERCHANT_OWNER)
        [row] = tea.get("/order-holds")["items"]
        assert (row["hold_no"], row["reason"], row["note"], row["opened_by"]) == ("R-1", "risk", None, None)
        tea.post("/order-holds", body(waiting, hold_no="R-3"), 403)
        tea.post("/order-holds/market/R-1/release", {}, 403)


def test_by_command(market: Market, waiting: StagedOrder) -> None:
    who = market.person("platform", Role.PLATFORM_OPERATIONS).username
    code, told, text = run_command(
        order_holds, "hold", waiting.order_no, "--reason", "risk", "--number", "R-1", "--as", who
    )
    assert (code, told["opened_by"]) == (0, who)
    assert text == f"R-1 held market {waiting.order_no} risk"
    assert [one["hold_no"] for one in run_command(order_holds, "list")[1]["order_holds"]] == ["R-1"]
    assert run_command(order_holds, "release", "R-1", "--as", who)[1]["released_by"] == who
    assert run_command(order_holds, "list")[1]["order_holds"] == []
    auditor = market.person("platform", Role.PLATFORM_AUDITOR).username
    with pytest.raises(Refusal, match=r"orders\.hold"):
        run_command(order_holds, "hold", "x", "--reason", "risk", "--as", auditor)

"""Orders over the API and by command, as the screens have them."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.portals.orders.people import busy, client_of, platform
from tests.portals.shell.running import run_command
from tests.trade.fulfilment.sold import Sold, state_of
from zhanggui.journeys.goods_handed_over import paid_orders_prepared
from zhanggui.parties.models import User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.portals.shell.commands import mall_orders, ship_orders
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.trade.fulfilment.errors import TransferRefused
from zhanggui.trade.fulfilment.models import Parcel, PickupCode
from zhanggui.trade.fulfilment.operations.make_pickup_code import SEALED_AS
from zhanggui.trade.orders.errors import UnknownOrder
from zhanggui.trade.orders.models import Order
from zhanggui.vault.sealing import unseal

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold() -> Sold:
    return busy(Sold())


class Caller:
    """A key of somebody's to the API."""

    def __init__(self, secret: str) -> None:
        self.client, self.calls, self.secret = Client(), 0, secret

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1{path}", headers={"Authorization": f"Bearer {self.secret}"})

    def post(self, path: str, body: Any = None) -> Any:
        self.calls += 1
        headers = {"Authorization": f"Bearer {self.secret}", "Idempotency-Key": f"k-{self.calls}"}
        sent = json.dumps(body) if body is not None else ""
        return self.client.post(f"/api/v1{path}", data=sent, content_type="application/json", headers=headers)


def at(sold: Sold, role: str, party: str = "") -> Caller:
    client_of(sold, role, party)
    user = User.objects.get(username=f"{role}-{party or 'platform'}")
    where = sold.parties[party] if party else platform()
    return Caller(issue_key(user=user, party=where, role=role, label="tests", at=timezone.now())[1])


def pickup_code() -> str:
    """The code of the one order that waits at a shop."""
    paid_orders_prepared(clock=timezone.now, actor="clockwork")
    return unseal(bytes(PickupCode.objects.get().sealed), purpose=SEALED_AS)


class TestApi:
    def test_each_reads_its_own(self, sold: Sold) -> None:
        everybodys = at(sold, "platform_auditor").get("/mall-orders?limit=100").json()["items"]
        teas = at(sold, "merchant_staff", "tea").get("/mall-orders").json()["items"]
        farms = at(sold, "supplier_staff", "farm").get("/mall-orders").json()["items"]
        assert len(everybodys) == 8
        assert {one["merchant"] for one in teas} == {"tea"} and len(teas) == 7
        assert [(one["order_no"], one["due_minor"]) for one in farms] == [("T-4", None)]

    def test_pages_and_filters(self, sold: Sold) -> None:
        tea = at(sold, "merchant_staff", "tea")
        first = tea.get("/mall-orders?limit=3").json()
        second = tea.get(f"/mall-orders?limit=3&cursor={first['next_cursor']}").json()
        assert [one["order_no"] for one in first["items"] + second["items"]] == [
            f"T-{n}" for n in range(1, 7)
        ]
        assert [one["order_no"] for one in tea.get("/mall-orders?state=shipped").json()["items"]] == ["T-2"]

    def test_one_order(self, sold: Sold) -> None:
        tea = at(sold, "merchant_owner", "tea")
        order = tea.get("/mall-orders/T-3").json()
        assert order["lines"][0] | {"title": None} == {
            "line_no": "1", "sku": "TEA-POT", "title": None, "quantity": 3, "shipped": 1, "unit_minor": 1000,
            "supply_minor": 0, "goods_minor": 3000, "shop_discount_minor": 60, "platform_discount_minor": 40,
            "freight_minor": 0,
        }  # fmt: skip
        assert order["parcels"][0]["lines"] == [{"line_no": "1", "quantity": 1}]
        assert order["address"]["recipient"] == "王小明"
        assert tea.get("/mall-orders/B-1").status_code == 404
        supplied = at(sold, "supplier_owner", "farm").get("/mall-orders/T-4").json()
        assert (supplied["due_minor"], supplied["lines"][0]["unit_minor"], supplied["lines"][0]["supply_minor"]) == (
            None, None, 600
        )  # fmt: skip

    def test_shipping_once(self, sold: Sold) -> None:
        tea = at(sold, "merchant_staff", "tea")
        body = {"carrier": "sf", "tracking_no": "SF6001", "lines": [{"order_no": "T-1"}]}
        first, again = tea.post("/parcels", body), tea.post("/parcels", body)
        assert (first.status_code, first.json()["new"], again.json()["new"]) == (201, True, False)
        assert state_of(Order.objects.get(order_no="T-1")) == "shipped"
        for wrong, status in (
            ({"lines": [{"order_no": "B-1"}]}, 404), ({"lines": []}, 422), ({"carrier": "x"}, 422),
            ({"lines": [{"order_no": "T-3", "quantity": 9}], "tracking_no": "SF6002"}, 409),
        ):  # fmt: skip
            answer = tea.post("/parcels", body | wrong)
            assert answer.status_code in (status, 409), answer.content
        back = tea.post(f"/parcels/{first.json()['parcel_no']}/take-back")
        assert back.json()["state"] == "back"

    def test_who_may_not_ship(self, sold: Sold) -> None:
        body = {"carrier": "sf", "tracking_no": "SF6001", "lines": [{"order_no": "T-1"}]}
        for role, party in (("merchant_viewer", "tea"), ("platform_admin", "")):
            assert at(sold, role, party).post("/parcels", body).status_code == 403

    def test_tracking(self, sold: Sold) -> None:
        body = {
            "carrier": "sf", "tracking_no": "SF2001",
            "events": [{"at": "2026-06-02T08:00:00+08:00", "text": "签收", "delivered": True}],
        }  # fmt: skip
        staff = at(sold, "platform_operations")
        assert staff.post("/parcels/tracking", body).json()["state"] == "delivered"
        assert staff.post("/parcels/tracking", body).json()["events"] == 1
        assert staff.post("/parcels/tracking", body | {"tracking_no": "SF9999"}).status_code == 404
        assert at(sold, "merchant_owner", "tea").post("/parcels/tracking", body).status_code == 403

    def test_holding_and_notes(self, sold: Sold) -> None:
        staff = at(sold, "platform_operations")
        assert staff.post("/mall-orders/T-1/hold", {"reason": "risk"}).json()["held"]
        assert not staff.post("/mall-orders/T-1/release").json()["held"]
        books = at(sold, "merchant_owner", "books")
        assert books.post("/mall-orders/T-1/notes", {"note": "x"}).status_code == 404
        assert books.post("/mall-orders/B-1/notes", {"note": "call first"}).status_code == 201
        assert Order.objects.get(order_no="B-1").steps.filter(kind="noted").count() == 1

    def test_transfer(self, sold: Sold) -> None:
        staff = at(sold, "platform_operations")
        wrong = staff.post("/mall-orders/T-4/transfer", {"warehouse": "nowhere"})
        assert (wrong.status_code, wrong.json()["error"]["code"]) == (409, "transfer_refused")
        moved = staff.post("/mall-orders/T-4/transfer", {"warehouse": "", "note": "out"})
        assert (moved.status_code, moved.json()["supplier"]) == (200, "")
        assert staff.post("/mall-orders/T-2/transfer", {"warehouse": ""}).status_code == 409
        assert (
            at(sold, "merchant_owner", "tea").post("/mall-orders/T-1/transfer", {"warehouse": ""}).status_code
            == 403
        )

    def test_the_counter(self, sold: Sold) -> None:
        code, tea = pickup_code(), at(sold, "merchant_staff", "tea")
        assert at(sold, "platform_admin").post("/pickups", {"code": code}).status_code == 403
        assert at(sold, "merchant_owner", "books").post("/pickups", {"code": code}).status_code == 404
        given = tea.post("/pickups", {"code": f"{code[:3]} {code[3:]}"}).json()
        assert (given["order_no"], given["state"]) == ("T-7", "received")
        assert tea.post("/pickups", {"code": code}).json()["error"]["code"] == "wrong_pickup_code"


class TestCommands:
    def test_orders(self, sold: Sold) -> None:
        client_of(sold, "platform_operations")
        listed = run_command(mall_orders, "list", "--party", "farm")
        assert [one["order_no"] for one in listed.document["mall_orders"]] == ["T-4"]
        held = run_command(
            mall_orders, "hold", "T-1", "--reason", "risk", "--as", "platform_operations-platform"
        )
        assert held.document["held"] is True
        assert "T-1 paid on hold tea" in held.text
        run_command(mall_orders, "release", "T-1", "--as", "platform_operations-platform")
        run_command(mall_orders, "note", "T-1", "call first", "--as", "platform_operations-platform")
        shown = run_command(mall_orders, "show", "T-2")
        assert shown.document["parcels"][0]["tracking_no"] == "SF2002"
        assert run_command(mall_orders, "move-on").document == {"prepared": 1, "moved": 1}
        with pytest.raises(UnknownOrder):
            run_command(mall_orders, "show", "Z")

    def test_elsewhere_and_over_the_counter(self, sold: Sold) -> None:
        client_of(sold, "platform_operations"), client_of(sold, "merchant_staff", "tea")
        who = ("--as", "platform_operations-platform")
        assert run_command(mall_orders, "transfer", "T-4", "--merchant", *who).document["supplier"] == ""
        with pytest.raises(TransferRefused):
            run_command(mall_orders, "transfer", "T-1", "--warehouse", "nowhere", *who)
        with pytest.raises(BadArguments):
            run_command(mall_orders, "hand-over", pickup_code(), "--party", "tea", *who)
        done = run_command(
            mall_orders, "hand-over", pickup_code(), "--party", "tea", "--as", "merchant_staff-tea"
        )
        assert (done.document["order_no"], done.document["state"]) == ("T-7", "received")

    def test_a_file(self, sold: Sold, tmp_path: Path) -> None:
        client_of(sold, "merchant_staff", "tea")
        file = tmp_path / "parcels.csv"
        file.write_text("order_no,carrier,tracking_no\nT-1,sf,SF7001\nB-1,sf,SF7002\n")
        who = ("--party", "tea", "--as", "merchant_staff-tea")
        tried = run_command(ship_orders, str(file), *who, "--dry-run")
        assert (tried.code, tried.document["shipped"], tried.document["refused"]) == (1, 1, 1)
        assert not Parcel.objects.filter(tracking_no="SF7001").exists()
        done = run_command(ship_orders, str(file), *who)
        assert (done.document["shipped"], "row 3: " in done.text) == (1, True)
        assert run_command(ship_orders, str(file), *who).document["there"] == 1
        with pytest.raises(BadArguments):
            run_command(ship_orders, str(file), "--party", "books", "--as", "merchant_staff-tea")
        with pytest.raises(FileRefused):
            run_command(ship_orders, str(tmp_path / "none.csv"), *who)

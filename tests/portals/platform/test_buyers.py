"""Buyers before staff: on screen, over the API and by command; nobody else sees them."""

from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from tests.portals.shell.running import run_command
from tests.trade.buyers.people import AT, PASSWORD, from_weixin, named
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import buyers as command
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.merge_buyers import merge_buyers

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_OPERATIONS))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def lin(market: Market) -> Buyer:
    return named("lin", phone="13800005678")


class TestOnScreen:
    def test_the_list_masks_phones_and_says_how_people_log_in(self, desk: Any, lin: Buyer) -> None:
        other = from_weixin("o-1", nickname="小林")
        page = desk.get("/platform/buyers/").content.decode()
        assert lin.number in page and "138****5678" in page and "13800005678" not in page
        assert other.number in page and "WeChat" in page
        found = desk.get("/platform/buyers/?provider=weixin").content.decode()
        assert other.number in found and lin.number not in found

    def test_merged_ones_lead_to_each_other(self, desk: Any, lin: Buyer) -> None:
        other = from_weixin("o-1")
        merge_buyers(kept=lin, other=other, at=AT)
        assert (
            f'href="/platform/buyers/{lin.number}/"'
            in desk.get(f"/platform/buyers/{other.number}/").content.decode()
        )
        page = desk.get(f"/platform/buyers/{lin.number}/").content.decode()
        assert other.number in page and "小林" in page
        assert other.number in desk.get("/platform/buyers/?state=merged").content.decode()

    def test_blocked_a_buyer_is_logged_out_everywhere(self, desk: Any, lin: Buyer, client_of: Any) -> None:
        theirs = client_of(lin)
        theirs.get("/security/")
        page = f"/platform/buyers/{lin.number}/"
        assert desk.post(page, {"act": "block", "reason": ""}).status_code == 422
        assert desk.post(page, {"act": "block", "reason": "stolen cards"}).status_code == 302
        lin.refresh_from_db()
        assert lin.state == "blocked"
        assert theirs.get("/security/").status_code == 302
        assert AuditRecord.objects.get(action="buyer.blocked").after["reason"] == "stolen cards"
        again = desk.post(page, {"act": "block", "reason": "x"})
        assert again.status_code == 422 and Buyer.objects.get(id=lin.id).state == "blocked"
        desk.post(page, {"act": "unblock", "reason": "cleared"})
        assert Buyer.objects.get(id=lin.id).state == "active"

    def test_a_member_buys_at_member_prices_from_then_on(self, desk: Any, lin: Buyer) -> None:
        page = f"/platform/buyers/{lin.number}/"
        assert desk.post(page, {"act": "level", "level": "gold card"}).status_code == 422
        for _ in "twice":
            assert desk.post(page, {"act": "level", "level": " gold "}).status_code == 302
        assert Buyer.objects.get(id=lin.id).level_code == "gold"
        assert AuditRecord.objects.get(action="buyer.level_set").before == {"level": ""}
        merge_buyers(kept=(other := from_weixin("o-2")), other=lin, at=AT)
        assert Buyer.objects.get(id=other.id).level_code == "gold"  # the person is a member still
        assert desk.post(page, {"act": "level", "level": ""}).status_code == 422

    def test_the_whole_phone_is_shown_for_a_reason_that_is_kept(self, desk: Any, lin: Buyer) -> None:
        address = f"/platform/buyers/{lin.number}/phone/"
        assert "13800005678" not in desk.get(address).content.decode()
        shown = desk.post(address, {"reason": "parcel came back"})
        assert "13800005678" in shown.content.decode() and "no-store" in shown.headers["Cache-Control"]
        record = AuditRecord.objects.get(action="number.revealed")
        assert (record.object_id, record.after) == (
            lin.number, {"shown": "138****5678", "reason": "parcel came back"},
        )  # fmt: skip

    def test_an_auditor_only_looks_and_merchants_do_not(
        self, market: Market, client: Any, lin: Buyer
    ) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_AUDITOR))
        page = f"/platform/buyers/{lin.number}/"
        assert client.get(page).status_code == 200
        assert client.post(page, {"act": "block", "reason": "x"}).status_code == 422
        assert client.post(page + "phone/", {"reason": "x"}).status_code == 403
        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        assert client.get(page).status_code in (403, 404)
        assert Buyer.objects.get(id=lin.id).state == "active"

    def test_nobody_is_not_found(self, desk: Any) -> None:
        assert desk.get("/platform/buyers/B00000099/").status_code == 404

    def test_people_and_roles_leave_buyers_out(self, market: Market, client: Any, lin: Buyer) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
        assert ">lin<" not in client.get("/platform/people/").content.decode()


@pytest.fixture
def client_of() -> Any:
    from django.test import Client

    def made(buyer: Buyer) -> Client:
        client = Client()
        assert client.login(username=buyer.user.get_username(), password=PASSWORD)
        return client

    return made


class TestOverTheApi:
    def test_buyers_are_listed_blocked_and_let_in(self, market: Market, lin: Buyer) -> None:
        api = api_of(market, "platform", Role.PLATFORM_OPERATIONS)
        from_weixin("o-1")
        items = api.get("/buyers")["items"]
        assert [one["number"] for one in items] == [row.number for row in Buyer.objects.order_by("id")]
        assert (items[0]["phone"], items[1]["identities"]) == ("138****5678", ["weixin"])
        assert api.post(f"/buyers/{lin.number}/block", {"reason": "fraud"}, 200)["state"] == "blocked"
        assert api.get("/buyers?state=blocked")["items"][0]["number"] == lin.number
        refused = api.post(f"/buyers/{lin.number}/block", {"reason": "fraud"}, 409)
        assert refused["error"]["code"] == "buyer_not_so"
        assert api.post(f"/buyers/{lin.number}/unblock", {"reason": "ok"}, 200)["state"] == "active"
        assert api.post(f"/buyers/{lin.number}/level", {"level": "gold"}, 200)["level"] == "gold"
        assert api.get(f"/buyers/{lin.number}")["name"] == "lin"

    def test_a_merchant_sees_nobody(self, market: Market, lin: Buyer) -> None:
        api = api_of(market, "tea", Role.MERCHANT_OWNER)
        assert api.get("/buyers", 403)["error"]["code"] == "not_allowed"


class TestByCommand:
    def test_list_block_and_unblock(self, market: Market, lin: Buyer) -> None:
        name = market.person("platform", Role.PLATFORM_OPERATIONS).get_username()
        assert run_command(command, "list")[1]["buyers"][0]["phone"] == "138****5678"
        args = (lin.number, "--reason", "fraud", "--as", name)
        assert run_command(command, "block", *args)[1]["state"] == "blocked"
        assert run_command(command, "list", "--state", "blocked")[1]["buyers"][0]["number"] == lin.number
        assert run_command(command, "unblock", *args)[1]["state"] == "active"
        assert run_command(command, "level", lin.number, "gold", "--as", name)[1]["level"] == "gold"

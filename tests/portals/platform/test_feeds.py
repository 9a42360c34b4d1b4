"""Charge feeds on screen and over the API: added, changed, switched, pulled now; who may, and what is refused."""

from collections.abc import Iterator
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from tests.rails.charge_feed.feed import TOKEN, Sandbox, sandbox
from zhanggui.audit.models import AuditRecord
from zhanggui.clockwork.pull_feeds import pull_feed
from zhanggui.parties.models import Role
from zhanggui.settlement.intake.models import ChargeFeed
from zhanggui.settlement.intake.operations.add_feed import TOKEN_SEALED_AS
from zhanggui.vault.sealing import unseal

pytestmark = pytest.mark.django_db
CHARGE = {
    "charge_no": "C-1", "party": "tea", "fee": "storage_fee", "currency": "CNY", "amount": -120,
    "occurred_at": "2026-06-05T08:00:00+08:00",
}  # fmt: skip
PAGES = {"": {"charges": [CHARGE, CHARGE | {"charge_no": "C-2", "party": "nobody"}], "next": None}}
NEW = {
    "act": "make", "code": "wms", "line": "market", "zh": "仓储系统", "en": "Warehouse", "every": "60",
    "url": "https://wms.example/charges", "token": TOKEN,
}  # fmt: skip
CHANGE = {
    "act": "change",
    "zh": "仓储系统",
    "en": "Warehouse",
    "every": "30",
    "credential": "keep",
    "token": "",
}


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def wms() -> Iterator[Sandbox]:
    with sandbox(PAGES) as found:
        yield found


def pulled() -> None:
    from django.utils import timezone

    pull_feed(feed_id=ChargeFeed.objects.get().id, clock=timezone.now)


def token_of(feed: ChargeFeed) -> str:
    return unseal(bytes(feed.token_sealed), purpose=TOKEN_SEALED_AS)


class TestOnScreen:
    def test_a_feed_is_added_with_a_sealed_credential(self, desk: Any) -> None:
        assert "Add a feed" in desk.get("/platform/feeds/").content.decode()
        answer = desk.post("/platform/feeds/new/", NEW)
        assert answer["Location"] == "/platform/feeds/wms/"
        feed = ChargeFeed.objects.get(code="wms")
        assert (feed.every_minutes, token_of(feed)) == (60, TOKEN)
        record = AuditRecord.objects.get(action="charge_feed.added")
        assert record.after["credential"] is True and TOKEN not in str(record.after)
        shown = desk.get("/platform/feeds/wms/").content.decode()
        assert "Not pulled yet" in shown and TOKEN not in shown

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"url": "http://wms.example/charges"}, "no https address"),
            ({"url": "ftp://wms.example/x"}, "no https address"),
            ({"url": "https://ann:pw@wms.example/x"}, "no name and password"),
            ({"url": "https://wms.example/x#y"}, "no part after #"),
            ({"every": "4"}, "every 5 to 10080 minutes"),
            ({"every": "often"}, "whole number"),
            ({"zh": "", "en": ""}, "needs a name"),
            ({"code": "two words"}, "the code of a feed"),
            ({"token": "line\nbreak"}, "without line breaks"),
            ({"line": "elsewhere"}, "Choose one"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_added(
        self, desk: Any, wrong: dict[str, str], said: str
    ) -> None:
        answer = desk.post("/platform/feeds/new/", NEW | wrong)
        shown = answer.content.decode()
        assert answer.status_code == 422 and said in shown
        assert TOKEN not in shown, "a credential never comes back"
        assert not ChargeFeed.objects.exists()

    def test_the_same_code_is_refused(self, desk: Any) -> None:
        desk.post("/platform/feeds/new/", NEW)
        assert "choose another code" in desk.post("/platform/feeds/new/", NEW).content.decode()

    def test_what_came_is_shown_and_leads_to_the_charges(self, desk: Any, wms: Sandbox) -> None:
        desk.post("/platform/feeds/new/", NEW | {"url": wms.url})
        pulled()
        assert "Runs well" in desk.get("/platform/feeds/").content.decode()
        page = desk.get("/platform/feeds/wms/").content.decode()
        pull = ChargeFeed.objects.get().chargepull_set.get()
        for state, number, other in (("accepted", "C-1", "C-2"), ("rejected", "C-2", "C-1")):
            address = f"/platform/charges/?pull={pull.id}&tab={state}&known=no"
            assert address.replace("&", "&amp;") in page
            listed = desk.get(address).content.decode()
            assert number in listed and other not in listed
        assert desk.get(f"/platform/charges/?pull={pull.id}&known=yes").status_code == 200
        assert "Warehouse" in desk.get("/platform/feeds/pulls/?feed=wms").content.decode()

    def test_what_went_wrong_is_shown_with_the_reason(self, desk: Any, wms: Sandbox) -> None:
        wms.faults[""] = ["500"]
        desk.post("/platform/feeds/new/", NEW | {"url": wms.url})
        pulled()
        for address in ("/platform/feeds/", "/platform/feeds/wms/", "/platform/feeds/pulls/?tab=failed"):
            assert "was answered with 500" in desk.get(address).content.decode(), address
        assert "Failing" in desk.get("/platform/feeds/?tab=failing").content.decode()

    def test_it_is_changed_and_the_credential_stays_with_its_host(self, desk: Any) -> None:
        desk.post("/platform/feeds/new/", NEW)
        here = "/platform/feeds/wms/"
        assert desk.post(here, CHANGE | {"url": "https://wms.example/v2"}).status_code == 302
        feed = ChargeFeed.objects.get()
        assert (feed.url, feed.every_minutes, token_of(feed)) == ("https://wms.example/v2", 30, TOKEN)
        elsewhere = CHANGE | {"url": "https://wms.example.org/v2"}
        refused = desk.post(here, elsewhere)
        assert refused.status_code == 422 and "enter the credential" in refused.content.decode()
        assert ChargeFeed.objects.get().url == "https://wms.example/v2"
        assert desk.post(here, elsewhere | {"credential": "new", "token": ""}).status_code == 422
        assert desk.post(here, elsewhere | {"credential": "new", "token": "other"}).status_code == 302
        assert token_of(ChargeFeed.objects.get()) == "other"
        desk.post(here, elsewhere | {"credential": "none"})
        assert not ChargeFeed.objects.get().token_sealed

    def test_it_is_switched_off_and_on(self, desk: Any) -> None:
        desk.post("/platform/feeds/new/", NEW)
        here = "/platform/feeds/wms/"
        assert desk.post(here, {"act": "off", "reason": "moved"}).status_code == 302
        page = desk.get(here).content.decode()
        assert "Switched off" in page and "Pull it now" not in page
        assert desk.post(here, {"act": "off", "reason": "moved"}).status_code == 422
        assert desk.post(here, {"act": "pull"}).status_code == 422
        assert desk.post(here, {"act": "on", "reason": "back"}).status_code == 302
        assert ChargeFeed.objects.get().active

    def test_a_pull_is_put_on_the_queue_once(self, desk: Any) -> None:
        desk.post("/platform/feeds/new/", NEW)
        for act in ("pull", "anew", "pull"):
            assert desk.post("/platform/feeds/wms/", {"act": act}).status_code == 302
        jobs = ProcrastinateJob.objects.filter(task_name="clockwork.pull_feed", status="todo")
        assert [job.args for job in jobs] == [{"feed_id": ChargeFeed.objects.get().id}]
        feed = ChargeFeed.objects.get()
        assert (feed.round, feed.asked_by) == (2, "platform-platform_admin")

    @pytest.mark.parametrize("role", [Role.PLATFORM_AUDITOR, Role.PLATFORM_OPERATIONS])
    def test_who_may_not_change_looks(self, desk: Any, market: Market, client: Any, role: Role) -> None:
        desk.post("/platform/feeds/new/", NEW)
        client.force_login(market.person("platform", role))
        assert client.post("/platform/feeds/new/", NEW | {"code": "x"}).status_code == 403
        page = client.get("/platform/feeds/wms/")
        assert page.status_code == 200 and "Switch it off" not in page.content.decode()
        client.post("/platform/feeds/wms/", {"act": "off", "reason": "x"})
        assert ChargeFeed.objects.get().active
        asked = client.post("/platform/feeds/wms/", {"act": "pull"}).status_code
        assert asked == (302 if role == Role.PLATFORM_OPERATIONS else 422)


class TestOverTheApi:
    BODY = {
        "code": "wms", "name": {"zh": "仓储系统", "en": "Warehouse"}, "business_line": "market",
        "url": "https://wms.example/charges", "token": TOKEN, "every_minutes": 60,
    }  # fmt: skip

    def test_a_feed_lives(self, market: Market, wms: Sandbox) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        told = api.post("/charge-feeds", self.BODY | {"url": wms.url}, 201)
        assert (told["has_token"], told["active"], told["last_pull"]) == (True, True, None)
        assert "token" not in told and TOKEN not in str(api.get("/charge-feeds"))
        pulled()
        last = api.get("/charge-feeds/wms")["last_pull"]
        assert (last["state"], last["accepted"], last["rejected"], len(last["batches"])) == ("done", 1, 1, 1)
        assert api.get("/charge-feeds/wms/pulls")["items"] == [last]
        rows = api.get("/charges", pull=last["id"])["items"]
        assert [(row["charge_no"], row["state"], row["source"]) for row in rows] == [
            ("C-1", "accepted", "pulled"), ("C-2", "rejected", "pulled"),
        ]  # fmt: skip
        change = {"name": {"zh": "库"}, "url": wms.url, "every_minutes": 5}
        assert api.post("/charge-feeds/wms/changes", change)["every_minutes"] == 5
        assert api.post("/charge-feeds/wms/switching-off", {"reason": "x"})["next_at"] is None
        refused = api.post("/charge-feeds/wms/pulls", {}, 409)
        assert refused["error"]["code"] == "feed_not_in_state"
        api.post("/charge-feeds/wms/switching-on", {"reason": "x"})
        api.post("/charge-feeds/wms/pulls", {"anew": True}, 202)
        assert ChargeFeed.objects.get().round == 2

    @pytest.mark.parametrize(
        ("wrong", "status", "code"),
        [
            ({"url": "http://wms.example/x"}, 422, "feed_incomplete"),
            ({"every_minutes": 1}, 422, "invalid_request"),
            ({"business_line": "none"}, 404, "unknown_business_line"),
            ({"colour": "red"}, 422, "invalid_request"),
        ],
    )
    def test_what_is_wrong_is_refused(
        self, market: Market, wrong: dict[str, Any], status: int, code: str
    ) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        assert api.post("/charge-feeds", self.BODY | wrong, status)["error"]["code"] == code
        assert api.get("/charge-feeds")["items"] == []

    def test_there_is_one_of_a_code_and_none_of_another(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        api.post("/charge-feeds", self.BODY, 201)
        assert api.post("/charge-feeds", self.BODY, 409)["error"]["code"] == "feed_exists"
        assert api.get("/charge-feeds/oms", 404)["error"]["code"] == "unknown_feed"

    def test_shops_and_auditors_may_not(self, market: Market) -> None:
        shop = api_of(market, "tea", Role.MERCHANT_OWNER)
        shop.post("/charge-feeds", self.BODY, 403)
        shop.get("/charge-feeds", 403)
        shop.get("/charges", 403, pull=1)
        auditor = api_of(market, "platform", Role.PLATFORM_AUDITOR)
        auditor.post("/charge-feeds", self.BODY, 403)
        assert auditor.get("/charge-feeds")["items"] == []

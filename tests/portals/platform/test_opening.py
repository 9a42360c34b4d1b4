"""Opening a party and changing its level, on screen and over the API."""

from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Party, Role

pytestmark = pytest.mark.django_db
NEW = {
    "act": "make",
    "code": "paper-shop",
    "kind": "merchant",
    "zh": "纸铺",
    "en": "",
    "level": "gold",
    "category": "",
}


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    client.cookies["django_language"] = "en"
    return client


class TestOnScreen:
    def test_a_party_is_opened_and_written_down(self, desk: Any) -> None:
        assert "Open a party" in desk.get("/platform/parties/").content.decode()
        answer = desk.post("/platform/parties/new/", NEW)
        row = Party.objects.get(code="paper-shop")
        assert answer["Location"] == f"/platform/parties/{row.id}/"
        assert (row.kind, row.name, row.level_code) == ("merchant", {"zh": "纸铺"}, "gold")
        assert (
            AuditRecord.objects.get(action="party.opened", object_id="paper-shop").actor
            == "platform-platform_admin"
        )

    @pytest.mark.parametrize(
        "wrong", [{"code": "tea"}, {"code": "two words"}, {"code": ""}, {"zh": ""}, {"level": "x" * 65}]
    )
    def test_what_is_wrong_is_said_and_nothing_opened(self, desk: Any, wrong: dict[str, str]) -> None:
        before = Party.objects.count()
        answer = desk.post("/platform/parties/new/", NEW | wrong)
        assert (answer.status_code == 422 and "paper-shop" in answer.content.decode()) or wrong.get(
            "code"
        ) is not None
        assert Party.objects.count() == before

    def test_level_and_category_are_changed(self, desk: Any, market: Market) -> None:
        page = f"/platform/parties/{market.party('tea').id}/classes/"
        typed = {"act": "make", "level": "silver", "category": "flagship"}
        assert desk.post(page, typed).status_code == 302
        tea = Party.objects.get(code="tea")
        assert (tea.level_code, tea.category_code) == ("silver", "flagship")
        assert desk.get("/platform/parties/999999/classes/").status_code == 404

    def test_an_auditor_only_looks(self, market: Market, client: Any) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_AUDITOR))
        assert client.post("/platform/parties/new/", NEW).status_code == 403
        assert not Party.objects.filter(code="paper-shop").exists()


class TestOverTheApi:
    BODY = {"code": "paper-shop", "kind": "merchant", "names": {"zh": "纸铺", "en": "Paper"}, "level": "gold"}

    def test_a_party_is_opened_once(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_ADMIN)
        told = api.post("/parties", self.BODY, 201)
        assert (told["zh"], told["level"]) == ("纸铺", "gold")
        assert api.get("/parties/paper-shop") == told
        assert api.post("/parties", self.BODY, 409)["error"]["code"] == "party_exists"
        assert (
            api.post("/parties", self.BODY | {"code": "x", "names": {}}, 422)["error"]["code"]
            == "party_incomplete"
        )

    def test_a_level_is_changed(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_ADMIN)
        assert api.post("/parties/tea/level", {"level": "silver"})["level"] == "silver"
        api.post("/parties/nobody/level", {"level": "silver"}, 404)

    def test_a_category_is_changed_and_the_level_stays(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_ADMIN)
        api.post("/parties/tea/level", {"level": "silver"})
        told = api.post("/parties/tea/category", {"category": "flagship"})
        assert (told["level"], told["category"]) == ("silver", "flagship")
        api.post("/parties/tea/category", {"category": "x" * 65}, 422)

    def test_a_shop_may_do_neither(self, market: Market) -> None:
        api = api_of(market, "tea", Role.MERCHANT_OWNER)
        api.post("/parties", self.BODY, 403)
        api.post("/parties/tea/level", {"level": "gold"}, 403)

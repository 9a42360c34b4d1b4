"""A fee type of one's own, on screen and over the API: it can be used at once, and what is wrong is refused."""

from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Role
from zhanggui.settlement.fees.models import FeeType

pytestmark = pytest.mark.django_db
NEW = {
    "act": "make", "code": "late_pickup_fee", "zh": "迟揽收费", "en": "Late pickup fee", "group": "logistics",
    "sign": "-1", "counter": "6001.02", "reverse": "none", "granularity": "order", "source": "pulled",
    "invoice": "output",
}  # fmt: skip
BODY = {
    "code": "late_pickup_fee", "zh": "迟揽收费", "en": "Late pickup fee", "group": "logistics",
    "counter_purpose": "6001.02", "reverse": "none", "granularity": "order", "source": "pulled",
}  # fmt: skip
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"code": "commission"}, "fee_type_exists"),
    ({"code": "late_vat"}, "fee_type_incomplete"),
    ({"group": "deposit"}, "fee_type_incomplete"),
    ({"group": "nowhere"}, "fee_type_incomplete"),
    ({"zh": " "}, "fee_type_incomplete"),
]


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_FINANCE))
    client.cookies["django_language"] = "en"
    return client


class TestOnScreen:
    def test_it_is_added_and_listed(self, desk: Any) -> None:
        assert "Add a fee type" in desk.get("/platform/fees/").content.decode()
        page = desk.get("/platform/fees/new/").content.decode()
        assert "6001.02" in page and 'value="deposit"' not in page
        answer = desk.post("/platform/fees/new/", NEW)
        assert answer["Location"] == "/platform/fees/?q=late_pickup_fee"
        row = FeeType.objects.get(code="late_pickup_fee")
        assert (row.id >= 10_000, row.sign, row.granularity, row.source) == (True, -1, "order", "pulled")
        assert AuditRecord.objects.get(action="fee_type.added").actor == "platform-platform_finance"
        assert "Late pickup fee" in desk.get("/platform/fees/?own=yes").content.decode()
        assert "Late pickup fee" not in desk.get("/platform/fees/?own=no").content.decode()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"code": "commission"}, "choose another code"),
            ({"code": "Late Fee"}, "is no code of a fee type"),
            ({"code": "late_vat"}, "ending _vat"),
            ({"zh": ""}, "Fill in every box"),
            ({"group": "deposit"}, "is no group"),
            ({"counter": "9999"}, "is no counter"),
            ({"sign": "2"}, "Choose one"),
            ({"reverse": "maybe"}, "is no reverse"),
            ({"granularity": "shop"}, "is no granularity"),
            ({"source": "guessed"}, "is no source"),
            ({"invoice": "both"}, "is no invoice"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_added(
        self, desk: Any, wrong: dict[str, str], said: str
    ) -> None:
        before = FeeType.objects.count()
        answer = desk.post("/platform/fees/new/", NEW | wrong)
        shown = answer.content.decode()
        assert answer.status_code == 422 and said in shown and "Late pickup fee" in shown
        assert FeeType.objects.count() == before

    def test_who_may_not_only_looks(self, market: Market, client: Any) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_OPERATIONS))
        assert client.get("/platform/fees/").status_code == 200
        assert client.post("/platform/fees/new/", NEW).status_code == 403
        assert not FeeType.objects.filter(code="late_pickup_fee").exists()


class TestOverTheApi:
    def test_it_is_added_and_can_be_charged_at_once(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        made = api.post("/fee-types", BODY, 201)
        assert (made["own"], made["sign"], made["reverse"], made["invoice"]) == (True, -1, "none", "output")
        listed = api.get("/fee-types")["items"]
        assert made in listed and sum(one["own"] for one in listed) == 1
        charge = {"charge_no": "F-1", "party": "tea", "fee": "late_pickup_fee", "currency": "CNY",
                  "amount_minor": -150, "occurred_at": "2026-06-10T08:00:00+08:00"}  # fmt: skip
        taken = api.post("/charges", {"business_line": "market", "charges": [charge]}, 201)
        assert (taken["accepted"], taken["rejected"]) == (1, 0)

    @pytest.mark.parametrize(("wrong", "code"), WRONG)
    def test_what_is_wrong_is_refused(self, market: Market, wrong: dict[str, Any], code: str) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        status = 409 if code == "fee_type_exists" else 422
        assert api.post("/fee-types", BODY | wrong, status)["error"]["code"] == code

    @pytest.mark.parametrize(
        "wrong", [{"code": "Late"}, {"sign": 2}, {"reverse": "maybe"}, {"colour": "red"}]
    )
    def test_what_is_of_no_such_kind_is_refused(self, market: Market, wrong: dict[str, Any]) -> None:
        api = api_of(market, "platform", Role.PLATFORM_FINANCE)
        assert api.post("/fee-types", BODY | wrong, 422)["error"]["code"] == "invalid_request"

    def test_shops_and_operations_may_not(self, market: Market) -> None:
        for party, role in (("tea", Role.MERCHANT_OWNER), ("platform", Role.PLATFORM_OPERATIONS)):
            api_of(market, party, role).post("/fee-types", BODY, 403)

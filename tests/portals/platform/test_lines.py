"""Business lines on screen: opened whole or not at all; their default terms change from a day on."""

import json
from datetime import date
from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import api_of
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Role
from zhanggui.portals.platform.arrangements.lines import FIRST_RULES
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity, SettlementTerms
from zhanggui.settlement.fees.models import RuleSetVersion

pytestmark = pytest.mark.django_db
TERMS = {
    "from": "2026-07-01", "mode": "1", "node": "3", "hold_days": "3", "cycle": "half_month", "due_rule": "T+3w",
    "calendar": "CN", "auto_confirm_days": "5",
}  # fmt: skip
NEW = TERMS | {
    "act": "make", "code": "tea-online", "kind": "billed", "zh": "茶叶线上", "en": "Tea online", "currency": "USD",
    "entity": "*", "entity_code": "ZG-US", "entity_zh": "掌柜美国", "entity_en": "Zhanggui US",
    "rules": json.dumps(FIRST_RULES),
}  # fmt: skip


@pytest.fixture
def desk(market: Market, client: Any) -> Any:
    client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
    client.cookies["django_language"] = "en"
    return client


class TestOpening:
    def test_a_line_is_opened_with_its_entity_terms_and_rules(self, desk: Any) -> None:
        assert "Open a business line" in desk.get("/platform/lines/").content.decode()
        answer = desk.post("/platform/lines/new/", NEW)
        assert answer["Location"] == "/platform/lines/tea-online/"
        line = BusinessLine.objects.get(code="tea-online")
        assert (line.currency, line.settlement_only, line.shadow) == ("USD", False, False)
        terms = SettlementTerms.objects.get(business_line=line)
        assert (terms.party_id, terms.cycle, terms.due_rule, terms.entity.code) == (
            0,
            "half_month",
            "T+3w",
            "ZG-US",
        )
        rules = RuleSetVersion.objects.get(code="tea-online")
        assert (rules.version, rules.document["currency"]) == (1, "USD")
        record = AuditRecord.objects.get(action="business_line.opened", object_id="tea-online")
        assert record.actor == "platform-platform_admin"
        shown = desk.get("/platform/lines/tea-online/").content.decode()
        assert all(
            text in shown for text in ("Tea online", "Half-monthly", "T+3w", "Zhanggui US", "Billed here")
        )
        assert "Tea online" in desk.get("/platform/lines/?currency=USD").content.decode()

    @pytest.mark.parametrize(
        ("kind", "only", "shadow"),
        [("settled", True, False), ("twice", False, True), ("billed", False, False)],
    )
    def test_how_it_is_billed_is_chosen(self, desk: Any, kind: str, only: bool, shadow: bool) -> None:
        desk.post("/platform/lines/new/", NEW | {"kind": kind})
        line = BusinessLine.objects.get(code="tea-online")
        assert (line.settlement_only, line.shadow) == (only, shadow)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"code": "two words"}, "no spaces"),
            ({"code": "market"}, "there already"),
            ({"zh": "", "en": ""}, "has no name"),
            ({"currency": "XXX"}, "Choose one"),
            ({"entity_code": ""}, "Fill in every box"),
            ({"entity_zh": ""}, "Fill in every box"),
            ({"cycle": "often"}, "is not a settlement cycle"),
            ({"due_rule": "soon"}, "is not a due rule"),
            ({"calendar": "MARS"}, "No working-day calendar"),
            ({"hold_days": "9999"}, "0 to 3650"),
            ({"from": "soon"}, "2026-03-31"),
            ({"rules": "{"}, "This is not JSON"),
            ({"rules": "{}"}, "schema"),
            ({"rules": json.dumps(FIRST_RULES | {"currency": "CNY"})}, "one currency"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_left(
        self, desk: Any, wrong: dict[str, str], said: str
    ) -> None:
        before = (
            BusinessLine.objects.count(),
            SettlementEntity.objects.count(),
            RuleSetVersion.objects.count(),
        )
        answer = desk.post("/platform/lines/new/", NEW | wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert "Tea online" in answer.content.decode() or "en" in wrong, "what was typed is still there"
        assert before == (
            BusinessLine.objects.count(), SettlementEntity.objects.count(), RuleSetVersion.objects.count(),
        )  # fmt: skip

    def test_an_entity_that_is_there_is_taken_as_it_is(self, desk: Any) -> None:
        desk.post("/platform/lines/new/", NEW | {"entity": "ZG-CN", "entity_zh": "", "entity_en": ""})
        assert SettlementTerms.objects.get(business_line__code="tea-online").entity.name["en"] == (
            "Zhanggui Settlement"
        )

    @pytest.mark.parametrize("role", [Role.PLATFORM_FINANCE, Role.PLATFORM_AUDITOR, Role.PLATFORM_OPERATIONS])
    def test_who_may_not_only_looks(self, market: Market, client: Any, role: Role) -> None:
        client.force_login(market.person("platform", role))
        assert client.get("/platform/lines/market/").status_code == 200
        assert client.post("/platform/lines/new/", NEW).status_code == 403
        client.post("/platform/lines/market/", TERMS | {"act": "terms", "entity": "ZG-CN"})
        assert SettlementTerms.objects.count() == 1


class TestDefaultTerms:
    CHANGE = TERMS | {"act": "terms", "entity": "ZG-CN"}

    def test_new_ones_hold_from_their_day_on(self, desk: Any) -> None:
        assert desk.post("/platform/lines/market/", self.CHANGE).status_code == 302
        old, new = SettlementTerms.objects.filter(business_line__code="market").order_by("effective_from")
        assert (old.effective_before, new.effective_from) == (date(2026, 7, 1), date(2026, 7, 1))
        assert (new.cycle, new.hold_days, new.party_id) == ("half_month", 3, 0)
        shown = desk.get("/platform/lines/market/").content.decode()
        assert "Half-monthly" in shown and "Monthly from day 1" in shown
        assert AuditRecord.objects.filter(action="terms.set", object_id=str(new.id)).exists()

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"from": "2025-01-01"}, "would overlap"),
            ({"cycle": "often"}, "is not a settlement cycle"),
            ({"auto_confirm_days": "4000"}, "0 to 3650"),
            ({"node": "9"}, "Choose one"),
            ({"entity": "NOBODY"}, "Choose one"),
        ],
    )
    def test_what_is_wrong_is_said(self, desk: Any, wrong: dict[str, str], said: str) -> None:
        answer = desk.post("/platform/lines/market/", self.CHANGE | wrong)
        assert answer.status_code == 422 and said in answer.content.decode()
        assert SettlementTerms.objects.count() == 1

    def test_there_is_no_other_line(self, desk: Any) -> None:
        assert desk.get("/platform/lines/nowhere/").status_code == 404

    def test_over_the_api_by_the_same_journey(self, market: Market) -> None:
        api = api_of(market, "platform", Role.PLATFORM_ADMIN)
        body = {"business_line": "market", "entity": "ZG-CN", "effective_from": "2026-07-01", "cycle": "day"}
        made = api.post("/terms", body | {"effective_before": "2027-01-01"}, 201)
        assert (made["party"], made["cycle"], made["effective_before"]) == (None, "day", "2027-01-01")
        wrong = body | {"effective_from": "2027-02-01", "effective_before": "2027-01-01"}
        assert api.post("/terms", wrong, 422)["error"]["code"] == "terms_refused"

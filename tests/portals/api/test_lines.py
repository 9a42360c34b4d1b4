"""Business lines over the API: opened from one document, whole or not at all."""

from copy import deepcopy
from typing import Any

import pytest

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Party
from zhanggui.portals.api.schemas.lines import EXAMPLE
from zhanggui.portals.shell.presets import preset
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity, SettlementTerms

pytestmark = pytest.mark.django_db


def document(**changed: Any) -> dict[str, Any]:
    return deepcopy(EXAMPLE) | changed


def test_the_documented_example_opens_a_line_that_takes_orders(platform: Api) -> None:
    made = platform.post("/business-lines", EXAMPLE, 201, key="line-1")
    assert (made["code"], made["zh"], made["rule_set_version"]) == ("tea-online", "茶叶线上", 1)
    assert platform.post("/business-lines", EXAMPLE, 201, key="line-1") == made, "the first answer again"
    assert platform.get("/business-lines/tea-online") == made
    assert made in platform.get("/business-lines", currency="CNY")["items"]
    assert platform.get("/business-lines", currency="EUR")["items"] == []
    terms = SettlementTerms.objects.get(business_line__code="tea-online")
    assert (terms.party_id, terms.due_rule, terms.entity.code) == (0, "D+7", "ZG-CN")
    assert Party.objects.get(code="carrier-swift").kind == "carrier"
    record = AuditRecord.objects.get(action="business_line.opened", object_id="tea-online")
    assert (record.after["entity"], record.after["currency"]) == ("ZG-CN", "CNY")
    line = {"line_no": "1", "merchant": "tea", "sku": "T", "quantity": 1, "goods_minor": 4200}
    order = {"order_no": "L-1", "ordered_at": "2026-06-11T09:00:00+08:00", "lines": [line],
             "paid_at": "2026-06-11T09:01:00+08:00"}  # fmt: skip
    taken = platform.post("/orders", {"business_line": "tea-online", "orders": [order]}, 201)
    assert (taken["totals"]["orders"], taken["totals"]["rejected"]) == (1, 0)


def test_what_the_command_prints_to_begin_with_is_taken_as_it_stands(platform: Api) -> None:
    made = platform.post("/business-lines", preset("online-retail"), 201)
    assert (made["code"], made["currency"]) == ("online-retail", "GBP")


def test_a_code_is_taken_once(platform: Api) -> None:
    platform.post("/business-lines", EXAMPLE, 201)
    again = platform.post("/business-lines", document(name={"zh": "别的"}), 409)
    assert again["error"]["code"] == "business_line_exists"
    assert BusinessLine.objects.get(code="tea-online").name["zh"] == "茶叶线上"


RULES = EXAMPLE["rule_set"]
TERMS = EXAMPLE["terms"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"currency": "USD"}, "business_line_incomplete"),
        ({"currency": "XXX"}, "unknown_currency"),
        ({"name": {"zh": "", "en": ""}}, "business_line_incomplete"),
        ({"rule_set": {}}, "invalid_rule_set"),
        ({"rule_set": RULES | {"rules": [RULES["rules"][0] | {"fee": "no_such_fee"}]}}, "rule_set_refused"),
        ({"terms": TERMS | {"cycle": "fortnight"}}, "invalid_cycle"),
        ({"terms": TERMS | {"calendar": "MARS"}}, "unknown_calendar"),
        ({"terms": {}}, "invalid_request"),
        ({"terms": TERMS | {"node": "lost"}}, "invalid_request"),
        ({"entity": {"code": "X" * 33, "name": {}}}, "invalid_request"),
        ({"parties": [{"code": "p", "kind": "platform", "name": {}}]}, "invalid_request"),
        ({"colour": "red"}, "invalid_request"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_left(
    platform: Api, changed: dict[str, Any], code: str
) -> None:
    lines, entities, parties = (model.objects.count() for model in (BusinessLine, SettlementEntity, Party))
    body = document(**({"entity": {"code": "ZG-NEW", "name": {"en": "New"}}} | changed))
    refused = platform.post("/business-lines", body, 422)
    assert refused["error"]["code"] == code
    assert BusinessLine.objects.count() == lines
    assert (SettlementEntity.objects.count(), Party.objects.count()) == (entities, parties)


@pytest.mark.parametrize(
    ("party", "role", "reads"),
    [
        ("platform", "platform_finance", True),  # publishes rules, but changes no terms
        ("platform", "platform_operations", True),
        ("platform", "platform_auditor", True),
        ("tea", "merchant_owner", False),
    ],
)
def test_only_who_changes_terms_and_publishes_rules_opens_one(
    market: Market, party: str, role: Any, reads: bool
) -> None:
    api = api_of(market, party, role)
    assert api.post("/business-lines", EXAMPLE, 403)["error"]["code"] == "not_allowed"
    api.get("/business-lines", 200 if reads else 403)
    api.get("/business-lines/market", 200 if reads else 403)


def test_there_is_no_line_of_this_name(platform: Api) -> None:
    assert platform.get("/business-lines/nowhere", 404)["error"]["code"] == "unknown_business_line"

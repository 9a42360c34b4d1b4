"""A business line opens: its entity, its default terms and its rules, all from one readable document."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import currency_of
from zhanggui.parties.models import Party, PartyKind
from zhanggui.settlement.entities.errors import BusinessLineExists, BusinessLineIncomplete
from zhanggui.settlement.entities.models import BillingNode, BusinessLine, InvoiceMode, SettlementEntity
from zhanggui.settlement.entities.operations.set_terms import set_terms
from zhanggui.settlement.fees.operations.load_catalogue import load_catalogue
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.fees.rules.parser import parse_rule_set

CODE_MOST = 64


@transaction.atomic
def business_line_opened(
    *, preset: Mapping[str, Any], at: datetime, actor: str, anew: bool = False
) -> BusinessLine:
    """This function will make the business line that `preset` describes, or return the one that is there; `anew`
    refuses one that is there.

    The preset holds `code`, `name`, `currency`, `entity` (code, name), `terms` (settings of SettlementTerms
    with `node` and `invoice_mode` by name, and `effective_from`), `parties` (carriers and others the rules
    name) and `rule_set` (a rule set document).

    Raises UnknownCurrency, BusinessLineExists, BusinessLineIncomplete, and what terms and rule sets refuse.
    """
    currency_of(preset["currency"])
    rules = parse_rule_set(preset["rule_set"])
    load_catalogue()
    Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"zh": "平台", "en": "Platform"}}
    )
    Party.objects.select_for_update().get(code="platform")  # one line is opened at a time
    for party in preset.get("parties", ()):
        Party.objects.get_or_create(code=party["code"], defaults={**party})
    existing = BusinessLine.objects.filter(code=preset["code"]).first()
    if existing and anew:
        raise BusinessLineExists(
            f"business line {existing.code} is there already; choose another code", code=existing.code
        )
    if existing:
        return existing
    if rules.currency != preset["currency"]:
        raise BusinessLineIncomplete(
            f"business line {preset['code']} is in {preset['currency']}, its rules are in {rules.currency};"
            " name one currency in both",
            currency=preset["currency"],
        )
    code = preset["code"]
    if not 0 < len(code) <= CODE_MOST or not code.isprintable() or " " in code:
        raise BusinessLineIncomplete("the code of a business line has 1 to 64 characters and no spaces")
    if not any(preset["name"].values()):
        raise BusinessLineIncomplete(f"business line {code} has no name; give it one")
    entity, _ = SettlementEntity.objects.get_or_create(
        code=preset["entity"]["code"], defaults={"name": preset["entity"]["name"]}
    )
    line = BusinessLine.objects.create(
        code=preset["code"], name=preset["name"], currency=preset["currency"], rule_set_code=rules.code,
        settlement_only=preset.get("settlement_only", False), shadow=preset.get("shadow", False),
    )  # fmt: skip
    terms = dict(preset["terms"])
    set_terms(
        business_line=line, entity=entity, at=at, actor=actor,
        effective_from=date.fromisoformat(terms.pop("effective_from")),
        node=BillingNode[terms.pop("node").upper()],
        invoice_mode=InvoiceMode[terms.pop("invoice_mode").upper()], **terms,
    )  # fmt: skip
    publish_rule_set(document=preset["rule_set"], at=at, actor=actor, note="opening rules")
    record_change(
        at=at, actor=actor, action="business_line.opened", object_kind="business_line", object_id=line.code,
        after={"currency": line.currency, "rule_set": line.rule_set_code, "entity": entity.code,
               "settlement_only": line.settlement_only, "shadow": line.shadow},
    )  # fmt: skip
    return line

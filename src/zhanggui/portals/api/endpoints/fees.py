"""The fee catalogue and rule sets: read, checked, tried on history, published."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.fee_type_added import fee_type_added
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.routes import act, ask, look
from zhanggui.portals.api.schemas.books import (
    FeeTypeOut,
    FeeTypes,
    Findings,
    PublishedOut,
    RuleSetDocument,
    RuleSets,
)
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.incoming import FeeTypeIn, PublishIn, RuleSetIn, WhatIfIn
from zhanggui.portals.api.schemas.what_ifs import WhatIfOut
from zhanggui.settlement.billing.what_if import Outcome
from zhanggui.settlement.billing.what_if import what_if as rated_anew
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.fees.catalogue.entries import REVERSE_POLICIES
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.fees.operations.add_fee_type import FIRST_OWN_ID
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.fees.queries import rule_sets
from zhanggui.settlement.fees.queries.fee_types import CatalogueFee, catalogue
from zhanggui.settlement.fees.rules.document import RuleSet, rule_set_document
from zhanggui.settlement.fees.rules.parser import parse_rule_set
from zhanggui.settlement.fees.rules.soundness import Severity

router = Router(tags=["fees"])
POLICIES = {number: name for name, number in REVERSE_POLICIES.items()}


class VersionFilter(Schema):
    """Which version; the latest if left out."""

    version: Number | None = None


@look(router, "/fee-types", FeeTypes)
def list_fee_types(request: HttpRequest) -> Any:
    """The fee catalogue (费用类型)."""
    who = caller(request)
    who.require("fees.view", "own_details.view")
    with who.reading():
        fees = catalogue().by_id.values()
    return {"items": [_fee(fee) for fee in fees]}


@act(router, "/fee-types", FeeTypeOut, status=201)
def add_fee_type(request: HttpRequest, payload: FeeTypeIn) -> Any:
    """Add a fee type of one's own; nothing of it but its names can change later, since details freeze it."""
    who = caller(request)
    who.require("rules.publish")
    row = fee_type_added(at=timezone.now(), actor=who.actor, **payload.model_dump())
    return _fee(catalogue().by_code[row.code])


def _fee(fee: CatalogueFee) -> dict[str, Any]:
    names = ("id", "code", "zh", "en", "group", "sign", "granularity", "source", "counter_purpose", "invoice")
    return {name: getattr(fee, name) for name in names} | {
        "reverse": POLICIES[fee.reverse_policy], "own": fee.id >= FIRST_OWN_ID,
    }  # fmt: skip


@look(router, "/rule-sets", RuleSets)
def list_rule_sets(request: HttpRequest) -> Any:
    """Every published version of every rule set."""
    caller(request).require("rules.view")
    rows = RuleSetVersion.objects.defer("document").order_by("code", "-version")
    return {"items": [_head(row) for row in rows]}


@look(router, "/rule-sets/{code}", RuleSetDocument)
def get_rule_set(request: HttpRequest, code: Code, filters: Query[VersionFilter]) -> Any:
    """One version with its whole document, ready to be sent back."""
    caller(request).require("rules.view")
    row = rule_sets.rule_set_version(code, filters.version)
    return _head(row) | {"document": rule_set_document(rule_sets.rule_set_by_id(row.id))}


@act(router, "/rule-sets", PublishedOut, status=201)
def publish_rules(request: HttpRequest, payload: PublishIn) -> Any:
    """Publish a document as the next version of its set; the same document again is the version that is
    there. Refused with all findings when the checks find an error."""
    who = caller(request)
    who.require("rules.publish")
    row = publish_rule_set(document=payload.document, at=timezone.now(), actor=who.actor, note=payload.note)
    return _head(row) | {"findings": _findings(rule_sets.rule_set_by_id(row.id))}


@ask(router, "/rule-set-checks", Findings)
def check_rules(request: HttpRequest, payload: RuleSetIn) -> Any:
    """Say what is wrong or odd about a document; nothing is published."""
    caller(request).require("rules.view")
    rule_set = parse_rule_set(payload.document)
    found = _findings(rule_set)
    errors = sum(one["severity"] == Severity.ERROR.value for one in found)
    return {
        "code": rule_set.code, "rules": len(rule_set.rules), "errors": errors,
        "warnings": len(found) - errors, "findings": found,
    }  # fmt: skip


@ask(router, "/what-ifs", WhatIfOut)
def what_if(request: HttpRequest, payload: WhatIfIn) -> Any:
    """What the whole history of a business line would have come to under a document."""
    caller(request).require("rules.view")
    found = rated_anew(payload.document, business_line(payload.business_line))
    parties = naming.party_codes(one.id for one in found.merchants)
    return {
        "lines": found.lines, "currency": found.currency, "now_minor": found.now, "then_minor": found.then,
        "difference_minor": found.then - found.now,
        "merchants": [_outcome(parties.get(one.id, str(one.id)), one) for one in found.merchants],
        "fees": [_outcome(naming.fee_code(one.id), one) for one in found.fees],
    }  # fmt: skip


def _outcome(code: str, one: Outcome) -> dict[str, Any]:
    return {"code": code, "now_minor": one.now, "then_minor": one.then, "difference_minor": one.difference}


def _head(row: RuleSetVersion) -> dict[str, Any]:
    return {
        "id": row.id, "code": row.code, "version": row.version, "effective_from": row.effective_from,
        "published_at": row.published_at, "published_by": row.published_by, "note": row.note,
        "digest": bytes(row.digest).hex(), "rules": len(row.rule_version_ids),
    }  # fmt: skip


def _findings(rule_set: RuleSet) -> list[dict[str, Any]]:
    return [rule_sets.finding_document(one) for one in rule_sets.rule_set_findings(rule_set)]

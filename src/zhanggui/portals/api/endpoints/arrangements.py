"""What is agreed beforehand: our accounts, limits of approval, deposit requirements, policies, rebate agreements."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.approvals.models import ApprovalLimit
from zhanggui.journeys.approval_limit_set import approval_limit_set
from zhanggui.journeys.debt_collected import collection_policy_set
from zhanggui.journeys.deposit_changed import requirement_set
from zhanggui.journeys.money_frozen import reserve_set
from zhanggui.journeys.own_account_changed import (
    own_account_closed,
    own_account_details_changed,
    own_account_opened,
    own_account_reopened,
)
from zhanggui.journeys.rebate_agreed import rebate_agreed
from zhanggui.parties.models import Party
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.arrangements import (
    AccountDetailsIn,
    AgreementIn,
    AgreementOut,
    AgreementPage,
    CollectionPolicyIn,
    CollectionPolicyOut,
    CollectionPolicyPage,
    LimitChanged,
    LimitIn,
    LimitPage,
    OwnAccountIn,
    OwnAccountOut,
    OwnAccountPage,
    RequirementIn,
    RequirementOut,
    RequirementPage,
    ReservePolicyIn,
    ReservePolicyOut,
    ReservePolicyPage,
)
from zhanggui.portals.api.schemas.fields import Code
from zhanggui.portals.api.schemas.guarded import ReasonIn
from zhanggui.settlement.adjustments.models import RebateAgreement
from zhanggui.settlement.collections.models import CollectionPolicy
from zhanggui.settlement.entities.models import Dimension, OwnAccount, OwnAccountKind
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.guarantees.models import DepositRequirement, ReservePolicy
from zhanggui.settlement.reconciliation.queries import latest_balances, ledger_balance

router = Router(tags=["arrangements"])


class PageFilters(Schema):
    """Where to go on."""

    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/own-accounts", OwnAccountPage)
def list_own_accounts(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """Accounts of ours with what the books and their latest bills say."""
    return _page(request, OwnAccount, filters, "own_accounts.view", _accounts)


@act(router, "/own-accounts", OwnAccountOut, status=201)
def open_own_account(request: HttpRequest, payload: OwnAccountIn) -> Any:
    """Open an account of ours."""
    who = caller(request)
    who.require("own_accounts.change")
    row = own_account_opened(
        code=payload.code, name={"zh": payload.zh, "en": payload.en}, kind=OwnAccountKind(payload.kind),
        entity=naming.entity(payload.entity), currency=payload.currency, rail=payload.rail, number=payload.number,
        holder=payload.holder, details=payload.details, at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _accounts([row])[0]


@act(router, "/own-accounts/{code}/details", OwnAccountOut)
def change_account_details(request: HttpRequest, code: Code, payload: AccountDetailsIn) -> Any:
    """Put details in place of those an account of ours has; they hold at once."""
    who = caller(request)
    who.require("own_accounts.change")
    row = own_account_details_changed(code=code, details=payload.details, at=timezone.now(), actor=who.actor)
    return _accounts([row])[0]


@act(router, "/own-accounts/{code}/closing", OwnAccountOut)
def close_own_account(request: HttpRequest, code: Code, payload: ReasonIn) -> Any:
    """Close an account of ours from which nothing is on its way."""
    who = caller(request)
    who.require("own_accounts.change")
    row = own_account_closed(code=code, reason=payload.reason, at=timezone.now(), actor=who.actor)
    return _accounts([row])[0]


@act(router, "/own-accounts/{code}/reopening", OwnAccountOut)
def reopen_own_account(request: HttpRequest, code: Code, payload: ReasonIn) -> Any:
    """Open a closed account of ours again."""
    who = caller(request)
    who.require("own_accounts.change")
    row = own_account_reopened(code=code, reason=payload.reason, at=timezone.now(), actor=who.actor)
    return _accounts([row])[0]


@look(router, "/approval-limits", LimitPage)
def list_approval_limits(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """What each role may approve."""
    return _page(request, ApprovalLimit, filters, "approvals.view", _limits)


@act(router, "/approval-limits", LimitChanged)
def set_approval_limit(request: HttpRequest, payload: LimitIn) -> Any:
    """Set what a role may approve of a kind in a currency; more than now waits for a second person."""
    who = caller(request)
    who.require("limits.change")
    change = approval_limit_set(**payload.dict(), at=timezone.now(), actor=who.user.get_username())
    waits = change.approval.id if change.approval else None
    return asdict(change.limit) | {"in_force": change.row is not None, "approval_id": waits}


@look(router, "/deposit-requirements", RequirementPage)
def list_deposit_requirements(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """How much must be deposited, with what was required before."""
    return _page(request, DepositRequirement, filters, "guarantees.view", _requirements)


@act(router, "/deposit-requirements", RequirementOut, status=201)
def set_deposit_requirement(request: HttpRequest, payload: RequirementIn) -> Any:
    """Set how much must be deposited from a day on; it ends the requirement before it."""
    who = caller(request)
    who.require("policies.change")
    category = 0
    if payload.category is not None:
        found = Dimension.objects.filter(kind="category", code=payload.category).first()
        if found is None:
            raise NotFound(f"There is no category {payload.category!r}", category=payload.category)
        category = found.id
    row = requirement_set(
        business_line=business_line(payload.business_line), category_id=category,
        amount_minor=payload.amount_minor, effective_from=payload.effective_from, rule=payload.rule,
        party_id=_party(payload.party), at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _requirements([row])[0]


@look(router, "/reserve-policies", ReservePolicyPage)
def list_reserve_policies(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """Which share of confirmed statements is reserved, with the policies before."""
    return _page(request, ReservePolicy, filters, "guarantees.view", _reserves)


@act(router, "/reserve-policies", ReservePolicyOut, status=201)
def set_reserve_policy(request: HttpRequest, payload: ReservePolicyIn) -> Any:
    """Set which share is reserved from a day on; 0 ends it."""
    who = caller(request)
    who.require("policies.change")
    row = reserve_set(
        entity=naming.entity(payload.entity), rate_ppm=payload.rate_ppm, days=payload.days,
        effective_from=payload.effective_from, party_id=_party(payload.party), at=timezone.now(), actor=who.actor,
    )  # fmt: skip
    return _reserves([row])[0]


@look(router, "/debt-policies", CollectionPolicyPage)
def list_debt_policies(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """How debts are dealt with, with the policies before."""
    return _page(request, CollectionPolicy, filters, "collections.view", _debts)


@act(router, "/debt-policies", CollectionPolicyOut, status=201)
def set_debt_policy(request: HttpRequest, payload: CollectionPolicyIn) -> Any:
    """Set how debts are dealt with from a day on."""
    who = caller(request)
    who.require("policies.change")
    row = collection_policy_set(
        entity=naming.entity(payload.entity), party_id=_party(payload.party), at=timezone.now(), actor=who.actor,
        **payload.dict(exclude={"entity", "party"}),
    )  # fmt: skip
    return _debts([row])[0]


@look(router, "/rebate-agreements", AgreementPage)
def list_rebate_agreements(request: HttpRequest, filters: Query[PageFilters]) -> Any:
    """Rebate agreements, those that wait for approval too."""
    return _page(request, RebateAgreement, filters, "adjustments.view", _agreements)


@act(router, "/rebate-agreements", AgreementOut, status=201)
def agree_rebate(request: HttpRequest, payload: AgreementIn) -> Any:
    """Agree a rebate with a party; another person approves it."""
    who = caller(request)
    who.require("adjustments.make")
    row = rebate_agreed(
        party=Party.objects.get(id=naming.party_id(payload.party)),
        business_line=business_line(payload.business_line),
        tiers=[one.dict() for one in payload.tiers], at=timezone.now(), maker=who.user.get_username(),
        **payload.dict(exclude={"party", "business_line", "tiers"}),
    )  # fmt: skip
    return _agreements([row])[0]


def _page(request: HttpRequest, model: Any, filters: PageFilters, permission: str, documents: Any) -> Any:
    caller(request).require(permission)
    shown, following = keyset(model.objects.all(), cursor=filters.cursor, limit=filters.limit)
    return {"items": documents(shown), "next_cursor": following}


def _party(code: str | None) -> int:
    return 0 if code is None else naming.party_id(code)


def _accounts(rows: Sequence[OwnAccount]) -> list[dict[str, Any]]:
    entities = naming.entity_codes()
    found = []
    for row in rows:
        stated = latest_balances(row.id, 1)[:1]
        found.append({
            "id": row.id, "code": row.code, "zh": row.name.get("zh", ""), "en": row.name.get("en", ""),
            "kind": row.kind, "entity": entities[row.entity_id], "currency": row.currency, "holder": row.holder,
            "number": row.number_masked, "rail": row.rail, "details": row.details, "active": row.active,
            "ledger_minor": ledger_balance(row.id),
            "stated_minor": stated[0]["closing_minor"] if stated else None,
            "stated_on": stated[0]["ends_before"] - timedelta(days=1) if stated else None,
        })  # fmt: skip
    return found


def _limits(rows: Sequence[ApprovalLimit]) -> list[dict[str, Any]]:
    same = ("id", "role", "kind", "currency", "max_minor")
    return [
        {name: getattr(row, name) for name in same} | {"two_above_minor": row.checks_needed_above_minor}
        for row in rows
    ]


def _requirements(rows: Sequence[DepositRequirement]) -> list[dict[str, Any]]:
    codes, categories = _codes(rows), Dimension.objects.in_bulk([row.category_id for row in rows])
    same = ("id", "rule", "amount_minor", "effective_from", "effective_before")
    return [
        {name: getattr(row, name) for name in same}
        | {"party": codes.get(row.party_id), "business_line": row.business_line.code,
           "currency": row.business_line.currency,
           "category": categories[row.category_id].code if row.category_id else None}
        for row in rows
    ]  # fmt: skip


def _reserves(rows: Sequence[ReservePolicy]) -> list[dict[str, Any]]:
    return _of_entity(rows, ("rate_ppm", "days"))


def _debts(rows: Sequence[CollectionPolicy]) -> list[dict[str, Any]]:
    return _of_entity(rows, ("action", "carry_max", "while_selling", "due_days", "set_off", "deposit_agreed"))


def _of_entity(rows: Sequence[Any], more: Sequence[str]) -> list[dict[str, Any]]:
    codes, entities = _codes(rows), naming.entity_codes()
    return [
        {name: getattr(row, name) for name in ("id", "effective_from", "effective_before", *more)}
        | {"party": codes.get(row.party_id), "entity": entities[row.entity_id]}
        for row in rows
    ]


def _agreements(rows: Sequence[RebateAgreement]) -> list[dict[str, Any]]:
    codes, lines = _codes(rows), naming.line_codes()
    same = ("id", "number", "name", "method", "tiers", "cycle", "currency", "cap_minor", "effective_from",
            "effective_before", "state", "approval_id", "made_at", "made_by")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same}
        | {"party": codes[row.party_id], "business_line": lines[row.business_line_id]}
        for row in rows
    ]


def _codes(rows: Sequence[Any]) -> dict[int, str]:
    return naming.party_codes(row.party_id for row in rows if row.party_id)

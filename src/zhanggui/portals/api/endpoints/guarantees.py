"""Deposits (保证金), reserves and frozen money (冻结)."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.deposit_changed import deposit_order_requested, deposit_topped_up
from zhanggui.journeys.money_frozen import amount_frozen, hold_released, party_frozen
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.guarded import (
    DepositOrderIn,
    DepositOrderOut,
    DepositOut,
    DepositPage,
    FreezeIn,
    HoldOut,
    HoldPage,
    ReasonIn,
    TopUpIn,
)
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.guarantees.errors import GuaranteeIncomplete
from zhanggui.settlement.guarantees.models import Deposit, DepositOrder, Hold
from zhanggui.settlement.guarantees.states import state_of

router = Router(tags=["guarantees"])


class GuaranteeFilters(Schema):
    """Whose."""

    party: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/deposits", DepositPage)
def list_deposits(request: HttpRequest, filters: Query[GuaranteeFilters]) -> Any:
    """Deposits: required, held, short."""
    shown, following = _rows(request, Deposit, filters)
    return {"items": deposit_documents(shown), "next_cursor": following}


@act(router, "/deposits/{deposit_id}/top-up", DepositOut)
def top_up_deposit(request: HttpRequest, deposit_id: Number, payload: TopUpIn) -> Any:
    """Pay in from what the party's open statement comes to; a detail there shows it."""
    who = caller(request)
    who.require("guarantees.act")
    row = find_deposit(deposit_id)
    deposit_topped_up(
        party_id=row.party_id, entity_id=row.entity_id, currency=row.currency,
        amount_minor=payload.amount_minor, reason=payload.reason, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor=who.actor,
    )  # fmt: skip
    return deposit_documents([find_deposit(deposit_id)])[0]


@act(router, "/deposits/{deposit_id}/orders", DepositOrderOut, status=201)
def order_deposit(request: HttpRequest, deposit_id: Number, payload: DepositOrderIn) -> Any:
    """Take from a deposit or give it back; another person approves it."""
    who = caller(request)
    who.require("guarantees.act")
    account = OwnAccount.objects.filter(code=payload.own_account or "").first()
    row = deposit_order_requested(
        deposit_id=deposit_id, use=payload.use, amount_minor=payload.amount_minor, reason=payload.reason,
        evidence=payload.evidence, own_account=account, at=timezone.now(), maker=who.user.get_username(),
    )  # fmt: skip
    return order_document(row)


@look(router, "/holds", HoldPage)
def list_holds(request: HttpRequest, filters: Query[GuaranteeFilters]) -> Any:
    """Reserves, frozen amounts and frozen parties, released ones too."""
    shown, following = _rows(request, Hold, filters)
    return {"items": hold_documents(shown), "next_cursor": following}


@act(router, "/holds", HoldOut, status=201)
def freeze(request: HttpRequest, payload: FreezeIn) -> Any:
    """Freeze an amount of a party's money, or the whole party."""
    who = caller(request)
    who.require("guarantees.act")
    party_id, now = naming.party_id(payload.party), timezone.now()
    if payload.amount_minor is None:
        row = party_frozen(party_id=party_id, reason=payload.reason, at=now, actor=who.actor)
    else:
        entity = SettlementEntity.objects.filter(code=payload.entity or "").first()
        if entity is None or payload.currency is None:
            raise GuaranteeIncomplete("a frozen amount needs the entity and the currency it is in")
        row = amount_frozen(
            party_id=party_id, entity=entity, currency=payload.currency, amount_minor=payload.amount_minor,
            reason=payload.reason, at=now, zone=timezone.get_default_timezone(), actor=who.actor,
        )  # fmt: skip
    return hold_documents([row])[0]


@act(router, "/holds/{hold_id}/release", HoldOut)
def release(request: HttpRequest, hold_id: Number, payload: ReasonIn) -> Any:
    """Release a hold: its money goes back to its statement, or onto the open one if that has left."""
    who = caller(request)
    who.require("guarantees.act")
    row = hold_released(
        hold_id=hold_id, reason=payload.reason, at=timezone.now(), zone=timezone.get_default_timezone(),
        actor=who.actor,
    )  # fmt: skip
    return hold_documents([row])[0]


def _rows(
    request: HttpRequest, model: type[Deposit] | type[Hold], filters: GuaranteeFilters
) -> tuple[list[Any], str | None]:
    who = caller(request)
    who.require("guarantees.view", "own_guarantees.view")
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    with who.reading():
        rows = model.objects.all()
        if party is not None:
            rows = rows.filter(party_id=party)
        return keyset(rows, cursor=filters.cursor, limit=filters.limit)


def find_deposit(deposit_id: int) -> Deposit:
    """The deposit of this number. Raises NotFound."""
    row = Deposit.objects.filter(id=deposit_id).first()
    if row is None:
        raise NotFound(f"There is no deposit {deposit_id}")
    return row


def order_document(row: DepositOrder) -> dict[str, Any]:
    """A document over a deposit as `DepositOrderOut`."""
    same = ("id", "number", "use", "amount_minor", "state", "approval_id", "reason", "made_by")
    return {name: getattr(row, name) for name in same}


def deposit_documents(rows: list[Deposit]) -> list[dict[str, Any]]:
    """Deposits as `DepositOut`."""
    codes, entities = naming.party_codes(row.party_id for row in rows), naming.entity_codes()
    same = ("id", "currency", "required_minor", "held_minor", "pledged_minor", "short_minor", "demanded_minor",
            "top_up_by")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same}
        | {"party": codes[row.party_id], "entity": entities[row.entity_id]}
        for row in rows
    ]


def hold_documents(rows: list[Hold]) -> list[dict[str, Any]]:
    """Holds as `HoldOut`."""
    codes = naming.party_codes(row.party_id for row in rows)
    same = ("id", "number", "kind", "currency", "wanted_minor", "held_minor", "statement_id", "release_on",
            "reason", "made_at", "made_by", "released_at", "release_reason")  # fmt: skip
    return [
        {name: getattr(row, name) for name in same} | {"party": codes[row.party_id], "state": state_of(row)}
        for row in rows
    ]

"""Receivers: where money goes; proposed, verified by another person, closed."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.portals.api.schemas.payouts import (
    ProposeIn,
    ReceiverCloseIn,
    ReceiverIn,
    ReceiverOut,
    ReceiverPage,
)
from zhanggui.settlement.collections.queries import receipt
from zhanggui.settlement.payouts.models import Receiver, ReceiverKind, ReceiverState
from zhanggui.settlement.payouts.operations.close_receiver import close_receiver as close
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails
from zhanggui.settlement.payouts.operations.propose_receiver import propose_receiver as propose
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver as verify

router = Router(tags=["receivers"])
SAME = (
    "id",
    "receipt_id",
    "currency",
    "kind",
    "holder",
    "bank",
    "state",
    "proposed_by",
    "proposed_at",
    "usable_from",
)
DETAILS = ("bic", "cnaps", "branch", "country")


class ReceiverFilters(Schema):
    """Which receivers."""

    party: Code | None = None
    state: ReceiverState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/receivers", ReceiverPage)
def list_receivers(request: HttpRequest, filters: Query[ReceiverFilters]) -> Any:
    """Receivers by id, numbers masked; a shop sees its own."""
    who = caller(request)
    who.require("receivers.view", "own_payouts.view")
    with who.reading():
        rows = Receiver.objects.all()
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        wanted = {"party_id": party, "state": filters.state}
        rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
        shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _documents(shown), "next_cursor": following}


@act(router, "/receivers", ReceiverOut)
def propose_receiver(request: HttpRequest, payload: ReceiverIn) -> Any:
    """Propose where money should go; somebody else verifies it, then it cools down."""
    who = caller(request)
    who.require("receivers.change", "own_receivers.change")
    party, receipt_id = 0, 0
    if payload.receipt_id is not None and who.is_platform:
        found = receipt(payload.receipt_id)
        if found is None or found.currency != payload.currency:
            raise NotFound(f"there is no receipt {payload.receipt_id} in {payload.currency}")
        receipt_id = found.id
    else:
        party = who.own(naming.party_id(payload.party) if who.is_platform else None) or 0
    details = {name: getattr(payload, name) for name in DETAILS if getattr(payload, name)}
    if payload.iban:
        details["iban"] = "yes"
    row = propose(
        party_id=party, receipt_id=receipt_id, currency=payload.currency, at=timezone.now(),
        actor=who.user.get_username(),
        given=ReceiverDetails(payload.holder, payload.number, ReceiverKind(payload.kind), payload.bank, details),
    )  # fmt: skip
    return _documents([row])[0]


@act(router, "/receivers/{receiver_id}/verification", ReceiverOut)
def verify_receiver(request: HttpRequest, receiver_id: Number, payload: ProposeIn) -> Any:
    """Verify a receiver that somebody else proposed; the one in use is closed."""
    who = caller(request)
    who.require("receivers.change")
    row = verify(
        receiver_id=receiver_id, at=timezone.now(), cool_down=settings.RECEIVER_COOL_DOWN,
        actor=who.user.get_username(),
    )  # fmt: skip
    return _documents([row])[0]


@act(router, "/receivers/{receiver_id}/closing", ReceiverOut)
def close_receiver(request: HttpRequest, receiver_id: Number, payload: ReceiverCloseIn) -> Any:
    """Close a receiver: nothing more goes there."""
    who = caller(request)
    who.require("receivers.change")
    row = close(
        receiver_id=receiver_id, at=timezone.now(), actor=who.user.get_username(), reason=payload.reason
    )
    return _documents([row])[0]


def _documents(rows: Sequence[Receiver]) -> list[dict[str, Any]]:
    codes = naming.party_codes(row.party_id for row in rows)
    return [
        {name: getattr(row, name) for name in SAME}
        | {"party": codes.get(row.party_id, ""), "number": row.number_masked}
        for row in rows
    ]

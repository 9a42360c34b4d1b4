"""Receipts and deposits in full: a receipt with its claims, a file of receipts, a deposit with its documents."""

import base64
import binascii
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.receipt_recorded import receipts_imported
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.endpoints.collections import asked_document, claim_documents, receipt_document
from zhanggui.portals.api.endpoints.guarantees import deposit_documents, find_deposit, order_document
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas import collecting as shapes
from zhanggui.portals.api.schemas.fields import Code, Number
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.errors import ReceiptRowRefused
from zhanggui.settlement.collections.models import Claim
from zhanggui.settlement.collections.queries import claims_of, receipt, refunds_of
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.guarantees.models import DepositOrder
from zhanggui.settlement.guarantees.queries import movements_of, orders_of

router = Router(tags=["collections"])


class ClaimFilters(Schema):
    """Which claims."""

    party: Code | None = None
    receipt_id: Number | None = None
    statement_id: Number | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class OrderFilters(Schema):
    """Which documents over deposits."""

    party: Code | None = None
    state: DocumentState | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/receipts/{receipt_id}", shapes.ReceiptFull)
def get_receipt(request: HttpRequest, receipt_id: Number) -> Any:
    """One receipt: its claims, reversed ones too, and the refunds asked for."""
    caller(request).require("collections.view")
    row = receipt(receipt_id)
    if row is None:
        raise NotFound(f"There is no receipt {receipt_id}", receipt_id=receipt_id)
    return receipt_document(row) | {
        "claims": claim_documents(claims_of(row.id)),
        "refunds": [asked_document(one) for one in refunds_of(row.id)],
    }


@look(router, "/claims", shapes.ClaimPage)
def list_claims(request: HttpRequest, filters: Query[ClaimFilters]) -> Any:
    """Claims on receipts, reversed ones too."""
    caller(request).require("collections.view")
    rows = Claim.objects.all()
    if filters.party is not None:
        rows = rows.filter(party_id=naming.party_id(filters.party))
    wanted = {"receipt_id": filters.receipt_id, "statement_id": filters.statement_id}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value is not None})
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": claim_documents(shown), "next_cursor": following}


@act(router, "/receipt-imports", shapes.ReceiptsImported)
def import_receipts(request: HttpRequest, payload: shapes.ReceiptFileIn) -> Any:
    """Record a whole file of receipts, or nothing of it; what is here already is counted as known."""
    who = caller(request)
    who.require("collections.act")
    account = OwnAccount.objects.filter(code=payload.own_account).first()
    if account is None:
        raise NotFound(
            f"There is no account of ours {payload.own_account!r}", own_account=payload.own_account
        )
    try:
        content = base64.b64decode(payload.content, validate=True)
    except (binascii.Error, ValueError):
        raise ReceiptRowRefused("content is not base64; send the file's bytes so encoded") from None
    done = receipts_imported(
        own_account=account, content=content, name=payload.name, at=timezone.now(), actor=who.actor
    )
    return {"recorded": done.recorded, "known": done.known, "amount_minor": done.amount_minor,
            "currency": account.currency}  # fmt: skip


@look(router, "/deposits/{deposit_id}", shapes.DepositFull)
def get_deposit(request: HttpRequest, deposit_id: Number) -> Any:
    """One deposit: its movements and the documents over it."""
    caller(request).require("guarantees.view")
    row = find_deposit(deposit_id)
    same = ("id", "kind", "amount_minor", "line_id", "at", "actor", "reason")
    return deposit_documents([row])[0] | {
        "movements": [{name: getattr(one, name) for name in same} for one in movements_of(row.id)],
        "orders": [order_document(one) for one in orders_of(row.id)],
    }


@look(router, "/deposit-orders", shapes.DepositOrderPage)
def list_deposit_orders(request: HttpRequest, filters: Query[OrderFilters]) -> Any:
    """Documents that take from deposits or give them back."""
    caller(request).require("guarantees.view")
    rows = DepositOrder.objects.select_related("deposit")
    if filters.party is not None:
        rows = rows.filter(party_id=naming.party_id(filters.party))
    if filters.state is not None:
        rows = rows.filter(state=filters.state)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    codes = naming.party_codes(row.party_id for row in shown)
    items = [
        order_document(row)
        | {"deposit_id": row.deposit_id, "party": codes[row.party_id], "currency": row.deposit.currency,
           "made_at": row.made_at, "ended_at": row.ended_at}
        for row in shown
    ]  # fmt: skip
    return {"items": items, "next_cursor": following}

"""Payments of buyers, refunds to them and notices of channels, for the platform: the same acts as its screens."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from zhanggui.journeys.refund_repaired import refund_repair_proposed
from zhanggui.journeys.refund_resolved import refund_asked_again, refund_paid_otherwise
from zhanggui.journeys.transfer_arrived import transfer_arrived
from zhanggui.payments.models import ChannelNotice
from zhanggui.payments.operations.propose_repair import RepairGiven
from zhanggui.portals.api.access import caller, require_fresh_factor
from zhanggui.portals.api.naming import party_id
from zhanggui.portals.api.paging import CursorText, Limit, given, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Currency, Minor, Moment, OptionalCode, Strict
from zhanggui.portals.desk.told.charges import (
    notices_told,
    payment_told,
    payments_to_tell,
    payments_told,
    refund_told,
    refunds_to_tell,
    refunds_told,
)

router = Router(tags=["payments of buyers"])

PaymentState = Literal["open", "paid", "closed"]
RefundState = Literal["recorded", "processing", "unclear", "succeeded", "abnormal", "failed"]
Outcome = Literal["taken", "repeated", "forged", "stale", "unknown", "mismatch"]
OrderNo = Annotated[Code, Field(description="an order's number", examples=["2026062000017-1"])]


class Made(Schema):
    """When it was made, a half-open span."""

    made_from: Moment | None = None
    made_before: Moment | None = None
    currency: Currency | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class PaymentFilters(Made):
    """Which payments."""

    state: PaymentState | None = None
    order_no: OrderNo | None = None
    purchase_no: Code | None = None
    channel_number: Code | None = None


class RefundFilters(Made):
    """Which refunds."""

    state: RefundState | None = None
    order_no: OrderNo | None = None
    payment_no: Code | None = None
    merchant: Code | None = None


class NoticeFilters(Schema):
    """Which notices."""

    outcome: Outcome | None = None
    channel: Code | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class PaymentOut(Schema):
    """A payment: `orders` are paid by it together. `refunded_minor` was asked back and did not fail; `surplus_minor`
    came late, twice or wrong, and goes back whole."""

    payment_no: str
    purchase_no: str
    state: PaymentState
    currency: str
    amount_minor: int
    refunded_minor: int
    surplus_minor: int
    title: str
    orders: list[str]
    made_at: datetime
    expires_at: datetime
    paid_at: datetime | None
    closed_at: datetime | None


class PaymentPage(Paged):
    """Payments."""

    items: list[PaymentOut]


class PaymentPartOut(Schema):
    """What of a payment is for which order."""

    order_no: str
    merchant: str
    amount_minor: int


class PaymentAttemptOut(Schema):
    """One try; `number` is ours at the channel, `said` why it was refused or unclear."""

    number: str
    channel: str
    method: str
    state: str
    said: str
    made_at: datetime
    ended_at: datetime | None


class BuyerChargeOut(Schema):
    """Money really taken; `use` is accepted, or surplus."""

    channel: str
    channel_number: str
    use: str
    currency: str
    amount_minor: int
    refunded_minor: int
    charged_at: datetime


class RefundRepairOut(Schema):
    """Another account that an abnormal refund's money was to go to; numbers and names are masked."""

    id: int
    to: Literal["card", "ours"]
    bank: str
    card_masked: str
    holder_masked: str
    state: Literal["proposed", "approved", "taken", "refused", "dropped"]
    said: str
    approval: int
    made_by: str
    made_at: datetime
    ended_at: datetime | None


class RefundOut(Schema):
    """Money on its way back. `said` is what the channel said, or how it was paid otherwise; `repairs` are the other
    accounts it was to go to."""

    refund_no: str
    payment_no: str
    order_no: str
    merchant: str
    channel: str
    channel_number: str
    state: RefundState
    currency: str
    amount_minor: int
    reason: str
    said: str
    tries: int
    made_at: datetime
    ended_at: datetime | None
    repairs: list[RefundRepairOut]


class PaymentFull(PaymentOut):
    """A payment, whole."""

    parts: list[PaymentPartOut]
    attempts: list[PaymentAttemptOut]
    charges: list[BuyerChargeOut]
    refunds: list[RefundOut]


class RefundPage(Paged):
    """Refunds."""

    items: list[RefundOut]


class ChannelNoticeOut(Schema):
    """A notice of a channel and what was made of it; a forged or unfitting one changed nothing."""

    id: int
    channel: str
    notice_id: str
    outcome: Outcome
    said: str
    bytes: int
    sha256: str
    received_at: datetime


class ChannelNoticePage(Paged):
    """Notices."""

    items: list[ChannelNoticeOut]


class RefundEvidenceIn(Strict):
    """How the buyer got the money: the bank's number of it."""

    evidence: Annotated[Code, Field(examples=["ICBC 20260620 000017"])]


class RefundRepairIn(Strict):
    """Where an abnormal refund's money goes: a bank card of the buyer, or our own bank account (`ours`; then nothing
    else is said). `bank` is as the channel codes it."""

    to: Annotated[Literal["card", "ours"], Field(examples=["card"])]
    bank: Annotated[OptionalCode, Field(examples=["ICBC_DEBIT"])] = ""
    card: Annotated[OptionalCode, Field(examples=["6222020000000000001"])] = ""
    holder: Annotated[OptionalCode, Field(examples=["张三"])] = ""


class TransferIn(Strict):
    """A transfer on our bank account: `number` is the text it came with (ours, of the try), `bank_number` the bank's
    number of it."""

    number: Code
    amount_minor: Annotated[Minor, Field(examples=[12900])]
    bank_number: Annotated[Code, Field(examples=["ICBC20261127000017"])]
    arrived_at: Moment
    payer: OptionalCode = ""


@look(router, "/payments", PaymentPage)
def list_payments(request: HttpRequest, filters: Query[PaymentFilters]) -> Any:
    """Payments in the order in which they were made."""
    caller(request).require("charges_of_buyers.view")
    rows = payments_to_tell().filter(**given(
        state=filters.state, currency=filters.currency, parts__reference=filters.order_no,
        subject=filters.purchase_no, made_at__gte=filters.made_from, made_at__lt=filters.made_before,
    ))  # fmt: skip
    if filters.channel_number:
        # A channel's number is its own alone: one payment may have been charged at two of them.
        rows = rows.filter(charges__channel_number=filters.channel_number).distinct()
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": payments_told(shown), "next_cursor": following}


@look(router, "/payments/{payment_no}", PaymentFull)
def get_payment(request: HttpRequest, payment_no: Code) -> Any:
    """One payment with its parts, tries, charges and refunds."""
    caller(request).require("charges_of_buyers.view")
    return payment_told(payment_no)


@look(router, "/refunds", RefundPage)
def list_refunds(request: HttpRequest, filters: Query[RefundFilters]) -> Any:
    """Refunds in the order in which they were made."""
    caller(request).require("charges_of_buyers.view")
    rows = refunds_to_tell().filter(**given(
        state=filters.state, currency=filters.currency, reference=filters.order_no,
        charge__payment__payment_no=filters.payment_no, made_at__gte=filters.made_from,
        made_at__lt=filters.made_before, party_id=party_id(filters.merchant) if filters.merchant else None,
    ))  # fmt: skip
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": refunds_told(shown), "next_cursor": following}


@look(router, "/refunds/{refund_no}", RefundOut)
def get_refund(request: HttpRequest, refund_no: Code) -> Any:
    """One refund."""
    caller(request).require("charges_of_buyers.view")
    return refund_told(refund_no)


@act(router, "/refunds/{refund_no}/asking-again", RefundOut, status=201)
def ask_refund_again(request: HttpRequest, refund_no: Code) -> Any:
    """Ask for the money of a failed refund once more, under a new number, which is answered. A browser's session
    needs a fresh second factor."""
    who = caller(request)
    who.require("charges_of_buyers.act")
    require_fresh_factor(request)
    return refund_told(refund_asked_again(refund_no=refund_no, at=timezone.now(), actor=who.actor))


@act(router, "/refunds/{refund_no}/payment-otherwise", RefundOut)
def pay_refund_otherwise(request: HttpRequest, refund_no: Code, payload: RefundEvidenceIn) -> Any:
    """End an abnormal refund whose money is with the buyer by another way. A browser's session needs a fresh second
    factor."""
    who = caller(request)
    who.require("charges_of_buyers.act")
    require_fresh_factor(request)
    refund_paid_otherwise(refund_no=refund_no, evidence=payload.evidence, at=timezone.now(), actor=who.actor)
    return refund_told(refund_no)


@act(router, "/refunds/{refund_no}/repairs", RefundOut, status=201)
def propose_refund_repair(request: HttpRequest, refund_no: Code, payload: RefundRepairIn) -> Any:
    """Ask to send the money of an abnormal refund to another account, where its channel can (WeChat Pay); the channel
    is asked once another person has approved. A browser's session needs a fresh second factor."""
    who = caller(request)
    who.require("charges_of_buyers.act")
    require_fresh_factor(request)
    given = RepairGiven(payload.to, payload.bank, payload.card, payload.holder)
    refund_repair_proposed(refund_no=refund_no, given=given, at=timezone.now(), actor=who.actor)
    return refund_told(refund_no)


@act(router, "/payments/{payment_no}/transfers", PaymentFull, status=201)
def take_transfer(request: HttpRequest, payment_no: Code, payload: TransferIn) -> Any:
    """Say that a buyer's bank transfer arrived: the amount of the order pays it, any other is surplus and goes back
    as a whole. Said again it counts once. A browser's session needs a fresh second factor."""
    who = caller(request)
    who.require("charges_of_buyers.act")
    require_fresh_factor(request)
    transfer_arrived(
        payment_no=payment_no, number=payload.number, amount_minor=payload.amount_minor,
        bank_number=payload.bank_number, arrived_at=payload.arrived_at, payer=payload.payer, at=timezone.now(),
        actor=who.actor,
    )  # fmt: skip
    return payment_told(payment_no)


@look(router, "/channel-notices", ChannelNoticePage)
def list_notices(request: HttpRequest, filters: Query[NoticeFilters]) -> Any:
    """Notices of channels as they came in, and what was made of each."""
    caller(request).require("charges_of_buyers.view")
    asked = given(outcome=filters.outcome, channel__code=filters.channel)
    rows = ChannelNotice.objects.select_related("channel").filter(**asked)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": notices_told(shown), "next_cursor": following}

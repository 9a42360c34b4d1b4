"""Adjustments, rebates, deposits, holds, debts and receipts, as they come in and go out."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import (
    AMOUNT_MAX,
    Code,
    Currency,
    Day,
    Note,
    Number,
    Reason,
    SignedMinor,
    Strict,
)

Positive = Annotated[int, Field(strict=True, ge=1, le=AMOUNT_MAX, description="minor units, above zero")]


class AdjustmentIn(Strict):
    """An adjustment (调整单): another person approves it before anything is owed."""

    business_line: Code
    party: Code
    fee: Code
    amount_minor: SignedMinor
    reason: Reason
    evidence: Note = ""


class ReasonIn(Strict):
    """Why."""

    reason: Reason


class AdjustmentOut(Schema):
    """An adjustment and what became of it; `line_id` is its billed line, 0 before approval."""

    id: int
    number: str
    kind: str
    party: str
    fee: str
    currency: str
    amount_minor: int
    base_minor: int
    reason: str
    evidence: str
    state: str
    reverses: str | None
    line_id: int
    made_at: datetime
    made_by: str
    ended_at: datetime | None


class AdjustmentPage(Paged):
    """Adjustments, oldest first."""

    items: list[AdjustmentOut]


class RebateOut(Schema):
    """What one run of a rebate agreement gave on one period, and how it was derived."""

    id: int
    agreement: str
    party: str
    starts_on: date
    ends_before: date
    sequence: int
    base_minor: int
    total_minor: int
    before_minor: int
    amount_minor: int
    currency: str
    adjustment: str
    derivation: dict[str, Any]
    computed_at: datetime


class RebatePage(Paged):
    """Rebates, oldest first."""

    items: list[RebateOut]


class DepositOut(Schema):
    """A deposit (保证金): what must be there, what is, what is short."""

    id: int
    party: str
    entity: str
    currency: str
    required_minor: int
    held_minor: int
    pledged_minor: int
    short_minor: int
    demanded_minor: int
    top_up_by: date | None


class DepositPage(Paged):
    """Deposits, oldest first."""

    items: list[DepositOut]


class DepositOrderIn(Strict):
    """Take from a deposit, or give it back; another person approves it. `bank` needs our account that pays."""

    use: Literal["penalty", "buyers", "statement", "bank"]
    amount_minor: Positive
    reason: Reason
    evidence: Note = ""
    own_account: Code | None = None


class DepositOrderOut(Schema):
    """A document over a deposit."""

    id: int
    number: str
    use: str
    amount_minor: int
    state: str
    approval_id: int
    reason: str
    made_by: str


class TopUpIn(Strict):
    """Pay in from what the party's open statement comes to."""

    amount_minor: Positive
    reason: Reason


class FreezeIn(Strict):
    """Freeze (冻结) an amount of a party's money or, without an amount, the whole party."""

    party: Code
    entity: Code | None = None
    currency: Currency | None = None
    amount_minor: Positive | None = None
    reason: Reason


class HoldOut(Schema):
    """A reserve, a frozen amount, or a frozen party."""

    id: int
    number: str
    party: str
    kind: str
    state: str
    currency: str
    wanted_minor: int
    held_minor: int
    statement_id: int
    release_on: date | None
    reason: str
    made_at: datetime
    made_by: str
    released_at: datetime | None
    release_reason: str


class HoldPage(Paged):
    """Holds, oldest first."""

    items: list[HoldOut]


class DebtOut(Schema):
    """What a party owes on a statement that is collected; `age` is its ageing bucket."""

    statement_id: int
    statement: str
    party: str
    currency: str
    amount_minor: int
    open_minor: int
    due_on: date
    age: str
    level: int
    state: str


class DebtPage(Paged):
    """Debts, by statement."""

    items: list[DebtOut]


class WriteOffIn(Strict):
    """Give a debt up, or part of it; another person approves it."""

    amount_minor: Positive
    reason: Reason
    evidence: Note = ""


class DunningIn(Strict):
    """What was said about a debt, and a promise to pay."""

    note: Reason
    promised_on: Day | None = None
    promised_minor: Annotated[int, Field(strict=True, ge=0, le=AMOUNT_MAX)] = 0


class ReceiptIn(Strict):
    """Money that arrived on our account; the bank's reference is the key."""

    own_account: Code
    bank_reference: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[!-~]+$")]
    amount_minor: Positive
    received_on: Day
    payer: Note = ""
    payer_account: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z *]*$")] = ""
    memo: Note = ""


class ReceiptOut(Schema):
    """A receipt and what is left of it to claim."""

    id: int
    number: str
    own_account: str
    bank_reference: str
    currency: str
    amount_minor: int
    claimed_minor: int
    refunded_minor: int
    rest_minor: int
    state: str
    received_on: date
    payer: str
    payer_account: str
    memo: str
    source: str
    recorded_at: datetime


class ReceiptPage(Paged):
    """Receipts, oldest first."""

    items: list[ReceiptOut]


class ClaimIn(Strict):
    """Claim part of a receipt for the debt of a statement, or for a party's deposit (认款)."""

    party: Code
    target: Literal["debt", "deposit"]
    statement_id: Number | None = None
    amount_minor: Positive


class ClaimOut(Schema):
    """A claim."""

    id: int
    receipt_id: int
    party: str
    target: str
    statement_id: int
    amount_minor: int
    currency: str
    at: datetime
    reversed_at: datetime | None


class GiveBackIn(Strict):
    """Give back what nobody claimed; another person approves it."""

    amount_minor: Positive
    reason: Reason


class AskedOut(Schema):
    """A document that waits for another person's approval."""

    number: str
    state: str
    approval_id: int
    amount_minor: int

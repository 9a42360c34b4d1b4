"""Dunning, deposits and receipts in full, and the runs of a day, as they come in and go out."""

from datetime import date, datetime
from typing import Annotated

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import Code, Reason, Strict
from zhanggui.portals.api.schemas.guarded import (
    AskedOut,
    ClaimOut,
    DebtOut,
    DepositOrderOut,
    DepositOut,
    Positive,
    ReceiptOut,
)


class NothingIn(Strict):
    """Nothing to say: an empty object."""


class BucketOut(Schema):
    """Open debts of one currency and age."""

    currency: str
    bucket: str
    debts: int
    open_minor: int


class Ageing(Schema):
    """Open debts by currency and bucket: not_due, 1-30, 31-60, 61-90, 91+ days overdue."""

    items: list[BucketOut]


class DunningOut(Schema):
    """A step of dunning: a level that was reached, what was said, a promise to pay."""

    id: int
    statement_id: int
    party: str
    level: int
    at: datetime
    by: str
    note: str
    promised_on: date | None
    promised_minor: int


class DunningPage(Paged):
    """Steps of dunning, oldest first."""

    items: list[DunningOut]


class SettledOut(Schema):
    """A step by which a debt got smaller or, where a claim was reversed, larger again."""

    by: str
    amount_minor: int
    at: datetime
    actor: str


class DebtFull(DebtOut):
    """A debt with its steps, its dunning, and the write-offs asked for; `pledged_minor` waits for approval."""

    pledged_minor: int
    settlements: list[SettledOut]
    dunning: list[DunningOut]
    write_offs: list[AskedOut]


class FromDepositIn(Strict):
    """How much of a debt the deposit is to pay."""

    amount_minor: Positive
    reason: Reason


class FromDepositOut(Schema):
    """The document that waits for approval, or null where the agreement let the deposit pay at once."""

    order: DepositOrderOut | None
    debt: DebtOut


class MovementOut(Schema):
    """A movement of a deposit: positive is paid in."""

    id: int
    kind: str
    amount_minor: int
    line_id: int
    at: datetime
    actor: str
    reason: str


class DepositFull(DepositOut):
    """A deposit with its movements and its documents, the latest first."""

    movements: list[MovementOut]
    orders: list[DepositOrderOut]


class OrderOfDeposit(DepositOrderOut):
    """A document over a deposit, and whose."""

    deposit_id: int
    party: str
    currency: str
    made_at: datetime
    ended_at: datetime | None


class DepositOrderPage(Paged):
    """Documents over deposits, oldest first."""

    items: list[OrderOfDeposit]


class ReceiptFileIn(Strict):
    """A CSV file (UTF-8): reference, received_on, amount; as wanted payer, payer_account, memo."""

    own_account: Code
    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    content: Annotated[str, Field(max_length=2_800_000, description="the file, base64; at most 2 MB")]


class ReceiptsImported(Schema):
    """What a file came to: recorded now, and here already by the bank's reference."""

    recorded: int
    known: int
    amount_minor: int
    currency: str


class ReceiptFull(ReceiptOut):
    """A receipt with its claims and the refunds asked for."""

    claims: list[ClaimOut]
    refunds: list[AskedOut]


class ClaimPage(Paged):
    """Claims, oldest first."""

    items: list[ClaimOut]


class DunningRun(Schema):
    """The debts whose level rose now."""

    items: list[DunningOut]


class DemandRun(Schema):
    """The deposits whose holders were asked now."""

    items: list[DepositOut]


class CountOut(Schema):
    """How many were dealt with."""

    count: int

"""What is agreed beforehand, as it comes in and goes out: our accounts, limits, requirements, policies, rebates."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.books import Paged
from zhanggui.portals.api.schemas.fields import (
    Code,
    Currency,
    Day,
    Minor,
    Note,
    OptionalCode,
    Strict,
)
from zhanggui.portals.api.schemas.guarded import Positive

Ppm = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="parts per million: 5% is 50000")]
Days = Annotated[int, Field(strict=True, ge=0, le=365)]
ShortText = Annotated[str, Field(min_length=1, max_length=32)]
Told = Annotated[bool, Field(strict=True)]


AccountDetails = Annotated[
    dict[ShortText, Any],
    Field(
        max_length=20,
        description="a bank account: bic, cnaps, branch, country, iban, max_payment_minor; an account at a channel:"
        " channel, payment_methods, business_lines, settles_to; both: merchant_number, zone, cut_hour, csv_template",
        examples=[
            {"channel": "unionpay", "merchant_number": "898", "payment_methods": ["card"], "cut_hour": 23}
        ],
    ),
]


class OwnAccountIn(Strict):
    """An account of ours; its number is kept sealed."""

    code: Code
    zh: Code
    en: Code
    kind: Literal["bank", "channel"] = "bank"
    entity: Code
    currency: Currency
    holder: OptionalCode = ""
    number: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z -]*$")] = ""
    rail: Annotated[str, Field(max_length=32, pattern=r"^[a-z0-9_-]*$")] = ""
    details: AccountDetails = {}  # noqa: RUF012  # pydantic copies it


class AccountDetailsIn(Strict):
    """All details of an account of ours, in place of those it has."""

    details: AccountDetails


class OwnAccountOut(Schema):
    """An account of ours: `ledger_minor` is what the books say now; `stated_minor` what its latest bill or bank
    statement said at the end of `stated_on`, null without one."""

    id: int
    code: str
    zh: str
    en: str
    kind: str
    entity: str
    currency: str
    holder: str
    number: str
    rail: str
    details: dict[str, Any]
    active: bool
    ledger_minor: int
    stated_minor: int | None
    stated_on: date | None


class OwnAccountPage(Paged):
    """Accounts of ours, oldest first."""

    items: list[OwnAccountOut]


class LimitIn(Strict):
    """What a role may approve: `max_minor` null is any amount, 0 nothing; "*" every kind or currency without a
    limit of its own."""

    role: Code
    kind: Annotated[str, Field(max_length=48, pattern=r"^(\*|[a-z_]+)$")] = "*"
    currency: Annotated[str, Field(pattern=r"^(\*|[A-Z]{3})$")] = "*"
    max_minor: Minor | None = None
    two_above_minor: Minor | None = None


class LimitOut(Schema):
    """A limit of approval in force."""

    id: int
    role: str
    kind: str
    currency: str
    max_minor: int | None
    two_above_minor: int | None


class LimitChanged(Schema):
    """What came of setting a limit: in force, or waiting for a second person under `approval_id` because it allows
    more than the one in force."""

    role: str
    kind: str
    currency: str
    max_minor: int | None
    two_above_minor: int | None
    in_force: bool
    approval_id: int | None


class LimitPage(Paged):
    """Limits, oldest first."""

    items: list[LimitOut]


class RequirementIn(Strict):
    """How much must be deposited from a day on: of one party or of all, for a category or for whatever is sold."""

    business_line: Code
    party: Code | None = None
    category: Code | None = None
    rule: Literal["largest", "added"] = "largest"
    amount_minor: Minor
    effective_from: Day


class RequirementOut(Schema):
    """A deposit requirement; without a party it is of everyone, without a category for whatever is sold."""

    id: int
    business_line: str
    party: str | None
    category: str | None
    rule: str
    amount_minor: int
    currency: str
    effective_from: date
    effective_before: date | None


class RequirementPage(Paged):
    """Requirements, oldest first."""

    items: list[RequirementOut]


class ReservePolicyIn(Strict):
    """Which share of confirmed statements is reserved from a day on, and for how many days."""

    entity: Code
    party: Code | None = None
    rate_ppm: Ppm
    days: Days
    effective_from: Day


class ReservePolicyOut(Schema):
    """A reserve policy; without a party it is of everyone."""

    id: int
    entity: str
    party: str | None
    rate_ppm: int
    days: int
    effective_from: date
    effective_before: date | None


class ReservePolicyPage(Paged):
    """Reserve policies, oldest first."""

    items: list[ReservePolicyOut]


class CollectionPolicyIn(Strict):
    """How debts are dealt with from a day on; `carry_max` null carries without end."""

    entity: Code
    party: Code | None = None
    action: Literal["carry", "collect"]
    carry_max: Annotated[int, Field(strict=True, ge=0, le=120)] | None = None
    while_selling: Told = False
    due_days: Days = 15
    set_off: Told = True
    deposit_agreed: Told = False
    effective_from: Day


class CollectionPolicyOut(Schema):
    """A debt policy; without a party it is of everyone."""

    id: int
    entity: str
    party: str | None
    action: str
    carry_max: int | None
    while_selling: bool
    due_days: int
    set_off: bool
    deposit_agreed: bool
    effective_from: date
    effective_before: date | None


class CollectionPolicyPage(Paged):
    """Debt policies, oldest first."""

    items: list[CollectionPolicyOut]


class TierIn(Strict):
    """From this much of sales on, this rate."""

    from_minor: Minor
    rate_ppm: Ppm


class AgreementIn(Strict):
    """A rebate agreement; another person approves it."""

    business_line: Code
    party: Code
    name: Annotated[Note, Field(min_length=1)]
    method: Literal["graduated", "whole"]
    tiers: Annotated[list[TierIn], Field(min_length=1, max_length=20)]
    cycle: Code = "month:1"
    cap_minor: Positive
    effective_from: Day
    effective_before: Day | None = None


class AgreementOut(Schema):
    """A rebate agreement and what was decided about it."""

    id: int
    number: str
    business_line: str
    party: str
    name: str
    method: str
    tiers: list[dict[str, Any]]
    cycle: str
    currency: str
    cap_minor: int
    effective_from: date
    effective_before: date | None
    state: str
    approval_id: int
    made_at: datetime
    made_by: str


class AgreementPage(Paged):
    """Rebate agreements, oldest first."""

    items: list[AgreementOut]

"""How tax is charged and filed, as it comes in and goes out: tax data, rates, withheld tax, ways, months."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from zhanggui.portals.api.schemas.fields import Code, Currency, Day, Minor, OptionalCode, Strict
from zhanggui.portals.api.schemas.outgoing import Paged

Ppm = Annotated[int, Field(strict=True, ge=0, le=1_000_000, description="parts per million: 13% is 130000")]
Month = Annotated[str, Field(pattern=r"^(19|20|21)\d\d-(0[1-9]|1[0-2])$", examples=["2026-03"])]
Title = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
Text = Annotated[str, Field(max_length=300, pattern=r"^[^\x00]*$")]
Short = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z +()-]*$")]
Kind = Literal["general", "small", "individual"]
Way = Literal["output", "input"]
OfEntity = Annotated[Code | None, Field(description="the code of an entity; empty: every entity")]


class TaxProfileIn(Strict):
    """What stands on invoices about a party from a day on; without a party, about the entity itself. The bank
    account is kept sealed; left away, the one before stands on."""

    party: Code | None = None
    entity: OfEntity = None
    effective_from: Day
    title: Title
    taxpayer: Kind = "general"
    tax_number: Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z ]*$")] = ""
    address: Text = ""
    phone: Short = ""
    bank_name: Annotated[str, Field(max_length=200, pattern=r"^[^\x00]*$")] = ""
    bank_account: Short | None = None


class TaxProfileOut(Schema):
    """Tax data from a day on; `missing` names what an invoice would still lack."""

    id: int
    party: str | None
    entity: str | None
    effective_from: date
    effective_before: date | None
    title: str
    taxpayer: str
    tax_number: str
    address: str
    phone: str
    bank_name: str
    bank_account: str
    missing: list[str]


class TaxProfilePage(Paged):
    """Tax data by id."""

    items: list[TaxProfileOut]


class TaxTreatmentIn(Strict):
    """At which rate and under which code a fee (or everything) is invoiced from a day on."""

    direction: Way
    rate_ppm: Ppm
    effective_from: Day
    tax_code: Annotated[str, Field(max_length=32, pattern=r"^[0-9A-Za-z-]*$")] = ""
    item_zh: OptionalCode = ""
    item_en: OptionalCode = ""
    fee: Code | None = None
    party: Code | None = None
    entity: OfEntity = None


class TaxTreatmentOut(Schema):
    """A treatment; null stands for every fee, party or entity."""

    id: int
    direction: str
    fee: str | None
    party: str | None
    entity: str | None
    rate_ppm: int
    tax_code: str
    item: dict[str, str]
    effective_from: date
    effective_before: date | None


class TaxTreatmentPage(Paged):
    """Treatments by id."""

    items: list[TaxTreatmentOut]


class Bracket(Strict):
    """A bracket: what is taxable above `over_minor` is taxed whole at `rate_ppm`, less `quick_minor`."""

    over_minor: Minor
    rate_ppm: Ppm
    quick_minor: Minor = 0


class WithholdingTableIn(Strict):
    """How much tax is withheld from individuals from a day on: the larger allowance off, then the bracket."""

    currency: Currency
    entity: OfEntity = None
    effective_from: Day
    allowance_minor: Minor = 0
    allowance_ppm: Ppm = 0
    brackets: Annotated[list[Bracket], Field(min_length=1, max_length=50)]


class WithholdingTableOut(Schema):
    """A table of withheld tax."""

    id: int
    currency: str
    entity: str | None
    effective_from: date
    effective_before: date | None
    allowance_minor: int
    allowance_ppm: int
    brackets: list[dict[str, int]]


class WithholdingTablePage(Paged):
    """Tables by id."""

    items: list[WithholdingTableOut]


class InvoicePolicyIn(Strict):
    """How an entity invoices from now on; `verify_above_minor` null: one verifier is always enough."""

    entity: OfEntity = None
    draft_when: Literal["closed", "confirmed"]
    reversals: Literal["red_letter", "deduction"]
    input_check: Literal["before_payment", "after_payment"]
    verify_above_minor: Minor | None


class InvoicePolicyOut(Schema):
    """How an entity invoices; `own` says whether by a setting of its own, else by that of every entity."""

    entity: str | None
    own: bool
    draft_when: str
    reversals: str
    input_check: str
    verify_above_minor: int | None


class InvoicePolicies(Schema):
    """The general setting first, then that of each entity."""

    items: list[InvoicePolicyOut]


class TaxMonthIn(Strict):
    """A month that was filed and is to be closed."""

    entity: Code
    currency: Currency
    month: Month


class TaxMonthOut(Schema):
    """A closed month, with its figures as they were filed."""

    id: int
    entity: str
    currency: str
    month: str
    closed_at: datetime
    closed_by: str
    figures: list[dict[str, Any]]


class TaxMonthPage(Paged):
    """Closed months by id."""

    items: list[TaxMonthOut]


class IssuedFileIn(Strict):
    """A file of issued invoices, csv or xlsx: draft, number, code, date, gross, tax, in English or Chinese."""

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    content: Annotated[str, Field(max_length=15_000_000, description="the file, base64")]


class IssuedManyOut(Schema):
    """What a file came to: issued now, and issued under the very same number before."""

    issued: int
    already: int

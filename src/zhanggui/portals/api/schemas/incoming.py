"""What programs send: orders, refunds, master data, charges, disputes, terms."""

from typing import Annotated, Any, Literal

from pydantic import Field

from zhanggui.portals.api.schemas.fields import (
    PRINTABLE,
    Code,
    Count,
    Currency,
    Day,
    DetailNumber,
    Minor,
    Moment,
    Note,
    OptionalCode,
    Reason,
    SignedMinor,
    Strict,
)

ORDERS_MAX = 5_000
CHARGES_MAX = 10_000
Short = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]
LineNumber = Annotated[str, Field(min_length=1, max_length=32, pattern=r"^[^\x00]*$")]


class LineIn(Strict):
    """One order line. `goods_minor` is list price times quantity; discounts are positive amounts off it."""

    line_no: LineNumber
    merchant: Code
    sku: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00]*$")]
    quantity: Annotated[int, Field(strict=True, ge=1, le=10**9)]
    goods_minor: Minor
    shop_discount_minor: Minor = 0
    platform_discount_minor: Minor = 0
    points_discount_minor: Minor = 0
    freight_minor: Minor = 0
    tax_minor: Minor = 0
    supply_minor: Minor = 0
    category: OptionalCode = ""
    spu: OptionalCode = ""
    sku_type: OptionalCode = ""
    supplier: Short = ""
    carrier: Short = ""
    title: Note = ""


class PaymentIn(Strict):
    """One payment of the buyer."""

    sequence: Annotated[int, Field(strict=True, ge=1, le=10**6)]
    method: Code
    amount_minor: Minor
    instalments: Count = 0
    reference: Short = ""
    channel_number: Short = ""


class OrderIn(Strict):
    """One order, whole: lines, payments, and when it reached each node. Amounts are in the currency of the business
    line; who names `currency` has it checked."""

    order_no: Code
    currency: Currency | None = None
    ordered_at: Moment
    status: Literal["created", "paid", "shipped", "received", "completed", "cancelled"] = "paid"
    paid_at: Moment | None = None
    shipped_at: Moment | None = None
    received_at: Moment | None = None
    completed_at: Moment | None = None
    channel: OptionalCode = ""
    payment_method: OptionalCode = ""
    region: OptionalCode = ""
    buyer: OptionalCode = ""
    source_status: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    payments_listed: Annotated[bool, Field(strict=True)] = False
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=5_000)]
    payments: Annotated[list[PaymentIn], Field(max_length=1_000, default_factory=list)]


class RefundIn(Strict):
    """Money given back on one order line; `unmatched` when its sale is known not to be here.

    Where points and coupons paid for the line in full, `goods_minor` is 0 and `quantity` says what came back.
    """

    refund_no: Code
    currency: Currency | None = None
    order_no: Short = ""
    line_no: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    quantity: Count
    goods_minor: Minor
    freight_minor: Minor = 0
    refunded_at: Moment
    kind: Literal["return", "price_protection", "goodwill", "unmatched"] = "return"
    reason: Note = ""
    merchant: Short = ""
    sku: OptionalCode = ""
    channel_number: Short = ""


class Names(Strict):
    """A name in both languages; either may be missing."""

    zh: Note = ""
    en: Note = ""


class PartyIn(Strict):
    """A merchant, supplier or carrier that orders name."""

    code: Code
    kind: Literal["merchant", "supplier", "carrier", "distributor", "other"]
    names: Names
    level: Short = ""
    category: Short = ""


class LevelIn(Strict):
    """The code of a merchant level; empty for none."""

    level: Short


class MerchantCategoryIn(Strict):
    """The code of a merchant category; empty for none."""

    category: Short


class DimensionIn(Strict):
    """A category (with its parent), a SKU type, a region and so on."""

    kind: Literal[
        "category",
        "spu",
        "sku",
        "sku_type",
        "level",
        "party_category",
        "business_line",
        "channel",
        "payment_method",
        "region",
    ]
    code: Code
    names: Names = Names()
    parent: OptionalCode = ""


class BatchIn(Strict):
    """One batch of orders and refunds with the master data they need, taken in order: master data first."""

    business_line: Code
    parties: Annotated[list[PartyIn], Field(max_length=ORDERS_MAX, default_factory=list)]
    dimensions: Annotated[list[DimensionIn], Field(max_length=ORDERS_MAX, default_factory=list)]
    orders: Annotated[list[OrderIn], Field(max_length=ORDERS_MAX, default_factory=list)]
    refunds: Annotated[list[RefundIn], Field(max_length=ORDERS_MAX, default_factory=list)]


class ChargeIn(Strict):
    """One detail that another system billed (通用计费接口)."""

    charge_no: Code
    party: Code
    fee: Code
    currency: Currency
    amount_minor: SignedMinor
    base_minor: SignedMinor = 0
    occurred_at: Moment
    source: Literal["passed", "pulled"] = "passed"
    order_no: Short = ""
    line_no: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = ""
    memo: Note = ""


class ChargesIn(Strict):
    """One batch of charges of one business line."""

    business_line: Code
    charges: Annotated[list[ChargeIn], Field(min_length=1, max_length=CHARGES_MAX)]


class BillIn(Strict):
    """Bill all that is due by `as_of` (now, if left out)."""

    business_line: Code
    as_of: Moment | None = None


class CloseIn(Strict):
    """Close every period whose last day is at most `through`, in the installation's zone."""

    through: Day


class ConfirmIn(Strict):
    """The amount the caller saw, repeated: a statement that shows another one is not confirmed."""

    amount_minor: Annotated[int, Field(strict=True, ge=-(2**63), le=2**63 - 1)]
    currency: Currency
    reason: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""


class DisputeIn(Strict):
    """Which detail, and what is wrong with it."""

    detail: DetailNumber
    reason: Reason


class CorrectionIn(Strict):
    """By how much a detail is corrected (signed for its party, not 0), and why."""

    amount_minor: SignedMinor
    reason: Reason


class ResolutionIn(Strict):
    """How a dispute ends. Upheld, the detail is corrected by `amount_minor` (all of it, if left out)."""

    upheld: Annotated[bool, Field(strict=True)]
    resolution: Reason
    amount_minor: SignedMinor | None = None


class FeeTypeIn(Strict):
    """A fee type of one's own: `group` and `counter_purpose` (the account on the other side) as the catalogue has
    them; `sign` 1 is to the party, -1 from it, 0 either; `reverse` is what a return does to it."""

    code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[a-z]+(_[a-z0-9]+)*$")]
    zh: Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
    en: Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
    group: Code
    counter_purpose: Code
    sign: Literal[1, -1, 0] = -1
    reverse: Literal["none", "pro_rata", "fixed", "full_only", "own_document"] = "pro_rata"
    granularity: Literal["order", "spu", "sku", "sku_type", "fee"] = "sku"
    source: Literal["computed", "passed", "parsed", "pulled"] = "computed"
    invoice: Literal["output", "input", "none"] = "output"


class RuleSetIn(Strict):
    """A rule set document, as docs/reference/rule-set.md describes it."""

    document: dict[str, Any]


class PublishIn(RuleSetIn):
    """A document to publish as the next version, and why."""

    note: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] = ""


class WhatIfIn(RuleSetIn):
    """A document to rate the whole history of a business line with, changing nothing."""

    business_line: Code


class OpeningTerms(Strict):
    """What holds for whoever has no terms of its own, from a day on."""

    effective_from: Day
    node: Literal["paid", "shipped", "received", "completed"] = "received"
    invoice_mode: Literal["output", "input", "none"] = "output"
    hold_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = 0
    cycle: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = "month:1"
    due_rule: Annotated[str, Field(max_length=32, pattern=r"^[^\x00]*$")] = "D+7"
    calendar: Annotated[str, Field(max_length=16, pattern=r"^[^\x00]*$")] = "CN"
    auto_confirm_days: Annotated[int, Field(strict=True, ge=0, le=3650)] = 7


class TermsIn(OpeningTerms):
    """Terms of one party (or, without one, a business line's defaults) from a day on."""

    business_line: Code
    entity: Code
    party: Code | None = None
    effective_before: Day | None = None


class ExportIn(Strict):
    """A list as a file: `list` is its name, `query` its filter as in the address of the screen."""

    list: Code
    format: Literal["csv", "xlsx", "parquet"] = "csv"
    query: Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$")] = ""

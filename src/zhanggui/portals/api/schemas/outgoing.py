"""What programs get of orders, imports, charges, runs, parties and exports.

Amounts are minor units of the row's currency; times are UTC.
"""

from datetime import date, datetime

from ninja import Field, Schema


class Paged(Schema):
    """`next_cursor` goes into `cursor` for the next page; null on the last one."""

    next_cursor: str | None


class ImportOut(Schema):
    """One import: how many records were read, what came in, what was refused (totals by kind), and why it broke
    off, if it did."""

    id: int
    business_line: str
    format: str
    source: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    totals: dict[str, int]
    records: int
    reject_code: str
    reject_message: str
    rejects: str
    rejects_file: str


class ImportPage(Paged):
    """Imports, oldest first."""

    items: list[ImportOut]


class RejectOut(Schema):
    """A record that was not taken in; `row` is its place in the batch or file, from 1."""

    id: int
    row: int
    code: str
    message: str
    raw: str


class RejectPage(Paged):
    """Rejects of one import."""

    items: list[RejectOut]


class OrderLineOut(Schema):
    """One order line as it is billed."""

    line_id: int
    line_no: str
    merchant: str
    sku: str
    category: str
    title: str
    quantity: int
    goods_minor: int
    shop_discount_minor: int
    platform_discount_minor: int
    points_discount_minor: int
    freight_minor: int
    tax_minor: int
    billable_at: datetime | None
    billed: bool


class OrderHead(Schema):
    """An order as it came in."""

    id: int
    order_no: str
    business_line: str
    currency: str
    status: str
    ordered_at: datetime
    paid_at: datetime | None
    shipped_at: datetime | None
    received_at: datetime | None
    completed_at: datetime | None


class OrderOut(OrderHead):
    """An order with its lines; a merchant sees its own lines only."""

    lines: list[OrderLineOut]


class OrderPage(Paged):
    """Orders, in the order they came in."""

    items: list[OrderHead]


class ChargeOut(Schema):
    """A charge and what became of it."""

    line_id: int
    charge_no: str
    party: str
    fee: str
    currency: str
    amount_minor: int
    base_minor: int
    occurred_at: datetime
    source: str
    order_no: str
    line_no: str
    memo: str
    state: str
    reject_code: str
    reject_message: str


class ChargePage(Paged):
    """Charges, in the order they came in."""

    items: list[ChargeOut]


class ChargeBatchOut(Schema):
    """One batch: every charge with its result, in the order sent."""

    id: int
    business_line: str
    received_at: datetime
    accepted: int
    rejected: int
    items: list[ChargeOut]


class BilledOut(Schema):
    """What a billing call wrote."""

    business_line: str
    as_of: datetime
    lines: int
    details: int
    entries: int


class BillingRunOut(Schema):
    """One run of one kind (sale, refund, charge)."""

    id: int
    kind: str
    as_of: datetime
    started_at: datetime
    finished_at: datetime | None
    actor: str


class BillingRunPage(Paged):
    """Billing runs, oldest first."""

    items: list[BillingRunOut]


class ClosedOut(Schema):
    """What a closing came to, in statements."""

    through: date
    closed: int
    confirming: int
    zero: int
    carried: int
    awaited: int = Field(
        description="orders that moved on: they lie with sub-merchants and are not split yet"
    )


class PartyOut(Schema):
    """A party."""

    id: int
    code: str
    kind: str
    zh: str
    en: str
    level: str
    category: str
    active: bool


class PartyPage(Paged):
    """Parties by id."""

    items: list[PartyOut]


class TermsOut(Schema):
    """Terms; `party` is null for a business line's defaults."""

    id: int
    party: str | None
    business_line: str
    entity: str
    node: str
    invoice_mode: str
    hold_days: int
    cycle: str
    due_rule: str
    calendar: str
    auto_confirm_days: int
    effective_from: date
    effective_before: date | None


class TermsList(Schema):
    """Terms by business line, party and start."""

    items: list[TermsOut]


class ExportOut(Schema):
    """An export; `file` is its address once it is done."""

    id: int
    list: str
    title: str
    format: str
    state: str
    rows_done: int
    rows_total: int | None
    failure: str
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
    file: str | None


class ExportPage(Paged):
    """One's own exports, oldest first."""

    items: list[ExportOut]

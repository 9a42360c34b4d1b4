"""The one shape in which orders and refunds enter, whatever file or call they came in. Pure data.

Amounts are integer minor units; times are aware datetimes; codes are the sender's own.
`row` is where the record stood in its source (line number, 1-based), for error messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class LineRecord:
    """One order line. `goods` is list price times quantity; the discounts are positive amounts off it."""

    line_no: str
    merchant: str
    sku: str
    quantity: int
    goods: int
    shop_discount: int = 0
    platform_discount: int = 0
    points_discount: int = 0
    freight: int = 0
    tax: int = 0
    category: str = ""
    spu: str = ""
    sku_type: str = ""
    supplier: str = ""
    carrier: str = ""
    title: str = ""
    supply: int = 0  # what the merchant owes the supplier for all of it


@dataclass(slots=True)
class PaymentRecord:
    """One payment of the buyer for an order."""

    sequence: int
    method: str
    amount: int
    instalments: int = 0
    reference: str = ""  # what the channel knows it by: the number it was given, or its own
    channel_number: str = ""  # the channel's own number, where `reference` is the one it was given


@dataclass(slots=True)
class OrderRecord:
    """One order with its lines and payments; times are when the order reached that node, if it did.

    `status` is one of: created, paid, shipped, received, completed, cancelled.
    """

    row: int
    order_no: str
    ordered_at: datetime
    status: str = "paid"
    paid_at: datetime | None = None
    shipped_at: datetime | None = None
    received_at: datetime | None = None
    completed_at: datetime | None = None
    channel: str = ""
    payment_method: str = ""
    region: str = ""
    buyer: str = ""
    lines: list[LineRecord] = field(default_factory=list)
    payments: list[PaymentRecord] = field(default_factory=list)
    source_status: str = ""
    payments_listed: bool = False  # the source lists every payment, so none means nothing was paid


@dataclass(slots=True)
class RefundRecord:
    """Money given back on one order line. `kind`: return, price_protection, goodwill, or unmatched
    (a refund whose sale is known not to be in the books: settled as a document of its own;
    then `merchant` names who bears it and `order_no` and `line_no` are empty)."""

    row: int
    refund_no: str
    order_no: str
    line_no: str
    quantity: int
    goods: int
    refunded_at: datetime
    freight: int = 0
    kind: str = "return"
    reason: str = ""
    merchant: str = ""
    sku: str = ""
    channel_number: str = ""  # the channel's own number of the refund


@dataclass(slots=True)
class RejectRecord:
    """A row that cannot be taken in: where it stood, why, and what it said."""

    row: int
    code: str
    message: str
    raw: str = ""


@dataclass(slots=True)
class PartyRecord:
    """Master data a source brings along: a merchant, supplier or carrier."""

    code: str
    kind: str
    names: Mapping[str, str]
    level: str = ""
    category: str = ""


@dataclass(slots=True)
class DimensionRecord:
    """Master data a source brings along: a category (with its parent), a SKU type, a region, ..."""

    kind: str
    code: str
    names: Mapping[str, str]
    parent: str = ""


@dataclass(slots=True)
class NoteRecord:
    """A source row that carries no money and is neither order nor refund (e.g. a stock count), kept in the
    run's account so that every row of the source is explained. `category` groups them in the summary."""

    row: int
    category: str
    amount: int = 0


type Record = OrderRecord | RefundRecord | RejectRecord | PartyRecord | DimensionRecord | NoteRecord

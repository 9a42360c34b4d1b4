"""What a purchase would cost: the shape that the cart shows, the buyer confirms, and an order freezes. Pure data.

Amounts are integer minor units of the quote's currency.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many of one SKU."""

    sku_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Share:
    """What one promotion takes off one line (`kind`: ShareKind of orders), and the platform's part of it."""

    kind: str
    source: str
    amount_minor: int
    platform_minor: int


@dataclass(frozen=True, slots=True)
class QuotedLine:
    """One SKU as it would stand on an order. `stock_sku_id` is whose stock it takes: its own or its source's."""

    sku_id: int
    stock_sku_id: int
    sku_code: str
    spu_number: str
    category_code: str
    sku_type: str
    title: Mapping[str, str]
    specs: Mapping[str, Any]
    picture: str
    quantity: int
    unit_minor: int
    market_minor: int
    supply_minor: int
    freight_minor: int
    shares: tuple[Share, ...] = ()

    @property
    def goods_minor(self) -> int:
        """Unit price times quantity."""
        return self.unit_minor * self.quantity

    @property
    def platform_discount_minor(self) -> int:
        """What the platform funds of the discounts."""
        return sum(share.platform_minor for share in self.shares)

    @property
    def shop_discount_minor(self) -> int:
        """What the shop funds of the discounts."""
        return sum(share.amount_minor - share.platform_minor for share in self.shares)

    @property
    def due_minor(self) -> int:
        """What the buyer owes for the line, freight included."""
        return self.goods_minor - sum(share.amount_minor for share in self.shares) + self.freight_minor


@dataclass(frozen=True, slots=True)
class QuotedOrder:
    """What one merchant sells and one shipper sends from one warehouse: one order. `warehouse_id` 0: needs none."""

    merchant_id: int
    supplier_id: int
    warehouse_id: int
    kind: str
    lines: tuple[QuotedLine, ...]

    @property
    def due_minor(self) -> int:
        """Sum over its lines."""
        return sum(line.due_minor for line in self.lines)


@dataclass(frozen=True, slots=True)
class Quote:
    """What the whole would cost at `at`. `held_coupons` are ids of the held coupons it uses; `unavailable` says which
    SKUs cannot be bought, and why (unlisted, closed, short: with what is left)."""

    currency: str
    region: str
    at: datetime
    orders: tuple[QuotedOrder, ...]
    held_coupons: tuple[int, ...] = ()
    unavailable: Mapping[int, tuple[str, int]] = field(default_factory=dict)

    @property
    def lines(self) -> tuple[QuotedLine, ...]:
        """All lines."""
        return tuple(line for order in self.orders for line in order.lines)

    @property
    def goods_minor(self) -> int:
        """Goods at their prices."""
        return sum(line.goods_minor for line in self.lines)

    @property
    def discount_minor(self) -> int:
        """All that is taken off."""
        return sum(share.amount_minor for line in self.lines for share in line.shares)

    @property
    def freight_minor(self) -> int:
        """All freight."""
        return sum(line.freight_minor for line in self.lines)

    @property
    def due_minor(self) -> int:
        """What the buyer would pay."""
        return self.goods_minor - self.discount_minor + self.freight_minor

"""A quote as people read it: by shop, line by line, every promotion by its name, and what it comes to."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.portals.storefront.choosing import names_of_specs
from zhanggui.trade.catalogue.models import Shop, Specification
from zhanggui.trade.promotions.models import Coupon, SpendAndSave
from zhanggui.trade.promotions.shapes import Quote, QuotedLine, Share


@dataclass(frozen=True)
class Deduction:
    """What one promotion takes off, by its name."""

    name: Any
    source: str
    amount_minor: int


@dataclass(frozen=True)
class BilledLine:
    """One line with the choice in words and what is taken off it."""

    line: QuotedLine
    choice: str
    deductions: Sequence[Deduction]

    @property
    def net_minor(self) -> int:
        """Goods less what is taken off; freight stands on its own."""
        return self.line.due_minor - self.line.freight_minor


@dataclass(frozen=True)
class BilledShop:
    """One shop's part: `parcels` is how many orders it becomes, because it leaves from several places."""

    shop: Shop | None
    merchant_id: int
    lines: Sequence[BilledLine]
    parcels: int
    freight_minor: int
    due_minor: int


@dataclass(frozen=True)
class Bill:
    """The whole."""

    quote: Quote
    shops: Sequence[BilledShop]
    deductions: Sequence[Deduction]

    @property
    def ready(self) -> bool:
        """Whether everything wanted can be bought."""
        return bool(self.quote.orders) and not self.quote.unavailable


def bill_of(quote: Quote) -> Bill:
    """The quote for reading; asks for names of shops, promotions and choices."""
    names = promotion_names(share.source for line in quote.lines for share in line.shares)
    shops = {
        row.merchant_id: row
        for row in Shop.objects.filter(merchant_id__in={one.merchant_id for one in quote.orders})
    }
    kinds = specification_names(quote.lines)
    parts = []
    for merchant_id in dict.fromkeys(order.merchant_id for order in quote.orders):
        orders = [order for order in quote.orders if order.merchant_id == merchant_id]
        lines = [
            BilledLine(line, choice_of(line.specs, kinds), _deductions(line.shares, names))
            for order in orders
            for line in order.lines
        ]
        parts.append(
            BilledShop(
                shops.get(merchant_id), merchant_id, lines, len(orders),
                sum(one.line.freight_minor for one in lines), sum(order.due_minor for order in orders),
            )
        )  # fmt: skip
    return Bill(quote, parts, _deductions([share for line in quote.lines for share in line.shares], names))


def promotion_names(codes: Iterable[str]) -> dict[str, Any]:
    """Names of coupons and rules by their codes."""
    wanted = set(codes)
    if not wanted:
        return {}
    return {
        **dict(Coupon.objects.filter(code__in=wanted).values_list("code", "name")),
        **dict(SpendAndSave.objects.filter(code__in=wanted).values_list("code", "name")),
    }


def specification_names(lines: Iterable[Any]) -> dict[str, Specification]:
    """What the axes that occur are called; one code may stand in several types, any of them names it."""
    codes = {code for line in lines for code in line.specs}
    return {row.code: row for row in Specification.objects.filter(code__in=codes)} if codes else {}


def choice_of(specs: Mapping[str, Any], kinds: Mapping[str, Specification]) -> str:
    """The choice of a SKU in one line, in the reader's language."""
    return names_of_specs(specs, kinds, get_language() or "zh")


def why_not(reason: str, left: int) -> str:
    """Why a SKU cannot be bought, in words."""
    if reason == "short":
        return _("Only %(left)s left") % {"left": left} if left else _("Sold out")
    return {
        "closed": _("The shop is closed for a while"),
        "currency": _("Not sold in this currency"),
        "region": _("Not delivered to this address"),
    }.get(reason, _("Not on sale any more"))


def _deductions(shares: Sequence[Share], names: Mapping[str, Any]) -> list[Deduction]:
    sums: dict[str, int] = {}
    for share in shares:
        sums[share.source] = sums.get(share.source, 0) + share.amount_minor
    return [Deduction(names.get(source, {}), source, amount) for source, amount in sums.items()]

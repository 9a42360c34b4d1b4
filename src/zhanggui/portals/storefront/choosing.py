"""Which SKU of a good is looked at: every value of every axis is a link to the SKU that it leads to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Sum

from zhanggui.parties.rules import name_in
from zhanggui.trade.catalogue.models import Sku, SkuPrice, Specification, Spu, Stock


@dataclass(frozen=True)
class Offered:
    """A SKU with what it costs and how many are left; `left` None: as many as one likes."""

    sku: Sku
    price_minor: int
    market_minor: int
    member_minor: int
    left: int | None

    @property
    def can_be_bought(self) -> bool:
        """Whether there is any."""
        return self.left is None or self.left > 0


@dataclass(frozen=True)
class Value:
    """One value of an axis and the SKU a click on it leads to; 0: none."""

    value: str
    name: Any
    sku_id: int
    chosen: bool
    gone: bool


@dataclass(frozen=True)
class Axis:
    """An axis in which SKUs differ."""

    code: str
    name: Any
    values: Sequence[Value]


def offered_skus(spu: Spu, currency: str) -> list[Offered]:
    """Active SKUs with a price in the currency, in the order they were made."""
    skus = list(Sku.objects.filter(spu=spu, active=True).order_by("id"))
    prices = {row.sku_id: row for row in SkuPrice.objects.filter(sku__in=skus, currency=currency)}
    holders = {sku.id: sku.source_id or sku.id for sku in skus}
    left = dict(
        Stock.objects.filter(sku_id__in=holders.values(), warehouse__active=True)
        .values_list("sku_id")
        .annotate(left=Sum(F("on_hand") - F("reserved")))
    )
    counted = spu.kind != "digital"
    return [
        Offered(
            sku, prices[sku.id].price_minor, prices[sku.id].market_minor, prices[sku.id].member_minor,
            left.get(holders[sku.id], 0) if counted or holders[sku.id] in left else None,
        )
        for sku in skus
        if sku.id in prices
    ]  # fmt: skip


def chosen_of(offered: Sequence[Offered], asked: str) -> Offered | None:
    """The SKU asked for by id, else the cheapest that can be bought."""
    by_id = {str(one.sku.id): one for one in offered}
    if asked in by_id:
        return by_id[asked]
    ready = [one for one in offered if one.can_be_bought] or list(offered)
    return min(ready, key=lambda one: one.price_minor) if ready else None


def axes_of(spu: Spu, offered: Sequence[Offered], chosen: Offered | None) -> list[Axis]:
    """Every axis with its values in the order they occur."""
    kinds = {
        row.code: row for row in Specification.objects.filter(product_type=spu.category.product_type_id or 0)
    }
    codes = sorted(
        {code for one in offered for code in one.sku.specs},
        key=lambda code: (kinds[code].position if code in kinds else 99, code),
    )
    now = chosen.sku.specs if chosen else {}
    return [
        Axis(
            code,
            kinds[code].name if code in kinds else {"en": code},
            _values(code, kinds.get(code), offered, now),
        )
        for code in codes
    ]


def _values(
    code: str, kind: Specification | None, offered: Sequence[Offered], now: Mapping[str, Any]
) -> list[Value]:
    found = []
    for value in dict.fromkeys(str(one.sku.specs.get(code, "")) for one in offered):
        having = [one for one in offered if str(one.sku.specs.get(code, "")) == value]
        same = [one for one in having if {**now, code: one.sku.specs.get(code)} == one.sku.specs]
        leads_to = (same or [one for one in having if one.can_be_bought] or having)[0]
        found.append(
            Value(
                value, spec_name(kind, value), leads_to.sku.id, str(now.get(code, "")) == value,
                not any(one.can_be_bought for one in (same or having)),
            )
        )  # fmt: skip
    return found


def spec_name(kind: Specification | None, value: str) -> Any:
    """How a value is called: by the type's choices, else as it stands."""
    return (kind.choices.get(value) if kind else None) or {"en": value, "zh": value}


def names_of_specs(specs: Mapping[str, Any], kinds: Mapping[str, Specification], language: str) -> str:
    """The choice in one line: 红色 / M. A value may carry its own names."""
    parts = []
    ordered = sorted(
        specs.items(), key=lambda one: (kinds[one[0]].position if one[0] in kinds else 99, one[0])
    )
    for code, value in ordered:
        names = value if isinstance(value, dict) else spec_name(kinds.get(code), str(value))
        parts.append(name_in(names, str(value), language))
    return " / ".join(parts)

"""What a good has to say, as its owner gives it, and whether it fits its product type."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from zhanggui.money.currencies import currency_of
from zhanggui.trade.catalogue.errors import GoodsIncomplete, PriceRefused
from zhanggui.trade.catalogue.rules.texts import NAME_LONGEST, checked_code, cleaned

KINDS: Final = ("physical", "digital", "pickup")
MOST_SKUS: Final = 200
MOST_PICTURES: Final = 12
DEAREST_MINOR: Final = 10**13


@dataclass(frozen=True)
class PriceDraft:
    """A price in minor units of its currency; 0 for the struck-out and the member price: there is none."""

    price_minor: int
    market_minor: int = 0
    member_minor: int = 0


@dataclass(frozen=True)
class SkuDraft:
    """A SKU as given: `specs` by code of the axis, prices by currency. An empty code: one is made."""

    specs: Mapping[str, str]
    prices: Mapping[str, PriceDraft]
    code: str = ""
    sku_type: str = ""
    barcode: str = ""
    weight_grams: int = 0
    low_stock: int = 0
    active: bool = True


@dataclass(frozen=True)
class GoodsDraft:
    """A good as given. `pictures` are digests, the face first."""

    category_code: str
    title: Mapping[str, str]
    skus: Sequence[SkuDraft]
    subtitle: Mapping[str, str] = field(default_factory=dict)
    description: Mapping[str, str] = field(default_factory=dict)
    keywords: str = ""
    brand_code: str = ""
    kind: str = "physical"
    attributes: Mapping[str, str] = field(default_factory=dict)
    pictures: Sequence[str] = ()
    freight_template_id: int = 0


@dataclass(frozen=True)
class Axis:
    """An attribute or a specification of a product type: `choices` are the only values if there are any."""

    code: str
    choices: tuple[str, ...] = ()
    required: bool = False


def checked_attributes(given: Mapping[str, str], axes: Sequence[Axis], *, complete: bool) -> dict[str, str]:
    """This function will return what a good says of itself, cleaned. Raises GoodsIncomplete."""
    known = {axis.code: axis for axis in axes}
    found = {code: cleaned(value) for code, value in given.items() if cleaned(value)}
    for code, value in found.items():
        if code not in known:
            raise GoodsIncomplete(
                f"goods of this type have no {code!r}; leave it out or choose another category", field=code
            )
        _check_value(known[code], value)
    missing = next((axis.code for axis in axes if axis.required and axis.code not in found), None)
    if complete and missing:
        raise GoodsIncomplete(f"goods of this type have to say their {missing!r}; fill it in", field=missing)
    return found


def checked_specs(given: Mapping[str, str], axes: Sequence[Axis]) -> dict[str, str]:
    """This function will return the choices of a SKU in the order of the axes, cleaned. Raises GoodsIncomplete."""
    known = {axis.code: axis for axis in axes}
    found = {code: cleaned(value) for code, value in given.items() if cleaned(value)}
    for code, value in found.items():
        if code not in known:
            raise GoodsIncomplete(
                f"goods of this type do not differ in {code!r}; leave it out or choose another category",
                field=code,
            )
        _check_value(known[code], value)
    return {axis.code: found[axis.code] for axis in axes if axis.code in found}


def _check_value(axis: Axis, value: str) -> None:
    if axis.choices and value not in axis.choices:
        raise GoodsIncomplete(
            f"{axis.code} cannot be {value[:80]!r}; choose one of {', '.join(axis.choices)}", field=axis.code
        )
    if len(value) > NAME_LONGEST:
        raise GoodsIncomplete(
            f"{axis.code} has {len(value)} characters; use at most {NAME_LONGEST}", field=axis.code
        )


def spec_key(specs: Mapping[str, str]) -> str:
    """This function will return the choices of a SKU as one text that is equal for equal choices."""
    return json.dumps(specs, ensure_ascii=False, sort_keys=True)


def check_skus(skus: Sequence[SkuDraft], specs: Sequence[Mapping[str, str]]) -> None:
    """This function will refuse SKUs that do not stand beside each other: none or too many, two of one kind, some
    with an axis that others lack. Raises GoodsIncomplete."""
    if not any(sku.active for sku in skus):
        raise GoodsIncomplete("a good needs at least one SKU that is sold; add one")
    if len(skus) > MOST_SKUS:
        raise GoodsIncomplete(
            f"a good has at most {MOST_SKUS} SKUs, not {len(skus)}; make several goods of it"
        )
    keys = [spec_key(one) for one in specs]
    twice = next((key for key in keys if keys.count(key) > 1), None)
    if twice:
        raise GoodsIncomplete(f"two SKUs have the same choices {twice}; change or remove one")
    active = [set(one) for one, sku in zip(specs, skus, strict=True) if sku.active]
    if any(one != active[0] for one in active):
        raise GoodsIncomplete(
            "every SKU of a good has to choose on the same axes; fill in the missing choices"
        )
    for sku in skus:
        if sku.code:
            checked_code(sku.code, what="a SKU")
        if not 0 <= sku.weight_grams <= 10**7 or not 0 <= sku.low_stock <= 10**6:
            raise GoodsIncomplete("the weight or the low-stock mark of a SKU is out of range; correct it")


def check_prices(prices: Mapping[str, PriceDraft], *, sku: str) -> None:
    """This function will refuse prices that cannot be. Raises PriceRefused, UnknownCurrency."""
    if not prices:
        raise PriceRefused(f"SKU {sku} has no price; give one in at least one currency", sku=sku)
    for currency, one in prices.items():
        currency_of(currency)
        if not 0 < one.price_minor <= DEAREST_MINOR:
            raise PriceRefused(
                f"the price of SKU {sku} in {currency} must be above zero; correct it", sku=sku
            )
        if one.market_minor and not one.price_minor <= one.market_minor <= DEAREST_MINOR:
            raise PriceRefused(
                f"the struck-out price of SKU {sku} in {currency} is below its price; raise it or leave it out",
                sku=sku,
            )
        if not 0 <= one.member_minor <= one.price_minor:
            raise PriceRefused(
                f"the member price of SKU {sku} in {currency} is above its price; lower it or leave it out",
                sku=sku,
            )


def axis_of(row: Any) -> Axis:
    """This function will return an attribute's or specification's row as an axis."""
    return Axis(row.code, tuple(row.choices), bool(getattr(row, "required", False)))

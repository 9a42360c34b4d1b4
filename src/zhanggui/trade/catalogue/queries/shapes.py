"""What buyers see of goods, in every language at once: whoever shows it chooses. Amounts are minor units."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

Names = Mapping[str, str]
SORTS: Final = ("relevance", "sales", "price", "price_down", "newest", "rating")
MOST_ON_A_PAGE: Final = 100
MOST_PAGES: Final = 100
MOST_SHOWN_LEFT: Final = 99


@dataclass(frozen=True, slots=True)
class GoodsFilter:
    """What a buyer looks for. `attributes`: values by code, one of each is enough. Prices: inclusive, minor units."""

    words: str = ""
    category: str = ""
    brands: tuple[str, ...] = ()
    shop: str = ""
    price_from: int | None = None
    price_to: int | None = None
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    in_stock: bool = False
    sort: str = ""
    page: int = 1
    on_a_page: int = 24


@dataclass(frozen=True, slots=True)
class ShownGood:
    """A good in a list. `picture` is a digest or empty; `rating_tenths`: 47 is 4.7 of 5, 0: nobody has rated it."""

    id: int
    number: str
    kind: str
    title: Names
    subtitle: Names
    currency: str
    price_minor: int
    dearest_minor: int
    market_minor: int
    member_minor: int
    picture: str
    shop_code: str
    shop_name: Names
    sold: int
    rating_tenths: int
    rating_count: int
    in_stock: bool


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value that found goods have, and how many have it."""

    code: str
    name: Names
    count: int


@dataclass(frozen=True, slots=True)
class Facets:
    """What else could be chosen: counts keep every other choice. `attributes`: (code, name, values)."""

    categories: tuple[FacetValue, ...] = ()
    brands: tuple[FacetValue, ...] = ()
    attributes: tuple[tuple[str, Names, tuple[FacetValue, ...]], ...] = ()
    cheapest_minor: int = 0
    dearest_minor: int = 0


@dataclass(frozen=True, slots=True)
class FoundGoods:
    """One page of what was found, and how many there are in all."""

    goods: tuple[ShownGood, ...]
    total: int
    page: int
    pages: int
    facets: Facets


@dataclass(frozen=True, slots=True)
class ShownSku:
    """A SKU as it can be chosen. `left` is capped at MOST_SHOWN_LEFT; `stock_sku_id`: whose stock it takes."""

    id: int
    code: str
    specs: Mapping[str, str]
    price_minor: int
    market_minor: int
    member_minor: int
    left: int
    stock_sku_id: int


@dataclass(frozen=True, slots=True)
class NamedValue:
    """An attribute of a good or a choice of an axis with its names; a text of its own names itself."""

    code: str
    name: Names
    value: str
    value_name: Names


@dataclass(frozen=True, slots=True)
class ShownAxis:
    """An axis on which the SKUs of a good differ, with the choices that there are: (value, name)."""

    code: str
    name: Names
    choices: tuple[tuple[str, Names], ...]


@dataclass(frozen=True, slots=True)
class GoodPage:
    """The whole of one good. `on_sale` is false for one that was taken down: it is shown and cannot be bought."""

    id: int
    number: str
    kind: str
    on_sale: bool
    owner_id: int
    supplier_id: int
    title: Names
    subtitle: Names
    description: Names
    currency: str
    category_path: tuple[tuple[str, Names], ...]
    brand: tuple[str, Names] | None
    attributes: tuple[NamedValue, ...]
    axes: tuple[ShownAxis, ...]
    skus: tuple[ShownSku, ...]
    pictures: tuple[str, ...]
    shop_code: str
    shop_name: Names
    shop_logo: str
    freight_template_id: int
    sold: int
    rating_tenths: int
    rating_count: int
    listed_at: datetime | None

    def named_specs(self, specs: Mapping[str, Any]) -> tuple[NamedValue, ...]:
        """The choices of a SKU with their names, in the order of the axes."""
        return tuple(
            NamedValue(axis.code, axis.name, str(specs[axis.code]), dict(axis.choices)[specs[axis.code]])
            for axis in self.axes
            if axis.code in specs
        )


@dataclass(frozen=True, slots=True)
class StockPlace:
    """Where units of a SKU are that can be had now."""

    stock_sku_id: int
    warehouse_id: int
    owner_id: int
    available: int

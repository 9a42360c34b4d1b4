"""One way to list goods: filters, sorting and pages in the address, for categories, searches and shops."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import parse_amount
from zhanggui.portals.storefront.offers import Offer
from zhanggui.portals.storefront.shelf import Card, cards
from zhanggui.trade.catalogue.queries.search import found_goods
from zhanggui.trade.catalogue.queries.shapes import Facets, FacetValue, GoodsFilter

PAGE_SIZE = 24
OF_ATTRIBUTE = "a."


@dataclass(frozen=True)
class Choice:
    """One value to filter by, with how many goods have it."""

    value: str
    name: Any
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A filter with its values: brand, an attribute of the product type."""

    name: str
    label: Any
    choices: Sequence[Choice]


@dataclass(frozen=True)
class Listing:
    """One page of goods and what surrounds it."""

    cards: Sequence[Card]
    count: int
    page: int
    pages: int
    sort: str
    sorts: Sequence[tuple[str, str]]
    facets: Sequence[Facet]
    price_from: str
    price_to: str
    in_stock: bool

    @property
    def filtered(self) -> bool:
        """Whether anything is filtered: then there is a way to drop it all."""
        return bool(self.price_from or self.price_to or self.in_stock) or any(
            choice.chosen for facet in self.facets for choice in facet.choices
        )

    @property
    def numbers(self) -> list[int]:
        """Numbers of pages around this one."""
        first = max(1, min(self.page - 3, self.pages - 6))
        return list(range(first, min(self.pages, first + 6) + 1))


def list_goods(
    request: HttpRequest, currency: str, offers: Sequence[Offer], *, words: str = "", category: str = "",
    shop: str = "",
) -> Listing:  # fmt: skip
    """Find goods by what the page is about and what its address asks for."""
    asked = request.GET
    low, high = (parse_amount(asked.get(name, "")[:20], currency) for name in ("from", "to"))
    sorts = sort_names(bool(words))
    sort = asked.get("sort", "")
    sort = sort if sort in dict(sorts) else sorts[0][0]
    attributes = {
        name.removeprefix(OF_ATTRIBUTE): _clean(asked.getlist(name))
        for name in list(asked)[:20]
        if name.startswith(OF_ATTRIBUTE) and "\x00" not in name
    }
    brands = _clean(asked.getlist("brand"))
    page = asked.get("page", "")
    found = found_goods(
        GoodsFilter(
            words=words, category=category, shop=shop, brands=brands, price_from=low, price_to=high,
            attributes=attributes, in_stock=asked.get("stock") == "1", sort=sort,
            page=int(page) if page.isdecimal() and len(page) < 6 else 1, on_a_page=PAGE_SIZE,
        ),
        currency=currency,
    )  # fmt: skip
    return Listing(
        cards(found.goods, offers), found.total, found.page, found.pages, sort, sorts,
        _facets(found.facets, brands, attributes), asked.get("from", "")[:20] if low is not None else "",
        asked.get("to", "")[:20] if high is not None else "", asked.get("stock") == "1",
    )  # fmt: skip


def _clean(values: Sequence[str]) -> tuple[str, ...]:
    """At most twenty values, without those that no database takes."""
    return tuple(value for value in values[:20] if "\x00" not in value)


def sort_names(ranked: bool) -> list[tuple[str, str]]:
    """The ways to sort, the one that holds without a choice first."""
    names = [
        ("sales", _("Most bought")), ("newest", _("Newest")), ("price", _("Price, low to high")),
        ("price_down", _("Price, high to low")), ("rating", _("Best rated")),
    ]  # fmt: skip
    return [("relevance", _("Best match")), *names] if ranked else names


def _facets(found: Facets, brands: Sequence[str], attributes: dict[str, tuple[str, ...]]) -> list[Facet]:
    facets = []
    if len(found.brands) > 1 or brands:
        facets.append(Facet("brand", {"zh": "品牌", "en": "Brand"}, _choices(found.brands, brands)))
    for code, name, values in found.attributes:
        chosen = attributes.get(code, ())
        if len(values) > 1 or chosen:
            facets.append(Facet(OF_ATTRIBUTE + code, name, _choices(values, chosen)))
    return facets


def _choices(values: Sequence[FacetValue], chosen: Sequence[str]) -> list[Choice]:
    return [Choice(one.code, one.name, one.count, one.code in chosen) for one in values]

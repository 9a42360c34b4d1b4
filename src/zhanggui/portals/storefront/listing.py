"""One way to list goods: filters, sorting and pages in the address, for categories, searches, shops and topics."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import parse_amount
from zhanggui.portals.storefront.offers import Offer
from zhanggui.portals.storefront.shelf import Card, cards, priced
from zhanggui.trade.catalogue.models import Attribute, Brand, Category, Spu

PAGE_SIZE = 24
MOST_PAGES = 50


@dataclass(frozen=True)
class Choice:
    """One value to filter by; `chosen` says whether it is."""

    value: str
    name: Any
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

    @property
    def filtered(self) -> bool:
        """Whether anything is filtered: then there is a way to drop it all."""
        return bool(self.price_from or self.price_to) or any(
            choice.chosen for facet in self.facets for choice in facet.choices
        )

    @property
    def numbers(self) -> list[int]:
        """Numbers of pages around this one."""
        first = max(1, min(self.page - 3, self.pages - 6))
        return list(range(first, min(self.pages, first + 6) + 1))


def list_goods(
    request: HttpRequest, goods: QuerySet[Spu], currency: str, offers: Sequence[Offer], *,
    category: Category | None = None, ranked: bool = False,
) -> Listing:  # fmt: skip
    """Filter, sort and page `goods` by the address; `ranked` goods come in an order of their own (a search)."""
    asked = request.GET
    found = priced(goods, currency)
    low, high = (parse_amount(asked.get(name, "")[:20], currency) for name in ("from", "to"))
    if low is not None:
        found = found.filter(price_minor__gte=low)
    if high is not None:
        found = found.filter(price_minor__lte=high)
    facets = _facets(request, found, category)
    for facet in facets:
        values = [choice.value for choice in facet.choices if choice.chosen]
        if values and facet.name == "brand":
            found = found.filter(brand__code__in=values)
        elif values:
            code = facet.name.removeprefix("a.")
            found = found.filter(_any_of(code, values))
    sorts = sort_names(ranked)
    sort = asked.get("sort", "")
    sort = sort if sort in dict(sorts) else sorts[0][0]
    count = found.count()
    pages = max(1, min(MOST_PAGES, -(-count // PAGE_SIZE)))
    page = min(pages, max(1, int(asked["page"]) if asked.get("page", "").isdecimal() else 1))
    if sort != "match":
        found = found.order_by(*_ORDERS[sort], "-id")
    shown = found.select_related("category__parent")[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]
    return Listing(
        cards(shown, currency, offers), count, page, pages, sort, sorts, facets,
        asked.get("from", "")[:20] if low is not None else "", asked.get("to", "")[:20] if high is not None else "",
    )  # fmt: skip


_ORDERS: dict[str, list[Any]] = {
    "popular": ["-sold"],
    "new": [F("listed_at").desc(nulls_last=True)],
    "cheap": ["price_minor"],
    "dear": ["-price_minor"],
    "rated": [F("mean_rating").desc(nulls_last=True), "-rating_count"],
}


def sort_names(ranked: bool) -> list[tuple[str, str]]:
    """The ways to sort, the one that holds without a choice first."""
    names = [
        ("popular", _("Most bought")), ("new", _("Newest")), ("cheap", _("Price, low to high")),
        ("dear", _("Price, high to low")), ("rated", _("Best rated")),
    ]  # fmt: skip
    return [("match", _("Best match")), *names] if ranked else names


def _any_of(code: str, values: Sequence[str]) -> Q:
    clause = Q()
    for value in values:
        clause |= Q(attributes__contains={code: value}) | Q(attributes__contains={code: [value]})
    return clause


def _facets(request: HttpRequest, found: QuerySet[Spu], category: Category | None) -> list[Facet]:
    """Brands that occur, and in a category of the second level the attributes that buyers may filter by."""
    facets = []
    brands = Brand.objects.filter(active=True, id__in=found.order_by().values("brand_id")).order_by("code")[
        :24
    ]
    chosen = request.GET.getlist("brand")
    if len(brands) > 1 or chosen:
        facets.append(
            Facet("brand", _("Brand"), [Choice(row.code, row.name, row.code in chosen) for row in brands])
        )
    if category is not None and category.product_type_id:
        kinds = Attribute.objects.filter(product_type_id=category.product_type_id, filterable=True)
        for kind in kinds.order_by("position", "id"):
            chosen = request.GET.getlist(f"a.{kind.code}")
            values = [Choice(code, name, code in chosen) for code, name in kind.choices.items()]
            if values:
                facets.append(Facet(f"a.{kind.code}", kind.name, values))
    return facets

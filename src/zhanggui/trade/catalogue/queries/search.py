"""Goods as buyers find them: by words, category, brand, shop, price and attributes; with what else there is."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from zhanggui.trade.catalogue.queries.reading import rows_of
from zhanggui.trade.catalogue.queries.shapes import (
    MOST_ON_A_PAGE,
    MOST_PAGES,
    SORTS,
    Facets,
    FacetValue,
    FoundGoods,
    GoodsFilter,
    ShownGood,
)
from zhanggui.trade.catalogue.rules.words import pattern_of, query_texts

# the expression of the index `spu_parts`
PARTS: Final = (
    "lower(coalesce(s.title->>'zh', '') || ' ' || coalesce(s.title->>'en', '') || ' ' || s.keywords)"
)
HAS_STOCK: Final = (
    "exists (select from trade_sku k join trade_stock t on t.sku_id = coalesce(k.source_id, k.id)"
    " join trade_warehouse w on w.id = t.warehouse_id and w.active"
    " where k.spu_id = s.id and k.active and t.on_hand > t.reserved)"
)
ON_SALE: Final = (
    " from trade_spu s join trade_category c on c.id = s.category_id and c.active"
    " join trade_category f on f.id = c.parent_id and f.active"
    " join trade_shop h on h.merchant_id = s.owner_id and h.state = 'open'"
    " left join trade_brand b on b.id = s.brand_id"
    " join lateral (select min(r.price_minor) as low, max(r.price_minor) as high,"
    "  (array_agg(r.market_minor order by r.price_minor, k.id))[1] as market,"
    "  (array_agg(r.member_minor order by r.price_minor, k.id))[1] as member"
    "  from trade_sku k join trade_sku_price r on r.sku_id = k.id and r.currency = %(currency)s"
    "  where k.spu_id = s.id and k.active) p on p.low is not null"
    " where s.state = 'listed' and not s.supply"
)
ORDERS: Final[Mapping[str, str]] = {
    "relevance": "rank desc, sold desc, id desc",
    "sales": "sold desc, id desc",
    "price": "low, id desc",
    "price_down": "low desc, id desc",
    "newest": "listed_at desc nulls last, id desc",
    "rating": "rating_tenths desc, rating_count desc, id desc",
}
COLUMNS: Final = (
    "s.id, s.number, s.kind, s.title, s.subtitle, s.sold, s.rating_count, s.listed_at, p.low, p.high, p.market,"
    " p.member, h.code as shop_code, h.name as shop_name,"
    " case when s.rating_count = 0 then 0 else round(s.rating_sum * 10.0 / s.rating_count)::int end as rating_tenths"
)


def found_goods(wanted: GoodsFilter, *, currency: str, facets: bool = True) -> FoundGoods:
    """This function will return the page of goods on sale that meet `wanted`, priced in `currency`, how many there
    are in all, and (with `facets`) what else could be chosen among them."""
    params: dict[str, Any] = {"currency": currency}
    hard, rank = _words(wanted.words, params)
    if wanted.shop:
        hard.append("h.code = %(shop)s")
        params["shop"] = wanted.shop
    flags = _flags(wanted, params)
    meets = " and ".join(flags) or "true"
    query = (
        f"with base as materialized (select {COLUMNS}, {rank} as rank, c.id as category_id, s.brand_id,"
        f" s.attributes, c.product_type_id"
        + "".join(f", coalesce({test}, false) as {name}" for name, test in flags.items())
        + ON_SALE + "".join(f" and {test}" for test in hard) + ") "
    )  # fmt: skip
    size = max(1, min(wanted.on_a_page, MOST_ON_A_PAGE))
    [counted] = rows_of(f"{query} select count(*) as total from base where {meets}", params)
    pages = max(1, min(MOST_PAGES, -(-counted["total"] // size)))
    page = max(1, min(wanted.page, pages))
    order = ORDERS[_sort_of(wanted)]
    rows = rows_of(
        f"{query}, page as (select * from base where {meets} order by {order}"
        f" limit {size} offset {(page - 1) * size}) select s.*, {_face()}, {HAS_STOCK} as in_stock from page s"
        f" order by {order}",
        params,
    )
    return FoundGoods(
        goods=tuple(_shown(row, currency) for row in rows), total=counted["total"], page=page, pages=pages,
        facets=_facets(query, wanted, flags, params) if facets else Facets(),
    )  # fmt: skip


def shown_goods(spu_ids: Sequence[int], *, currency: str) -> list[ShownGood]:
    """This function will return those of `spu_ids` that are on sale and priced in `currency`, in the order given."""
    rows = rows_of(
        f"select {COLUMNS}, {_face()}, {HAS_STOCK} as in_stock {ON_SALE} and s.id = any(%(ids)s)"
        " order by array_position(%(ids)s::bigint[], s.id)",
        {"currency": currency, "ids": list(spu_ids)},
    )
    return [_shown(row, currency) for row in rows]


def _sort_of(wanted: GoodsFilter) -> str:
    if wanted.sort in SORTS and (wanted.sort != "relevance" or wanted.words.strip()):
        return wanted.sort
    return "relevance" if wanted.words.strip() else "sales"


def _words(asked: str, params: dict[str, Any]) -> tuple[list[str], str]:
    """The conditions that every term is met, as words or as a part of the title, and the rank of what was found."""
    tests, ranks = [], []
    for place, (query, term) in enumerate(query_texts(asked)):
        params |= {f"q{place}": query, f"t{place}": pattern_of(term)}
        tests.append(f"(s.search @@ %(q{place})s::tsquery or {PARTS} like %(t{place})s)")
        ranks.append(f"%(q{place})s::tsquery")
    if asked.strip() and not tests:
        tests.append("false")  # nothing but marks was typed
    return tests, f"ts_rank(coalesce(s.search, ''), {' || '.join(ranks)})" if ranks else "0"


def _flags(wanted: GoodsFilter, params: dict[str, Any]) -> dict[str, str]:
    """The choices whose other values are counted too, each as a test by the name of its column."""
    flags: dict[str, str] = {}
    if wanted.category:
        flags["ok_category"] = "%(category)s in (c.code, f.code)"
        params["category"] = wanted.category
    if wanted.brands:
        flags["ok_brand"] = "b.code = any(%(brands)s)"
        params["brands"] = list(wanted.brands)
    if wanted.price_from is not None or wanted.price_to is not None:
        flags["ok_price"] = "p.low between %(price_from)s and %(price_to)s"
        params["price_from"] = wanted.price_from if wanted.price_from is not None else 0
        params["price_to"] = wanted.price_to if wanted.price_to is not None else 2**62
    if wanted.in_stock:
        flags["ok_stock"] = HAS_STOCK
    for place, (code, values) in enumerate(sorted(wanted.attributes.items())):
        flags[f"ok_a{place}"] = f"s.attributes->>%(a{place})s = any(%(v{place})s)"
        params |= {f"a{place}": code, f"v{place}": list(values)}
    return flags


def _facets(query: str, wanted: GoodsFilter, flags: Mapping[str, str], params: dict[str, Any]) -> Facets:
    def but(*left_out: str) -> str:
        return " and ".join(name for name in flags if name not in left_out) or "true"

    categories = rows_of(
        f"{query} select c.code, c.name, count(*) as count from base join trade_category c"
        f" on c.id = base.category_id where {but('ok_category')} group by c.id order by 3 desc, c.position, 1",
        params,
    )
    brands = rows_of(
        f"{query} select b.code, b.name, count(*) as count from base join trade_brand b on b.id = base.brand_id"
        f" where {but('ok_brand')} group by b.id order by 3 desc, 1 limit 50",
        params,
    )
    own = " ".join(
        f"when %(a{place})s then {but(f'ok_a{place}')}" for place in range(len(wanted.attributes))
    )  # fmt: skip
    meets = f"case a.code {own} else {but()} end" if own else but()
    attributes = rows_of(
        f"{query} select a.code, min(a.position) as place, (array_agg(a.name order by a.id))[1] as name,"
        " base.attributes->>a.code as value, (array_agg(a.choices->(base.attributes->>a.code)))[1] as value_name,"
        " count(*) as count from base join trade_attribute a on a.product_type_id = base.product_type_id"
        f" and a.filterable and base.attributes ? a.code where {meets} group by 1, 4 order by 2, 1, 6 desc, 4",
        params,
    )
    [span] = rows_of(
        f"{query} select coalesce(min(low), 0) as low, coalesce(max(low), 0) as high from base"
        f" where {but('ok_price')}",
        params,
    )
    grouped: dict[str, tuple[Any, list[FacetValue]]] = {}
    for row in attributes:
        values = grouped.setdefault(row["code"], (row["name"], []))[1]
        values.append(FacetValue(row["value"], row["value_name"] or {"": row["value"]}, row["count"]))
    return Facets(
        categories=tuple(FacetValue(**row) for row in categories),
        brands=tuple(FacetValue(**row) for row in brands),
        attributes=tuple((code, name, tuple(values)) for code, (name, values) in grouped.items()),
        cheapest_minor=span["low"],
        dearest_minor=span["high"],
    )


def _face() -> str:
    return (
        "coalesce((select i.digest from trade_spu_picture x join trade_picture i on i.id = x.picture_id"
        " where x.spu_id = s.id order by x.position limit 1), '') as picture"
    )


def _shown(row: Mapping[str, Any], currency: str) -> ShownGood:
    return ShownGood(
        id=row["id"], number=row["number"], kind=row["kind"], title=row["title"], subtitle=row["subtitle"],
        currency=currency, price_minor=row["low"], dearest_minor=row["high"], market_minor=row["market"],
        member_minor=row["member"], picture=row["picture"], shop_code=row["shop_code"],
        shop_name=row["shop_name"], sold=row["sold"], rating_tenths=row["rating_tenths"],
        rating_count=row["rating_count"], in_stock=row["in_stock"],
    )  # fmt: skip

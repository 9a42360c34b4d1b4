"""Take in a file of goods."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.money.decimals import parse_minor
from zhanggui.money.errors import Refusal
from zhanggui.trade.catalogue.errors import GoodsIncomplete, UnknownGoods
from zhanggui.trade.catalogue.goods_file import FileGood, FileSku, names_in, pairs_in
from zhanggui.trade.catalogue.models import Brand, Category, Sku, Spu, SpuState, Warehouse
from zhanggui.trade.catalogue.operations.change_goods import change_goods
from zhanggui.trade.catalogue.operations.count_stock import count_stock
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.submit_goods import submit_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft, PriceDraft, SkuDraft, spec_key
from zhanggui.trade.catalogue.rules.stock import StockMove

KINDS = {"快递": "physical", "数字": "digital", "自提": "pickup"}
WHOLE = ("weight", "low_stock")


@dataclass(frozen=True)
class Loading:
    """Whose goods, under which document, what to do with them; `pictures` are digests by name in small letters,
    `unusable` says of a name why it is no picture."""

    owner_id: int
    reference: str
    at: datetime
    actor: str
    supply: bool = False
    submit: bool = False
    currency: str = "CNY"
    pictures: Mapping[str, str] = ()  # type: ignore[assignment]
    unusable: Mapping[str, Refusal] = ()  # type: ignore[assignment]


@dataclass(frozen=True)
class Outcome:
    """What became of one good of a file: `done` is created, changed or rejected."""

    row: int
    title: str
    done: str
    number: str = ""
    refusal: Refusal | None = None


def load_goods(*, goods: Sequence[FileGood], loading: Loading) -> list[Outcome]:
    """This function will write or change every good of a file, in the caller's transaction, and return what became of
    each: good ones are taken in, the others rejected with their reason, and nothing of a rejected one is left."""
    outcomes = []
    for good in goods:
        try:
            with transaction.atomic():
                number, done = _load(good, loading)
        except Refusal as refusal:
            outcomes.append(Outcome(good.row, good.title[:120], "rejected", refusal=refusal))
        else:
            outcomes.append(Outcome(good.row, good.title[:120], done, number))
    return outcomes


def _load(good: FileGood, loading: Loading) -> tuple[str, str]:
    number = good.text("number")
    now: dict[str, Any] = {"at": loading.at, "actor": loading.actor}
    if number:
        spu = Spu.objects.filter(number=number, owner_id=loading.owner_id).first()
        if spu is None:
            raise UnknownGoods(f"there is no good {number}; look at the list of goods", goods=number)
        spu = change_goods(number=number, owner_id=loading.owner_id, draft=_draft(good, loading, spu), **now)
    else:
        spu = draft_goods(
            owner_id=loading.owner_id, draft=_draft(good, loading, None), supply=loading.supply, **now
        )
    _count(good, spu, loading)
    if loading.submit and spu.state in (SpuState.DRAFT, SpuState.REFUSED):
        submit_goods(number=spu.number, owner_id=loading.owner_id, **now)
    return spu.number, "changed" if number else "created"


def _draft(good: FileGood, loading: Loading, spu: Spu | None) -> GoodsDraft:
    category = _category(good.text("category"), spu)
    kind = category.product_type
    if kind is None:
        raise GoodsIncomplete(
            f"goods cannot stand in {category.code}; choose a category of the second level that is in use"
        )
    attributes = _coded(good.text("attributes"), kind.attributes.all())
    axes = list(kind.specifications.all())
    there: dict[str, Any] = dict(spu.attributes) if spu else {}
    brand = (
        _brand(good.text("brand")) if good.text("brand") else (spu.brand.code if spu and spu.brand else "")
    )
    shown = [row.picture.digest for row in spu.pictures.order_by("position")] if spu else []
    way = good.text("kind")
    return GoodsDraft(
        category_code=category.code, title=_words(good, "title", spu), subtitle=_words(good, "subtitle", spu),
        description=_words(good, "description", spu), keywords=good.text("keywords") or (spu.keywords if spu else ""),
        brand_code=brand, kind=KINDS.get(way, way) or (spu.kind if spu else "physical"),
        attributes=there | attributes, pictures=_pictures(good, loading) or shown,
        freight_template_id=spu.freight_template_id if spu else 0, skus=_skus(good, loading, spu, axes),
    )  # fmt: skip


def _words(good: FileGood, name: str, spu: Spu | None) -> dict[str, str]:
    there: dict[str, str] = dict(getattr(spu, name)) if spu else {}
    return there | {
        language: good.text(f"{name}_{language}")
        for language in ("zh", "en")
        if good.text(f"{name}_{language}")
    }


def _category(text: str, spu: Spu | None) -> Category:
    if not text and spu is not None:
        return spu.category
    bare = text.replace("›", ">").rpartition(">")[2].strip()
    rows = Category.objects.filter(parent__isnull=False).select_related("product_type")
    found = rows.filter(code=bare).first() or next((row for row in rows if bare in row.name.values()), None)
    if found is None:
        raise UnknownGoods(f"there is no category {bare!r}; choose one of the list", category=bare)
    return found


def _brand(text: str) -> str:
    row = Brand.objects.filter(code=text).first()
    row = row or next((one for one in Brand.objects.all() if text in one.name.values()), None)
    if row is None:
        raise UnknownGoods(f"there is no brand {text!r}; choose one of the list", brand=text)
    return row.code


def _coded(text: str, axes: Any) -> dict[str, str]:
    """Pairs by codes, whether the file says codes or names in any language."""
    found = {}
    for key, value in pairs_in(text).items():
        axis = next((one for one in axes if key == one.code or key in one.name.values()), None)
        choices = axis.choices if axis else {}
        code = next((code for code, names in choices.items() if value in names.values()), value)
        found[axis.code if axis else key] = code
    return found


def _pictures(good: FileGood, loading: Loading) -> list[str]:
    found = []
    for name in names_in(good.text("pictures")):
        bare = name.casefold()
        if bare in loading.unusable:
            raise loading.unusable[bare]
        if bare not in loading.pictures:
            raise UnknownGoods(
                f"the archive has no picture {name[:80]}; add it, or correct the name", picture=name
            )
        found.append(loading.pictures[bare])
    return found


def _skus(good: FileGood, loading: Loading, spu: Spu | None, axes: Sequence[Any]) -> list[SkuDraft]:
    """What is there, with what the rows change, and what they add."""
    skus = list(spu.skus.order_by("id").prefetch_related("prices")) if spu else []
    found = {spec_key(sku.specs): _as_it_is(sku) for sku in skus}
    by_code = {sku.code: sku for sku in skus}
    for row in good.rows:
        own = by_code.get(row.cells.get("sku", ""))
        specs = _coded(row.cells["specs"], axes) if "specs" in row.cells else dict(own.specs) if own else {}
        key = spec_key(specs)
        if spu is not None and not row.cells.keys() & _OF_SKUS and key not in found:
            continue
        found[key] = _changed(found.get(key) or SkuDraft(specs=specs, prices={}), row, loading)
    return list(found.values())


_OF_SKUS = {
    "specs",
    "sku",
    "price",
    "market_price",
    "member_price",
    "currency",
    *WHOLE,
    "barcode",
    "sku_type",
    "stock",
}


def _as_it_is(sku: Sku) -> SkuDraft:
    return SkuDraft(
        specs=sku.specs, code=sku.code, sku_type=sku.sku_type, barcode=sku.barcode, weight_grams=sku.weight_grams,
        low_stock=sku.low_stock, active=sku.active,
        prices={row.currency: PriceDraft(row.price_minor, row.market_minor, row.member_minor)
                for row in sku.prices.all()},
    )  # fmt: skip


def _changed(draft: SkuDraft, row: FileSku, loading: Loading) -> SkuDraft:
    cells = row.cells
    currency = cells.get("currency", loading.currency).upper()
    before = draft.prices.get(currency)
    prices = dict(draft.prices)
    if {"price", "market_price", "member_price"} & cells.keys():
        prices[currency] = PriceDraft(
            _minor(cells, "price", currency, before.price_minor if before else 0),
            _minor(cells, "market_price", currency, before.market_minor if before else 0),
            _minor(cells, "member_price", currency, before.member_minor if before else 0),
        )
    return SkuDraft(
        specs=draft.specs, prices=prices, code=cells.get("sku", draft.code),
        sku_type=cells.get("sku_type", draft.sku_type), barcode=cells.get("barcode", draft.barcode),
        weight_grams=_whole(row, "weight", draft.weight_grams), low_stock=_whole(row, "low_stock", draft.low_stock),
        active=draft.active,
    )  # fmt: skip


def _minor(cells: Mapping[str, str], column: str, currency: str, there: int) -> int:
    return parse_minor(cells[column], currency) if column in cells else there


def _whole(row: FileSku, column: str, there: int) -> int:
    text = row.cells.get(column, "")
    if not text:
        return there
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        raise GoodsIncomplete(f"row {row.row}: {text[:30]!r} is no whole number; correct it", row=row.row)
    return int(text)


def _count(good: FileGood, spu: Spu, loading: Loading) -> None:
    """Set stock to what the rows say is there."""
    told = [row for row in good.rows if "stock" in row.cells]
    if not told:
        return
    warehouses = {
        row.code: row.id for row in Warehouse.objects.filter(owner_id=loading.owner_id, active=True)
    }
    skus = {spec_key(sku.specs): sku.id for sku in spu.skus.all()}
    codes = {sku.code: sku.id for sku in spu.skus.all()}
    kind = spu.category.product_type
    axes = list(kind.specifications.all()) if kind else []
    moves = []
    for row in told:
        code = row.cells.get("warehouse") or next(iter(sorted(warehouses)), "")
        if code not in warehouses:
            raise UnknownGoods(
                f"there is no warehouse {code!r}; open it first, or correct the name", warehouse=code
            )
        specs = spec_key(_coded(row.cells["specs"], axes) if "specs" in row.cells else {})
        sku = codes.get(row.cells.get("sku", "")) or skus.get(specs)
        if sku is None:
            raise UnknownGoods(f"row {row.row} names no SKU of {spu.number}; name it by its code or choices")
        moves.append(
            StockMove(sku, warehouses[code], _whole(row, "stock", 0), f"{loading.reference}-{row.row}")
        )
    count_stock(moves=moves, at=loading.at, actor=loading.actor)

"""Write what a good is: its texts, pictures, SKUs and prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from zhanggui.trade.catalogue.errors import CodeRefused, GoodsIncomplete, UnknownGoods
from zhanggui.trade.catalogue.models import Brand, Category, Picture, Sku, SkuPrice, Spu, SpuPicture
from zhanggui.trade.catalogue.queries.types import brand_of, category_of
from zhanggui.trade.catalogue.rules.goods import (
    KINDS,
    MOST_PICTURES,
    GoodsDraft,
    PriceDraft,
    SkuDraft,
    axis_of,
    check_prices,
    check_skus,
    checked_attributes,
    checked_specs,
    spec_key,
)
from zhanggui.trade.catalogue.rules.texts import (
    DESCRIPTION_LONGEST,
    KEYWORDS_LONGEST,
    SUBTITLE_LONGEST,
    TITLE_LONGEST,
    checked_words,
    cleaned,
)


def fill_goods(*, spu: Spu, draft: GoodsDraft, at: datetime) -> Spu:
    """This function will write a draft into a locked or new good, in the caller's transaction. SKUs are told apart by
    their choices; those the draft does not have any more are not sold any more, and stay for the orders that name
    them. A listing keeps the SKUs and the kind of its source.

    Raises WordsRefused, CodeRefused, UnknownGoods, GoodsIncomplete, PriceRefused, UnknownCurrency.
    """
    category, brand = _place(draft)
    kind = category.product_type
    assert kind is not None
    attributes = [axis_of(row) for row in kind.attributes.order_by("position")]
    axes = [axis_of(row) for row in kind.specifications.order_by("position")]
    specs = [checked_specs(sku.specs, axes) for sku in draft.skus]
    check_skus(draft.skus, specs)
    if draft.kind not in KINDS:
        raise GoodsIncomplete(f"a good is {', '.join(KINDS)}, not {draft.kind!r}; choose one")
    keywords = cleaned(draft.keywords)
    if len(keywords) > KEYWORDS_LONGEST:
        raise GoodsIncomplete(f"the keywords have {len(keywords)} characters; use at most {KEYWORDS_LONGEST}")
    spu.category, spu.brand, spu.keywords, spu.changed_at = category, brand, keywords, at
    spu.title = checked_words(draft.title, what="the title", longest=TITLE_LONGEST)
    spu.subtitle = checked_words(
        draft.subtitle, what="the subtitle", longest=SUBTITLE_LONGEST, required=False
    )
    spu.description = checked_words(
        draft.description, what="the description", longest=DESCRIPTION_LONGEST, required=False, lines=True
    )
    spu.attributes = checked_attributes(draft.attributes, attributes, complete=False)
    spu.freight_template_id = draft.freight_template_id
    if spu.source_id is None:
        spu.kind = draft.kind
    spu.save()
    _fill_pictures(spu, draft.pictures)
    _fill_skus(spu, draft.skus, specs)
    return spu


def _place(draft: GoodsDraft) -> tuple[Category, Brand | None]:
    category = category_of(draft.category_code)
    if category.parent_id is None or not category.active:
        raise GoodsIncomplete(
            f"goods cannot stand in {category.code}; choose a category of the second level that is in use"
        )
    return category, brand_of(draft.brand_code) if draft.brand_code else None


def _fill_pictures(spu: Spu, digests: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(digests))
    if len(wanted) > MOST_PICTURES:
        raise GoodsIncomplete(
            f"a good shows at most {MOST_PICTURES} pictures, not {len(wanted)}; leave some out"
        )
    found = dict(Picture.objects.filter(digest__in=wanted).values_list("digest", "id"))
    missing = next((digest for digest in wanted if digest not in found), None)
    if missing:
        raise UnknownGoods(f"there is no picture {missing[:12]}; upload it again", picture=missing)
    shown = spu.pictures.order_by("position").values_list("picture__digest", flat=True)
    if list(shown) != wanted:
        spu.pictures.all().delete()
        SpuPicture.objects.bulk_create([
            SpuPicture(spu=spu, picture_id=found[digest], position=position) for position, digest in enumerate(wanted)
        ])  # fmt: skip


def _fill_skus(spu: Spu, drafts: Sequence[SkuDraft], specs: Sequence[Mapping[str, str]]) -> None:
    there = {spec_key(sku.specs): sku for sku in spu.skus.order_by("id")}
    _check_codes(drafts, specs, there)
    number = len(there)
    for draft, chosen in zip(drafts, specs, strict=True):
        sku = there.pop(spec_key(chosen), None)
        if sku is None:
            if spu.source_id:
                raise GoodsIncomplete(
                    "a listing has the SKUs of its supply goods and no others; leave new ones out"
                )
            number += 1
            sku = Sku(spu=spu, owner_id=spu.owner_id, specs=chosen, code=f"{spu.number}-{number}")
        sku.code = draft.code or sku.code
        sku.sku_type, sku.barcode = cleaned(draft.sku_type)[:64], cleaned(draft.barcode)[:64]
        sku.weight_grams, sku.low_stock, sku.active = draft.weight_grams, draft.low_stock, draft.active
        sku.save()
        write_prices(sku=sku, prices=draft.prices)
    gone = [sku.id for sku in there.values() if sku.active]
    off = [*gone, *spu.skus.filter(active=False).values_list("id", flat=True)]
    Sku.objects.filter(id__in=gone).update(active=False)
    Sku.objects.filter(source_id__in=off, active=True).update(active=False)


def _check_codes(
    drafts: Sequence[SkuDraft], specs: Sequence[Mapping[str, str]], there: Mapping[str, Sku]
) -> None:
    given = {
        draft.code: there.get(spec_key(chosen))
        for draft, chosen in zip(drafts, specs, strict=True) if draft.code
    }  # fmt: skip
    if len(given) < sum(bool(draft.code) for draft in drafts):
        raise CodeRefused("two SKUs have the same code; change one")
    for sku_id, code in Sku.objects.filter(code__in=given).values_list("id", "code"):
        own = given[code]
        if own is None or own.id != sku_id:
            raise CodeRefused(f"{code!r} is the code of another SKU; choose another one", value=code)


def write_prices(*, sku: Sku, prices: Mapping[str, PriceDraft]) -> bool:
    """This function will make `prices` the prices of a SKU, and say whether they are others than before. Raises
    PriceRefused, UnknownCurrency."""
    check_prices(prices, sku=sku.code)
    before = {row.currency: row for row in sku.prices.all()}
    changed = bool(set(before) - set(prices))
    SkuPrice.objects.filter(sku=sku).exclude(currency__in=prices).delete()
    for currency, price in prices.items():
        values: dict[str, Any] = {
            "price_minor": price.price_minor, "market_minor": price.market_minor, "member_minor": price.member_minor,
        }  # fmt: skip
        row = before.get(currency)
        if row is None or any(getattr(row, name) != value for name, value in values.items()):
            SkuPrice.objects.update_or_create(sku=sku, currency=currency, defaults=values)
            changed = True
    return changed


def reviewed_of(spu: Spu) -> dict[str, Any]:
    """This function will return what a review looks at: when it changes, the good is reviewed again."""
    return {
        "title": spu.title, "subtitle": spu.subtitle, "description": spu.description, "keywords": spu.keywords,
        "category": spu.category.code, "brand": spu.brand.code if spu.brand else "", "kind": str(spu.kind),
        "attributes": spu.attributes,
        "pictures": list(spu.pictures.order_by("position").values_list("picture__digest", flat=True)),
    }  # fmt: skip


def sold_of(spu: Spu) -> dict[str, Any]:
    """This function will return what no review looks at: SKUs, prices, freight."""
    return {
        "freight_template": spu.freight_template_id,
        "skus": {
            sku.code: {
                "specs": sku.specs, "active": sku.active, "low_stock": sku.low_stock, "barcode": sku.barcode,
                "weight_grams": sku.weight_grams, "sku_type": sku.sku_type,
                "prices": {row.currency: [row.price_minor, row.market_minor, row.member_minor]
                           for row in sorted(sku.prices.all(), key=lambda row: row.currency)},
            }
            for sku in spu.skus.order_by("id").prefetch_related("prices")
        },
    }  # fmt: skip

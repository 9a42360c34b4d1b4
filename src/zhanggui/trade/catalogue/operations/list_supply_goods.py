"""List supply goods of a supplier in a merchant's shop."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import NotForListing, PriceRefused, UnknownGoods
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import Sku, Spu, SpuPicture, SpuState, SpuStep
from zhanggui.trade.catalogue.operations.draft_goods import begin_goods
from zhanggui.trade.catalogue.operations.fill_goods import reviewed_of, sold_of, write_prices
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.operations.step_goods import step_goods
from zhanggui.trade.catalogue.rules.goods import PriceDraft

COPIED = ("category_id", "brand_id", "kind", "title", "subtitle", "description", "keywords", "attributes")


def list_supply_goods(
    *, source_number: str, merchant_id: int, prices: Mapping[str, Mapping[str, PriceDraft]], at: datetime,
    actor: str,
) -> Spu:  # fmt: skip
    """This function will put supply goods on sale in a merchant's shop, in the caller's transaction: with their texts
    and pictures, which were reviewed there, at the merchant's `prices` (by code of the supplier's SKU, then by
    currency). The stock stays the supplier's, who ships. Listed before, it takes in the SKUs it lacks.

    Raises UnknownGoods, NotForListing, PriceRefused: a SKU has no price; UnknownCurrency.
    """
    source = lock_goods(source_number)
    if not source.supply or source.state != SpuState.LISTED or source.owner_id == merchant_id:
        raise NotForListing(f"{source_number} cannot be listed; choose supply goods that are on sale")
    skus = list(source.skus.filter(active=True).order_by("id"))
    unknown = next((code for code in prices if code not in {sku.code for sku in skus}), None)
    if unknown:
        raise UnknownGoods(f"{source_number} has no SKU {unknown!r}; look at it again", sku=unknown)
    spu = Spu.objects.select_for_update(no_key=True).filter(owner_id=merchant_id, source=source).first()
    fresh = spu is None
    if spu is None:
        spu = _copied(source, merchant_id, at)
    listed = {sku.source_id: sku for sku in spu.skus.all()}
    number = len(listed)
    for sku in skus:
        own = listed.get(sku.id)
        given = prices.get(sku.code)
        if own is None:
            if not given:
                raise PriceRefused(f"SKU {sku.code} has no price of yours; give one", sku=sku.code)
            number += 1
            own = Sku(
                spu=spu, owner_id=merchant_id, source=sku, specs=sku.specs, code=f"{spu.number}-{number}",
                sku_type=sku.sku_type, barcode=sku.barcode, weight_grams=sku.weight_grams,
            )  # fmt: skip
        own.active = True
        own.save()
        if given:
            write_prices(sku=own, prices=given)
    if fresh:
        SpuStep.objects.create(spu=spu, before=SpuState.DRAFT, after=SpuState.DRAFT, at=at, actor=actor)
        step_goods(spu=spu, after=SpuState.LISTED, at=at, actor=actor, note=source.number)
        index_goods(spu_ids=[spu.id])
    record_change(
        at=at, actor=actor, action="goods.listed_from_supply", object_kind="goods", object_id=spu.number,
        party_id=merchant_id, after={"source": source_number} | reviewed_of(spu) | sold_of(spu),
    )  # fmt: skip
    return spu


def _copied(source: Spu, merchant_id: int, at: datetime) -> Spu:
    spu = begin_goods(owner_id=merchant_id, at=at)
    for name in COPIED:
        setattr(spu, name, getattr(source, name))
    spu.source, spu.supplier_id = source, source.owner_id
    spu.save()
    SpuPicture.objects.bulk_create([
        SpuPicture(spu=spu, picture_id=row.picture_id, position=row.position) for row in source.pictures.all()
    ])  # fmt: skip
    return spu

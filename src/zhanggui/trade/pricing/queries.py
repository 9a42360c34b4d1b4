"""What goods cost and whether they can be had: reads of a fixed number of statements, whatever the number of SKUs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.catalogue.models import Shop, ShopState, Sku, SkuPrice, SpuPicture, SpuState, Stock
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.pricing.models import CarrierTariff, FreightRow, FreightTemplate
from zhanggui.trade.pricing.rules.freight import FreightStep, FreightTerms, step_amount
from zhanggui.trade.pricing.rules.prices import unit_price

UNLISTED = "unlisted"
CLOSED = "closed"
CURRENCY = "currency"


@dataclass(frozen=True, slots=True)
class Offer:
    """A SKU and what it costs a buyer. `refused` says why it cannot be bought, whatever the quantity; empty: it can.

    `stock_sku_id` is whose stock it takes: its source's for supply goods that a merchant listed, else its own.
    """

    sku_id: int
    stock_sku_id: int
    sku_code: str
    spu_id: int
    spu_number: str
    merchant_id: int
    supplier_id: int
    kind: str
    category_code: str
    categories: frozenset[str]
    sku_type: str
    title: Mapping[str, str]
    specs: Mapping[str, Any]
    picture: str
    weight_grams: int
    freight_template_id: int
    unit_minor: int
    market_minor: int
    supply_minor: int
    refused: str


def offers(*, sku_ids: Iterable[int], currency: str, member: bool) -> dict[int, Offer]:
    """This function will return, by SKU, what each costs in `currency`; four statements. SKUs that do not exist are
    left out; those that cannot be bought are there with the reason."""
    skus = list(
        Sku.objects.filter(id__in=set(sku_ids)).select_related(
            "spu__category__parent", "source__spu", "spu__source"
        )
    )
    priced = {sku.id for sku in skus} | {sku.source_id for sku in skus if sku.source_id}
    prices = {row.sku_id: row for row in SkuPrice.objects.filter(sku_id__in=priced, currency=currency)}
    open_shops = set(
        Shop.objects.filter(
            merchant_id__in={sku.spu.owner_id for sku in skus}, state=ShopState.OPEN
        ).values_list("merchant_id", flat=True)
    )
    faces = _faces({sku.spu_id for sku in skus})
    return {
        sku.id: _offer(
            sku, prices=prices, shop_open=sku.spu.owner_id in open_shops, picture=faces.get(sku.spu_id, ""),
            member=member,
        )
        for sku in skus
    }  # fmt: skip


def _offer(sku: Sku, *, prices: Mapping[int, SkuPrice], shop_open: bool, picture: str, member: bool) -> Offer:
    spu, price = sku.spu, prices.get(sku.id)
    supply = prices.get(sku.source_id) if sku.source_id else None
    refused = ""
    if spu.supply or spu.state != SpuState.LISTED or not sku.active or _source_gone(sku):
        refused = UNLISTED
    elif not shop_open:
        refused = CLOSED
    elif price is None or (sku.source_id and supply is None):
        refused = CURRENCY
    category = spu.category
    return Offer(
        sku_id=sku.id, stock_sku_id=sku.source_id or sku.id, sku_code=sku.code, spu_id=spu.id,
        spu_number=spu.number, merchant_id=spu.owner_id, supplier_id=spu.supplier_id, kind=spu.kind,
        category_code=category.code,
        categories=frozenset({category.code, category.parent.code} if category.parent else {category.code}),
        sku_type=sku.sku_type, title=spu.title, specs=sku.specs, picture=picture, weight_grams=sku.weight_grams,
        freight_template_id=spu.freight_template_id if spu.kind == GoodsKind.PHYSICAL else 0,
        unit_minor=unit_price(price_minor=price.price_minor, member_minor=price.member_minor, member=member)
        if price else 0,
        market_minor=price.market_minor if price else 0,
        supply_minor=supply.price_minor if supply else 0,
        refused=refused,
    )  # fmt: skip


def _source_gone(sku: Sku) -> bool:
    """Whether the supply goods behind a listing are no longer offered by their supplier."""
    if sku.source is None:
        return False
    return not sku.source.active or sku.source.spu.state != SpuState.LISTED


def _faces(spu_ids: set[int]) -> dict[int, str]:
    """The digest of the first picture of each good."""
    rows = (
        SpuPicture.objects.filter(spu_id__in=spu_ids).order_by("spu_id", "position", "id").distinct("spu_id")
    )
    return dict(rows.values_list("spu_id", "picture__digest"))


def free_stock(*, sku_ids: Iterable[int]) -> dict[tuple[int, int], int]:
    """This function will return what is free to be reserved, by (SKU, warehouse), of warehouses in use; one
    statement. A SKU without any stock row is not in it."""
    rows = Stock.objects.filter(sku_id__in=set(sku_ids), warehouse__active=True)
    return {
        (sku, warehouse): on_hand - reserved
        for sku, warehouse, on_hand, reserved in rows.values_list(
            "sku_id", "warehouse_id", "on_hand", "reserved"
        )
    }


def freight_terms(*, template_ids: Iterable[int], currency: str) -> dict[int, FreightTerms]:
    """This function will return the templates that count in `currency`, by id; one statement. Also closed ones:
    goods that name them are sent by them until they name another."""
    found: dict[int, tuple[FreightTemplate, list[FreightStep]]] = {}
    rows = FreightRow.objects.filter(template_id__in=set(template_ids), template__currency=currency)
    for row in rows.select_related("template").order_by("template_id", "id"):
        found.setdefault(row.template_id, (row.template, []))[1].append(_step(row))
    return {
        template_id: FreightTerms(template.basis, template.free_from_minor, tuple(steps))
        for template_id, (template, steps) in found.items()
    }


def freight_steps(template: FreightTemplate) -> list[FreightStep]:
    """This function will return the rows of a template in the order in which they were written; one statement."""
    return [_step(row) for row in template.rows.order_by("id")]


def _step(row: FreightRow) -> FreightStep:
    return FreightStep(tuple(row.regions), row.first_units, row.first_minor, row.next_units, row.next_minor)


def tariff_in_force(*, carrier: str, currency: str, at: datetime) -> CarrierTariff | None:
    """This function will return the tariff of a carrier (its code) that holds at a moment, or None."""
    party = Party.objects.filter(kind=PartyKind.CARRIER, code=carrier).values_list("id", flat=True).first()
    found = CarrierTariff.objects.filter(carrier_id=party or 0, currency=currency, effective_at__lte=at)
    return found.order_by("-effective_at", "-version").first()


def freight_by_tariff(*, tariff: CarrierTariff, grams: int) -> int:
    """This function will return what so many grams cost by a tariff, minor units."""
    step = FreightStep((), tariff.first_grams, tariff.first_minor, tariff.next_grams, tariff.next_minor)
    return step_amount(step, grams)


def carriers_with_tariff(*, currency: str, at: datetime) -> list[Party]:
    """This function will return the mall's carriers that have a tariff in force in a currency, by their codes."""
    known = CarrierTariff.objects.filter(currency=currency, effective_at__lte=at).values("carrier_id")
    return list(Party.objects.filter(kind=PartyKind.CARRIER, active=True, id__in=known).order_by("code"))

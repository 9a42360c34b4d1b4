"""Open the mall, act by act, through the catalogue's own acts: the line, what types there are, shops and their
goods, stock, supply goods that shops list, codes of digital goods, promotions.

Each act is done in one transaction with its mark; only drawing is done before, and kept in files.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.party_opened import party_opened
from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.pictures import picture_folder
from zhanggui.portals.shell.demonstration.drawing.scenes import Scene
from zhanggui.portals.shell.demonstration.mall import pictures
from zhanggui.portals.shell.demonstration.mall.reading import Choice, Good, Vendor, mall_data
from zhanggui.portals.shell.presets import preset
from zhanggui.trade.catalogue.models import Sku, Spu, Warehouse
from zhanggui.trade.catalogue.operations.change_shop import ShopDraft, change_shop
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.keep_brand import keep_brand
from zhanggui.trade.catalogue.operations.keep_category import keep_category
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture
from zhanggui.trade.catalogue.operations.keep_product_type import AxisDraft, keep_product_type
from zhanggui.trade.catalogue.operations.keep_warehouse import keep_warehouse
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.operations.open_shop import open_shop
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.operations.review_goods import review_goods
from zhanggui.trade.catalogue.operations.submit_goods import submit_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft, PriceDraft, SkuDraft
from zhanggui.trade.catalogue.rules.pictures import DrawnPicture
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.fulfilment.operations.add_digital_items import add_digital_items
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon

PLATFORM, OFFICE = "zhanggui demo", "zhanggui demo (shops)"
CURRENCY = "CNY"
OPENING, WAREHOUSE = "opening", "main"
LOW_STOCK = 10
TARIFFS = {
    "carrier-heron": FreightStep((), 1000, 800, 500, 200),
    "carrier-iron-horse": FreightStep((), 1000, 600, 1, 0),
}
"""What carriers ask for a parcel: by weight, and the same for all. Grams and minor units."""
SUPPORT = {"support_phone": "400-000-0000", "support_hours": "9:00–21:00"}
DRAWERS = 3


def open_line(at: datetime) -> None:
    """The mall's business line with its terms, fee rules and carriers, and the parties of shops and suppliers."""
    found = preset("mall")
    assert found is not None
    business_line_opened(preset=found, at=at, actor=PLATFORM)
    for vendor in mall_data().vendors:
        kind = PartyKind.SUPPLIER if vendor.supplier else PartyKind.MERCHANT
        party_opened(code=vendor.code, kind=kind, name=vendor.name, at=at, actor=PLATFORM)
    for code, value in SUPPORT.items():
        set_parameter(code=code, value=value, at=at, actor=PLATFORM)
    for carrier, step in TARIFFS.items():
        set_carrier_tariff(carrier=carrier, currency=CURRENCY, step=step, at=at, actor=PLATFORM)


def open_catalogue(at: datetime) -> None:
    """Product types, both levels of categories, brands."""
    data = mall_data()
    for code, kind in data.types.items():
        keep_product_type(
            code=code, name=kind["name"], at=at, actor=PLATFORM,
            attributes=[_axis(name, data.attributes) for name in kind["attributes"]],
            specifications=[_axis(name, data.specifications) for name in kind["specifications"]],
        )  # fmt: skip
    for place, first in enumerate(data.categories):
        keep_category(code=first["code"], name=first["name"], position=place, at=at, actor=PLATFORM)
        for under, child in enumerate(first["children"]):
            keep_category(
                code=child["code"], name=child["name"], parent_code=first["code"], product_type_code=child["type"],
                position=under, at=at, actor=PLATFORM,
            )  # fmt: skip
    for code, name in data.brands.items():
        keep_brand(code=code, name=name, at=at, actor=PLATFORM)


def _axis(name: str, known: Mapping[str, Mapping[str, Any]]) -> AxisDraft:
    """An axis by its name; a star behind it: it has to be told."""
    code = name.rstrip("*")
    row = known[code]
    return AxisDraft(
        code=code, name=row["name"], choices=row.get("choices", {}), required=name != code,
        filterable=row.get("filterable", False),
    )  # fmt: skip


def draw_pictures(_at: datetime) -> None:
    """Draw every picture there will be, into files; those that are there are left alone."""
    folder = drawn_folder()
    shown: list[list[Scene]] = [
        scenes for vendor in mall_data().vendors for _, scenes in pictures.scenes_of(vendor)
    ]
    with ThreadPoolExecutor(DRAWERS) as drawers:
        list(drawers.map(lambda scenes: pictures.pictures_of(scenes, folder), shown))
        list(drawers.map(lambda shop: pictures.banner_of(shop, folder), mall_data().shops))
        list(drawers.map(lambda shop: pictures.emblem_of(shop, folder), mall_data().shops))


def drawn_folder() -> Path:
    """Where drawings are kept, beside the pictures of the catalogue."""
    return Path(settings.MEDIA_ROOT) / "drawn"


def open_suppliers(at: datetime) -> None:
    """The suppliers' goods, reviewed and offered to shops."""
    for vendor in mall_data().suppliers:
        _settle_in(vendor, at)
    _sell(mall_data().suppliers, at)


def open_shops(at: datetime) -> None:
    """The shops, still empty."""
    for vendor in mall_data().shops:
        merchant = Party.objects.get(code=vendor.code)
        open_shop(merchant=merchant, at=at, actor=PLATFORM)
        banner, emblem = (
            _kept(draw(vendor, drawn_folder()), merchant, at)
            for draw in (pictures.banner_of, pictures.emblem_of)
        )
        address = {
            "recipient": vendor.name["zh"], "phone": "400-800-0000", "region": vendor.region,
            "street": vendor.city["zh"],
        }  # fmt: skip
        draft = ShopDraft(
            name=vendor.name, intro=vendor.intro, banner=banner, logo=emblem, return_address=address
        )
        change_shop(merchant_id=merchant.id, draft=draft, at=at, actor=OFFICE)
        _settle_in(vendor, at)


def fill_shops(at: datetime) -> None:
    """What the shops sell of their own."""
    _sell(mall_data().shops, at)


def _kept(drawn: DrawnPicture, owner: Party, at: datetime) -> str:
    return keep_picture(drawn=drawn, owner_id=owner.id, folder=picture_folder(), at=at).digest


def _settle_in(vendor: Vendor, at: datetime) -> None:
    """A vendor's warehouse and freight templates."""
    owner = Party.objects.get(code=vendor.code)
    keep_warehouse(
        owner_id=owner.id, code=WAREHOUSE, name={"zh": "主仓", "en": "Main warehouse"}, at=at, actor=OFFICE
    )
    for code in vendor.freight:
        _add_freight(owner, code, at)


def _sell(vendors: Sequence[Vendor], at: datetime) -> None:
    """Goods on sale and in stock. In rounds over the vendors, the goods named first coming last: so the newest goods
    of the mall are the best ones of many shops."""
    owners = {owner.code: owner for owner in Party.objects.filter(code__in=[one.code for one in vendors])}
    warehouses = {row.owner_id: row for row in Warehouse.objects.filter(code=WAREHOUSE)}
    templates = {(row.owner_id, row.code): row.id for row in FreightTemplate.objects.all()}
    moves: list[StockMove] = []
    for vendor, good, scenes in _rounds(vendors):
        owner = owners[vendor.code]
        shown = [_kept(one, owner, at) for one in pictures.pictures_of(scenes, drawn_folder())]
        draft = _draft(good, shown, templates.get((owner.id, good.freight), 0), supply=vendor.supplier)
        spu = draft_goods(owner_id=owner.id, draft=draft, at=at, actor=OFFICE, supply=vendor.supplier)
        submit_goods(number=spu.number, owner_id=owner.id, at=at, actor=OFFICE)
        review_goods(number=spu.number, accepted=True, at=at, actor=PLATFORM)
        moves += _moves(spu, good, warehouses[owner.id])
    receive_stock(moves=moves, at=at, actor=OFFICE)


def _rounds(vendors: Sequence[Vendor]) -> Iterator[tuple[Vendor, Good, list[Scene]]]:
    shelves = {vendor.code: list(pictures.scenes_of(vendor)) for vendor in vendors}
    for place in range(max(map(len, shelves.values()), default=0) - 1, -1, -1):
        for vendor in vendors:
            if place < len(shelves[vendor.code]):
                yield vendor, *shelves[vendor.code][place]


def _moves(spu: Spu, good: Good, warehouse: Warehouse) -> list[StockMove]:
    stock = {good.sku_code(choice): choice.stock for choice in good.choices}
    return [StockMove(sku.id, warehouse.id, stock[sku.code], OPENING) for sku in spu.skus.all()]


def _draft(good: Good, shown: list[str], template: int, *, supply: bool) -> GoodsDraft:
    return GoodsDraft(
        category_code=good.category, brand_code=good.brand, kind=good.kind, title=good.title,
        subtitle=good.subtitle, description=good.text, keywords=good.keywords, attributes=good.attributes,
        pictures=shown, freight_template_id=template,
        skus=[
            SkuDraft(
                code=good.sku_code(choice), specs=choice.specs, prices=_prices(choice, supply=supply),
                sku_type="" if good.kind == "physical" else good.kind, weight_grams=choice.weight,
                low_stock=LOW_STOCK,
            )
            for choice in good.choices
        ],
    )  # fmt: skip


def _prices(choice: Choice, *, supply: bool) -> dict[str, PriceDraft]:
    """What a SKU costs; of supply goods what it costs the shop, and what is suggested beside it."""
    if supply:
        return {CURRENCY: PriceDraft(choice.supply, market_minor=choice.price)}
    prices = {CURRENCY: PriceDraft(choice.price, choice.market, choice.member)}
    return prices | ({"USD": PriceDraft(choice.usd)} if choice.usd else {})


def _add_freight(owner: Party, code: str, at: datetime) -> None:
    row = mall_data().freight[code]
    rows = [
        FreightStep(tuple(step.get("regions", ())), step["first"], step["price"], step["next"], step["more"])
        for step in row["rows"]
    ]
    add_freight_template(
        owner_id=owner.id, code=code, name=row["name"], currency=CURRENCY, basis=row["basis"], rows=rows, at=at,
        actor=OFFICE, free_from_minor=row["free_from"],
    )  # fmt: skip


def list_supply(at: datetime) -> None:
    """Shops list supply goods, each at its own prices, whole yuan."""
    choices = {good.code: good for vendor in mall_data().suppliers for good in vendor.goods}
    for row in mall_data().listings:
        merchant = Party.objects.get(code=row["shop"])
        for code in row["supply"]:
            good = choices[code]
            skus = {good.sku_code(choice): choice for choice in good.choices}
            source = Sku.objects.select_related("spu").get(code=next(iter(skus)))
            list_supply_goods(
                source_number=source.spu.number, merchant_id=merchant.id, at=at, actor=OFFICE,
                prices={
                    sku: {CURRENCY: PriceDraft(choice.price * row["price_ppm"] // 100_000_000 * 100)}
                    for sku, choice in skus.items()
                },
            )  # fmt: skip


def fill_digital(at: datetime) -> None:
    """Codes of gift cards and links of courses, to be given to buyers; they open nothing."""
    for vendor in mall_data().shops:
        owner = Party.objects.get(code=vendor.code)
        for good in vendor.goods:
            if good.kind == "digital":
                for choice in good.choices:
                    sku = good.sku_code(choice)
                    items = [_code(sku, number) for number in range(choice.stock)]
                    add_digital_items(owner_id=owner.id, sku_code=sku, items=items, at=at, actor=OFFICE)


def _code(sku: str, number: int) -> str:
    digest = hashlib.sha256(f"{sku}/{number}".encode()).hexdigest().upper()
    return "-".join(["DEMO", digest[:4], digest[4:8], digest[8:12]])


def open_promotions(at: datetime) -> None:
    """Coupons and spend-and-save rules of shops and of the platform."""
    shops = dict(Party.objects.filter(kind=PartyKind.MERCHANT).values_list("code", "id"))
    for row in mall_data().coupons:
        starts, ends = (at + timedelta(days=days) for days in row["days"])
        issue_coupon(
            code=row["code"], name=row["name"], merchant_id=shops[row["shop"]] if "shop" in row else 0,
            kind="percent" if "off_ppm" in row else "amount", currency=CURRENCY, total=row["total"],
            claim_starts_at=starts, claim_ends_before=ends, use_starts_at=starts, use_ends_before=ends, at=at,
            actor=PLATFORM, amount_minor=row.get("amount", 0), off_ppm=row.get("off_ppm", 0),
            most_minor=row.get("most", 0), from_minor=row["from"], platform_ppm=row.get("platform_ppm", 0),
            categories=row.get("categories", ()), per_buyer=row.get("per_buyer", 1),
        )  # fmt: skip
    for row in mall_data().savings:
        starts, ends = (at + timedelta(days=days) for days in row["days"])
        add_saving(
            code=row["code"], name=row["name"], merchant_id=shops[row["shop"]] if "shop" in row else 0,
            currency=CURRENCY, steps=row["steps"], starts_at=starts, ends_before=ends, at=at, actor=PLATFORM,
            platform_ppm=row.get("platform_ppm", 0), categories=row.get("categories", ()),
        )  # fmt: skip

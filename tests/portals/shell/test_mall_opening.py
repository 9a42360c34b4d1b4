"""The demonstration mall opens through the catalogue's own acts: a small part of it, all that its data say."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from zhanggui.portals.shell.demonstration.mall import opening
from zhanggui.portals.shell.demonstration.mall.acts import OPENING_ACTS
from zhanggui.portals.shell.demonstration.mall.reading import MallData, mall_data

AT = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)
SHOPS = ("bean-loft", "clear-kiln")


def a_part() -> MallData:
    whole = mall_data()
    return replace(
        whole,
        shops=tuple(replace(one, goods=one.goods[-4:]) for one in whole.shops if one.code in SHOPS),
        suppliers=tuple(one for one in whole.suppliers if one.code == "flower-brook"),
        listings=[row for row in whole.listings if row["shop"] in SHOPS],
        coupons=[row for row in whole.coupons if row.get("shop", SHOPS[0]) in SHOPS],
        savings=[row for row in whole.savings if row.get("shop", SHOPS[0]) in SHOPS],
    )


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Drawings are kept from test to test, as they are from play to play."""
    return tmp_path_factory.mktemp("drawn")


@pytest.fixture
def opened(db: None, drawn: Path, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> MallData:
    part = a_part()
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(opening, "drawn_folder", lambda: drawn)
    monkeypatch.setattr(opening, "mall_data", lambda: part)
    for _, act, _ in OPENING_ACTS:
        with transaction.atomic():
            act(AT)
    return part


def test_everything_in_the_data_is_on_sale(opened: MallData) -> None:
    from zhanggui.trade.catalogue.models import Shop, Sku, Spu, SpuState, Stock

    listed = Spu.objects.filter(state=SpuState.LISTED)
    assert listed.filter(supply=False, source=None).count() == sum(len(shop.goods) for shop in opened.shops)
    assert listed.filter(supply=True).count() == sum(len(one.goods) for one in opened.suppliers)
    assert listed.exclude(source=None).count() == sum(len(row["supply"]) for row in opened.listings) == 3
    assert set(Shop.objects.values_list("code", flat=True)) == set(SHOPS)
    stock = {sku.code: Stock.objects.get(sku=sku).on_hand for sku in Sku.objects.filter(source=None)}
    assert stock == {
        good.sku_code(choice): choice.stock
        for vendor in opened.vendors for good in vendor.goods for choice in good.choices
    }  # fmt: skip


def test_goods_show_their_pictures_in_every_width(opened: MallData, tmp_path: Path) -> None:
    from zhanggui.trade.catalogue.models import Shop, Spu
    from zhanggui.trade.catalogue.operations.keep_picture import picture_path

    for spu in Spu.objects.all():
        digests = list(spu.pictures.order_by("position").values_list("picture__digest", flat=True))
        assert len(digests) == 2
        for digest in digests:
            for width in (80, 320, 800):
                assert picture_path(tmp_path / "pictures", digest, width).read_bytes()[8:12] == b"WEBP"
    assert all(shop.banner and shop.logo for shop in Shop.objects.all())


def test_goods_are_priced_sent_and_given(opened: MallData) -> None:
    from zhanggui.trade.catalogue.models import Sku, Stock
    from zhanggui.trade.fulfilment.models import DigitalItem
    from zhanggui.trade.pricing.models import FreightTemplate
    from zhanggui.trade.pricing.queries import freight_terms, offers

    skus = Sku.objects.filter(spu__supply=False)
    for currency, fewest in (("CNY", len(skus)), ("USD", 8)):
        found = offers(sku_ids=[sku.id for sku in skus], currency=currency, member=True)
        assert sum(not one.refused for one in found.values()) >= fewest
    physical = {
        sku.spu.freight_template_id for sku in skus.select_related("spu") if sku.spu.kind == "physical"
    }
    templates = set(FreightTemplate.objects.values_list("id", flat=True))
    assert set(freight_terms(template_ids=templates, currency="CNY")) == templates
    assert physical - {0} <= templates
    digital = Sku.objects.filter(spu__kind="digital")
    assert digital.exists()
    for sku in digital:
        assert DigitalItem.objects.filter(sku=sku).count() == Stock.objects.get(sku=sku).on_hand


def test_promotions_run_from_the_day_the_mall_opens(opened: MallData) -> None:
    from zhanggui.trade.promotions.models import Coupon, SpendAndSave

    assert set(Coupon.objects.values_list("code", flat=True)) == {row["code"] for row in opened.coupons}
    assert set(SpendAndSave.objects.values_list("code", flat=True)) == {row["code"] for row in opened.savings}
    assert set(Coupon.objects.values_list("use_starts_at", flat=True)) == {AT}
    shared = Coupon.objects.get(code="MALL30")
    assert (shared.merchant_id, shared.platform_ppm) == (0, 600_000)

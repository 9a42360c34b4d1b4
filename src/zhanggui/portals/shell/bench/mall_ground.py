"""What buyers of the benchmark find: three shops of the made-up market with goods in stock, one of them scarce."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from zhanggui.parties.models import Party
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.trade.buyers.models import Address
from zhanggui.trade.buyers.operations.sign_up import sign_up
from zhanggui.trade.catalogue.models import Category, Sku, SkuPrice, Spu, SpuState, SpuStep, Warehouse
from zhanggui.trade.catalogue.operations.keep_category import keep_category
from zhanggui.trade.catalogue.operations.keep_product_type import keep_product_type
from zhanggui.trade.catalogue.operations.keep_warehouse import keep_warehouse
from zhanggui.trade.catalogue.operations.open_shop import open_shop
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.rules.stock import StockMove
from zhanggui.trade.parameters.operations.set_parameter import set_parameter

ACTOR = "zhanggui bench"
SHOPS, GOODS = 3, 20
PLENTY = 1_000_000
PASSWORD = "a bench of buyers, 2026"


@dataclass(frozen=True)
class Stalls:
    """SKUs by shop, the SKU of which there are `scarce_units` only, and the log-ins of buyers."""

    skus: list[list[int]]
    scarce: int
    scarce_units: int
    buyers: list[str]


@transaction.atomic
def open_stalls(line: BusinessLine, *, buyers: int, scarce_units: int) -> Stalls:
    """This function will put up shops, goods and buyers in the throw-away database."""
    at = datetime.now(UTC)
    told = {"at": at, "actor": ACTOR}
    set_parameter(code="business_line", value=line.code, **told)
    keep_product_type(code="bench", name={"en": "Bench"}, attributes=[], specifications=[], **told)
    keep_category(code="bench", name={"en": "Bench"}, position=0, **told)
    keep_category(
        code="bench-category-0", name={"en": "Bench 0"}, parent_code="bench", product_type_code="bench", position=0,
        **told,
    )  # fmt: skip
    category = Category.objects.get(code="bench-category-0")
    skus: list[list[int]] = []
    for merchant in Party.objects.filter(code__startswith="bench-").order_by("id")[:SHOPS]:
        open_shop(merchant=merchant, name={"en": merchant.code, "zh": merchant.code}, **told)
        keep_warehouse(owner_id=merchant.id, code="main", name={"en": "Main"}, **told)
        skus.append([_good(merchant, category, place, at) for place in range(GOODS)])
    scarce = _good(Party.objects.get(code="bench-1"), category, GOODS, at, units=scarce_units)
    names = [f"bench-buyer-{number}" for number in range(buyers)]
    for name in names:
        buyer = sign_up(username=name, password=PASSWORD, at=at)
        Address.objects.create(
            buyer=buyer, recipient="林小满", phone="13800000000", region="310000", city="上海", street="南京东路1号",
            preferred=True,
        )  # fmt: skip
    return Stalls(skus, scarce, scarce_units, names)


def _good(owner: Party, category: Category, place: int, at: datetime, *, units: int = PLENTY) -> int:
    """A good on sale with one SKU, and its stock."""
    code = f"{owner.code}-{place}"
    spu = Spu.objects.create(
        number=f"N-{code}", owner_id=owner.id, category=category, title={"zh": code, "en": code},
        state=SpuState.LISTED, created_at=at, changed_at=at, listed_at=at,
    )  # fmt: skip
    SpuStep.objects.create(spu=spu, before=SpuState.SUBMITTED, after=SpuState.LISTED, at=at, actor=ACTOR)
    sku = Sku.objects.create(code=code, spu=spu, owner_id=owner.id, weight_grams=500)
    SkuPrice.objects.create(sku=sku, currency="CNY", price_minor=990 + 777 * place)
    warehouse = Warehouse.objects.get(owner_id=owner.id)
    receive_stock(moves=[StockMove(sku.id, warehouse.id, units, f"in-{code}")], at=at, actor=ACTOR)
    return sku.id


@transaction.atomic
def open_channel(client: dict[str, Any]) -> None:
    """This function will let buyers pay at the sandbox that says `client` of itself, all orders of a purchase at
    once (合单)."""
    keep_channel(
        code="wechat", name={"zh": "微信支付", "en": "WeChat Pay"}, rail="wechat_pay", currency="CNY",
        account=client["settings"]["mchid"], settings=client["settings"] | {"combines": "yes"},
        secrets=client["secrets"], at=datetime.now(UTC), actor=ACTOR,
    )  # fmt: skip

"""A supplier quotes a new supply price: it holds for orders placed from then on; whoever lists the goods is told."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.locks import lock_goods
from zhanggui.trade.catalogue.models import SkuPrice, Spu
from zhanggui.trade.catalogue.operations.set_prices import set_prices
from zhanggui.trade.catalogue.rules.goods import PriceDraft


@transaction.atomic
def supply_priced(
    *, supplier_id: int, number: str, prices: Mapping[tuple[str, str], int], at: datetime, actor: str
) -> int:
    """This function will set supply prices of a supplier's goods by SKU and currency (minor units) and return how
    many are others than before; prices that are not named stay. What was ordered keeps the price it was ordered at.
    Every merchant who lists the goods is told of each. Raises UnknownGoods, PriceRefused, UnknownCurrency."""
    spu = lock_goods(number, owner_id=supplier_id)
    if not spu.supply:
        raise UnknownGoods(f"there is no good {number}; look at the list of goods", goods=number)
    before = {
        (row.sku.code, row.currency): row
        for row in SkuPrice.objects.filter(sku__spu=spu, sku__active=True).select_related("sku")
    }
    unknown = next((key for key in prices if key not in before), None)
    if unknown:
        sku, currency = unknown
        raise UnknownGoods(f"{number} has no price of {sku} in {currency}; look at it again", sku=sku)
    changed = {key: price for key, price in prices.items() if before[key].price_minor != price}
    wanted: dict[str, dict[str, PriceDraft]] = {}
    for (sku, currency), row in before.items():
        price = changed.get((sku, currency), row.price_minor)
        member = min(row.member_minor, price)
        wanted.setdefault(sku, {})[currency] = PriceDraft(price, row.market_minor, member)
    touched = {sku for sku, _currency in changed}
    set_prices(
        owner_id=supplier_id, prices={sku: wanted[sku] for sku in touched}, at=at, actor=actor
    )  # fmt: skip
    merchants = list(Spu.objects.filter(source=spu).order_by("owner_id").values_list("owner_id", flat=True))
    told = [
        Told(
            "supply.priced", number, party_id=merchant, cause=f"{sku}:{currency}:{at.isoformat()}",
            about={"sku": sku, "currency": currency, "amount_minor": price,
                   "before_minor": before[sku, currency].price_minor},
        )
        for (sku, currency), price in changed.items() for merchant in merchants
    ]  # fmt: skip
    write_notices(told=told, at=at)
    return len(changed)

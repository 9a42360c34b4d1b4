"""Set prices of SKUs."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.catalogue.operations.fill_goods import write_prices
from zhanggui.trade.catalogue.rules.goods import PriceDraft


def set_prices(
    *, owner_id: int, prices: Mapping[str, Mapping[str, PriceDraft]], at: datetime, actor: str
) -> int:
    """This function will set the prices of an owner's SKUs by code and currency, in the caller's transaction, and
    return of how many they are others now. No review is needed for it.

    Raises UnknownGoods, PriceRefused, UnknownCurrency.
    """
    rows = (
        Sku.objects.select_for_update(no_key=True).filter(owner_id=owner_id, code__in=prices).order_by("id")
    )
    skus = {row.code: row for row in rows}
    missing = next((code for code in prices if code not in skus), None)
    if missing:
        raise UnknownGoods(f"there is no SKU {missing!r}; look at the list of goods", sku=missing)
    changed = {
        code: {currency: price.price_minor for currency, price in prices[code].items()}
        for code, sku in skus.items()
        if write_prices(sku=sku, prices=prices[code])
    }
    if changed:
        record_change(
            at=at, actor=actor, action="goods.priced", object_kind="goods", object_id=next(iter(changed)),
            party_id=owner_id, after=changed,
        )  # fmt: skip
    return len(changed)

"""Open the shop of a merchant."""

from collections.abc import Mapping
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.catalogue.errors import ShopIncomplete
from zhanggui.trade.catalogue.models import Shop
from zhanggui.trade.catalogue.rules.texts import checked_words


def open_shop(*, merchant: Party, at: datetime, actor: str, name: Mapping[str, str] | None = None) -> Shop:
    """This function will give a merchant its shop, in the caller's transaction, and return it; one that has a shop
    keeps it as it is. Raises ShopIncomplete, WordsRefused."""
    if merchant.kind != PartyKind.MERCHANT:
        raise ShopIncomplete(
            f"{merchant.code} is no merchant; only merchants have shops", party=merchant.code
        )
    names = checked_words(name or merchant.name, what="the name of the shop")
    row, opened = Shop.objects.get_or_create(
        merchant_id=merchant.id, defaults={"code": merchant.code, "name": names, "opened_at": at}
    )
    if opened:
        record_change(
            at=at, actor=actor, action="shop.opened", object_kind="shop", object_id=row.code,
            party_id=merchant.id, after={"name": names},
        )  # fmt: skip
    return row

"""What owners and the platform do with a good, as screens, API and commands do it alike."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.db import transaction

from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Sku, Spu, Warehouse
from zhanggui.trade.catalogue.operations.ban_goods import ban_goods, lift_ban
from zhanggui.trade.catalogue.operations.count_stock import count_stock
from zhanggui.trade.catalogue.operations.receive_stock import receive_stock
from zhanggui.trade.catalogue.operations.relist_goods import relist_goods
from zhanggui.trade.catalogue.operations.review_goods import review_goods
from zhanggui.trade.catalogue.operations.submit_goods import submit_goods
from zhanggui.trade.catalogue.operations.unlist_goods import unlist_goods
from zhanggui.trade.catalogue.operations.withdraw_goods import withdraw_goods
from zhanggui.trade.catalogue.rules.stock import StockMove

STEPS: Final[dict[str, Callable[..., Spu]]] = {
    "submit": submit_goods, "withdraw": withdraw_goods, "unlist": unlist_goods, "relist": relist_goods,
}  # fmt: skip
DECISIONS: Final = ("accept", "refuse", "ban", "lift")
ENTRIES: Final[dict[str, Callable[..., int]]] = {"received": receive_stock, "counted": count_stock}


def good_stepped(*, number: str, owner_id: int, step: str, at: datetime, actor: str) -> Spu:
    """Bring an owner's good a step further: one of STEPS. Raises UnknownGoods, StepNotAllowed, GoodsIncomplete."""
    with transaction.atomic():
        return STEPS[step](number=number, owner_id=owner_id, at=at, actor=actor)


def good_decided(*, number: str, decision: str, reason: str, at: datetime, actor: str) -> Spu:
    """Decide on a good for the platform: one of DECISIONS. Raises UnknownGoods, StepNotAllowed, GoodsIncomplete."""
    with transaction.atomic():
        if decision == "ban":
            return ban_goods(number=number, reason=reason, at=at, actor=actor)
        if decision == "lift":
            return lift_ban(number=number, note=reason, at=at, actor=actor)
        return review_goods(number=number, accepted=decision == "accept", reason=reason, at=at, actor=actor)


def stock_entered(
    *, kind: str, owner_id: int, sku: str, warehouse: str, quantity: int, reference: str, at: datetime, actor: str
) -> bool:  # fmt: skip
    """Take down what came in or was counted of an owner's SKU; False when this document was entered before. Raises
    UnknownGoods, QuantityRefused, MovementDiffers."""
    row = Sku.objects.filter(owner_id=owner_id, code=sku).first()
    place = Warehouse.objects.filter(owner_id=owner_id, code=warehouse).first()
    if row is None or place is None:
        raise UnknownGoods("there is no such SKU or warehouse of this owner; choose from the lists")
    with transaction.atomic():
        move = StockMove(row.id, place.id, quantity, reference)
        return bool(ENTRIES[kind](moves=[move], at=at, actor=actor))

"""Shops, parameters of the mall, and payment channels (never a key of one)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from zhanggui.audit.models import AuditRecord
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import rails
from zhanggui.trade.catalogue.errors import UnknownGoods
from zhanggui.trade.catalogue.models import Shop, ShopState
from zhanggui.trade.catalogue.operations.switch_shop import switch_shop
from zhanggui.trade.catalogue.queries.shops import goods_on_sale_by_owner
from zhanggui.trade.parameters.queries import parameters
from zhanggui.trade.parameters.rules import KNOWN

type Document = dict[str, Any]
SHOP = ("code", "name", "state", "answer_hours", "opened_at")
CHANNEL = ("code", "name", "rail", "currency", "account", "active")


def shops_told(rows: Iterable[Shop]) -> list[Document]:
    """Shops with how many of their goods are listed."""
    found = list(rows)
    counts = goods_on_sale_by_owner([row.merchant_id for row in found])
    return [
        {name: getattr(row, name) for name in SHOP}
        | {"goods": counts.get(row.merchant_id, 0), "suspended_for": why_suspended(row)}
        for row in found
    ]


def why_suspended(row: Shop) -> str:
    """The reason that the platform gave; nothing for a shop that is not suspended."""
    if row.state != ShopState.SUSPENDED:
        return ""
    acts = AuditRecord.objects.filter(object_kind="shop", object_id=row.code, action="shop.suspended")
    latest = acts.order_by("-id").first()
    return str((latest.after or {}).get("reason", "")) if latest else ""


def shop_of(code: str) -> Shop:
    """The shop with this code. Raises UnknownGoods."""
    found = Shop.objects.filter(code=code).first()
    if found is None:
        raise UnknownGoods(f"there is no shop {code!r}; look at the list of shops", shop=code)
    return found


def shop_switched(*, code: str, suspended: bool, reason: str, at: datetime, actor: str) -> Shop:
    """Suspend a shop, so that none of its goods is sold while its orders go on, or lift that. Raises UnknownGoods,
    StepNotAllowed, ShopIncomplete."""
    state = ShopState.SUSPENDED if suspended else ShopState.OPEN
    with transaction.atomic():
        return switch_shop(
            merchant_id=shop_of(code).merchant_id, state=state, at=at, actor=actor, by_platform=True, reason=reason
        )  # fmt: skip


def parameters_told() -> list[Document]:
    """Every parameter with its value, its usual one and its bounds (of texts: `most` characters)."""
    values = parameters()
    return [
        {
            "code": code, "value": values[code], "usual": known.usual,
            "least": known.least if isinstance(known.usual, int) else None, "most": known.most,
        }
        for code, known in KNOWN.items()
    ]  # fmt: skip


def channels_told(rows: Iterable[PaymentChannel]) -> list[Document]:
    """Channels; `usable` is false where their rail is not installed."""
    wired = rails()
    return [
        {name: getattr(row, name) for name in CHANNEL}
        | {"has_secrets": bool(bytes(row.secrets_sealed)), "usable": row.rail in wired}
        for row in rows
    ]

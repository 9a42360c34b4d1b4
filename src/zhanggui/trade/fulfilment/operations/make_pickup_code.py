"""Give an order that is fetched at the shop its code."""

import hashlib
import secrets

from django.db import IntegrityError, transaction

from zhanggui.trade.fulfilment.models import PickupCode
from zhanggui.trade.fulfilment.rules import CODE_DIGITS
from zhanggui.trade.orders.models import Order
from zhanggui.vault.sealing import seal

SEALED_AS = "pickup.code"
_TRIES = 20


def code_digest(merchant_id: int, code: str) -> bytes:
    """This function will return the digest by which a shop finds an order of a code."""
    return hashlib.sha256(f"{merchant_id}:{code}".encode()).digest()


def make_pickup_code(*, order: Order) -> PickupCode:
    """This function will make the order's code, in the caller's transaction, or return the one it has. The code is
    sealed for the buyer; the shop compares digests."""
    there = PickupCode.objects.filter(order=order).first()
    for _attempt in range(_TRIES):
        if there is not None:
            return there
        code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
        try:
            with transaction.atomic():
                there = PickupCode.objects.create(
                    order=order, merchant_id=order.merchant_id, digest=code_digest(order.merchant_id, code),
                    sealed=seal(code, purpose=SEALED_AS),
                )  # fmt: skip
        except IntegrityError:
            # the shop has another order under this code, or another connection was faster with this one
            there = PickupCode.objects.filter(order=order).first()
    raise RuntimeError(f"no free pick-up code at merchant {order.merchant_id} in {_TRIES} tries")

"""Take in codes or licences of a digital good, to be given to buyers."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.errors import DigitalItemRefused
from zhanggui.trade.fulfilment.models import DigitalItem
from zhanggui.trade.fulfilment.rules import ITEM_MOST
from zhanggui.vault.sealing import seal

SEALED_AS = "digital.item"


def add_digital_items(*, owner_id: int, sku_code: str, items: Sequence[str], at: datetime, actor: str) -> int:
    """This function will seal the codes of a digital SKU of the owner, in the caller's transaction, and return how
    many were new: a code that is there already is left as it is. Raises DigitalItemRefused."""
    sku = Sku.objects.select_related("spu").filter(owner_id=owner_id, code=sku_code).first()
    if sku is None or sku.spu.kind != GoodsKind.DIGITAL:
        raise DigitalItemRefused(f"you have no digital goods {sku_code!r}; check the code", sku=sku_code)
    if sku.source_id is not None:
        raise DigitalItemRefused(
            f"the codes of {sku_code} are its supplier's; there is nothing to add", sku=sku_code
        )
    plain = list(dict.fromkeys(one.strip() for one in items if one.strip()))
    if not plain or any(len(one) > ITEM_MOST for one in plain):
        raise DigitalItemRefused(f"give codes of 1 to {ITEM_MOST} characters, one a line")
    digests = {hashlib.sha256(f"{sku.id}:{one}".encode()).digest(): one for one in plain}
    there = {
        bytes(one)
        for one in DigitalItem.objects.filter(sku=sku, digest__in=list(digests)).values_list(
            "digest", flat=True
        )
    }
    new = [
        DigitalItem(sku=sku, owner_id=owner_id, digest=digest, sealed=seal(one, purpose=SEALED_AS))
        for digest, one in digests.items()
        if digest not in there
    ]
    DigitalItem.objects.bulk_create(new, ignore_conflicts=True)
    record_change(
        at=at, actor=actor, action="digital_items.added", object_kind="sku", object_id=sku_code, party_id=owner_id,
        after={"count": len(new)},
    )  # fmt: skip
    return len(new)

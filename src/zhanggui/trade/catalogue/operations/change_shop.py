"""Change what buyers see of a shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.catalogue.errors import ShopIncomplete, UnknownGoods
from zhanggui.trade.catalogue.locks import lock_shop
from zhanggui.trade.catalogue.models import Picture, Shop, Spu
from zhanggui.trade.catalogue.operations.index_goods import index_goods
from zhanggui.trade.catalogue.rules.texts import SUBTITLE_LONGEST, checked_words, cleaned

ADDRESS_PARTS = ("recipient", "phone", "region", "city", "street", "postcode")
INTRO_LONGEST = 2_000


@dataclass(frozen=True)
class ShopDraft:
    """A shop as given; pictures are digests, empty for none."""

    name: Mapping[str, str]
    intro: Mapping[str, str] = field(default_factory=dict)
    banner: str = ""
    logo: str = ""
    return_address: Mapping[str, str] = field(default_factory=dict)
    answer_hours: int = 48


def change_shop(*, merchant_id: int, draft: ShopDraft, at: datetime, actor: str) -> Shop:
    """This function will change a merchant's shop in the caller's transaction and return it.

    Raises UnknownGoods, WordsRefused, ShopIncomplete.
    """
    row = lock_shop(merchant_id)
    before = told(row)
    if not 1 <= draft.answer_hours <= 240:
        raise ShopIncomplete("a shop answers within 1 to 240 hours; correct the hours")
    row.name = checked_words(draft.name, what="the name of the shop")
    row.intro = checked_words(
        draft.intro, what="the introduction", longest=INTRO_LONGEST, required=False, lines=True
    )
    row.banner, row.logo = _picture(draft.banner, merchant_id), _picture(draft.logo, merchant_id)
    row.return_address = {
        part: cleaned(str(draft.return_address.get(part, "")))[:SUBTITLE_LONGEST] for part in ADDRESS_PARTS
    } if any(str(text).strip() for text in draft.return_address.values()) else {}  # fmt: skip
    row.answer_hours = draft.answer_hours
    row.save()
    after = told(row)
    if after != before:
        record_change(
            at=at, actor=actor, action="shop.changed", object_kind="shop", object_id=row.code,
            party_id=merchant_id, before=before, after=after,
        )  # fmt: skip
    if after["name"] != before["name"]:
        index_goods(spu_ids=list(Spu.objects.filter(owner_id=merchant_id).values_list("id", flat=True)))
    return row


def _picture(digest: str, merchant_id: int) -> Picture | None:
    if not digest:
        return None
    row = Picture.objects.filter(digest=digest).first()
    if row is None:
        raise UnknownGoods("there is no such picture; upload it again", picture=digest)
    return row


def told(row: Shop) -> dict[str, Any]:
    """This function will return what the audit log keeps of a shop."""
    return {
        "name": row.name, "intro": row.intro, "return_address": row.return_address,
        "answer_hours": row.answer_hours, "banner": row.banner.digest if row.banner else "",
        "logo": row.logo.digest if row.logo else "",
    }  # fmt: skip

"""Issue a coupon: from then on buyers can claim it in its time."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.promotions.errors import PromotionTaken
from zhanggui.trade.promotions.models import Coupon
from zhanggui.trade.promotions.queries.scopes import check_scope
from zhanggui.trade.promotions.rules.checking import check_counts, check_head, check_off, check_window


def issue_coupon(
    *, code: str, name: Mapping[str, str], merchant_id: int, kind: str, currency: str, total: int,
    claim_starts_at: datetime, claim_ends_before: datetime, use_starts_at: datetime, use_ends_before: datetime,
    at: datetime, actor: str, amount_minor: int = 0, off_ppm: int = 0, most_minor: int = 0, from_minor: int = 0,
    platform_ppm: int = 0, categories: Sequence[str] = (), spus: Sequence[str] = (), per_buyer: int = 1,
) -> Coupon:  # fmt: skip
    """This function will add a coupon of a shop (`merchant_id`) or of the platform (0), in the caller's transaction.

    A coupon never changes: who claims it knows what it is worth. Amounts are minor units of `currency`; the
    platform funds `platform_ppm` of a million of its own coupons' discount, the shops the rest.
    Raises PromotionWrong, PromotionTaken, UnknownCurrency, FloatRefused, NotAnInteger.
    """
    check_head(code=code, name=name, currency=currency, merchant_id=merchant_id, platform_ppm=platform_ppm)
    check_off(
        kind=kind, amount_minor=amount_minor, off_ppm=off_ppm, most_minor=most_minor, from_minor=from_minor
    )
    check_counts(total=total, per_buyer=per_buyer)
    check_window(starts_at=claim_starts_at, ends_before=claim_ends_before, field="claim_ends_before")
    check_window(starts_at=use_starts_at, ends_before=use_ends_before, field="use_ends_before")
    check_window(starts_at=at, ends_before=use_ends_before, field="use_ends_before")
    check_scope(merchant_id=merchant_id, categories=categories, spus=spus)
    coupon = Coupon(
        code=code, name={key: text.strip() for key, text in name.items() if text.strip()},
        merchant_id=merchant_id, kind=kind, currency=currency, amount_minor=amount_minor, off_ppm=off_ppm,
        most_minor=most_minor, from_minor=from_minor, platform_ppm=platform_ppm, categories=list(categories),
        spus=list(spus), total=total, per_buyer=per_buyer, claim_starts_at=claim_starts_at,
        claim_ends_before=claim_ends_before, use_starts_at=use_starts_at, use_ends_before=use_ends_before,
        created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            coupon.save(force_insert=True)
    except IntegrityError as error:
        raise PromotionTaken(f"there is a coupon {code} already; choose another code", coupon=code) from error
    record_change(
        at=at, actor=actor, action="coupon.issued", object_kind="coupon", object_id=code, party_id=merchant_id,
        after={"kind": kind, "currency": currency, "amount_minor": amount_minor, "off_ppm": off_ppm,
               "from_minor": from_minor, "platform_ppm": platform_ppm, "total": total},
    )  # fmt: skip
    return coupon

"""Add a spend-and-save rule."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import IntegrityError, transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.trade.promotions.errors import PromotionTaken
from zhanggui.trade.promotions.models import SpendAndSave
from zhanggui.trade.promotions.queries.scopes import check_scope
from zhanggui.trade.promotions.rules.checking import check_head, check_steps, check_window


def add_saving(
    *, code: str, name: Mapping[str, str], merchant_id: int, currency: str, steps: Sequence[Sequence[int]],
    starts_at: datetime, ends_before: datetime, at: datetime, actor: str, platform_ppm: int = 0,
    categories: Sequence[str] = (), spus: Sequence[str] = (),
) -> SpendAndSave:  # fmt: skip
    """This function will add a rule of a shop, or of the platform (0), in the caller's transaction. A rule never
    changes, because orders name it; another one is a new rule. `steps` are (from, off) in minor units, rising.

    Raises PromotionWrong, PromotionTaken, UnknownCurrency, FloatRefused, NotAnInteger.
    """
    check_head(code=code, name=name, currency=currency, merchant_id=merchant_id, platform_ppm=platform_ppm)
    exact = check_steps(steps)
    check_window(starts_at=starts_at, ends_before=ends_before, field="ends_before")
    check_window(starts_at=at, ends_before=ends_before, field="ends_before")
    check_scope(merchant_id=merchant_id, categories=categories, spus=spus)
    rule = SpendAndSave(
        code=code, name={key: text.strip() for key, text in name.items() if text.strip()},
        merchant_id=merchant_id, currency=currency, steps=exact, platform_ppm=platform_ppm,
        categories=list(categories), spus=list(spus), starts_at=starts_at, ends_before=ends_before,
    )  # fmt: skip
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:
        raise PromotionTaken(
            f"there is a spend-and-save rule {code} already; choose another code", rule=code
        ) from error
    record_change(
        at=at, actor=actor, action="saving.added", object_kind="saving", object_id=code, party_id=merchant_id,
        after={"currency": currency, "steps": exact, "platform_ppm": platform_ppm},
    )  # fmt: skip
    return rule

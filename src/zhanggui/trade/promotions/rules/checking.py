"""Whether a promotion can be what it says it is. Amounts are minor units; each check raises PromotionWrong."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime

from zhanggui.money.currencies import currency_of
from zhanggui.money.integers import require_integer
from zhanggui.trade.promotions.errors import PromotionWrong
from zhanggui.trade.promotions.rules.terms import MILLION, PLATFORM

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
MOST_MINOR = 10**12
"""No coupon or step is larger: a typing mistake, not a promotion."""


def check_head(
    *, code: str, name: Mapping[str, str], currency: str, merchant_id: int, platform_ppm: int
) -> None:
    """Refuse a bad code, no name, an unknown currency (UnknownCurrency), a shop's own that the platform funds."""
    if not CODE.fullmatch(code):
        raise PromotionWrong(
            f"{code!r} is no code; use up to 64 letters, digits, dots, dashes and underscores", field="code"
        )
    if not any(text.strip() for text in name.values()):
        raise PromotionWrong(f"promotion {code} needs a name, in Chinese or in English", field="name")
    currency_of(currency)
    share = require_integer(platform_ppm, "The platform's share")
    if not 0 <= share <= MILLION:
        raise PromotionWrong("the platform's share is between 0 % and 100 %", field="platform_ppm")
    if merchant_id != PLATFORM and share:
        raise PromotionWrong(
            "a shop funds its own promotions; only the platform's are shared", field="platform_ppm"
        )


def check_window(*, starts_at: datetime, ends_before: datetime, field: str) -> None:
    """Refuse a window that ends before it starts."""
    if ends_before <= starts_at:
        raise PromotionWrong("a promotion ends after it starts; correct the days", field=field)


def check_amount(amount: int, *, field: str, least: int = 0) -> int:
    """The amount as an integer. Refuses one below `least` or beyond belief."""
    exact = require_integer(amount, f"The amount of {field}")
    if not least <= exact <= MOST_MINOR:
        raise PromotionWrong(f"{field} is an amount of {least} minor units or more", field=field)
    return exact


def check_off(*, kind: str, amount_minor: int, off_ppm: int, most_minor: int, from_minor: int) -> None:
    """Refuse a coupon that takes nothing off, or takes off in two ways."""
    check_amount(from_minor, field="from_minor")
    check_amount(most_minor, field="most_minor")
    if kind == "amount":
        check_amount(amount_minor, field="amount_minor", least=1)
        if off_ppm or most_minor:
            raise PromotionWrong("a coupon of an amount has no percentage and no most", field="off_ppm")
    elif kind == "percent":
        if amount_minor or not 0 < require_integer(off_ppm, "The percentage") <= MILLION:
            raise PromotionWrong(
                "a coupon of a percentage takes off more than 0 % and up to 100 %", field="off_ppm"
            )
    else:
        raise PromotionWrong(f"{kind!r} is no kind of coupon; it is amount or percent", field="kind")


def check_counts(*, total: int, per_buyer: int) -> None:
    """Refuse numbers of coupons that nobody could claim."""
    if not 1 <= require_integer(total, "The total") <= 100_000_000:
        raise PromotionWrong("there is 1 coupon or more to claim, and at most 100,000,000", field="total")
    if not 1 <= require_integer(per_buyer, "The number per buyer") <= 99:
        raise PromotionWrong("one buyer claims between 1 and 99 of a coupon", field="per_buyer")


def check_steps(steps: Sequence[Sequence[int]]) -> list[list[int]]:
    """The steps as lists. Refuses none, more than ten, ones that do not rise, one that saves more than is spent."""
    if not 1 <= len(steps) <= 10:
        raise PromotionWrong("spend and save has one to ten steps", field="steps")
    before = (0, 0)
    exact = []
    for number, step in enumerate(steps, start=1):
        if len(step) != 2:
            raise PromotionWrong(f"step {number} is two amounts: from, and off", field="steps")
        bound, off = (check_amount(one, field="steps", least=1) for one in step)
        if off > bound:
            raise PromotionWrong(
                f"step {number} saves more than is spent; lower what it saves", field="steps"
            )
        if bound <= before[0] or off <= before[1]:
            raise PromotionWrong(
                f"step {number} has to ask for more and save more than the one before", field="steps"
            )
        before = (bound, off)
        exact.append([bound, off])
    return exact

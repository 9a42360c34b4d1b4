"""The forms that make promotions and freight templates: boxes, and what was typed into them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.money.currencies import CURRENCIES, currency_of
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, rate_in, typed
from zhanggui.trade.pricing.models import FreightBasis
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.promotions.models import CouponKind

STEPS = 3
REGION_ROWS = 3


def head_fields() -> list[Field]:
    """Code, names, currency."""
    return [
        Field("code", _("Code; orders name it"), most=64),
        Field("currency", _("Currency"), "CNY", options=tuple((code, code) for code in CURRENCIES)),
        Field("name_zh", _("Name in Chinese"), required=False, most=64),
        Field("name_en", _("Name in English"), required=False, most=64),
    ]


def scope_fields(platform: bool) -> list[Field]:
    """What it is for, and who funds it."""
    fields = [
        Field("categories", _("Categories by code, with commas; empty: all"), required=False, full=True),
        Field("spus", _("Goods by number, with commas; empty: all"), required=False, full=True),
    ]
    if platform:
        fields.append(
            Field("platform_share", _("Share that the platform funds; shops fund the rest"), "100%")
        )
    return fields


def coupon_fields(*, platform: bool, today: date) -> list[Field]:
    """Boxes of a new coupon."""
    last = (today + timedelta(days=30)).isoformat()
    return [
        *head_fields(),
        Field("kind", _("What it takes off"), options=(
            (CouponKind.AMOUNT.value, _("An amount")), (CouponKind.PERCENT.value, _("A percentage")),
        )),
        Field("off", _("How much: 10.00 or 12%"), numeric=True),
        Field("most", _("At most, of a percentage; empty: no bound"), required=False, numeric=True),
        Field("from", _("From eligible goods of; empty: any"), required=False, numeric=True),
        Field("total", _("So many can be claimed"), "100", numeric=True),
        Field("per_buyer", _("So many by one buyer"), "1", numeric=True),
        Field("claim_from", _("Claimed from"), today.isoformat()),
        Field("claim_until", _("Claimed until, that day included"), last),
        Field("use_from", _("Used from"), today.isoformat()),
        Field("use_until", _("Used until, that day included"), last),
        *scope_fields(platform),
    ]  # fmt: skip


def saving_fields(*, platform: bool, today: date) -> list[Field]:
    """Boxes of a new spend-and-save rule."""
    steps = []
    for number in range(1, STEPS + 1):
        first = number == 1
        steps += [
            Field(
                f"from_{number}",
                _("Step %(number)s: from") % {"number": number},
                required=first,
                numeric=True,
            ),
            Field(
                f"off_{number}", _("Step %(number)s: off") % {"number": number}, required=first, numeric=True
            ),
        ]
    return [
        *head_fields(), *steps, Field("starts", pgettext("promotion", "From"), today.isoformat()),
        Field("until", _("Until, that day included"), (today + timedelta(days=30)).isoformat()),
        *scope_fields(platform),
    ]  # fmt: skip


def freight_fields() -> list[Field]:
    """Boxes of a new freight template: a row for everywhere else, and rows for regions."""
    fields = [
        *head_fields(),
        Field("basis", _("Counted by"), options=(
            (FreightBasis.PIECE.value, pgettext("freight", "Pieces")),
            (FreightBasis.WEIGHT.value, _("Weight in grams")),
        )),
        Field("free_from", _("Free from goods of; empty: never"), required=False, numeric=True),
    ]  # fmt: skip
    for number in range(REGION_ROWS + 1):
        where = _("Everywhere else") if not number else _("Regions %(number)s") % {"number": number}
        if number:
            label = _("%(where)s: codes with commas") % {"where": where}
            fields.append(Field(f"regions_{number}", label, required=False, full=True))
        for name, label in (
            ("first_units", _("first pieces or grams")), ("first", pgettext("freight", "cost")),
            ("next_units", _("every so many more")), ("next", _("cost each time")),
        ):  # fmt: skip
            text = _("%(where)s: %(what)s") % {"where": where, "what": label}
            fields.append(Field(f"{name}_{number}", text, required=False, numeric=True))
    return fields


def _names(request: HttpRequest) -> dict[str, str]:
    return {language: typed(request, f"name_{language}") for language in ("zh", "en")}


def _codes(request: HttpRequest, name: str) -> list[str]:
    """Codes with commas or spaces between, each once."""
    text = typed(request, name).replace("，", ",").replace("、", ",").replace(" ", ",")
    return list(dict.fromkeys(part for part in text.split(",") if part))


def _number(request: HttpRequest, name: str, label: Any) -> int:
    text = needed(request, name, label)
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Unusable(_("“%(text)s” is not a whole number. Write numbers as 30.") % {"text": text})
    return int(text)


def _currency(request: HttpRequest) -> str:
    """A currency we know. Raises UnknownCurrency."""
    return currency_of(typed(request, "currency")).code


def _amount(request: HttpRequest, name: str, currency: str) -> int:
    return amount_in(request, name, currency) if typed(request, name) else 0


def _start(request: HttpRequest, name: str) -> datetime:
    """The beginning of a day in our zone."""
    return datetime.combine(day_in(request, name), time(), tzinfo=timezone.get_default_timezone())


def _after(request: HttpRequest, name: str) -> datetime:
    """The beginning of the day after."""
    day = day_in(request, name)
    if day >= date(9999, 1, 1):
        raise Unusable(_("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": day})
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())


def _scope(request: HttpRequest, platform: bool) -> dict[str, Any]:
    return {
        "categories": _codes(request, "categories"), "spus": _codes(request, "spus"),
        "platform_ppm": rate_in(request, "platform_share") if platform else 0,
    }  # fmt: skip


def read_coupon(request: HttpRequest, *, platform: bool) -> dict[str, Any]:
    """What `issue_coupon` wants, but for its owner and moment. Raises Unusable, Refusal."""
    currency, kind = _currency(request), typed(request, "kind")
    percent = kind == CouponKind.PERCENT
    return {
        "code": needed(request, "code", _("Code")), "name": _names(request), "kind": kind, "currency": currency,
        "amount_minor": 0 if percent else amount_in(request, "off", currency),
        "off_ppm": rate_in(request, "off") if percent else 0,
        "most_minor": _amount(request, "most", currency), "from_minor": _amount(request, "from", currency),
        "total": _number(request, "total", _("So many can be claimed")),
        "per_buyer": _number(request, "per_buyer", _("So many by one buyer")),
        "claim_starts_at": _start(request, "claim_from"), "claim_ends_before": _after(request, "claim_until"),
        "use_starts_at": _start(request, "use_from"), "use_ends_before": _after(request, "use_until"),
        **_scope(request, platform),
    }  # fmt: skip


def read_saving(request: HttpRequest, *, platform: bool) -> dict[str, Any]:
    """What `add_saving` wants, but for its owner and moment. Raises Unusable, Refusal."""
    currency = _currency(request)
    steps = [
        [amount_in(request, f"from_{number}", currency), amount_in(request, f"off_{number}", currency)]
        for number in range(1, STEPS + 1)
        if typed(request, f"from_{number}") or typed(request, f"off_{number}")
    ]
    return {
        "code": needed(request, "code", _("Code")), "name": _names(request), "currency": currency, "steps": steps,
        "starts_at": _start(request, "starts"), "ends_before": _after(request, "until"),
        **_scope(request, platform),
    }  # fmt: skip


def read_freight(request: HttpRequest) -> dict[str, Any]:
    """What `add_freight_template` wants, but for its owner and moment. Raises Unusable, Refusal."""
    currency = _currency(request)
    rows = []
    for number in range(REGION_ROWS + 1):
        regions = _codes(request, f"regions_{number}") if number else []
        if not regions and not any(typed(request, f"{name}_{number}") for name in ("first_units", "first")):
            continue
        if number and not regions:
            raise Unusable(_("Name the regions of row %(number)s.") % {"number": number})
        rows.append(
            FreightStep(
                tuple(regions), _number(request, f"first_units_{number}", _("first pieces or grams")),
                amount_in(request, f"first_{number}", currency),
                _number(request, f"next_units_{number}", _("every so many more")),
                amount_in(request, f"next_{number}", currency),
            )
        )  # fmt: skip
    return {
        "code": needed(request, "code", _("Code")), "name": _names(request), "currency": currency,
        "basis": typed(request, "basis"), "free_from_minor": _amount(request, "free_from", currency), "rows": rows,
    }  # fmt: skip


def refilled(request: HttpRequest, fields: list[Field]) -> list[Field]:
    """The boxes with what was typed, so that a mistake costs one box and not all."""
    return [
        Field(
            **{name: getattr(one, name) for name in Field.__dataclass_fields__}
            | {"value": typed(request, one.name)}
        )
        for one in fields
    ]

"""Details of an account of ours as boxes, facts and words: which keys each kind has is said by
`settlement.entities.rules.account_details`, what they are called is said here."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.audit.models import AuditRecord
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.platform.guarded.documents import Field, Typed
from zhanggui.portals.platform.names import in_language
from zhanggui.portals.platform.reconciliation.words import CHANNELS
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind
from zhanggui.settlement.entities.rules.account_details import (
    CHANNELS as KNOWN_CHANNELS,
)
from zhanggui.settlement.entities.rules.account_details import KEYS, details_of_texts, text_of_detail

LABELS = {
    "channel": gettext_lazy("Channel"),
    "merchant_number": gettext_lazy("Merchant number at the channel"),
    "payment_methods": gettext_lazy("Methods of payment that are of it, with commas; empty: all"),
    "business_lines": gettext_lazy("Business lines that are of it, with commas; empty: all of its currency"),
    "settles_to": gettext_lazy("Settles to our bank account"),
    "zone": gettext_lazy("Time zone of its bills, such as `Asia/Shanghai`; empty: as here"),
    "cut_hour": gettext_lazy("Hour at which its day ends; 23 for UnionPay; empty: midnight"),
    "csv_template": gettext_lazy(
        "Columns of its CSV where they are unusual, such as `time=Booked, amount=Sum`"
    ),
    "bic": "BIC",
    "cnaps": "CNAPS",
    "branch": gettext_lazy("Branch"),
    "country": gettext_lazy("Country"),
    "iban": gettext_lazy("The number is an IBAN"),
    "max_payment_minor": gettext_lazy("Most of one payment, in the smallest unit; empty: as the rail allows"),
}
SHORT = {
    "payment_methods": gettext_lazy("Methods of payment"),
    "business_lines": gettext_lazy("Business lines"),
    "zone": gettext_lazy("Time zone of its bills"),
    "cut_hour": gettext_lazy("Hour at which its day ends"),
    "csv_template": gettext_lazy("Columns of its CSV"),
    "max_payment_minor": gettext_lazy("Most of one payment, in the smallest unit"),
}
BANK_NUMBER = gettext_lazy("Number in its statements, where it is not the account number")


def detail_boxes(kind: str, details: Mapping[str, Any] | None = None, currency: str = "") -> list[Field]:
    """The boxes of an account of this kind, holding what it has now."""
    held = details or {}
    choices = {
        "channel": _channels(),
        "settles_to": _banks(currency),
        "iban": [("", _("No")), ("yes", _("Yes"))],
    }
    return [
        Field(
            key, _label(kind, key), "select" if key in choices else "text", choices.get(key, ()),
            value=text_of_detail(held.get(key, "")), required=key == "merchant_number" and kind == "channel",
        )
        for key in KEYS[kind]
    ]  # fmt: skip


def typed_details(kind: str, typed: Typed) -> dict[str, Any]:
    """The details that were typed; whether they are right is for the act to say."""
    return details_of_texts(kind, {key: typed.text(key, required=False) for key in KEYS[kind]})


def detail_facts(row: OwnAccount) -> list[Fact]:
    """The details of an account, in words."""
    return [
        Fact(_short(row.kind, key), _shown(key, row.details[key]))
        for key in KEYS[row.kind]
        if key in row.details
    ]


def told(record: AuditRecord) -> tuple[str, str]:
    """What a record of an account says it was before and after."""
    reason = (record.after or {}).get("reason", "")
    return _told(record.before), reason or _told(record.after)


def _told(values: Mapping[str, Any] | None) -> str:
    details = (values or {}).get("details") or {}
    parts = [
        f"{SHORT.get(key, LABELS.get(key, key))}: {_shown(key, value)}" for key, value in details.items()
    ]
    return " · ".join(parts) or "–"


def _shown(key: str, value: Any) -> str:
    if key == "channel":
        return str(CHANNELS.get(value, value))
    if key == "iban":
        return _("Yes")
    return text_of_detail(value)


def _label(kind: str, key: str) -> Any:
    return BANK_NUMBER if key == "merchant_number" and kind == OwnAccountKind.BANK else LABELS[key]


def _short(kind: str, key: str) -> Any:
    return SHORT.get(key) or _label(kind, key)


def _channels() -> list[tuple[str, Any]]:
    return [(name, CHANNELS[name]) for name in KNOWN_CHANNELS]


def _banks(currency: str) -> list[tuple[str, Any]]:
    rows = OwnAccount.objects.filter(kind=OwnAccountKind.BANK, active=True).order_by("code")
    rows = rows.filter(currency=currency) if currency else rows
    only = _("The only one of its currency")
    return [("", only), *((row.code, in_language(row.name, row.code)) for row in rows)]

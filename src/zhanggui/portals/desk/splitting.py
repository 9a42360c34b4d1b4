"""Splits in words for people: which rule decided, and what channels say of shares that did not arrive or did not
come back."""

from django.utils.translation import get_language, pgettext, pgettext_lazy

from zhanggui.parties.rules import name_in
from zhanggui.payments.models import PaymentChannel
from zhanggui.settlement.splits.models import Split
from zhanggui.settlement.splits.queries import splitting_channels
from zhanggui.settlement.splits.rules import BORNE, DEFAULT, FEE_DIFFERS

_ACCOUNT = pgettext_lazy("splits", "The receiver's account is not in order")
_OURS = pgettext_lazy("splits", "The paying account is not in order")
_NO_MONEY = pgettext_lazy("splits", "The receiver has not enough money there")
REASONS = {
    "ACCOUNT_ABNORMAL": _ACCOUNT,
    "RECEIVER_ACCOUNT_ABNORMAL": _ACCOUNT,
    "RECEIVER_HIGH_RISK": pgettext_lazy("splits", "The channel holds the receiver for a risk"),
    "RECEIVER_REAL_NAME_NOT_VERIFIED": pgettext_lazy("splits", "The receiver has not proved its identity"),
    "RECEIVER_RECEIPT_LIMIT": pgettext_lazy("splits", "The receiver may take no more for now"),
    "NO_RELATION": pgettext_lazy("splits", "The account is not bound at the channel"),
    "ACQ.ROYALTY_RECEIVER_INVALID": pgettext_lazy("splits", "The account is not bound at the channel"),
    "NO_AUTH": pgettext_lazy("splits", "The channel does not let us split"),
    "PAYER_ACCOUNT_ABNORMAL": _OURS,
    "ACQ.TXN_RESULT_ACCOUNT_BALANCE_NOT_ENOUGH": pgettext_lazy("splits", "There was not enough to split"),
    "ACQ.ALLOC_AMOUNT_VALIDATE_ERROR": pgettext_lazy("splits", "More than the channel lets be split"),
    "ACQ.TRADE_SETTLE_ERROR": pgettext_lazy("splits", "The channel could not split it"),
    "ACQ.ILLEGAL_SETTLE_STATE": pgettext_lazy("splits", "The payment was given back"),
    "BALANCE_NOT_ENOUGH": _NO_MONEY,
    BORNE: pgettext_lazy("splits", "The merchant paid it beyond what it kept; its statement makes it good"),
    FEE_DIFFERS: pgettext_lazy("splits", "The channel kept more than its agreed fee"),
    "ACQ.REFUND_ROYALTY_PAYEE_ACCOUNT_NOT_EXIST": _ACCOUNT,
}


def share_reason(code: str) -> str:
    """A channel's code in words; one that nobody knows stays as it is."""
    return str(REASONS.get(code, code))


def rule_words(code: str) -> str:
    """A rule's code; the last one, which has no version, in words."""
    return pgettext("splits", "The default") if code == DEFAULT.code else code


def rule_of(split: Split) -> str:
    """Which rule decided a split, and of which version of the rules; of the default, why it did."""
    version = split.rule_set.version if split.rule_set else 0
    if split.rule_code != DEFAULT.code:
        return f"{split.rule_code or '–'} · v{version}" if version else "–"
    if not version:
        return pgettext("splits", "The default: at the channel, as no rules were published")
    return pgettext("splits", "The default: at the channel, as no rule of version %(version)s is met") % {
        "version": version
    }


def channel_names() -> dict[str, str]:
    """The channels' names in the reader's language, by code, in the order in which buyers see them."""
    language = get_language() or "zh"
    rows = PaymentChannel.objects.order_by("position", "id")
    return {one.code: name_in(one.name, one.code, language) for one in rows}


def splitting_choices() -> list[tuple[str, str]]:
    """The channels that split, by code and name."""
    names = channel_names()
    return [(one.code, names[one.code]) for one in splitting_channels()]

"""What the kinds and reasons of after-sale are called in every back office."""

from django.utils.translation import pgettext_lazy

from zhanggui.trade.returns.models import ReturnKind

CASE_KINDS = {
    ReturnKind.REFUND_ONLY.value: pgettext_lazy("after-sale", "Money only"),
    ReturnKind.RETURN_REFUND.value: pgettext_lazy("after-sale", "Goods back, money back"),
    ReturnKind.EXCHANGE.value: pgettext_lazy("after-sale", "Exchange"),
    ReturnKind.PRICE_PROTECTION.value: pgettext_lazy("after-sale", "Price protection"),
}
CASE_REASONS = {
    "damaged": pgettext_lazy("after-sale", "Damaged"),
    "wrong": pgettext_lazy("after-sale", "Wrong goods"),
    "not_as_described": pgettext_lazy("after-sale", "Not as described"),
    "late": pgettext_lazy("after-sale", "Too late"),
    "not_arrived": pgettext_lazy("after-sale", "Not arrived"),
    "unwanted": pgettext_lazy("after-sale", "Not wanted any more"),
    "price": pgettext_lazy("after-sale", "Cheaper now"),
    "other": pgettext_lazy("after-sale", "Another reason"),
}

"""What the kinds and reasons of after-sale are called in every back office, and what the way back came to."""

from collections.abc import Mapping

from django.utils.translation import pgettext, pgettext_lazy

from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.told.after_sale import way_back_told
from zhanggui.trade.returns.models import ReturnCase, ReturnKind

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


def way_back_facts(row: ReturnCase, carriers: Mapping[str, str]) -> list[Fact]:
    """With whom the goods of a case were sent back and, where that is not the buyer's affair, what it costs and by
    which charge it was told; `carriers` are the names of the mall's by their codes."""
    if not row.tracking_no:
        return []
    carrier = carriers.get(row.carrier, row.carrier)
    facts = [Fact(pgettext("after-sale", "Sent back with"), f"{carrier} {row.tracking_no}", copy=True)]
    told = way_back_told(row)
    if told is None:
        own = pgettext("after-sale", "None here: the buyer pays the carrier")
        return [*facts, Fact(pgettext("after-sale", "Freight of the way back"), own)]
    money = format_money(told["freight_minor"], told["currency"])
    facts.append(Fact(pgettext("after-sale", "Freight of the way back"), f"{money} · {told['grams']} g"))
    if told["told_fault"]:
        state = told["told_fault"]
    elif told["told_minor"]:
        state = told["charge_no"]
    elif told["earned_at"]:
        state = pgettext("after-sale", "None yet: it is told next")
    elif row.ended_at or told["charge_no"]:
        state = pgettext("after-sale", "None: the goods did not come back")
    else:
        state = pgettext("after-sale", "None before the goods are back")
    return [*facts, Fact(pgettext("after-sale", "Charge of that freight"), state)]

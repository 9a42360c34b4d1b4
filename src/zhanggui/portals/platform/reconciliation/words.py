"""What the kinds of reconciliation are called on screens, with their fixed colours."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.reconciliation.kinds import DifferenceKind, DifferenceState, Leg

CHANNELS = {
    "wechat": _("WeChat Pay"),
    "alipay": _("Alipay"),
    "unionpay": _("UnionPay"),
    "offline": _("Transfers to our bank account"),
    "bank": _("Bank account"),
}
FROM_OUTSIDE = {name: title for name, title in CHANNELS.items() if name != "offline"}
"""Whose bills come as files: those of confirmed transfers are our own record, which nobody uploads."""
BILL_KINDS = {"trade": _("Trade bill"), "fund": _("Fund bill"), "statement": _("Bank statement")}
LEGS = {
    int(Leg.TRADE): _("Our payments against the trade bill"),
    int(Leg.FUND): _("Trade bill against fund bill"),
    int(Leg.LEDGER): _("Ledger against fund bill"),
    int(Leg.BANK): _("Settlements against the bank"),
    int(Leg.PAYOUT): _("Our payouts against the channel's bill"),
}
KINDS = {
    DifferenceKind.MISSING_HERE.value: _("They have it, we do not"),
    DifferenceKind.MISSING_THERE.value: _("We have it, they do not"),
    DifferenceKind.AMOUNT.value: _("Amount differs"),
    DifferenceKind.FEE.value: _("Fee differs"),
    DifferenceKind.STATE.value: _("State differs"),
    DifferenceKind.DUPLICATE.value: _("Twice"),
    DifferenceKind.BALANCE.value: _("Balance differs"),
}
STATES = {
    DifferenceState.OPEN.value: Badge(pgettext_lazy("difference", "To settle"), "amber"),
    DifferenceState.SUSPENDED.value: Badge(_("Waits for the next day"), "blue"),
    DifferenceState.CLEARED.value: Badge(_("Other side came"), "green"),
    DifferenceState.EXPLAINED.value: Badge(_("Explained"), "grey"),
    DifferenceState.ADJUSTED.value: Badge(_("Adjusted"), "green"),
    DifferenceState.WRITTEN_OFF.value: Badge(_("Difference written off"), "grey"),
}
WAYS = {
    "accept_theirs": _("Their figures hold; the rest is a payment difference"),
    "unclaimed_receipt": _("Money nobody has claimed yet"),
    "owed_to_buyer": _("Give it back to the buyer"),
    "receivable": _("The channel or bank owes it to us"),
    "refund_paid": _("A refund that was owed to a buyer"),
    "fee_charged": _("The fee as it was charged"),
    "write_off": _("Write it off"),
    "explain": _("Explain it; nothing is posted"),
    "other_side_came": _("Its other side came"),
}

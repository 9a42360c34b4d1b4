"""What the stations of payments, refunds and after-sale are called on screens, with their fixed colours."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.payments.models import AttemptState, ChargeUse, PaymentState, RefundState, RepairState
from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.splits.models import (
    ShareReturnState,
    ShareState,
    ShareWay,
    SplitKind,
    SplitReceiverState,
    SplitState,
)
from zhanggui.settlement.splits.rules import Left, Mode
from zhanggui.settlement.subsidies.models import SubsidyState
from zhanggui.trade.returns.models import ReturnState

PAYMENT_STATES = {
    PaymentState.OPEN.value: Badge(pgettext_lazy("payment", "To pay"), "grey"),
    PaymentState.PAID.value: Badge(pgettext_lazy("payment", "Paid"), "green"),
    PaymentState.CLOSED.value: Badge(pgettext_lazy("payment", "Closed"), "grey"),
}
ATTEMPT_STATES = {
    AttemptState.RECORDED.value: Badge(_("Written down"), "grey"),
    AttemptState.ASKED.value: Badge(pgettext_lazy("attempt", "Waits for the buyer"), "blue"),
    AttemptState.UNCLEAR.value: Badge(_("Nobody knows"), "amber"),
    AttemptState.PAID.value: Badge(pgettext_lazy("payment", "Paid"), "green"),
    AttemptState.CLOSED.value: Badge(pgettext_lazy("payment", "Closed"), "grey"),
    AttemptState.REFUSED.value: Badge(pgettext_lazy("attempt", "Refused by the channel"), "red"),
}
CHARGE_USES = {
    ChargeUse.ACCEPTED.value: Badge(pgettext_lazy("charge", "Pays"), "green"),
    ChargeUse.SURPLUS.value: Badge(pgettext_lazy("charge", "Surplus, goes back"), "amber"),
}
REFUND_STATES = {
    RefundState.RECORDED.value: Badge(pgettext_lazy("refund", "To send"), "blue"),
    RefundState.PROCESSING.value: Badge(pgettext_lazy("refund", "On its way"), "blue"),
    RefundState.UNCLEAR.value: Badge(_("Nobody knows"), "amber"),
    RefundState.SUCCEEDED.value: Badge(pgettext_lazy("refund", "With the buyer"), "green"),
    RefundState.ABNORMAL.value: Badge(pgettext_lazy("refund", "Needs another way"), "amber"),
    RefundState.FAILED.value: Badge(_("Failed"), "red"),
}
REPAIR_STATES = {
    RepairState.PROPOSED.value: Badge(_("To approve"), "amber"),
    RepairState.APPROVED.value: Badge(pgettext_lazy("refund", "To send"), "blue"),
    RepairState.TAKEN.value: Badge(pgettext_lazy("repair", "Taken by the channel"), "green"),
    RepairState.REFUSED.value: Badge(pgettext_lazy("attempt", "Refused by the channel"), "red"),
    RepairState.DROPPED.value: Badge(pgettext_lazy("repair", "Dropped"), "grey"),
}
NOTICE_OUTCOMES = {
    "taken": Badge(pgettext_lazy("notice", "Believed"), "green"),
    "repeated": Badge(pgettext_lazy("notice", "Repeated"), "grey"),
    "forged": Badge(pgettext_lazy("notice", "Forged"), "red"),
    "stale": Badge(pgettext_lazy("notice", "Too old"), "red"),
    "unknown": Badge(pgettext_lazy("notice", "Not ours"), "amber"),
    "mismatch": Badge(pgettext_lazy("notice", "Does not fit"), "red"),
}
CASE_STATES = {
    ReturnState.ASKED.value: Badge(pgettext_lazy("after-sale", "Waits for the shop"), "amber"),
    ReturnState.REFUSED.value: Badge(pgettext_lazy("after-sale", "Refused by the shop"), "red"),
    ReturnState.ARBITRATION.value: Badge(pgettext_lazy("after-sale", "The platform decides"), "amber"),
    ReturnState.AWAITING_GOODS.value: Badge(pgettext_lazy("after-sale", "Goods to be sent back"), "blue"),
    ReturnState.GOODS_SENT.value: Badge(pgettext_lazy("after-sale", "Goods on their way back"), "blue"),
    ReturnState.GOODS_BACK.value: Badge(pgettext_lazy("after-sale", "Goods are back"), "blue"),
    ReturnState.REFUNDING.value: Badge(pgettext_lazy("after-sale", "Money on its way"), "blue"),
    ReturnState.REFUNDED.value: Badge(pgettext_lazy("after-sale", "Money given back"), "green"),
    ReturnState.EXCHANGED.value: Badge(pgettext_lazy("after-sale", "Exchanged"), "green"),
    ReturnState.WITHDRAWN.value: Badge(pgettext_lazy("after-sale", "Withdrawn"), "grey"),
    ReturnState.CLOSED.value: Badge(pgettext_lazy("after-sale", "Closed"), "grey"),
}
BEARERS = {
    "buyer": pgettext_lazy("after-sale", "The buyer"),
    "merchant": pgettext_lazy("after-sale", "The shop"),
    "platform": pgettext_lazy("after-sale", "The platform"),
}
METHODS = {
    "qr": pgettext_lazy("method", "QR code"),
    "bridge": pgettext_lazy("method", "Inside the channel's app"),
    "phone": pgettext_lazy("method", "Phone browser"),
    "page": pgettext_lazy("method", "Web page"),
    "app": pgettext_lazy("method", "App"),
    "transfer": pgettext_lazy("method", "Bank transfer"),
}
SPLIT_STATES = {
    SplitState.RECORDED.value: Badge(pgettext_lazy("splits", "Written down"), "grey"),
    SplitState.ASKED.value: Badge(pgettext_lazy("splits", "Under way"), "blue"),
    SplitState.UNCLEAR.value: Badge(_("Nobody knows"), "amber"),
    SplitState.FINISHED.value: Badge(pgettext_lazy("splits", "Finished"), "green"),
    "partly": Badge(pgettext_lazy("splits", "Arrived in part"), "amber"),
    "closed": Badge(pgettext_lazy("splits", "Did not arrive"), "red"),
    SplitState.REFUSED.value: Badge(pgettext_lazy("splits", "Refused by the channel"), "red"),
    SplitState.LEFT.value: Badge(pgettext_lazy("splits", "Left to the statement"), "grey"),
}
SPLIT_KINDS = {
    SplitKind.SHARES.value: pgettext_lazy("splits", "Shares"),
    SplitKind.REST.value: pgettext_lazy("splits", "The rest is freed"),
    SplitKind.LEFT_THERE.value: pgettext_lazy("splits", "Left with the sub-merchant"),
}
"""What a channel is asked for, or why money stays with a sub-merchant."""
SHARE_STATES = {
    ShareState.PENDING.value: Badge(pgettext_lazy("splits", "Under way"), "blue"),
    ShareState.SUCCEEDED.value: Badge(pgettext_lazy("splits", "Arrived"), "green"),
    ShareState.CLOSED.value: Badge(pgettext_lazy("splits", "Did not arrive"), "red"),
}
RETURN_STATES = {
    ShareReturnState.RECORDED.value: Badge(pgettext_lazy("splits", "Written down"), "grey"),
    ShareReturnState.PROCESSING.value: Badge(pgettext_lazy("splits", "Under way"), "blue"),
    ShareReturnState.UNCLEAR.value: Badge(_("Nobody knows"), "amber"),
    ShareReturnState.SUCCEEDED.value: Badge(pgettext_lazy("splits", "Taken back"), "green"),
    ShareReturnState.FAILED.value: Badge(pgettext_lazy("splits", "Stays where it is"), "red"),
}
WHY_LEFT = {
    Left.NO_RULE.value: pgettext_lazy("splits", "No rule is met"),
    Left.OWN_ACCOUNT.value: pgettext_lazy("splits", "The rule says: by statement"),
    Left.NO_RECEIVER.value: pgettext_lazy("splits", "No account for shares"),
    Left.NOTHING_OWED.value: pgettext_lazy("splits", "Nothing is owed"),
    Left.STATEMENT_CLOSED.value: pgettext_lazy("splits", "The statement has closed"),
    Left.FROZEN.value: pgettext_lazy("splits", "The party is frozen"),
    Left.NO_ROOM.value: pgettext_lazy("splits", "The channel's bounds are reached"),
}
SPLIT_MODES = {
    Mode.ON_RAIL: pgettext_lazy("splits", "At the channel"),
    Mode.OWN_ACCOUNT: pgettext_lazy("splits", "From our own account, by statement"),
}
SPLIT_RECEIVER_KINDS = {
    "merchant": pgettext_lazy("splits", "Merchant's account"),
    "person": pgettext_lazy("splits", "Person's account"),
    "sub_merchant": pgettext_lazy("splits", "Sub-merchant: buyers pay to it"),
}
SHARE_WAYS = {
    ShareWay.SENT.value: pgettext_lazy("splits", "Paid by the channel"),
    ShareWay.OURS.value: pgettext_lazy("splits", "Our part, from the sub-merchant"),
    ShareWay.KEPT.value: pgettext_lazy("splits", "Lies with the sub-merchant, freed to it"),
}
SUBSIDY_STATES = {
    SubsidyState.RECORDED.value: Badge(pgettext_lazy("subsidies", "To pay"), "amber"),
    SubsidyState.PAID.value: Badge(pgettext_lazy("subsidies", "Paid"), "green"),
    SubsidyState.CALLED_OFF.value: Badge(pgettext_lazy("subsidies", "Called off"), "grey"),
}
SPLIT_RECEIVER_STATES = {
    SplitReceiverState.PROPOSED.value: Badge(pgettext_lazy("splits", "To confirm"), "amber"),
    SplitReceiverState.CONFIRMED.value: Badge(pgettext_lazy("splits", "The channel is to add it"), "blue"),
    SplitReceiverState.ADDED.value: Badge(pgettext_lazy("splits", "In use"), "green"),
    SplitReceiverState.REFUSED.value: Badge(pgettext_lazy("splits", "Refused by the channel"), "red"),
    SplitReceiverState.CLOSED.value: Badge(pgettext_lazy("splits", "Closed"), "grey"),
}

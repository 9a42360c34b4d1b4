"""What states and events are called for merchants, with their fixed colours."""

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhanggui.ledger.sources import EntrySource
from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.languages import chinese
from zhanggui.settlement.entities.models import InvoiceMode, SettlementEntity
from zhanggui.settlement.fees.catalogue.entries import groups
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.payouts.models import PayoutState, ReceiverState
from zhanggui.settlement.splits.models import ShareReturnState, ShareState
from zhanggui.settlement.splits.rules import Left
from zhanggui.settlement.statements.models import StatementState

STATES = {
    StatementState.OPEN.value: Badge(_("Accruing"), "blue"),
    StatementState.CONFIRMING.value: Badge(_("To confirm"), "amber"),
    StatementState.CONFIRMED.value: Badge(_("Confirmed"), "green"),
    StatementState.APPROVED.value: Badge(_("Payout approved"), "blue"),
    StatementState.PAYING.value: Badge(_("Being paid"), "blue"),
    StatementState.PAID.value: Badge(pgettext_lazy("statement", "Paid"), "green"),
    StatementState.FAILED.value: Badge(_("Payout failed"), "red"),
    StatementState.COLLECTING.value: Badge(_("To be collected"), "amber"),
    StatementState.COLLECTED.value: Badge(_("Collected"), "green"),
    StatementState.WRITTEN_OFF.value: Badge(_("Written off"), "grey"),
    StatementState.CARRIED.value: Badge(_("Carried on"), "grey"),
    StatementState.ZERO.value: Badge(_("Nothing due"), "grey"),
}
PAYOUTS = {
    PayoutState.PROPOSED.value: Badge(_("Being prepared"), "grey"),
    PayoutState.APPROVED.value: Badge(_("Approved, about to be sent"), "grey"),
    PayoutState.SENT.value: Badge(_("On its way"), "blue"),
    PayoutState.PAID.value: Badge(pgettext_lazy("payout", "Paid"), "green"),
    PayoutState.FAILED.value: Badge(_("Failed"), "red"),
    PayoutState.RETURNED.value: Badge(_("Came back"), "red"),
    PayoutState.CANCELLED.value: Badge(_("Cancelled"), "grey"),
}
RECEIVERS = {
    ReceiverState.PROPOSED.value: Badge(_("Being checked"), "amber"),
    ReceiverState.VERIFIED.value: Badge(_("In use"), "green"),
    ReceiverState.CLOSED.value: Badge(pgettext_lazy("receiver", "Closed"), "grey"),
}
LEFT = "left"
SHARES = {
    ShareState.PENDING.value: Badge(_("On its way"), "blue"),
    ShareState.SUCCEEDED.value: Badge(pgettext_lazy("splits", "Arrived"), "green"),
    ShareState.CLOSED.value: Badge(pgettext_lazy("splits", "Did not arrive"), "red"),
    LEFT: Badge(pgettext_lazy("splits", "By statement"), "grey"),
}
SHARE_RETURNS = {
    ShareReturnState.RECORDED.value: pgettext_lazy("splits", "To be given back for a refund:"),
    ShareReturnState.PROCESSING.value: pgettext_lazy("splits", "To be given back for a refund:"),
    ShareReturnState.UNCLEAR.value: pgettext_lazy("splits", "To be given back for a refund:"),
    ShareReturnState.SUCCEEDED.value: pgettext_lazy("splits", "Given back for a refund:"),
    ShareReturnState.FAILED.value: pgettext_lazy("splits", "Not given back; your statement carries it:"),
}
WHY_BY_STATEMENT = {
    Left.NO_RULE.value: pgettext_lazy("splits", "This order is paid by statement"),
    Left.OWN_ACCOUNT.value: pgettext_lazy("splits", "This order is paid by statement"),
    Left.NO_RECEIVER.value: pgettext_lazy("splits", "You have no account for shares at this channel"),
    Left.NOTHING_OWED.value: pgettext_lazy("splits", "Nothing was owed to you"),
    Left.STATEMENT_CLOSED.value: pgettext_lazy("splits", "The statement had closed"),
    Left.FROZEN.value: pgettext_lazy("splits", "Your money is frozen"),
    Left.NO_ROOM.value: pgettext_lazy("splits", "The channel pays no more of this payment"),
}
DISPUTES = {
    "open": Badge(_("Being looked at"), "amber"),
    "upheld": Badge(_("You were right"), "green"),
    "rejected": Badge(_("Not accepted"), "grey"),
}
KINDS = {
    EntrySource.SALE.value: _("Sale"),
    EntrySource.REVERSAL.value: _("Refund"),
    EntrySource.CORRECTION.value: _("Correction"),
    EntrySource.CHARGE.value: _("Charge from outside"),
    EntrySource.CARRY.value: _("Balance carried on"),
    EntrySource.DISPUTE.value: _("Disputed, moved on"),
    EntrySource.CONFIRMATION.value: _("Statement confirmed"),
    EntrySource.UNMATCHED_REFUND.value: _("Refund without sale"),
    EntrySource.ADJUSTMENT.value: _("Adjustment"),
    EntrySource.PAYOUT_SENT.value: _("Payout sent"),
    EntrySource.PAYOUT_EXECUTED.value: _("Payout executed"),
    EntrySource.PAYOUT_FAILED.value: _("Payout failed"),
    EntrySource.PAYOUT_RETURNED.value: _("Payout came back"),
    EntrySource.CLAIM.value: _("Your payment"),
    EntrySource.DEBT.value: _("Debt to collect"),
    EntrySource.SET_OFF.value: _("Set off against a debt"),
    EntrySource.WRITE_OFF.value: _("Written off"),
    EntrySource.DEPOSIT.value: _("Deposit"),
    EntrySource.HOLD.value: _("Held or released"),
    EntrySource.SPLIT.value: _("Paid by split at the channel"),
    EntrySource.SPLIT_PAID.value: _("Share arrived"),
    EntrySource.SPLIT_CLOSED.value: _("Split that did not arrive"),
    EntrySource.SPLIT_RETURNED.value: _("Split taken back"),
    EntrySource.SPLIT_AWAITED.value: _("Waits for its split, carried on"),
}
PAYOUT_STEPS = (12, 13, 14, 15)
DETAIL_KINDS = {kind: KINDS[kind] for kind in (1, 2, 3, 4, 5, 6, 10, 11, 21, 22, 27, 29, 30, 34)}
MODES = {
    InvoiceMode.OUTPUT.value: _("The platform invoices its fees to you"),
    InvoiceMode.INPUT.value: _("You invoice the goods to the platform"),
    InvoiceMode.NONE.value: _("No invoice"),
}


def group_names() -> dict[str, str]:
    """Headings of the fee catalogue, in its order."""
    return {group.code: group.zh if chinese() else group.en for group in groups()}


def fee_name(fee_type_id: int) -> str:
    """The name of a fee type in the language of the request."""
    fee = catalogue().by_id.get(fee_type_id)
    return fee.name_in(get_language() or "zh") if fee else str(fee_type_id)


def entity_name(entity_id: int) -> str:
    """The name of a settlement entity in the language of the request."""
    row = SettlementEntity.objects.filter(id=entity_id).first()
    return name_in(row.name, row.code, get_language() or "zh") if row else ""


DETAIL_PARTS = {
    "sales": _("Sales"),
    "fees": _("Commission and fees"),
    "refunds": _("Refunds"),
    "other": _("Corrections"),
}

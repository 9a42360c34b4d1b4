"""What the stations of payouts are called on screens, with their fixed colours."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.collections.models import ReceiptRefund
from zhanggui.settlement.guarantees.models import DepositOrder
from zhanggui.settlement.payouts.models import (
    AnswerEffect,
    AttemptState,
    BatchState,
    Cause,
    PayoutState,
    ReceiverKind,
    ReceiverState,
)
from zhanggui.settlement.payouts.rail import Outcome

BATCH_STATES = {
    BatchState.PROPOSED.value: Badge(_("To approve"), "amber"),
    BatchState.APPROVED.value: Badge(_("To send"), "amber"),
    BatchState.SENT.value: Badge(_("On its way"), "blue"),
    BatchState.DONE.value: Badge(_("Done"), "green"),
    BatchState.CANCELLED.value: Badge(_("Cancelled"), "grey"),
}
PAYOUT_STATES = {
    PayoutState.PROPOSED.value: Badge(_("To approve"), "grey"),
    PayoutState.APPROVED.value: Badge(_("To send"), "grey"),
    PayoutState.SENT.value: Badge(_("On its way"), "blue"),
    PayoutState.PAID.value: Badge(pgettext_lazy("payout", "Paid"), "green"),
    PayoutState.FAILED.value: Badge(_("Failed"), "red"),
    PayoutState.RETURNED.value: Badge(_("Came back"), "red"),
    PayoutState.CANCELLED.value: Badge(_("Cancelled"), "grey"),
}
ATTEMPT_STATES = {
    AttemptState.RECORDED.value: Badge(_("Written down"), "grey"),
    AttemptState.SUBMITTED.value: Badge(_("Handed over"), "blue"),
    AttemptState.ACCEPTED.value: Badge(_("Accepted by the bank"), "blue"),
    AttemptState.UNKNOWN.value: Badge(_("Nobody knows"), "amber"),
    AttemptState.EXECUTED.value: Badge(_("Executed"), "green"),
    AttemptState.REJECTED.value: Badge(_("Rejected by the bank"), "red"),
    AttemptState.NOT_TAKEN.value: Badge(_("Not taken"), "grey"),
}
RECEIVER_STATES = {
    ReceiverState.PROPOSED.value: Badge(_("To verify"), "amber"),
    ReceiverState.VERIFIED.value: Badge(_("Verified"), "green"),
    ReceiverState.CLOSED.value: Badge(pgettext_lazy("receiver", "Closed"), "grey"),
}
RECEIVER_KINDS = {
    ReceiverKind.BANK.value: _("Bank account"),
    ReceiverKind.WALLET.value: _("Wallet"),
    ReceiverKind.ALIPAY.value: _("Alipay account"),
}
EFFECTS = {
    AnswerEffect.APPLIED.value: Badge(_("Applied"), "green"),
    AnswerEffect.REPEATED.value: Badge(_("Known already"), "grey"),
    AnswerEffect.NEVER_SENT.value: Badge(_("Never sent by us"), "red"),
    AnswerEffect.AMOUNT_DIFFERS.value: Badge(_("Another amount"), "red"),
    AnswerEffect.CONTRADICTS.value: Badge(_("Against the books"), "red"),
}
OUTCOMES = {
    Outcome.SUBMITTED.value: _("Handed over"),
    Outcome.ACCEPTED.value: _("Accepted"),
    Outcome.EXECUTED.value: _("Executed"),
    Outcome.REJECTED.value: _("Rejected"),
    Outcome.RETURNED.value: _("Returned"),
}
CAUSES = {
    Cause.STATEMENT.value: _("Statement"),
    Cause.DEPOSIT.value: _("Deposit given back"),
    Cause.RECEIPT.value: _("Receipt given back"),
}
OBSTACLES = {
    "no_receiver": _("No receiving account"),
    "receiver_waits": _("Receiving account waits for verification"),
    "receiver_cooling": _("Receiving account is cooling down"),
    "no_own_account": _("No account of ours pays this currency"),
    "no_rail_for_wallet": _("No account of ours pays wallets: verify a bank account"),
    "no_rail_for_alipay": _("No account of ours pays Alipay accounts: verify a bank account"),
    "no_rail_for_bank": _("No account of ours pays bank accounts: open one at a bank"),
    "frozen": _("The merchant is frozen"),
    "invoice_not_asked": _("The merchant's invoice is not asked for yet: draft invoices first"),
    "invoice_awaited": _("The merchant's invoice has not arrived"),
    "invoice_unverified": _("The merchant's invoice waits for verification"),
}
REASONS = {
    "receiver_changed": _("The receiving account changed after the approval"),
    "EVIDENCE": _("Settled by evidence"),
    "held": _("A hold took the money after the approval"),
    "no_rail_for_wallet": _("No account of ours pays wallets: verify a bank account"),
    "no_rail_for_alipay": _("No account of ours pays Alipay accounts: verify a bank account"),
    "no_rail_for_bank": _("No account of ours pays bank accounts: open one at a bank"),
    "AC01": _("Account number is wrong"),
    "AC04": _("Account is closed"),
    "AC06": _("Account is blocked"),
    "AM04": _("Our account had too little money"),
    "BE05": _("Holder's name does not fit the account"),
    "RC01": _("Bank is not known"),
}
"""Our own codes and the commonest of ISO 20022; any other code is shown as it is."""


def paid_for(row: Any) -> str | None:
    """The page of what a payout, or something due, pays."""
    if row.cause == Cause.STATEMENT:
        return reverse("platform:statement", args=[row.party_id, row.statement_id])
    if row.cause == Cause.DEPOSIT:
        order = DepositOrder.objects.filter(id=row.document_id).first()
        return reverse("platform:deposit", args=[order.deposit_id]) if order else None
    refund = ReceiptRefund.objects.filter(id=row.document_id).first()
    return reverse("platform:receipt", args=[refund.receipt_id]) if refund else None


def reason_name(code: str) -> str:
    """A reason in words."""
    return str(REASONS.get(code, code))

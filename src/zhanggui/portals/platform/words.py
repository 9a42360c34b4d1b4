"""What the numbers and codes of settlement are called on screens, with their fixed colours."""

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from zhanggui.approvals.models import ApprovalState
from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.entities.models import BillingNode, InvoiceMode
from zhanggui.settlement.fees.rules.reverse import ReversePolicy
from zhanggui.settlement.intake.models import HoldReason, OrderStatus
from zhanggui.settlement.statements.models import StatementState

STATEMENT_STATES = {
    StatementState.OPEN.value: Badge(_("Accruing"), "blue"),
    StatementState.CONFIRMING.value: Badge(_("To confirm"), "amber"),
    StatementState.CONFIRMED.value: Badge(_("Confirmed"), "green"),
    StatementState.APPROVED.value: Badge(_("Payout approved"), "blue"),
    StatementState.PAYING.value: Badge(_("Being paid"), "blue"),
    StatementState.PAID.value: Badge(pgettext_lazy("statement", "Paid"), "green"),
    StatementState.FAILED.value: Badge(_("Payout failed"), "red"),
    StatementState.COLLECTING.value: Badge(_("To collect"), "amber"),
    StatementState.COLLECTED.value: Badge(_("Collected"), "green"),
    StatementState.WRITTEN_OFF.value: Badge(_("Written off"), "grey"),
    StatementState.CARRIED.value: Badge(_("Carried on"), "grey"),
    StatementState.ZERO.value: Badge(_("Zero"), "grey"),
}
APPROVAL_STATES = {
    ApprovalState.PENDING.value: Badge(_("To approve"), "amber"),
    ApprovalState.APPROVED.value: Badge(_("Approved"), "green"),
    ApprovalState.REJECTED.value: Badge(_("Rejected"), "red"),
    ApprovalState.WITHDRAWN.value: Badge(_("Withdrawn"), "grey"),
    ApprovalState.EXPIRED.value: Badge(_("Run out"), "grey"),
}
APPROVAL_KINDS = {
    "payout_batch": _("Payout batch"),
    "payout_evidence": _("Payout settled by evidence"),
    "adjustment": _("Adjustment document"),
    "deposit_deduction": _("Deduction from a deposit"),
    "deposit_refund": _("Refund of a deposit"),
    "receipt_refund": _("Refund of a receipt"),
    "refund_repair": _("Other account for a refund"),
    "rebate_agreement": _("Rebate agreement"),
    "write_off": _("Write-off of a debt"),
    "line_range": _("Range of line numbers"),
    "approval_limit": _("Higher limit of approval"),
    "invoice_verification": _("Check of an input invoice"),
    "reconciliation_entry": _("Entry over a difference"),
}
DOCUMENT_STATES = {
    "pending": Badge(_("To approve"), "amber"),
    "approved": Badge(_("Approved"), "green"),
    "rejected": Badge(pgettext_lazy("document", "Rejected"), "red"),
    "withdrawn": Badge(pgettext_lazy("document", "Withdrawn"), "grey"),
    "expired": Badge(pgettext_lazy("document", "Run out"), "grey"),
}
ADJUSTMENT_KINDS = {"manual": _("Adjustment"), "rebate": _("Rebate")}
DEPOSIT_KINDS = {
    "receipt": _("Paid in at the bank"),
    "statement": _("Paid in from a statement"),
    "deduction": _("Deducted"),
    "debt": _("Settled a debt"),
    "refund": _("Given back"),
}
DEPOSIT_USES = {
    "penalty": _("Penalty: income of ours"),
    "buyers": _("Owed to buyers"),
    "debt": _("Settles a debt"),
    "statement": _("Given back with the next statement"),
    "bank": _("Given back from our bank account"),
}
HOLD_KINDS = {
    "reserve": _("Rolling reserve"),
    "amount": _("Frozen amount"),
    "party": _("Frozen merchant"),
}
RECEIPT_STATES = {
    "unclaimed": Badge(_("To claim"), "amber"),
    "partly": Badge(_("Claimed in part"), "blue"),
    "claimed": Badge(_("Claimed"), "green"),
    "refunded": Badge(_("Given back"), "grey"),
    "reversed": Badge(pgettext_lazy("receipt", "Withdrawn"), "grey"),
}
CLAIM_TARGETS = {"debt": _("Debt"), "deposit": _("Deposit")}
BUCKETS = {
    "not_due": _("Not due"),
    "1-30": _("1 to 30 days"),
    "31-60": _("31 to 60 days"),
    "61-90": _("61 to 90 days"),
    "91+": _("Over 90 days"),
}
LEVELS = {
    0: _("None"),
    1: _("Reminder"),
    2: _("Second reminder"),
    3: _("Demand"),
    4: _("Last notice"),
}
SETTLED_BY = {
    "set_off": _("Set off against goods money"),
    "deposit": _("Deposit"),
    "receipt": _("Bank receipt"),
    "write_off": _("Written off"),
}
DISPUTE_STATES = {
    "open": Badge(pgettext_lazy("dispute", "Open"), "amber"),
    "upheld": Badge(_("Upheld"), "green"),
    "rejected": Badge(pgettext_lazy("dispute", "Rejected"), "grey"),
}
MODES = {
    InvoiceMode.OUTPUT.value: _("Output (platform invoices its fees)"),
    InvoiceMode.INPUT.value: _("Input (merchant invoices the goods)"),
    InvoiceMode.NONE.value: _("No invoice"),
}
NODES = {
    BillingNode.PAID.value: _("Paid"),
    BillingNode.SHIPPED.value: _("Shipped"),
    BillingNode.RECEIVED.value: pgettext_lazy("order", "Received"),
    BillingNode.COMPLETED.value: _("Completed"),
}
SOURCES = {
    EntrySource.SALE.value: _("Sale"),
    EntrySource.REVERSAL.value: _("Reversal of a refund"),
    EntrySource.CORRECTION.value: _("Correction"),
    EntrySource.CHARGE.value: _("Imported charge"),
    EntrySource.CARRY.value: _("Balance carried"),
    EntrySource.DISPUTE.value: _("Disputed, moved on"),
    EntrySource.CONFIRMATION.value: _("Statement confirmed"),
    EntrySource.ORDER_PAID.value: _("Order paid"),
    EntrySource.REFUND_ACCEPTED.value: _("Refund accepted"),
    EntrySource.UNMATCHED_REFUND.value: _("Refund without sale"),
    EntrySource.ADJUSTMENT.value: _("Adjustment"),
    EntrySource.PAYOUT_SENT.value: _("Payout sent"),
    EntrySource.PAYOUT_EXECUTED.value: _("Payout executed"),
    EntrySource.PAYOUT_FAILED.value: _("Payout failed"),
    EntrySource.PAYOUT_RETURNED.value: _("Payout returned"),
    EntrySource.RECEIPT.value: _("Receipt"),
    EntrySource.CLAIM.value: _("Receipt claimed"),
    EntrySource.DEBT.value: _("Debt to collect"),
    EntrySource.SET_OFF.value: _("Set-off"),
    EntrySource.WRITE_OFF.value: _("Write-off"),
    EntrySource.DEPOSIT.value: _("Deposit"),
    EntrySource.HOLD.value: _("Hold or release"),
    EntrySource.CHANNEL_FEE.value: _("Channel fee"),
    EntrySource.CHANNEL_SETTLED.value: _("Channel settled"),
    EntrySource.REFUND_PAID.value: _("Refund paid"),
    EntrySource.RECONCILING.value: _("Entry over a difference"),
    EntrySource.SPLIT.value: _("Paid by split at the channel"),
    EntrySource.SPLIT_PAID.value: _("Share arrived"),
    EntrySource.SPLIT_CLOSED.value: _("Split that did not arrive"),
    EntrySource.SPLIT_RETURNED.value: _("Split taken back"),
    EntrySource.SPLIT_TAKEN_BACK.value: _("Share is with us again"),
    EntrySource.SUBSIDY_PAID.value: _("Subsidy to a sub-merchant's order"),
    EntrySource.SUBSIDY_TAKEN_BACK.value: _("Subsidy is with us again"),
    EntrySource.SPLIT_AWAITED.value: _("Waits for its split, carried on"),
}
DETAIL_KINDS = {kind: SOURCES[kind] for kind in (1, 2, 3, 4, 5, 6, 10, 11, 21, 22, 27, 29, 30, 34)}
DETAIL_PARTS = {
    "sales": _("Sales"), "fees": _("Commission and fees"), "refunds": _("Refunds"), "other": _("Corrections"),
}  # fmt: skip
KIND_BADGES = {
    kind: Badge(label, "grey" if kind == EntrySource.SALE.value else "blue")
    for kind, label in DETAIL_KINDS.items()
}
ORDER_HOLD_REASONS = {
    HoldReason.RISK.value: _("Risk control"),
    HoldReason.COMPLAINT.value: _("Complaint of the buyer"),
    HoldReason.OTHER.value: _("Another reason"),
}
ORDER_STATES = {
    OrderStatus.CREATED.value: Badge(_("Created"), "grey"),
    OrderStatus.PAID.value: Badge(_("Paid"), "blue"),
    OrderStatus.SHIPPED.value: Badge(_("Shipped"), "blue"),
    OrderStatus.RECEIVED.value: Badge(pgettext_lazy("order", "Received"), "green"),
    OrderStatus.COMPLETED.value: Badge(_("Completed"), "green"),
    OrderStatus.CANCELLED.value: Badge(_("Cancelled"), "grey"),
}
RUN_STATES = {
    "queued": Badge(_("Queued"), "grey"),
    "running": Badge(_("Running"), "blue"),
    "done": Badge(_("Done"), "green"),
    "failed": Badge(_("Failed"), "red"),
}
CHARGE_STATES = {"accepted": Badge(_("Accepted"), "green"), "rejected": Badge(_("Rejected"), "red")}
SHADOW_KINDS = {
    "amount": Badge(_("Amount differs"), "red"),
    "missing_there": Badge(_("Not pushed"), "amber"),
    "missing_here": Badge(_("Not billed here"), "amber"),
}
REVERSE_POLICIES = {
    ReversePolicy.NONE.value: _("Kept on a return"),
    ReversePolicy.PRO_RATA.value: _("Given back pro rata"),
    ReversePolicy.FIXED.value: _("Pro rata, less a fixed handling amount"),
    ReversePolicy.FULL_ONLY.value: _("Given back only with a full return"),
    ReversePolicy.OWN_DOCUMENT.value: _("By a document of its own"),
}
INVOICES = {"output": _("Output invoice"), "input": _("Input invoice"), "none": _("No invoice")}
FEE_SOURCES = {
    "computed": _("Computed by rules"),
    "passed": _("Passed through"),
    "parsed": _("Read from the order"),
    "pulled": _("Pulled from a system"),
}
GRANULARITIES = {
    "fee": _("Fee per line"),
    "order": _("Order"),
    "spu": _("Product (SPU)"),
    "sku": _("Article (SKU)"),
    "sku_type": _("Kind of article"),
}
WEEKDAYS = (
    _("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"),
)  # fmt: skip
PLAIN_CYCLES = {
    "document": _("Document by document"),
    "day": _("Daily"),
    "ten_day": _("Every ten days"),
    "half_month": _("Half-monthly"),
}


def cycle_name(code: str) -> str:
    """A settlement cycle in words: `month:1` is monthly from day 1."""
    kind, _colon, number = code.partition(":")
    if kind == "week":
        return gettext("Weekly from %(day)s") % {"day": WEEKDAYS[int(number) - 1]}
    if kind == "month":
        return gettext("Monthly from day %(day)s") % {"day": number}
    if kind == "days":
        count, _at, start = number.partition("@")
        return gettext("Every %(count)s days, counted from %(start)s") % {"count": count, "start": start}
    return str(PLAIN_CYCLES.get(kind, code))


PARTY_KINDS = {
    "merchant": _("Merchant"),
    "supplier": _("Supplier"),
    "carrier": _("Carrier"),
    "distributor": _("Distributor"),
    "platform": _("Platform"),
    "other": _("Other"),
}

"""What states and events are called for merchants, with their fixed colours."""

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.desk.badges import Badge
from zhanggui.settlement.entities.models import InvoiceMode, SettlementEntity
from zhanggui.settlement.fees.queries import catalogue
from zhanggui.settlement.statements.models import StatementState

STATES = {
    StatementState.OPEN.value: Badge(_("Accruing"), "blue"),
    StatementState.CONFIRMING.value: Badge(_("To confirm"), "amber"),
    StatementState.CONFIRMED.value: Badge(_("Confirmed"), "green"),
    StatementState.CARRIED.value: Badge(_("Carried on"), "grey"),
    StatementState.ZERO.value: Badge(_("Nothing due"), "grey"),
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
}
DETAIL_KINDS = {kind: label for kind, label in KINDS.items() if kind != EntrySource.CONFIRMATION.value}
MODES = {
    InvoiceMode.OUTPUT.value: _("The platform invoices its fees to you"),
    InvoiceMode.INPUT.value: _("You invoice the goods to the platform"),
    InvoiceMode.NONE.value: _("No invoice"),
}


def fee_name(fee_type_id: int) -> str:
    """The name of a fee type in the language of the request."""
    fee = catalogue().by_id.get(fee_type_id)
    return fee.name_in(get_language() or "zh") if fee else str(fee_type_id)


def entity_name(entity_id: int) -> str:
    """The name of a settlement entity in the language of the request."""
    row = SettlementEntity.objects.filter(id=entity_id).first()
    if row is None:
        return ""
    wanted = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return row.name.get(wanted) or next((name for name in row.name.values() if name), row.code)

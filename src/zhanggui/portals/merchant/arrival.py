"""When do I get this money: the answer on the statement itself."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Fact
from zhanggui.portals.merchant.words import PAYOUTS
from zhanggui.settlement.payouts.models import Payout, PayoutState, Receiver
from zhanggui.settlement.statements.models import Statement, StatementState

INVOICE_MISSING = {
    "invoice_not_asked": gettext_lazy("The platform will say what to invoice"),
    "invoice_awaited": gettext_lazy("Send the invoice for your goods"),
    "invoice_unverified": gettext_lazy("The platform is checking the invoice you sent"),
}
BEFORE_PAYING = (StatementState.CONFIRMING, StatementState.CONFIRMED)


def money_facts(
    row: Statement, payouts: Sequence[Payout], receiver: Receiver | None, invoice_missing: str = ""
) -> list[Fact]:
    """Each payout with its state and day, or when the money can leave and what stands in its way; `invoice_missing`
    says which of the shop's own invoices it waits for, as `invoices.paying` does."""
    facts = [
        Fact(_("Payout"), f"{PAYOUTS[one.state].label} · {_day(one)} · {one.receiver_masked}",
             href=reverse("merchant:payout", args=[one.number]))
        for one in payouts if one.state != PayoutState.CANCELLED
    ]  # fmt: skip
    if row.state in BEFORE_PAYING and not facts and row.payable_minor > 0:
        facts.append(Fact(_("Your money"), _when(row, receiver), href=reverse("merchant:receivers")))
    if row.state in BEFORE_PAYING and row.payable_minor > 0 and invoice_missing:
        href = reverse("merchant:invoices") + f"?q={row.number}&tab="
        facts.append(
            Fact(_("Paid once your invoice is verified"), str(INVOICE_MISSING[invoice_missing]), href=href)
        )
    return facts


def _day(one: Payout) -> str:
    at = one.ended_at or one.paid_at or one.sent_at or one.made_at
    return f"{timezone.localtime(at):%Y-%m-%d}"


def _when(row: Statement, receiver: Receiver | None) -> str:
    day = f"{row.due_on:%Y-%m-%d}"
    if receiver is None:
        return _("Give a receiving account first; it is payable from %(day)s") % {"day": day}
    if receiver.usable_from and receiver.usable_from.date() > row.due_on:
        day = f"{timezone.localtime(receiver.usable_from):%Y-%m-%d}"
    if row.state == StatementState.CONFIRMING:
        return _("Goes to %(number)s from %(day)s, once confirmed") % {
            "number": receiver.number_masked,
            "day": day,
        }
    return _("Goes to %(number)s from %(day)s") % {"number": receiver.number_masked, "day": day}

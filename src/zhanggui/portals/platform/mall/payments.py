"""Payments of buyers: the list, and one with its tries, what was taken, for which orders, and what went back."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.payments.models import Payment
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.details import Detail, Fact, Proof, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.templatetags.desk import moment
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Table, document_page
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.mall.transfers import transfer_forms, transfer_taken_down
from zhanggui.portals.platform.mall.words import (
    ATTEMPT_STATES,
    CHARGE_USES,
    METHODS,
    PAYMENT_STATES,
    REFUND_STATES,
)
from zhanggui.portals.platform.names import parties, party_name

FIELDS = {
    "id": "y.id", "number": "y.payment_no", "subject": "y.subject", "state": "y.state", "currency": "y.currency",
    "amount": "y.amount_minor", "made_at": "y.made_at", "paid_at": "y.paid_at",
    "orders": "(select count(*) from payments_part t where t.payment_id = y.id)",
    "channel_number": "(select c.channel_number from payments_charge c where c.payment_id = y.id"
                      " and c.use = 'accepted')",
    "refunded": "(select coalesce(sum(c.refunded_minor), 0)::bigint from payments_charge c"
                " where c.payment_id = y.id)",
    "surplus": "(select coalesce(sum(c.amount_minor), 0)::bigint from payments_charge c"
               " where c.payment_id = y.id and c.use = 'surplus')",
}  # fmt: skip


class PaymentList(MallList):
    """What buyers were asked for, and what became of it."""

    name = "platform.mall_payments"
    title = pgettext_lazy("buyers", "Payments")
    permission = "charges_of_buyers.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", PAYMENT_STATES)
    empty = gettext_lazy("Payments appear here as soon as buyers order.")

    def get_source(self) -> SqlSource:
        """Payments."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from payments_payment y where {{where}}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By any number of it, and by day."""
        return [
            TextFilter("q", gettext_lazy("Payment, purchase or channel number"),
                       starts=["number", "subject", "channel_number"]),
            DateRangeFilter("made", gettext_lazy("Made"), field="made_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """How much, for how many orders, what came and went."""
        return [
            LinkColumn("number", pgettext("buyers", "Payment"), sort="number",
                       href=lambda r: reverse("platform:mall_payment", args=[r.number])),
            StatusColumn("state", _("Status"), badges=PAYMENT_STATES),
            TextColumn("subject", _("Purchase"), code=True, phone="sub"),
            IntegerColumn("orders", _("Orders"), phone=""),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            MoneyColumn("refunded", _("Given back"), currency=self.currency, total=True),
            MoneyColumn("surplus", _("Surplus"), currency=self.currency, total=True, phone=""),
            TextColumn("channel_number", _("Number at the channel"), code=True, phone="line"),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
            DateTimeColumn("paid_at", pgettext("payment", "Paid"), sort="paid_at", nullable=True, phone=""),
        ]  # fmt: skip


@needs("charges_of_buyers.view")
def payment_page(request: HttpRequest, number: str) -> HttpResponse:
    """One payment, whole; where a bank transfer is awaited, the form that says it arrived."""
    row = Payment.objects.filter(payment_no=number).first()
    if row is None:
        raise Http404(_("There is no such payment."))
    problem, gone = transfer_taken_down(request, row) if request.method == "POST" else ("", None)
    return gone or document_page(
        request, _detail(row), tables=[_parts(row), _attempts(row), _charges(row), _refunds(row)],
        forms=transfer_forms(request, row), problem=problem,
    )  # fmt: skip


def _detail(row: Payment) -> Detail:
    parts = list(row.parts.values_list("amount_minor", flat=True))
    holds = sum(parts) == row.amount_minor
    return Detail(
        number=row.payment_no, kind=pgettext("buyers", "Payment"), badge=PAYMENT_STATES[row.state],
        amount=row.amount_minor, currency=row.currency, amount_label=pgettext("payment", "Amount due"),
        proof=Proof(holds, _("The orders add up to it") if holds else _("The orders do not add up to it")),
        facts=[
            Fact(_("Purchase"), row.subject, copy=True), Fact(_("Title"), row.title),
            Fact(_("To be paid until"), moment(row.expires_at)),
        ],
        steps=[
            Step(_("Ordered"), "done", row.made_at),
            Step(pgettext("payment", "Closed"), "failed", row.closed_at) if row.closed_at
            else Step(pgettext("payment", "Paid"), "done" if row.paid_at else "now", row.paid_at),
        ],
        breadcrumbs=[(pgettext("buyers", "Payments"), reverse("platform:mall_payments"))],
    )  # fmt: skip


def _money(amount: int, currency: str) -> Cell:
    return Cell(format_money(amount, currency), number=True)


def _parts(row: Payment) -> Table:
    parts = list(row.parts.order_by("id"))
    names = parties({part.party_id for part in parts})
    return Table(
        _("Orders it pays"), [(_("Order"), False), (_("Merchant"), False), (_("Amount"), True)],
        [
            [
                Cell(part.reference, code=True), Cell(party_name(names.get(part.party_id))),
                _money(part.amount_minor, row.currency),
            ]
            for part in parts
        ],
    )  # fmt: skip


def _attempts(row: Payment) -> Table:
    return Table(
        _("Tries"),
        [(_("Number at the channel"), False), (_("Channel"), False), (pgettext("payment", "Way"), False),
         (_("Status"), False), (_("Made"), False), (_("Said"), False)],
        [
            [
                Cell(one.number, code=True), Cell(one.channel.code, code=True), Cell(METHODS[one.method]),
                Cell(ATTEMPT_STATES[one.state].label), Cell(one.made_at), Cell(one.said, code=True),
            ]
            for one in row.attempts.select_related("channel").order_by("id")
        ],
        _("The buyer has not chosen how to pay yet."),
    )  # fmt: skip


def _charges(row: Payment) -> Table:
    return Table(
        _("Money taken"),
        [(_("Number at the channel"), False), (pgettext("charge", "Use"), False), (_("Amount"), True),
         (_("Given back"), True), (_("Taken"), False)],
        [
            [
                Cell(one.channel_number, code=True), Cell(CHARGE_USES[one.use].label),
                _money(one.amount_minor, one.currency), _money(one.refunded_minor, one.currency),
                Cell(one.charged_at),
            ]
            for one in row.charges.order_by("id")
        ],
        _("Nothing was taken yet."),
    )  # fmt: skip


def _refunds(row: Payment) -> Table:
    refunds = [
        refund
        for charge in row.charges.prefetch_related("refunds")
        for refund in charge.refunds.order_by("id")
    ]
    return Table(
        _("Given back"),
        [(pgettext("buyers", "Refund"), False), (_("Order"), False), (_("Status"), False), (_("Amount"), True),
         (_("Made"), False)],
        [
            [
                Cell(one.refund_no, reverse("platform:mall_refund", args=[one.refund_no]), code=True),
                Cell(one.reference, code=True), Cell(REFUND_STATES[one.state].label),
                _money(one.amount_minor, one.currency), Cell(one.made_at),
            ]
            for one in refunds
        ],
        _("Nothing was given back."),
    )  # fmt: skip

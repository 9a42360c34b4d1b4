"""The shop's money on its way and arrived: own payouts as a list, and one of them with its history."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhanggui.journeys.payout_confirming import payout_confirming
from zhanggui.money import Money
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.portals.merchant.words import PAYOUTS
from zhanggui.settlement.payouts.models import Cause, Payout, PayoutState, ReceiverKind
from zhanggui.settlement.payouts.rail import shows_page
from zhanggui.settlement.payouts.rules import document_number
from zhanggui.settlement.payouts.states import ENDED
from zhanggui.settlement.statements.queries import statement

FIELDS = {
    "id": "o.id", "party_id": "o.party_id", "number": "o.number", "state": "o.state", "currency": "o.currency",
    "amount": "o.amount_minor", "statement_id": "o.statement_id",
    "statement": "coalesce(s.number, 'DO' || lpad(o.document_id::text, 8, '0'))",
    "receiver": "o.receiver_masked", "made_at": "o.made_at", "sent_at": "o.sent_at", "paid_at": "o.paid_at",
}  # fmt: skip
TABLES = (
    "settlement_payout o left join settlement_statement s on s.party_id = o.party_id and s.id = o.statement_id"
    " where o.state <> 'cancelled' and {where}"
)


class OwnPayouts(OwnList):
    """Payments to the shop."""

    name = "merchant.payouts"
    title = _("Payouts")
    permission = "own_payouts.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", {code: badge for code, badge in PAYOUTS.items() if code != "cancelled"})
    empty = _("Your first payout follows your first confirmed statement, on the day it is payable.")

    def get_source(self) -> SqlSource:
        """Payouts of the shop."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By number and day."""
        return [
            TextFilter("q", _("Payout or statement number"), starts=["number", "statement"]),
            DateRangeFilter("made", _("Made"), field="made_at"),
            DateRangeFilter("paid", _("Executed"), field="paid_at"),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """How much, where to, since when."""
        return [
            LinkColumn("number", _("Payout"), sort="number",
                       href=lambda r: reverse("merchant:payout", args=[r.number])),
            StatusColumn("state", _("Status"), badges=PAYOUTS),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            TextColumn("statement", _("Statement or deposit refund"), code=True, phone="sub",
                       href=lambda r: _paid_for(r.statement_id)),
            TextColumn("receiver", _("Receiving account"), code=True),
            DateTimeColumn("sent_at", _("Sent"), sort="sent_at", nullable=True, phone=""),
            DateTimeColumn("paid_at", _("Executed"), sort="paid_at", nullable=True),
        ]  # fmt: skip


def _paid_for(statement_id: int) -> str:
    """What a payout to a shop pays: a statement, or its deposit given back."""
    if statement_id:
        return reverse("merchant:statement", args=[statement_id])
    return reverse("merchant:guarantees")


@shop_page("own_payouts.view")
def own_payout(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """One payout: how much, where to, how far."""
    with as_tenant(party_id):
        row = Payout.objects.filter(party_id=party_id, number=number).first()
        held = statement(party_id, row.statement_id) if row else None
    if row is None or (held is None and row.cause == Cause.STATEMENT):
        raise Http404(gettext("There is no such payout."))
    facts = [
        Fact(gettext("Statement"), held.number, href=_paid_for(held.id))
        if held
        else Fact(
            gettext("Deposit given back"), document_number(row.cause, row.document_id), href=_paid_for(0)
        ),
        Fact(gettext("Receiving account"), f"{row.receiver_masked} · {row.receiver_holder}"),
    ]
    if row.receiver_bank:
        facts.append(Fact(gettext("Bank"), row.receiver_bank))
    for label, amount in (
        (gettext("Not executed"), row.short_minor),
        (gettext("Came back of it"), row.returned_minor),
    ):
        if amount:
            facts.append(Fact(label, Money(amount, row.currency).grouped()))
    actions = []
    # The batch is the platform's: it is not read as the shop.
    by_packet = row.receiver_kind == ReceiverKind.WALLET and not shows_page(row.batch.rail)
    if by_packet:
        facts.append(
            Fact(gettext("How it arrives"), gettext("As a red packet in WeChat; open it within 24 hours"))
        )
    elif _waits_for_person(row):
        actions.append(
            Action(
                gettext("Take the money in WeChat"), reverse("merchant:take_payout", args=[number]), "primary"
            )
        )
    detail = Detail(
        number=row.number, kind=gettext("Payout"), badge=PAYOUTS[row.state], amount=row.amount_minor,
        currency=row.currency, amount_label=gettext("Amount"), facts=facts, steps=_steps(row),
        actions=actions, breadcrumbs=[(gettext("Payouts"), reverse("merchant:payouts"))],
        notice=gettext(
            "The bank did not keep this payment. Check your receiving account; the platform pays again."
        ) if row.state in ENDED else "",
    )  # fmt: skip
    return render(request, "merchant/payout.html", {"detail": detail})


def _waits_for_person(row: Payout) -> bool:
    """A payout to a wallet is paid when the person takes it."""
    return row.state == PayoutState.SENT and row.receiver_kind == ReceiverKind.WALLET


@shop_page("own_payouts.view")
def take_payout(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """Where the receiver takes a payout to a wallet: in WeChat, within a day."""
    with as_tenant(party_id):
        row = Payout.objects.filter(party_id=party_id, number=number).first()
    if row is None:
        raise Http404(gettext("There is no such payout."))
    asked = payout_confirming(party_id=party_id, number=number) if _waits_for_person(row) else None
    back = reverse("merchant:payout", args=[number])
    context = {
        "title": gettext("Take payout %(number)s") % {"number": number}, "payout": row, "asked": asked,
        "back": back, "waits": _waits_for_person(row),
        "amount": Money(row.amount_minor, row.currency).grouped(),
        "breadcrumbs": [(gettext("Payouts"), reverse("merchant:payouts")), (number, back)],
    }  # fmt: skip
    answer = render(request, "merchant/take_payout.html", context)
    answer["Cache-Control"] = "private, no-store"
    return answer


def _steps(row: Payout) -> list[Step]:
    steps = [Step(gettext("Being prepared"), "done" if row.sent_at or row.ended_at else "now", row.made_at)]
    for label, at in ((gettext("Sent to the bank"), row.sent_at), (gettext("Arrived"), row.paid_at)):
        if at is not None:
            steps.append(Step(label, "done", at))
        elif row.state not in (*ENDED, PayoutState.CANCELLED):
            steps.append(Step(label, "now" if steps[-1].state == "done" else "todo"))
    if row.ended_at is not None:
        steps.append(Step(PAYOUTS[row.state].label, "failed", row.ended_at))
    return steps

"""Refunds of buyers: the list, and one with what staff can do when the channel cannot."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.refund_repaired import refund_repair_proposed
from zhanggui.journeys.refund_resolved import refund_asked_again, refund_paid_otherwise
from zhanggui.payments.models import Refund, RefundRepair, RefundState
from zhanggui.payments.operations.propose_repair import RepairGiven
from zhanggui.payments.queries import came_to_us
from zhanggui.payments.repairing import RepairTo
from zhanggui.payments.states import REPAIRS_OPEN
from zhanggui.payments.wired import repairs_refunds
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.splitting import channel_names
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Act,
    Cell,
    Field,
    Form,
    Table,
    Typed,
    acted,
    document_page,
)
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.mall.words import REFUND_STATES, REPAIR_STATES
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name

FIELDS = {
    "id": "r.id", "number": "r.refund_no", "state": "r.state", "currency": "r.currency", "amount": "r.amount_minor",
    "reference": "r.reference", "channel_number": "r.channel_number", "made_at": "r.made_at",
    "ended_at": "r.ended_at", "said": "r.said", "channel": "h.code", "party_name": PARTY_NAME,
    "party_code": "p.code",
}  # fmt: skip
TABLES = """
payments_refund r join payments_charge c on c.id = r.charge_id join payments_channel h on h.id = c.channel_id
left join parties_party p on p.id = r.party_id where {where}
"""
STUCK = (RefundState.ABNORMAL, RefundState.FAILED)


class RefundList(MallList):
    """Money on its way back to buyers."""

    name = "platform.mall_refunds"
    title = pgettext_lazy("buyers", "Refunds")
    permission = "charges_of_buyers.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", REFUND_STATES)
    empty = gettext_lazy("Refunds appear here when an order is called off or goods come back.")

    def get_source(self) -> SqlSource:
        """Refunds with their merchant."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By any number of it, merchant and day."""
        return [
            TextFilter("q", gettext_lazy("Refund, order or channel number, merchant"),
                       starts=["number", "reference", "channel_number", "party_code"], contains=["party_name"]),
            DateRangeFilter("made", gettext_lazy("Made"), field="made_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Of which order, how much, how far."""
        names = channel_names()
        return [
            LinkColumn("number", pgettext("buyers", "Refund"), sort="number",
                       href=lambda r: reverse("platform:mall_refund", args=[r.number])),
            StatusColumn("state", _("Status"), badges=REFUND_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("reference", _("Order"), code=True, phone="sub"),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            TextColumn("channel", _("Channel"), value=lambda r: names.get(r.channel, r.channel), phone=""),
            TextColumn("channel_number", _("Number at the channel"), code=True, phone="line"),
            TextColumn("said", _("Said"), value=_said, code=True, phone=""),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
            DateTimeColumn("ended_at", _("Ended"), sort="ended_at", nullable=True, phone=""),
        ]  # fmt: skip


def _said(row: Any) -> str:
    """What the channel said, where the state does not say as much."""
    return "" if row.state == RefundState.SUCCEEDED else str(row.said)


@needs("charges_of_buyers.view")
def refund_page(request: HttpRequest, number: str) -> HttpResponse:
    """One refund, and the ways out when the channel has none."""
    row = Refund.objects.select_related("charge__channel", "charge__payment").filter(refund_no=number).first()
    if row is None:
        raise Http404(_("There is no such refund."))

    def again(typed: Typed) -> str:
        fresh = refund_asked_again(refund_no=number, at=timezone.now(), actor=request.user.get_username())
        forget("platform.mall_refunds")
        return reverse("platform:mall_refund", args=[fresh])

    def otherwise(typed: Typed) -> None:
        refund_paid_otherwise(
            refund_no=number, evidence=typed.text("evidence"), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        forget("platform.mall_refunds")

    def repair(to: RepairTo) -> Act:
        def act(typed: Typed) -> None:
            boxes = ("bank", "card", "holder") if to is RepairTo.CARD else ()
            given = RepairGiven(to, **{name: typed.text(name) for name in boxes})
            refund_repair_proposed(
                refund_no=number, given=given, at=timezone.now(), actor=request.user.get_username()
            )

        return act

    problem, gone = "", None
    if request.method == "POST":
        acts = {"again": again, "otherwise": otherwise} | {one.value: repair(one) for one in RepairTo}
        problem, gone = acted(request, "charges_of_buyers.act", acts, _("Noted."), fresh=True)
    repairs = list(row.repairs.order_by("id"))
    return gone or document_page(
        request, _detail(row), forms=_forms(request, row, repairs), problem=problem,
        tables=[_repairs(repairs)] if repairs else [],
    )  # fmt: skip


def _repairs(rows: Sequence[RefundRepair]) -> Table:
    columns = [
        (_("Approval"), False), (_("Goes to"), False), (_("Holder"), False), (_("Status"), False),
        (_("Proposed by"), False), (_("Said"), False),
    ]  # fmt: skip
    return Table(_("Sent to another account"), columns, [
        [
            Cell(f"#{row.approval_id}", reverse("platform:approval", args=[row.approval_id])),
            Cell(f"{row.bank} {row.card_masked}" if row.bank else _("Our own bank account"), code=bool(row.bank)),
            Cell(row.holder_masked or "–"), Cell(REPAIR_STATES[row.state].label), Cell(row.made_by),
            Cell(row.said or "–", wrap=True),
        ]
        for row in rows
    ])  # fmt: skip


def _repair_forms(row: Refund, repairs: Sequence[RefundRepair]) -> list[Form]:
    """To another account, where the channel can and nothing is on its way there."""
    if any(one.state in REPAIRS_OPEN for one in repairs) or came_to_us(row):
        return []
    if not row.channel_number or not repairs_refunds(row.charge.channel):
        return []
    card = [
        Field("bank", _("Bank, as WeChat Pay codes it, such as ICBC_DEBIT")),
        Field("card", _("Number of the buyer's card"), "secret"), Field("holder", _("Holder of the card")),
    ]  # fmt: skip
    approved = _("Another person approves it first; then WeChat Pay is asked.")
    ours = _("The buyer has nothing yet then: pay from that account, and say so here.")
    return [
        Form("card", _("To another card of the buyer"), _("Propose the card"), card, approved, fresh=True),
        Form(
            "ours",
            _("To our own bank account"),
            _("Propose our account"),
            [],
            f"{approved} {ours}",
            fresh=True,
        ),
    ]


def _forms(request: HttpRequest, row: Refund, repairs: Sequence[RefundRepair]) -> list[Form]:
    if row.state not in STUCK or not may(request.user, "charges_of_buyers.act"):
        return []
    if row.state == RefundState.FAILED:
        note = _("The same money is asked back once more, under a new number.")
        return [Form("again", _("Ask again"), _("Ask again"), [], note, fresh=True)]
    evidence = Field("evidence", _("How the buyer got the money: the bank's number of it"))
    note = _(
        "Only when the money is with the buyer: the refund ends, and nothing more is asked of the channel."
    )
    otherwise = Form(
        "otherwise", _("Paid another way"), _("It is with the buyer"), [evidence], note, fresh=True
    )
    waits = any(one.state in REPAIRS_OPEN for one in repairs)
    return _repair_forms(row, repairs) + ([] if waits else [otherwise])


def _detail(row: Refund) -> Detail:
    names = parties({row.party_id})
    facts = [
        Fact(_("Order"), row.reference or "–", copy=bool(row.reference)),
        Fact(_("Merchant"), party_name(names.get(row.party_id)) if row.party_id else "–"),
        Fact(_("Channel"), channel_names()[row.charge.channel.code]),
        Fact(_("Number at the channel"), row.channel_number or "–", copy=bool(row.channel_number)),
        Fact(
            pgettext("buyers", "Payment"), row.charge.payment.payment_no,
            href=reverse("platform:mall_payment", args=[row.charge.payment.payment_no]),
        ),
    ]  # fmt: skip
    if row.said:
        facts.append(Fact(_("Said"), row.said, copy=True))
    ended = "failed" if row.state == RefundState.FAILED else "done" if row.ended_at else "now"
    return Detail(
        number=row.refund_no, kind=pgettext("buyers", "Refund"), badge=REFUND_STATES[row.state],
        amount=row.amount_minor, currency=row.currency, amount_label=_("Goes back"), facts=facts,
        steps=[
            Step(_("Written down"), "done", row.made_at),
            Step(_("Failed") if ended == "failed" else pgettext("refund", "With the buyer"), ended, row.ended_at),
        ],
        breadcrumbs=[(pgettext("buyers", "Refunds"), reverse("platform:mall_refunds"))],
    )  # fmt: skip

"""Deposits (保证金): required, held, short; one deposit with its movements and documents."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.deposit_changed import deposit_order_requested, deposit_topped_up
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateColumn,
    LinkColumn,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, document_page
from zhanggui.portals.platform.guarded.leaving import payout_cell
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, in_language, parties, party_name
from zhanggui.portals.platform.words import DEPOSIT_KINDS, DEPOSIT_USES, DOCUMENT_STATES
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.guarantees.models import Deposit, DepositUse
from zhanggui.settlement.guarantees.queries import movements_of, orders_of

SELECT = f"""
select d.id, d.party_id, d.currency, d.required_minor as required, d.held_minor as held,
  greatest(d.required_minor - d.held_minor, 0) as short, d.pledged_minor as pledged, d.top_up_by,
  case when d.held_minor < d.required_minor then 'short' else 'enough' end as standing,
  {PARTY_NAME} as party_name
from settlement_deposit d join parties_party p on p.id = d.party_id where {{where}}
"""
STANDINGS = {"short": Badge(gettext_lazy("Short"), "amber"), "enough": Badge(gettext_lazy("Enough"), "green")}


class DepositList(MoneyList):
    """What each merchant must have deposited, and has."""

    name = "platform.deposits"
    title = gettext_lazy("Deposits")
    permission = "guarantees.view"
    sort = "-short"
    empty = gettext_lazy("Deposits appear when they are required: set amounts under “Deposit requirements”.")

    def get_source(self) -> SqlSource:
        """Deposits."""
        fields = {"id": "d.id", "currency": "d.currency", "required": "d.required_minor", "held": "d.held_minor",
                  "short": "greatest(d.required_minor - d.held_minor, 0)", "top_up_by": "d.top_up_by",
                  "party_name": PARTY_NAME, "party_code": "p.code"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def page_actions(self) -> list[Action]:
        """Asking now, without waiting for the night."""
        if not may(self.user, "guarantees.act"):
            return []
        label = _("Work out and ask now")
        return [Action(label, reverse("platform:demand_deposits"), kind="primary", post=True)]

    def get_filters(self) -> Sequence[Any]:
        """By merchant; only the short ones."""
        return [
            TextFilter("q", _("Merchant code or name"), starts=["party_code"], contains=["party_name"]),
            SelectFilter("standing", _("Status"), [("short", _("Short")), ("enough", _("Enough"))],
                         clause=_standing),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Required, held, short."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn("party_name", _("Merchant"), sort="party_name",
                       href=lambda r: reverse("platform:deposit", args=[r.id])),
            StatusColumn("standing", _("Status"), badges=STANDINGS),
            MoneyColumn("required", _("Required"), sort="required", **money),
            MoneyColumn("held", _("Held"), sort="held", phone="amount", **money),
            MoneyColumn("short", _("Short"), sort="short", **money),
            MoneyColumn("pledged", _("Waiting for approval"), phone="", **money),
            DateColumn("top_up_by", _("To top up by"), sort="top_up_by", nullable=True),
        ]  # fmt: skip


def _standing(value: str) -> Any:
    if value == "short":
        return Condition("short", "gt", 0)
    return RawSql("d.held_minor >= d.required_minor")


@needs("guarantees.view")
def deposit_page(request: HttpRequest, deposit_id: int) -> HttpResponse:
    """One deposit: its movements, its documents, and what can be done."""
    row = Deposit.objects.select_related("entity").filter(id=deposit_id).first()
    if row is None:
        raise Http404(_("There is no such deposit."))

    def order(typed: Typed) -> None:
        account = OwnAccount.objects.filter(code=typed.text("account", required=False)).first()
        deposit_order_requested(
            deposit_id=row.id, use=typed.text("use"), amount_minor=typed.amount("amount", row.currency),
            reason=typed.text("reason"), evidence=typed.text("evidence", required=False), own_account=account,
            at=timezone.now(), maker=request.user.get_username(),
        )  # fmt: skip

    def top_up(typed: Typed) -> None:
        deposit_topped_up(
            party_id=row.party_id, entity_id=row.entity_id, currency=row.currency,
            amount_minor=typed.amount("amount", row.currency), reason=typed.text("reason"), at=timezone.now(),
            zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "guarantees.act", {"order": order, "top_up": top_up}, _("Done."))
    if gone:
        return gone
    forms = _forms(row) if may(request.user, "guarantees.act") else []
    return document_page(request, _detail(row), forms=forms, tables=_tables(row), problem=problem)


def _forms(row: Deposit) -> list[Form]:
    uses = [(use, DEPOSIT_USES[use]) for use in DepositUse.values if use != DepositUse.DEBT]
    accounts = [("", "")] + [
        (own.code, in_language(own.name, own.code))
        for own in OwnAccount.objects.filter(entity_id=row.entity_id, currency=row.currency, kind="bank")
    ]
    return [
        Form("top_up", _("Pay in from the open statement"), _("Pay in"),
             [Field("amount", _("Amount"), "amount"), Field("reason", _("Reason"), "long")],
             _("A detail on the merchant's open statement shows it.")),
        Form("order", _("Take from it, or give it back"), _("Ask for approval"),
             [Field("use", _("What becomes of it"), "select", uses),
              Field("account", _("Our account, when a bank pays"), "select", accounts, required=False),
              Field("amount", _("Amount"), "amount"), Field("reason", _("Reason; the merchant reads it"), "long"),
              Field("evidence", _("Evidence: where the proof is"), "long", required=False)],
             _("Another person approves it. To settle a debt from the deposit, open the debt."), True),
    ]  # fmt: skip


def _tables(row: Deposit) -> list[Table]:
    money = row.currency
    moved = [
        [Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"), Cell(DEPOSIT_KINDS[one.kind]),
         Cell(format_money(one.amount_minor, money, signed=True), number=True), Cell(reason_text(one.reason)),
         Cell(actor_name(one.actor))]
        for one in movements_of(row.id)
    ]  # fmt: skip
    orders = [
        [Cell(one.number, reverse("platform:approval", args=[one.approval_id])), Cell(DEPOSIT_USES[one.use]),
         Cell(format_money(one.amount_minor, money), number=True), Cell(DOCUMENT_STATES[one.state].label),
         Cell(reason_text(one.reason)), Cell(actor_name(one.made_by)), payout_cell("deposit", one)]
        for one in orders_of(row.id)
    ]  # fmt: skip
    when, amount, why, who = (_("Time"), False), (_("Amount"), True), (_("Reason"), False), (_("By"), False)
    return [
        Table(_("Movements"), [when, (_("Kind"), False), amount, why, who], moved,
              _("Nothing was paid in yet: claim a receipt for it, or pay in from the statement.")),
        Table(_("Documents"), [(_("Number"), False), (_("Use"), False), amount, (_("Status"), False), why, who,
                               (_("Payout"), False)],
              orders, _("No deduction and no refund was asked for.")),
    ]  # fmt: skip


def _detail(row: Deposit) -> Detail:
    facts = [
        Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
             href=reverse("platform:party", args=[row.party_id])),
        Fact(_("Entity"), in_language(row.entity.name, row.entity.code)),
        Fact(_("Required"), format_money(row.required_minor, row.currency)),
        Fact(_("Short"), format_money(row.short_minor, row.currency)),
        Fact(_("Waiting for approval"), format_money(row.pledged_minor, row.currency)),
    ]  # fmt: skip
    if row.top_up_by:
        facts.append(Fact(_("To top up by"), f"{row.top_up_by:%Y-%m-%d}"))
    return Detail(
        number=party_name(parties([row.party_id]).get(row.party_id)), kind=_("Deposit"),
        badge=STANDINGS["short" if row.short_minor else "enough"], amount=row.held_minor, currency=row.currency,
        amount_label=_("Held"), facts=facts, breadcrumbs=[(_("Deposits"), reverse("platform:deposits"))],
    )  # fmt: skip

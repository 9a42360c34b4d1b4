"""Holds (冻结): reserves, frozen amounts, frozen merchants; freezing and releasing."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.money_frozen import amount_frozen, hold_released, party_frozen
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, in_language, parties, party_name
from zhanggui.portals.platform.words import HOLD_KINDS
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.guarantees.models import Hold, HoldKind
from zhanggui.settlement.guarantees.states import state_of
from zhanggui.settlement.statements.models import Statement

NUMBER = "'HD' || lpad(h.id::text, 8, '0')"
STATE = "case when h.released_at is null then 'open' else 'released' end"
SELECT = f"""
select h.id, h.party_id, {NUMBER} as number, h.kind, h.currency, h.wanted_minor as wanted, h.held_minor as held,
  h.release_on, h.reason, h.made_at, h.made_by, h.released_at, {STATE} as state, {PARTY_NAME} as party_name
from settlement_hold h join parties_party p on p.id = h.party_id where {{where}}
"""
STATES = {"open": Badge(gettext_lazy("Held"), "amber"), "released": Badge(gettext_lazy("Released"), "grey")}


class HoldList(MoneyList):
    """What is not to be paid out, and why."""

    name = "platform.holds"
    title = gettext_lazy("Holds")
    permission = "guarantees.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("Nothing is held. Reserves appear when statements are confirmed.")

    def get_source(self) -> SqlSource:
        """Holds."""
        fields = {"id": "h.id", "number": NUMBER, "state": STATE, "kind": "h.kind", "currency": "h.currency",
                  "wanted": "h.wanted_minor", "held": "h.held_minor", "release_on": "h.release_on",
                  "made_at": "h.made_at", "party_name": PARTY_NAME, "party_code": "p.code"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def restrict(self) -> Sequence[Any]:
        """One currency, and frozen merchants, which have none."""
        return [RawSql("h.currency in ('', %(money)s)", {"money": self.currency})]

    def page_actions(self) -> list[Action]:
        """Freeze something."""
        if not may(self.user, "guarantees.act"):
            return []
        return [
            Action(_("Release what is over"), reverse("platform:release_reserves"), post=True),
            Action(_("Freeze"), reverse("platform:freeze"), kind="primary"),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, kind and day."""
        return [
            TextFilter(
                "q",
                _("Number, merchant code or name"),
                starts=["number", "party_code"],
                contains=["party_name"],
            ),
            SelectFilter("kind", _("Kind"), list(HOLD_KINDS.items())),
            DateRangeFilter("made", _("Made"), field="made_at"),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What is held of whom, until when."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn(
                "number", _("Number"), sort="id", href=lambda r: reverse("platform:hold", args=[r.id])
            ),
            StatusColumn("state", _("Status"), badges=STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("kind", _("Kind"), value=lambda r: HOLD_KINDS[r.kind]),
            MoneyColumn("held", _("Held"), sort="held", phone="amount", **money),
            MoneyColumn("wanted", _("To hold"), sort="wanted", phone="", **money),
            DateColumn("release_on", _("Released on"), sort="release_on", nullable=True),
            TextColumn("reason", _("Reason"), value=lambda r: reason_text(r.reason), wrap=True),
            DateTimeColumn("made_at", _("Made"), sort="made_at", phone=""),
        ]


@needs("guarantees.act")
def freeze_page(request: HttpRequest) -> HttpResponse:
    """Freeze an amount of a merchant's money, or the merchant."""

    def amount(typed: Typed) -> str:
        entity, _slash, currency = typed.text("books").partition("/")
        row = amount_frozen(
            party_id=typed.party().id, entity=SettlementEntity.objects.get(code=entity), currency=currency,
            amount_minor=typed.amount("amount", currency), reason=typed.text("reason"), at=timezone.now(),
            zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:hold", args=[row.id])

    def party(typed: Typed) -> str:
        row = party_frozen(
            party_id=typed.party().id, reason=typed.text("reason"), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:hold", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "guarantees.act", {"amount": amount, "party": party}, _("Frozen."))
    if gone:
        return gone
    typed = request.POST
    who = Field("party", _("Merchant code"), value=typed.get("party", request.GET.get("party", "")))
    why = Field("reason", _("Reason; the merchant reads it"), "long", value=typed.get("reason", ""))
    books = (
        Statement.objects.values_list("entity_id", "currency").distinct().order_by("entity_id", "currency")
    )
    entities = {row.id: row for row in SettlementEntity.objects.all()}
    choices = [
        (
            f"{entities[entity].code}/{money}",
            f"{in_language(entities[entity].name, entities[entity].code)} · {money}",
        )
        for entity, money in books
    ]
    forms = [
        Form("amount", _("Freeze an amount"), _("Freeze"),
             [who, Field("books", _("Entity and currency"), "select", choices),
              Field("amount", _("Amount"), "amount", value=typed.get("amount", "")), why],
             _("It is taken from confirmed statements whose money has not left, then from later ones.")),
        Form("party", _("Freeze a merchant"), _("Freeze the merchant"), [who, why],
             _("Nothing is paid to the merchant until the hold is released."), True),
    ]  # fmt: skip
    return form_page(request, _("Freeze"), forms=forms, problem=problem, back=reverse("platform:holds"))


@needs("guarantees.view")
def hold_page(request: HttpRequest, hold_id: int) -> HttpResponse:
    """One hold: its movements, and releasing it."""
    row = Hold.objects.select_related("entity").filter(id=hold_id).first()
    if row is None:
        raise Http404(_("There is no such hold."))

    def release(typed: Typed) -> None:
        hold_released(
            hold_id=row.id, reason=typed.text("reason"), at=timezone.now(),
            zone=timezone.get_default_timezone(), actor=request.user.get_username(),
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "guarantees.act", {"release": release}, _("Released."))
    if gone:
        return gone
    forms = []
    if state_of(row) == "open" and may(request.user, "guarantees.act"):
        forms.append(
            Form("release", _("Release"), _("Release"), [Field("reason", _("Reason"), "long")],
                 _("The money goes back to its statement; if that was paid meanwhile, onto the open one."))
        )  # fmt: skip
    return document_page(
        request, _detail(row), forms=forms, tables=[_moves(row)], problem=problem, text=row.reason
    )


def _moves(row: Hold) -> Table:
    moves = list(row.movements.order_by("id"))
    numbers = dict(
        Statement.objects.filter(
            party_id=row.party_id, id__in={one.statement_id for one in moves}
        ).values_list("id", "number")
    )
    rows = [
        [Cell(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}"),
         Cell(numbers[one.statement_id], reverse("platform:statement", args=[row.party_id, one.statement_id])),
         Cell(format_money(one.amount_minor, row.currency, signed=True), number=True),
         Cell(_("onto the open statement") if one.line_id else _("the statement's confirmed account")),
         Cell(actor_name(one.actor))]
        for one in moves
    ]  # fmt: skip
    columns = [
        (_("Time"), False),
        (_("Statement"), False),
        (_("Amount"), True),
        (_("How"), False),
        (_("By"), False),
    ]
    return Table(_("Movements"), columns, rows, _("No money was moved for this hold."))


def _detail(row: Hold) -> Detail:
    facts = [
        Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
             href=reverse("platform:party", args=[row.party_id])),
        Fact(_("Kind"), HOLD_KINDS[row.kind]),
    ]  # fmt: skip
    if row.entity:
        facts.append(Fact(_("Entity"), in_language(row.entity.name, row.entity.code)))
    if row.kind != HoldKind.PARTY:
        facts.append(Fact(_("To hold"), format_money(row.wanted_minor, row.currency)))
    if row.release_on:
        facts.append(Fact(_("Released on"), f"{row.release_on:%Y-%m-%d}"))
    if row.release_reason:
        facts.append(Fact(_("Why it was released"), reason_text(row.release_reason)))
    steps = [Step(_("Held"), "done", row.made_at, actor_name(row.made_by))]
    if row.released_at:
        steps.append(Step(_("Released"), "done", row.released_at, actor_name(row.released_by)))
    else:
        steps.append(Step(_("Released"), "todo"))
    return Detail(
        number=row.number, kind=_("Hold"), badge=STATES[state_of(row)],
        amount=None if row.kind == HoldKind.PARTY else row.held_minor, currency=row.currency,
        amount_label=_("Held"), facts=facts, steps=steps, breadcrumbs=[(_("Holds"), reverse("platform:holds"))],
    )  # fmt: skip

"""Adjustments (调整单) and rebates: the list, a new one, one of them."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from zhanggui.journeys.adjustment_requested import adjustment_requested, adjustment_reversed
from zhanggui.portals.desk.amounts import format_money, format_rate
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
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
from zhanggui.portals.platform.names import PARTY_NAME, fee_choices, fee_name, parties, party_name
from zhanggui.portals.platform.words import ADJUSTMENT_KINDS, DOCUMENT_STATES
from zhanggui.settlement.adjustments.models import Adjustment, DocumentState, Rebate
from zhanggui.settlement.adjustments.queries import adjustable_fees, adjustment, rebate_of_adjustment
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import business_line

NUMBER = "'AD' || lpad(a.id::text, 8, '0')"
SELECT = f"""
select a.id, a.party_id, {NUMBER} as number, a.kind, a.fee_type_id, a.currency, a.amount_minor as amount, a.reason,
  a.state, a.made_at, a.made_by, a.ended_at, {PARTY_NAME} as party_name
from settlement_adjustment a join parties_party p on p.id = a.party_id where {{where}}
"""


class AdjustmentList(MoneyList):
    """Adjustments and rebates."""

    name = "platform.adjustments"
    title = gettext_lazy("Adjustments")
    permission = "adjustments.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", DOCUMENT_STATES)
    empty = gettext_lazy("An adjustment corrects what a merchant is owed. Make one with the button above.")

    def get_source(self) -> SqlSource:
        """Adjustments."""
        fields = {"id": "a.id", "number": NUMBER, "state": "a.state", "kind": "a.kind", "currency": "a.currency",
                  "amount": "a.amount_minor", "fee_type_id": "a.fee_type_id", "made_at": "a.made_at",
                  "party_name": PARTY_NAME, "party_code": "p.code"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        if not may(self.user, "adjustments.make"):
            return []
        return [Action(_("New adjustment"), reverse("platform:new_adjustment"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, kind, fee and day."""
        return [
            TextFilter(
                "q",
                _("Number, merchant code or name"),
                starts=["number", "party_code"],
                contains=["party_name"],
            ),
            DateRangeFilter("made", _("Made"), field="made_at"),
            *self.currency_filters(),
            SelectFilter("kind", _("Kind"), list(ADJUSTMENT_KINDS.items())),
            SelectFilter("fee", _("Fee type"), fee_choices, field="fee_type_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What, for whom, how much, why."""
        return [
            LinkColumn("number", _("Number"), sort="id",
                       href=lambda r: reverse("platform:adjustment", args=[r.id])),
            StatusColumn("state", _("Status"), badges=DOCUMENT_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("kind", _("Kind"), value=lambda r: ADJUSTMENT_KINDS[r.kind], phone=""),
            TextColumn("fee", _("Fee type"), value=lambda r: fee_name(r.fee_type_id)),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            TextColumn("reason", _("Reason"), value=lambda r: reason_text(r.reason), wrap=True),
            TextColumn("made_by", _("Made by"), value=lambda r: actor_name(r.made_by), phone=""),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
        ]  # fmt: skip


@needs("adjustments.make")
def new_adjustment(request: HttpRequest) -> HttpResponse:
    """Make an adjustment; another person approves it."""

    def make(typed: Typed) -> str:
        line = business_line(typed.text("line"))
        row = adjustment_requested(
            party=typed.party(), business_line=line, fee=typed.text("fee"),
            amount_minor=typed.amount("amount", line.currency), reason=typed.text("reason"),
            evidence=typed.text("evidence", required=False), at=timezone.now(),
            zone=timezone.get_default_timezone(), maker=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:adjustment", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "adjustments.make", {"make": make},
                              _("The adjustment waits for another person's approval."))  # fmt: skip
    if gone:
        return gone
    typed, language = request.POST, get_language() or "zh"
    lines = [(row.code, f"{row.code} ({row.currency})") for row in BusinessLine.objects.order_by("id")]
    fees = [(fee.code, fee.name_in(language)) for fee in adjustable_fees()]
    form = Form(
        "make", _("What is adjusted"), _("Ask for approval"),
        [
            Field("line", _("Business line"), "select", lines, typed.get("line", "")),
            Field("party", _("Merchant code"), value=typed.get("party", request.GET.get("party", ""))),
            Field("fee", _("Fee type"), "select", fees, typed.get("fee", "manual_credit")),
            Field("amount", _("Amount; negative is taken from the merchant"), "amount",
                  value=typed.get("amount", "")),
            Field("reason", _("Reason; the merchant reads it"), "long", value=typed.get("reason", "")),
            Field("evidence", _("Evidence: where the proof is"), "long", value=typed.get("evidence", ""),
                  required=False),
        ],
        _("Nothing is owed before another person approves. Then it is a detail on the open statement."),
    )  # fmt: skip
    return form_page(
        request, _("New adjustment"), forms=[form], problem=problem, back=reverse("platform:adjustments")
    )


@needs("adjustments.view")
def adjustment_page(request: HttpRequest, adjustment_id: int) -> HttpResponse:
    """One adjustment: what it says, who decided, the detail it became."""
    row = adjustment(adjustment_id)
    if row is None:
        raise Http404(_("There is no such adjustment."))

    def reverse_it(typed: Typed) -> str:
        made = adjustment_reversed(
            adjustment_id=row.id, reason=typed.text("reason"), at=timezone.now(),
            maker=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:adjustment", args=[made.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "adjustments.make", {"reverse": reverse_it},
                              _("The reversal waits for another person's approval."))  # fmt: skip
    if gone:
        return gone
    forms = []
    if row.state == DocumentState.APPROVED and row.kind == "manual" and not row.reverses_id and may(
        request.user, "adjustments.make"
    ):  # fmt: skip
        forms.append(
            Form("reverse", _("Take it back"), _("Ask for the reversal"),
                 [Field("reason", _("Reason"), "long")], _("By a new adjustment that names this one."), True)
        )  # fmt: skip
    rebate = rebate_of_adjustment(row.id)
    tables = [_bands(rebate, row.currency)] if rebate else []
    return document_page(
        request, _detail(row, rebate), forms=forms, tables=tables, problem=problem, text=row.reason
    )


def _bands(rebate: Rebate, currency: str) -> Table:
    rows = [
        [Cell(format_money(one["from_minor"], currency), number=True),
         Cell(format_rate(one["rate_ppm"]), number=True),
         Cell(format_money(one["base_minor"], currency), number=True)]
        for one in rebate.derivation["bands"]
    ]  # fmt: skip
    columns = [(_("From sales of"), True), (_("Rate"), True), (_("Sales in it"), True)]
    return Table(_("How the rebate was derived"), columns, rows, _("No tier was reached."))


def _detail(row: Adjustment, rebate: Rebate | None) -> Detail:
    facts = [
        Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
             href=reverse("platform:party", args=[row.party_id])),
        Fact(_("Fee type"), fee_name(row.fee_type_id)),
        Fact(_("Kind"), ADJUSTMENT_KINDS[row.kind]),
        Fact(_("Business line"), row.business_line.code),
    ]  # fmt: skip
    if row.evidence:
        facts.append(Fact(_("Evidence"), row.evidence))
    if row.reverses_id:
        facts.append(Fact(_("Takes back"), f"AD{row.reverses_id:08d}",
                          href=reverse("platform:adjustment", args=[row.reverses_id])))  # fmt: skip
    if rebate:
        facts += [
            Fact(_("Agreement"), rebate.agreement.number),
            Fact(_("Sales of the period"), format_money(rebate.base_minor, row.currency)),
            Fact(_("Given before"), format_money(rebate.before_minor, row.currency)),
        ]
    if row.line_id:
        key = f"{row.party_id}-{row.line_id}-0-1"
        facts.append(Fact(_("Detail"), key, href=reverse("platform:detail", args=[key]), drawer=True))
    if row.approval_id:
        facts.append(Fact(_("Approval"), f"#{row.approval_id}",
                          href=reverse("platform:approval", args=[row.approval_id])))  # fmt: skip
    steps = [Step(_("Made"), "done", row.made_at, actor_name(row.made_by))]
    badge = DOCUMENT_STATES[row.state]
    if row.state == DocumentState.PENDING:
        steps.append(Step(_("Waits for a second person"), "now"))
    else:
        steps.append(Step(badge.label, "done" if row.line_id else "failed", row.ended_at))
    return Detail(
        number=row.number, kind=_("Adjustment"), badge=badge, amount=row.amount_minor, currency=row.currency,
        amount_label=_("Owed to the merchant"), facts=facts, steps=steps,
        breadcrumbs=[(_("Adjustments"), reverse("platform:adjustments"))],
    )  # fmt: skip

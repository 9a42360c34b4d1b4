"""Rebate agreements (返利协议): the list, a new one that another person approves, what one gave."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.rebate_agreed import rebate_agreed
from zhanggui.money.rates import parse_rate
from zhanggui.portals.desk.amounts import format_money, format_rate, parse_amount
from zhanggui.portals.desk.details import Action, Detail, Fact, Step
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateColumn,
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
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import (
    Cell,
    Field,
    Form,
    Incomplete,
    Table,
    Typed,
    acted,
    document_page,
    form_page,
)
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, line_names, parties, party_name
from zhanggui.portals.platform.words import DOCUMENT_STATES, cycle_name
from zhanggui.settlement.adjustments.models import DocumentState, RebateAgreement, RebateMethod
from zhanggui.settlement.adjustments.queries import runs_of
from zhanggui.settlement.entities.models import BusinessLine

NUMBER = "'RA' || lpad(r.id::text, 8, '0')"
SELECT = f"""
select r.id, {NUMBER} as number, r.state, r.name, r.method, r.cycle, r.currency, r.cap_minor as cap, r.effective_from,
  r.effective_before, r.made_at, r.made_by, {PARTY_NAME} as party_name,
  (select coalesce(sum(b.amount_minor), 0)::bigint from settlement_rebate b where b.agreement_id = r.id) as given
from settlement_rebate_agreement r join parties_party p on p.id = r.party_id where {{where}}
"""
METHODS = {
    RebateMethod.GRADUATED.value: gettext_lazy("Each band of sales its own rate"),
    RebateMethod.WHOLE.value: gettext_lazy("The rate reached, on everything"),
}
CYCLES = ("month:1", "half_month", "ten_day", "week:1", "day")
TIERS = 5


class AgreementList(MoneyList):
    """Agreements."""

    name = "platform.rebate_agreements"
    title = gettext_lazy("Rebate agreements")
    permission = "adjustments.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", DOCUMENT_STATES)
    empty = gettext_lazy(
        "An agreement gives a merchant a share of its sales back. Make one with the button above."
    )

    def get_source(self) -> SqlSource:
        """Agreements."""
        fields = {"id": "r.id", "number": NUMBER, "state": "r.state", "method": "r.method", "currency": "r.currency",
                  "cap": "r.cap_minor", "effective_from": "r.effective_from", "name": "r.name",
                  "effective_before": "r.effective_before", "made_at": "r.made_at", "party_name": PARTY_NAME,
                  "party_code": "p.code"}  # fmt: skip
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def page_actions(self) -> list[Action]:
        """A new one."""
        if not may(self.user, "adjustments.make"):
            return []
        return [
            Action(_("Compute rebates now"), reverse("platform:run_rebates"), post=True),
            Action(_("New agreement"), reverse("platform:new_rebate_agreement"), kind="primary"),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, name and method."""
        return [
            TextFilter("q", _("Number, merchant or name"), starts=["number", "party_code"],
                       contains=["party_name", "name"]),
            SelectFilter("method", _("How it is computed"), list(METHODS.items())),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """With whom, how, how much."""
        money = {"currency": self.currency}
        return [
            LinkColumn("number", _("Number"), sort="id",
                       href=lambda r: reverse("platform:rebate_agreement", args=[r.id])),
            StatusColumn("state", _("Status"), badges=DOCUMENT_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("name", _("Name"), wrap=True),
            TextColumn("method", _("How it is computed"), value=lambda r: METHODS[r.method], wrap=True, phone=""),
            TextColumn("cycle", _("Period"), value=lambda r: cycle_name(r.cycle)),
            MoneyColumn("cap", _("At most in one period"), sort="cap", **money),
            MoneyColumn("given", _("Given so far"), phone="amount", **money),
            DateColumn("effective_from", _("From"), sort="effective_from"),
            DateColumn("effective_before", _("Before"), sort="effective_before", nullable=True),
            TextColumn("made_by", _("Made by"), value=lambda r: actor_name(r.made_by), phone=""),
            DateTimeColumn("made_at", _("Made"), sort="made_at", phone=""),
        ]  # fmt: skip


def _tiers(typed: Typed, currency: str) -> list[dict[str, int]]:
    """The tiers that were filled in, in the order of the boxes."""
    found = []
    for place in range(1, TIERS + 1):
        first, rate = typed.text(f"from_{place}", required=False), typed.text(f"rate_{place}", required=False)
        if not first and not rate:
            continue
        amount = parse_amount(first, currency)
        if amount is None or not rate:
            raise Incomplete(_("Tier %(place)s needs an amount and a rate, or neither.") % {"place": place})
        found.append({"from_minor": amount, "rate_ppm": parse_rate(rate)})
    return found


@needs("adjustments.make")
def new_agreement(request: HttpRequest) -> HttpResponse:
    """Agree a rebate; another person approves it."""

    def make(typed: Typed) -> str:
        line = typed.of(BusinessLine.objects, "line")
        row = rebate_agreed(
            party=typed.party(), business_line=line, name=typed.text("name"), method=typed.text("method"),
            tiers=_tiers(typed, line.currency), cycle=typed.text("cycle"),
            cap_minor=typed.amount("cap", line.currency),
            effective_from=typed.a_day("from"), effective_before=typed.day("before", required=False),
            at=timezone.now(), maker=request.user.get_username(),
        )  # fmt: skip
        return reverse("platform:rebate_agreement", args=[row.id])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(
            request,
            "adjustments.make",
            {"make": make},
            _("The agreement waits for another person's approval."),
        )
    if gone:
        return gone
    names = line_names()
    lines = [(row.code, f"{names[row.id]} ({row.currency})") for row in BusinessLine.objects.order_by("id")]
    tiers = [
        box for place in range(1, TIERS + 1)
        for box in (
            Field(f"from_{place}", _("Tier %(place)s: from sales of") % {"place": place}, "amount",
                  value="0" if place == 1 else "", required=place == 1),
            Field(f"rate_{place}", _("Tier %(place)s: rate, such as 5%%") % {"place": place}, required=place == 1),
        )
    ]  # fmt: skip
    form = Form(
        "make", _("What is agreed"), _("Ask for approval"),
        [
            Field("line", _("Business line"), "select", lines),
            Field("party", _("Merchant code"), value=request.GET.get("party", "")),
            Field("name", _("Name")),
            Field("method", _("How it is computed"), "select", list(METHODS.items())),
            Field("cycle", _("Period"), "select", [(code, cycle_name(code)) for code in CYCLES]),
            Field("cap", _("At most in one period"), "amount"),
            *tiers,
            Field("from", _("From this day on"), "day"),
            Field("before", _("Before this day; empty: without end"), "day", required=False),
        ],
        _("What a period comes to is given when it is over, and corrected when refunds change it later."),
    ).typed(request.POST)  # fmt: skip
    return form_page(
        request, _("New agreement"), forms=[form], problem=problem, back=reverse("platform:rebate_agreements")
    )


@needs("adjustments.view")
def agreement_page(request: HttpRequest, agreement_id: int) -> HttpResponse:
    """One agreement: its tiers, and what it gave period by period."""
    row = RebateAgreement.objects.select_related("business_line").filter(id=agreement_id).first()
    if row is None:
        raise Http404(_("There is no such agreement."))
    tiers = [
        [Cell(format_money(one["from_minor"], row.currency), number=True),
         Cell(format_rate(one["rate_ppm"]), number=True)]
        for one in row.tiers
    ]  # fmt: skip
    runs = [
        [Cell(f"{one.starts_on:%Y-%m-%d}"), Cell(f"{one.ends_before:%Y-%m-%d}"), Cell(one.sequence, number=True),
         Cell(format_money(one.base_minor, row.currency), number=True),
         Cell(format_money(one.total_minor, row.currency), number=True),
         Cell(format_money(one.amount_minor, row.currency, signed=True), number=True),
         Cell(one.adjustment.number, reverse("platform:adjustment", args=[one.adjustment_id]))]
        for one in runs_of(row.id)
    ]  # fmt: skip
    tables = [
        Table(_("Tiers"), [(_("From sales of"), True), (_("Rate"), True)], tiers),
        Table(_("What it gave"),
              [(_("Period from"), False), (_("Before"), False), (_("Run"), True), (_("Sales of the period"), True),
               (_("Rebate of the period"), True), (_("Given by this run"), True), (_("Adjustment"), False)],
              runs, _("Nothing yet: a period is computed on the day after its end.")),
    ]  # fmt: skip
    return document_page(request, _detail(row), tables=tables)


def _detail(row: RebateAgreement) -> Detail:
    badge = DOCUMENT_STATES[row.state]
    ends = f"{row.effective_before:%Y-%m-%d}" if row.effective_before else _("Without end")
    facts = [
        Fact(_("Merchant"), party_name(parties([row.party_id]).get(row.party_id)),
             href=reverse("platform:party", args=[row.party_id])),
        Fact(_("Name"), row.name), Fact(_("How it is computed"), METHODS[row.method]),
        Fact(_("Period"), cycle_name(row.cycle)), Fact(_("Business line"), row.business_line.code),
        Fact(_("From"), f"{row.effective_from:%Y-%m-%d}"), Fact(_("Before"), ends),
        Fact(_("Approval"), f"#{row.approval_id}", href=reverse("platform:approval", args=[row.approval_id])),
    ]  # fmt: skip
    steps = [Step(_("Made"), "done", row.made_at, actor_name(row.made_by))]
    if row.state == DocumentState.PENDING:
        steps.append(Step(_("Waits for a second person"), "now"))
    else:
        done = row.state == DocumentState.APPROVED
        steps.append(Step(badge.label, "done" if done else "failed", row.ended_at))
    return Detail(
        number=row.number, kind=_("Rebate agreement"), badge=badge, amount=row.cap_minor, currency=row.currency,
        amount_label=_("At most in one period"), facts=facts, steps=steps,
        breadcrumbs=[(_("Rebate agreements"), reverse("platform:rebate_agreements"))],
    )  # fmt: skip

"""Disputes: the list, and deciding one. Upheld corrects the detail, rejected leaves it as it is."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.detail_disputed import dispute_resolved
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.amounts import decimal_text, parse_amount
from zhanggui.portals.desk.details import Detail, Fact, Step
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
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, fee_choices, fee_name, parties, party_name
from zhanggui.portals.platform.words import DISPUTE_STATES
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.statements.models import Dispute
from zhanggui.settlement.statements.queries import statement

SELECT = f"""
select d.id, d.party_id, d.statement_id, d.moved_to_statement_id, d.fee_type_id, d.amount_minor as amount,
  d.currency, d.reason, d.state, d.opened_at, d.opened_by, d.resolved_at, d.resolved_by, d.resolution,
  d.party_id || '-' || d.line_id || '-' || d.event_id || '-' || d.position as detail, s.number,
  {PARTY_NAME} as party_name
from settlement_dispute d join parties_party p on p.id = d.party_id
join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id
where {{where}}
"""


class DisputeList(MoneyList):
    """Objections of merchants to single details."""

    name = "platform.disputes"
    title = gettext_lazy("Disputes")
    permission = "statements.view"
    sort = "-opened_at"
    tabs = StatusTabs.of("state", DISPUTE_STATES)

    def get_source(self) -> SqlSource:
        """Disputes."""
        fields = {
            "id": "d.id",
            "state": "d.state",
            "currency": "d.currency",
            "opened_at": "d.opened_at",
            "resolved_at": "d.resolved_at",
            "amount": "d.amount_minor",
            "fee_type_id": "d.fee_type_id",
            "number": "s.number",
            "party_name": PARTY_NAME,
            "party_code": "p.code",
        }
        return SqlSource(select=SELECT, fields=fields, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By statement, merchant, fee and day."""
        return [
            TextFilter(
                "q",
                _("Statement number, merchant code or name"),
                starts=["number", "party_code"],
                contains=["party_name"],
            ),
            DateRangeFilter("opened", _("Opened"), field="opened_at"),
            *self.currency_filters(),
            SelectFilter("fee", _("Fee type"), fee_choices, field="fee_type_id", read=int),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What is disputed, and what became of it."""
        return [
            LinkColumn(
                "id",
                _("Dispute"),
                value=lambda r: f"#{r.id}",
                sort="id",
                href=lambda r: reverse("platform:dispute", args=[r.id]),
            ),
            StatusColumn("state", _("Status"), badges=DISPUTE_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn(
                "number",
                _("Statement"),
                code=True,
                href=lambda r: reverse("platform:statement", args=[r.party_id, r.statement_id]),
            ),
            TextColumn(
                "fee",
                _("Fee type"),
                value=lambda r: fee_name(r.fee_type_id),
                drawer=True,
                href=lambda r: reverse("platform:detail", args=[r.detail]),
            ),
            MoneyColumn(
                "amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"
            ),
            TextColumn("reason", _("Reason"), value=lambda r: reason_text(r.reason), wrap=True),
            DateTimeColumn("opened_at", _("Opened"), sort="opened_at"),
            TextColumn("resolved_by", _("Decided by"), value=lambda r: actor_name(r.resolved_by), phone=""),
            DateTimeColumn("resolved_at", _("Decided"), sort="resolved_at", nullable=True, phone=""),
        ]


def _facts(row: Dispute) -> list[Fact]:
    key = DetailKey(row.party_id, row.line_id, row.event_id, row.position)
    facts = [
        Fact(
            _("Merchant"),
            party_name(parties([row.party_id]).get(row.party_id)),
            href=reverse("platform:party", args=[row.party_id]),
        ),
        Fact(_("Fee type"), fee_name(row.fee_type_id)),
        Fact(_("Detail"), str(key), href=reverse("platform:detail", args=[str(key)]), drawer=True),
    ]
    for label, number in ((_("On statement"), row.statement_id), (_("Waits on"), row.moved_to_statement_id)):
        held = statement(row.party_id, number)
        if held:
            facts.append(
                Fact(label, held.number, href=reverse("platform:statement", args=[held.party_id, held.id]))
            )
    return facts


def _resolved(request: HttpRequest, row: Dispute) -> str:
    """Decide it; an empty text means it was done, anything else is the reason it was not."""
    upheld = request.POST.get("decision") == "uphold"
    resolution = request.POST.get("resolution", "").strip()
    amount = None
    if request.POST.get("decision") not in ("uphold", "reject"):
        return _("Choose: uphold or reject.")
    if not resolution:
        return _("Say why; the merchant reads it.")
    if upheld:
        amount = parse_amount(request.POST.get("amount", ""), row.currency)
        if not amount:
            return _("Type the amount that is given back.")
        if parse_amount(request.POST.get("retyped", ""), row.currency) != amount:
            return _("The two amounts differ. Type the same amount in both boxes.")
    try:
        dispute_resolved(
            dispute_id=row.id,
            upheld=upheld,
            resolution=resolution,
            at=timezone.now(),
            zone=timezone.get_default_timezone(),
            actor=request.user.get_username(),
            amount=amount,
        )
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


@needs("statements.view")
def dispute_page(request: HttpRequest, dispute_id: int) -> HttpResponse:
    """One dispute, and its decision by those who may."""
    row = Dispute.objects.filter(id=dispute_id).first()
    if row is None:
        raise Http404(_("There is no such dispute."))
    problem, deciding = "", row.state == "open" and may(request.user, "disputes.resolve")
    if request.method == "POST":
        problem = _resolved(request, row) if deciding else _("Your role does not include this action.")
        if not problem:
            messages.success(request, _("Dispute #%(id)s is decided.") % {"id": row.id})
            return HttpResponseRedirect(request.path)
    steps = [Step(_("Opened"), "done", row.opened_at, row.opened_by)]
    if row.state == "open":
        steps.append(Step(_("To decide"), "now"))
    else:
        steps.append(Step(DISPUTE_STATES[row.state].label, "done", row.resolved_at, row.resolved_by))
    detail = Detail(
        number=f"#{row.id}",
        kind=_("Dispute"),
        badge=DISPUTE_STATES[row.state],
        amount=row.amount_minor,
        currency=row.currency,
        amount_label=_("Disputed amount"),
        facts=_facts(row),
        steps=steps,
        breadcrumbs=[(_("Disputes"), reverse("platform:disputes"))],
    )
    context = {
        "detail": detail,
        "row": row,
        "problem": problem,
        "deciding": deciding,
        "typed": request.POST,
        "whole": decimal_text(-row.amount_minor, row.currency),
    }
    return render(request, "platform/dispute.html", context, status=422 if problem else 200)

"""Merchants and other parties: what they stand at, their statements, their terms, and changing these."""

from collections.abc import Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.terms_changed import terms_changed
from zhanggui.ledger.queries import STANDING_SQL, balances_of_parties, standing_params
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact, Figure, PageTab
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.arrangements.contracts import contracts_table
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import (
    PARTY_NAME,
    currencies,
    entity_choices,
    entity_names,
    line_choices,
    line_names,
    party_name,
)
from zhanggui.portals.platform.words import MODES, NODES, PARTY_KINDS, STATEMENT_STATES, cycle_name
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity, SettlementTerms
from zhanggui.settlement.entities.rules.calendars import calendar_of
from zhanggui.settlement.statements.models import Statement

BALANCES = f"""
left join (
  select a.party_id, -sum(d.amount) filter (where a.purpose = '2202.01') as pending,
    -sum(d.amount) filter (where a.purpose in ('2202.02', '2202.03')) as posted,
    -sum(d.amount) filter (where a.purpose = '2202.03') as available
  from ledger_account a join {STANDING_SQL} d on d.account_id = a.id
  where a.currency = %(currency)s and a.party_id > 0 and a.purpose in ('2202.01', '2202.02', '2202.03')
  group by a.party_id) m on m.party_id = p.id
"""
SUMS = {name: f"coalesce(m.{name}, 0)::bigint" for name in ("pending", "posted", "available")}

BILLED_NOTE = gettext_lazy("Billed on statements, confirmed or not")


class PartyList(MoneyList):
    """Everyone who is owed money, with the three balances."""

    name = "platform.parties"
    title = gettext_lazy("Merchants and partners")
    permission = "parties.view"
    sort = "-posted"
    tabs = StatusTabs.of(
        "kind", {kind: Badge(label) for kind, label in PARTY_KINDS.items() if kind != "platform"}
    )

    def restrict(self) -> Sequence[Any]:
        """The platform is not its own partner; the currency is that of the balances."""
        return [RawSql("p.kind <> 'platform'")]

    def page_actions(self) -> list[Action]:
        """Open one."""
        if not may(self.user, "parties.change"):
            return []
        return [Action(_("Open a party"), reverse("platform:new_party"), kind="primary")]

    def get_source(self) -> SqlSource:
        """Parties with pending, posted and available."""
        sums = ", ".join(f"{sql} as {name}" for name, sql in SUMS.items())
        return SqlSource(
            select="select p.id, p.code, p.kind, p.level_code, p.category_code, p.active,"
            f" {PARTY_NAME} as party_name, {sums}"
            f" from parties_party p {BALANCES} where {{where}}",
            totals=f"select count(*), {{sums}} from parties_party p {BALANCES} where {{where}}",
            fields=SUMS
            | {
                "id": "p.id",
                "code": "p.code",
                "kind": "p.kind",
                "party_name": PARTY_NAME,
                "level_code": "p.level_code",
                "category_code": "p.category_code",
            },
            params=language_params() | standing_params() | {"currency": self.currency},
        )

    def get_filters(self) -> Sequence[Any]:
        """By code or name, own terms, and the currency of the balances."""
        known = currencies()
        several = (
            [
                SelectFilter(
                    "currency",
                    _("Currency"),
                    [(code, code) for code in known],
                    default=known[0],
                    clause=lambda _value: RawSql("true"),
                )
            ]
            if len(known) > 1
            else []
        )
        return [
            TextFilter("q", _("Merchant code or name"), starts=["code"], contains=["party_name"]),
            *several,
            SelectFilter(
                "terms",
                _("Terms"),
                [("own", _("Own terms")), ("default", _("Default terms"))],
                clause=_with_terms,
            ),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, and the three balances."""
        money = {"currency": self.currency, "total": True}
        return [
            LinkColumn(
                "code",
                _("Code"),
                href=lambda r: reverse("platform:party", args=[r.id]),
                sort="code",
                phone="sub",
            ),
            PartyColumn(
                "party_name",
                _("Name"),
                sort="party_name",
                phone="title",
                href=lambda r: reverse("platform:party", args=[r.id]),
            ),
            TextColumn("kind", _("Kind"), value=lambda r: PARTY_KINDS.get(r.kind, r.kind), phone="badge"),
            TextColumn("level_code", _("Level"), sort="level_code", shown=False, phone=""),
            TextColumn("category_code", _("Merchant category"), sort="category_code", shown=False, phone=""),
            MoneyColumn(
                "pending", _("Pending"), **money, sort="pending", note=_("Paid by buyers, not billed yet")
            ),
            MoneyColumn("posted", _("Posted"), **money, sort="posted", phone="amount", note=BILLED_NOTE),
            MoneyColumn(
                "available",
                _("Available"),
                **money,
                sort="available",
                note=_("On confirmed statements, payable"),
            ),
        ]


def _with_terms(value: str) -> RawSql:
    own = "exists (select from settlement_terms t where t.party_id = p.id)"
    return RawSql(own if value == "own" else f"not {own}")


def _read(party_id: int) -> Party:
    party = Party.objects.filter(id=party_id).first()
    if party is None:
        raise Http404(_("There is no such party."))
    return party


def terms_rows(party_id: int) -> list[dict[str, Any]]:
    """Own terms and the defaults behind them, in words, latest first."""
    lines, entities, today = line_names(), entity_names(), timezone.localdate()
    rows = SettlementTerms.objects.filter(party_id__in={0, party_id}).order_by(
        "business_line_id", "-party_id", "-effective_from"
    )
    return [
        {
            "terms": row,
            "line": lines[row.business_line_id],
            "entity": entities[row.entity_id],
            "mode": MODES.get(row.invoice_mode),
            "node": NODES.get(row.node),
            "own": row.party_id != 0,
            "cycle": cycle_name(row.cycle),
            "now": row.effective_from <= today
            and (row.effective_before is None or row.effective_before > today),
        }
        for row in rows
    ]


def balance_figures(party: Party) -> list[Figure]:
    """Pending, posted and available per currency, each leading to what it is made of."""
    figures = []
    for currency in currencies():
        found = balances_of_parties([party.id], currency)[party.id]
        accounts = reverse("platform:accounts") + f"?party={party.code}&currency={currency}"
        statements = reverse("platform:statements") + f"?q={party.code}&currency={currency}"
        figures += [
            Figure(
                _("Pending"),
                f"{accounts}&purpose=2202.01",
                amount=found["pending"],
                currency=currency,
                note=_("Paid by buyers, not billed yet"),
            ),
            Figure(
                _("Posted"),
                statements,
                amount=found["posted"],
                currency=currency,
                note=BILLED_NOTE,
            ),
            Figure(
                _("Available"),
                f"{accounts}&purpose=2202.03",
                amount=found["available"],
                currency=currency,
                note=_("On confirmed statements, payable"),
            ),
        ]
    return figures


@needs("parties.view")
def party_page(request: HttpRequest, party_id: int) -> HttpResponse:
    """One party: balances per currency, latest statements, terms."""
    party = _read(party_id)
    tab = request.GET.get("tab", "statements")
    here = reverse("platform:party", args=[party_id])
    detail = Detail(
        number=party_name(party),
        kind=PARTY_KINDS.get(party.kind, party.kind),
        facts=[
            Fact(_("Code"), party.code, copy=True),
            Fact(_("Kind"), PARTY_KINDS.get(party.kind, party.kind)),
            Fact(_("Level"), party.level_code or "–"),
            Fact(_("Merchant category"), party.category_code or "–"),
        ],
        tabs=[
            PageTab(
                _("Statements"),
                here,
                tab not in ("terms", "contracts"),
                Statement.objects.filter(party_id=party_id).count(),
            ),
            PageTab(_("Terms"), f"{here}?tab=terms", tab == "terms"),
            PageTab(_("Contracts"), f"{here}?tab=contracts", tab == "contracts"),
        ],
        actions=[
            Action(_("Fee details"), reverse("platform:details") + f"?party={party.code}&days=recent_year"),
            *(
                [
                    Action(_("Keep a contract"), f"{reverse('platform:new_contract')}?party={party.code}"),
                    Action(_("Change level or category"), reverse("platform:party_classes", args=[party_id])),
                    Action(_("Change terms"), reverse("platform:change_terms", args=[party_id]), "primary"),
                ]
                if may(request.user, "parties.change")
                else []
            ),
        ],
        breadcrumbs=[(_("Merchants and partners"), reverse("platform:parties"))],
    )
    statements = Statement.objects.filter(party_id=party_id).order_by("-starts_on", "-id")[:24]
    return render(
        request,
        "platform/party.html",
        {
            "detail": detail,
            "tab": tab,
            "figures": balance_figures(party),
            "party": party,
            "all_url": reverse("platform:statements") + f"?q={party.code}",
            "statements": [
                (row, STATEMENT_STATES[row.state], reverse("platform:statement", args=[party_id, row.id]))
                for row in statements
            ],
            "terms": terms_rows(party_id) if tab == "terms" else [],
            "contracts": contracts_table(party_id) if tab == "contracts" else None,
        },
    )


class _Form:
    """The terms form: what was typed, what it means, and what is wrong with it."""

    def __init__(self, party_id: int, typed: Any) -> None:
        self.party_id = party_id
        self.typed = typed
        self.problem = ""

    @cached_property
    def values(self) -> dict[str, Any]:
        """Fields as text: typed ones, else those of the terms in force."""
        rows = SettlementTerms.objects.filter(party_id__in=[0, self.party_id]).order_by(
            "-party_id", "-effective_from"
        )
        now = rows.first()
        base = {
            "line": str(now.business_line_id) if now else "",
            "entity": str(now.entity_id) if now else "",
            "mode": str(now.invoice_mode) if now else "1",
            "node": str(now.node) if now else "3",
            "hold_days": str(now.hold_days) if now else "0",
            "cycle": now.cycle if now else "month:1",
            "due_rule": now.due_rule if now else "D+7",
            "calendar": now.calendar if now else "CN",
            "auto_confirm_days": str(now.auto_confirm_days) if now else "7",
            "effective_from": f"{timezone.localdate()}",
        }
        return {name: self.typed.get(name, text).strip() for name, text in base.items()}

    def save(self, actor: str) -> SettlementTerms | None:
        """Carry it out, or leave the reason in `problem`."""
        values = self.values
        line = BusinessLine.objects.filter(id=_number(values["line"])).first()
        entity = SettlementEntity.objects.filter(id=_number(values["entity"])).first()
        hold, silent = _number(values["hold_days"]), _number(values["auto_confirm_days"])
        mode, node = _number(values["mode"]), _number(values["node"])
        try:
            start = date.fromisoformat(values["effective_from"])
        except ValueError:
            self.problem = _("“%(text)s” is not a day. Write days as 2026-11-22.") % {
                "text": values["effective_from"]
            }
            return None
        if line is None or entity is None or mode not in MODES or node not in NODES:
            self.problem = _("Choose business line, entity, mode and node from the lists.")
        elif hold is None or silent is None or hold > 365 or silent > 365:
            self.problem = _("Hold and objection days are whole numbers from 0 to 365.")
        if self.problem:
            return None
        try:
            calendar_of(values["calendar"])
            return terms_changed(
                party_id=self.party_id,
                business_line=line,
                entity=entity,
                effective_from=start,
                invoice_mode=mode,
                node=node,
                hold_days=hold,
                cycle=values["cycle"],
                due_rule=values["due_rule"],
                auto_confirm_days=silent,
                calendar=values["calendar"],
                at=timezone.now(),
                actor=actor,
            )
        except Refusal as refusal:
            self.problem = refusal_text(refusal)
            return None


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() and len(text) < 10 else None


@needs("parties.change")
def change_terms(request: HttpRequest, party_id: int) -> HttpResponse:
    """New terms from a day on; what is staged keeps its own."""
    party = _read(party_id)
    form = _Form(party_id, request.POST)
    if request.method == "POST":
        terms = form.save(request.user.get_username())
        if terms is not None:
            messages.success(request, _("New terms from %(day)s on.") % {"day": terms.effective_from})
            return HttpResponseRedirect(reverse("platform:party", args=[party_id]) + "?tab=terms")
    url = reverse("platform:party", args=[party_id])
    context = {
        "title": _("Change terms of %(party)s") % {"party": party_name(party)},
        "values": form.values,
        "problem": form.problem,
        "lines": line_choices(),
        "entities": entity_choices(),
        "back": f"{url}?tab=terms",
        "modes": [(str(value), label) for value, label in MODES.items()],
        "nodes": [(str(value), label) for value, label in NODES.items()],
        "breadcrumbs": [
            (_("Merchants and partners"), reverse("platform:parties")),
            (party_name(party), url),
            (_("Change terms"), ""),
        ],
    }
    return render(request, "platform/change_terms.html", context, status=422 if form.problem else 200)

"""The page of one statement: amount and proof, parties and period, steps, and its parts in tabs."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.ledger.queries import posted_balance
from zhanggui.portals.desk.amounts import format_integer, format_money
from zhanggui.portals.desk.details import Action, Detail, Fact, FeeRow, FeeTable, PageTab, Proof, Step
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.words import INVOICE_AXES, INVOICE_KINDS, INVOICE_STATES
from zhanggui.portals.platform.names import entity_names, fee_name, parties, party_name
from zhanggui.portals.platform.payouts.words import OBSTACLES, PAYOUT_STATES
from zhanggui.portals.platform.statements.listed import ONE_DAY, period_text, statement_url
from zhanggui.portals.platform.words import (
    DETAIL_KINDS,
    DISPUTE_STATES,
    GRANULARITIES,
    HOLD_KINDS,
    MODES,
    STATEMENT_STATES,
    cycle_name,
)
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.guarantees.queries import takings_of
from zhanggui.settlement.invoices.paying import waiting_for_invoices
from zhanggui.settlement.invoices.queries import invoices_of_statement
from zhanggui.settlement.payouts.queries import payouts_of_statement
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Statement, StatementState

OPEN, CONFIRMING = StatementState.OPEN.value, StatementState.CONFIRMING.value
CONFIRMED = StatementState.CONFIRMED.value


@dataclass(frozen=True)
class Shown:
    """A statement with what it comes to and what its details add up to."""

    row: Statement
    figures: dict[str, int]
    fees: list[dict[str, Any]]

    @property
    def last_day(self) -> date:
        """The last day of the period."""
        return self.row.ends_before - ONE_DAY

    @property
    def details(self) -> int:
        """How many details were added up just now."""
        return sum(fee["details"] for fee in self.fees)

    @property
    def total(self) -> int:
        """What the details add up to just now."""
        return sum(fee["amount"] for fee in self.fees)


def read(party_id: int, statement_id: int) -> Shown:
    """One statement, or 404."""
    row = queries.statement(party_id, statement_id)
    if row is None:
        raise Http404(_("There is no such statement."))
    return Shown(row, queries.live_figures(row), queries.fee_summary(party_id, statement_id))


def proof_of(shown: Shown) -> Proof:
    """Whether the details add up to the net, and whether the ledger says the same."""
    row, net = shown.row, shown.figures["net_minor"]
    if shown.total != net:
        return Proof(
            False,
            _("The details add up to %(sum)s, not to the net")
            % {"sum": format_money(shown.total, row.currency)},
        )
    expected = {OPEN: -net, CONFIRMING: row.carried_minor - net}.get(row.state, 0)
    if posted_balance(account_id=row.billed_account_id) != expected:
        return Proof(False, _("The details add up, but the ledger account of the statement does not agree"))
    text = _("%(count)s details add up to the net, and the ledger agrees") % {
        "count": format_integer(shown.details)
    }
    return Proof(True, text, reverse("platform:statement_lines", args=[row.party_id, row.id]))


def steps_of(row: Statement) -> list[Step]:
    """Opened, closed, confirmed: each with who and when."""
    events = {event.after: event for event in queries.history(row.party_id, row.id)}
    closed = events.get(CONFIRMING) or events.get(StatementState.ZERO.value)
    steps = [Step(_("Opened"), "done", row.created_at)]
    steps.append(
        Step(_("Closed"), "done", closed.at, closed.actor)
        if closed
        else Step(_("Accruing"), "now")
        if row.state == OPEN
        else Step(_("Closed"), "done", row.closed_at)
    )
    end = events.get(row.state) if row.state not in (OPEN, CONFIRMING) else None
    if end is not None and row.state != StatementState.ZERO.value:
        steps.append(Step(STATEMENT_STATES[row.state].label, "done", end.at, end.actor))
    elif row.state == CONFIRMING:
        steps.append(Step(_("To confirm"), "now"))
    elif row.state == OPEN:
        steps.append(Step(_("Confirmed")))
    return steps


def fee_table(shown: Shown) -> FeeTable:
    """The fee summary with running net; every fee unfolds to its lines."""
    row, running, rows = shown.row, 0, []
    lines = reverse("platform:statement_lines", args=[row.party_id, row.id])
    for fee in shown.fees:
        running += fee["amount"]
        url = f"{lines}?fee={fee['fee_type_id']}"
        direction = _("To the merchant") if fee["amount"] >= 0 else _("From the merchant")
        rows.append(
            FeeRow(
                str(fee["fee_type_id"]),
                fee_name(fee["fee_type_id"]),
                direction,
                fee["details"],
                fee["amount"],
                running,
                url,
                url,
            )
        )
    return FeeTable(rows, row.currency, shown.details, shown.total, _("Net"))


def facts_of(row: Statement) -> list[Fact]:
    """Parties, period, entity, mode, due day, and the hash of the chain."""
    party = parties([row.party_id]).get(row.party_id)
    facts = [
        Fact(_("Merchant"), party_name(party), href=reverse("platform:party", args=[row.party_id])),
        Fact(_("Period"), f"{period_text(row)} · {cycle_name(row.cycle)}"),
        Fact(_("Entity"), entity_names().get(row.entity_id, "")),
        Fact(_("Mode"), MODES.get(row.mode, row.mode)),
        Fact(_("Due"), f"{row.due_on}"),
    ]
    if row.state != OPEN:
        invoices = reverse("platform:statement", args=[row.party_id, row.id]) + "?tab=invoices"
        facts.append(Fact(_("Invoices"), INVOICE_AXES[row.invoice_axis].label, href=invoices))
        missing = waiting_for_invoices([(row.party_id, row.id)]).get((row.party_id, row.id))
        if missing and row.state in (CONFIRMING, CONFIRMED):
            facts.append(Fact(_("Paid once the invoice is verified"), str(OBSTACLES[missing]), href=invoices))
    if row.state == CONFIRMING:
        facts.append(Fact(_("Confirmed by silence on"), f"{row.auto_confirm_on}"))
    if row.carried_minor:
        facts.append(Fact(_("Moved on"), format_money(row.carried_minor, row.currency)))
    facts += [
        Fact(
            _("Payout"),
            f"{one.number} · {PAYOUT_STATES[one.state].label}",
            href=reverse("platform:payout", args=[one.number]),
        )
        for one in payouts_of_statement(row.party_id, row.id)
    ]
    if row.withheld_minor:
        facts += [_taken(row, one) for one in takings_of(row.party_id, row.id)]
    if row.state != OPEN:
        facts.append(Fact(_("Hash"), bytes(row.hash).hex()[:16], copy=True))
    return facts


def actions_of(row: Statement, user: Any) -> list[Action]:
    """What this person can do with the statement now."""
    here = [row.party_id, row.id]
    actions = [
        Action(_("Print"), reverse("platform:statement_print", args=here), icon="print"),
        Action(_("PDF"), reverse("platform:statement_pdf", args=here), icon="download"),
        Action(_("Check again"), reverse("platform:statement_check", args=here), drawer=True, icon="replay"),
    ]
    if row.state == CONFIRMING and may(user, "statements.confirm"):
        actions.append(Action(_("Confirm"), reverse("platform:statement_confirm", args=here), "primary"))
    return actions


def tabs_of(shown: Shown, on: str) -> list[PageTab]:
    """The parts of a statement."""
    row = shown.row
    here = reverse("platform:statement", args=[row.party_id, row.id])
    disputes = queries.disputes_of(row.party_id, row.id)
    moved = queries.moved_lines(row.party_id, row.id)
    return [
        PageTab(_("Fee summary"), here, on == "fees"),
        PageTab(
            _("Fee details"),
            reverse("platform:statement_lines", args=[row.party_id, row.id]),
            on == "lines",
            shown.details,
        ),
        PageTab(
            _("By order or article"),
            reverse("platform:statement_parts", args=[row.party_id, row.id, "order"]),
            on == "parts",
        ),
        PageTab(_("Disputes and moves"), f"{here}?tab=moves", on == "moves", len(disputes) + len(moved)),
        PageTab(
            _("Invoices"),
            f"{here}?tab=invoices",
            on == "invoices",
            len(invoices_of_statement(row.party_id, row.id)),
        ),
        PageTab(_("Activity"), f"{here}?tab=log", on == "log"),
    ]


def detail_of(shown: Shown, user: Any, on: str) -> Detail:
    """Everything around the open tab."""
    row = shown.row
    before, after = queries.neighbours(row)
    return Detail(
        number=row.number,
        kind=_("Statement"),
        badge=STATEMENT_STATES[row.state],
        actions=actions_of(row, user),
        amount=shown.figures["net_minor"],
        currency=row.currency,
        amount_label=_("Net so far") if row.state == OPEN else _("Net"),
        proof=proof_of(shown),
        facts=facts_of(row),
        steps=steps_of(row),
        tabs=tabs_of(shown, on),
        breadcrumbs=[(_("Statements"), reverse("platform:statements"))],
        previous=statement_url(before) if before else "",
        following=statement_url(after) if after else "",
        notice=_("%(count)s open dispute(s): the disputed details wait on a later statement.")
        % {"count": row.open_disputes}
        if row.open_disputes
        else "",
    )


@needs("statements.view")
def statement_page(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The statement, with the fee summary, the moves or the activity log open."""
    shown = read(party_id, statement_id)
    tab = request.GET.get("tab", "fees")
    tab = tab if tab in ("fees", "moves", "invoices", "log") else "fees"
    context: dict[str, Any] = {"detail": detail_of(shown, request.user, tab), "tab": tab}
    if tab == "fees":
        context["fees"] = fee_table(shown)
        context["parts"] = parts_of(shown)
    elif tab == "moves":
        context["disputes"] = [
            (
                one,
                fee_name(one.fee_type_id),
                DISPUTE_STATES[one.state],
                DetailKey(one.party_id, one.line_id, one.event_id, one.position),
            )
            for one in queries.disputes_of(party_id, statement_id)
        ]
        context["moved"] = [
            (
                one,
                fee_name(one["fee_type_id"]),
                DETAIL_KINDS[one["kind"]],
                DetailKey(one["party_id"], one["line_id"], one["event_id"], one["position"]),
            )
            for one in queries.moved_lines(party_id, statement_id)
        ]
    elif tab == "invoices":
        context["invoices"] = [
            (one, INVOICE_STATES[one.state], INVOICE_KINDS[one.kind],
             _("Output") if one.direction == 1 else _("Input"))
            for one in invoices_of_statement(party_id, statement_id)
        ]  # fmt: skip
        context["axis"] = INVOICE_AXES[shown.row.invoice_axis]
    else:
        context["events"] = [
            (one, STATEMENT_STATES.get(one.before), STATEMENT_STATES.get(one.after))
            for one in queries.history(party_id, statement_id)
        ]
    context["currency"] = shown.row.currency
    return render(request, "platform/statement.html", context)


def parts_of(shown: Shown) -> list[tuple[Any, int]]:
    """The net as goods, fees, refunds and the rest, in words."""
    figures = shown.figures
    return [
        (_("Goods"), figures["goods_minor"]),
        (_("Commission and fees"), figures["fees_minor"]),
        (_("Refunds"), figures["refunds_minor"]),
        (_("Other"), figures["other_minor"]),
    ]


def grain_tabs(party_id: int, statement_id: int, on: str) -> list[PageTab]:
    """The five granularities as links."""
    return [
        PageTab(label, reverse("platform:statement_parts", args=[party_id, statement_id, code]), code == on)
        for code, label in GRANULARITIES.items()
    ]


def _taken(row: Statement, taken: dict[str, Any]) -> Fact:
    """What left the confirmed net without being paid out, with the document that took it."""
    amount = format_money(taken["amount"], row.currency)
    if taken["what"] == "set_off":
        return Fact(_("Set off against a debt"), amount,
                    href=reverse("platform:debt", args=[row.party_id, taken["debt_id"]]))  # fmt: skip
    label = HOLD_KINDS[taken["what"]] if taken["amount"] > 0 else _("Released to it")
    return Fact(label, amount, href=reverse("platform:hold", args=[taken["hold_id"]]))

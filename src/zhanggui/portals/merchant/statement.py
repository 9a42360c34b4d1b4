"""The page of one statement: what it comes to and why, fee by fee, down to the single detail."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import format_integer, format_money
from zhanggui.portals.desk.details import Action, Detail, Fact, FeeRow, FeeTable, PageTab, Proof, Step
from zhanggui.portals.merchant.arrival import money_facts
from zhanggui.portals.merchant.invoice_words import AXES
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.portals.merchant.statements import ONE_DAY, period_text, statement_url
from zhanggui.portals.merchant.words import DISPUTES, MODES, STATES, entity_name, fee_name
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.paying import waiting_for_invoices
from zhanggui.settlement.payouts.models import Payout, Receiver
from zhanggui.settlement.payouts.queries import payouts_of_statement, verified_receivers
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Dispute, Statement, StatementEvent, StatementState

OPEN, CONFIRMING, ZERO = (
    StatementState.OPEN.value,
    StatementState.CONFIRMING.value,
    StatementState.ZERO.value,
)


@dataclass(frozen=True)
class Term:
    """One term of the identity line: 结算金额 = 货款 − 佣金 − …"""

    label: str
    amount: int


@dataclass(frozen=True)
class Shown:
    """Everything about a statement that its pages draw, read in one block as the tenant."""

    row: Statement
    figures: dict[str, int]
    fees: list[dict[str, Any]]
    commission: int
    steps: list[StatementEvent]
    disputes: list[Dispute]
    payouts: list[Payout]
    receiver: Receiver | None
    invoice_missing: str
    before: Statement | None
    after: Statement | None

    @property
    def net(self) -> int:
        """What it comes to."""
        return self.figures["net_minor"]

    @property
    def payable(self) -> int:
        """What can be confirmed: the net without what moved on."""
        return self.net - self.row.carried_minor

    @property
    def total(self) -> int:
        """What its details add up to just now."""
        return sum(fee["amount"] for fee in self.fees)

    @property
    def terms(self) -> list[Term]:
        """The terms of the identity line; they add up to the net."""
        figures = self.figures
        terms = [
            Term(_("Goods"), figures["goods_minor"]),
            Term(_("Commission"), self.commission),
            Term(_("Other fees"), figures["fees_minor"] - self.commission),
            Term(_("Refunds"), figures["refunds_minor"]),
            Term(_("Other"), figures["other_minor"]),
        ]
        return [term for term in terms if term.amount or term.label == _("Goods")]


def read_statement(party_id: int, statement_id: int) -> Shown:
    """A statement of the shop, or 404: another shop's looks like none."""
    commission = catalogue().by_code.get("commission")
    with as_tenant(party_id):
        row = queries.statement(party_id, statement_id)
        if row is None:
            raise Http404(_("There is no such statement."))
        before, after = queries.neighbours(row)
        return Shown(
            row=row, figures=queries.live_figures(row), fees=queries.fee_summary(party_id, statement_id),
            commission=_sold(row, commission.id if commission else 0),
            steps=queries.history(party_id, statement_id),
            disputes=queries.disputes_of(party_id, statement_id),
            payouts=payouts_of_statement(party_id, statement_id),
            receiver=verified_receivers({party_id}).get((party_id, row.currency)), before=before, after=after,
            invoice_missing=waiting_for_invoices([(party_id, statement_id)]).get((party_id, statement_id), ""),
        )  # fmt: skip


def _sold(row: Statement, fee_type_id: int) -> int:
    """One fee on the sales of a statement, without what refunds gave back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select coalesce(sum(amount), 0)::bigint from settlement_detail"
            " where party_id = %s and statement_id = %s and kind = 1 and fee_type_id = %s",
            [row.party_id, row.id, fee_type_id],
        )
        return int(cursor.fetchone()[0])


@shop_page("own_statements.view")
def statement_page(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """Amount, identity line, fee summary; disputes and steps behind tabs."""
    shown = read_statement(party_id, statement_id)
    tab = "disputes" if request.GET.get("tab") == "disputes" else "fees"
    context: dict[str, Any] = {
        "detail": detail_of(shown, request, tab), "tab": tab, "terms": shown.terms, "net": shown.net,
        "currency": shown.row.currency,
    }  # fmt: skip
    if tab == "fees":
        context["fees"] = fee_table(shown)
    else:
        context["disputes"] = [
            (one, fee_name(one.fee_type_id), DISPUTES[one.state]) for one in shown.disputes
        ]
    return render(request, "merchant/statement.html", context)


def fee_table(shown: Shown) -> FeeTable:
    """The fee summary with running net; each fee unfolds to its details."""
    lines = reverse("merchant:statement_lines", args=[shown.row.id])
    running, rows = 0, []
    for fee in shown.fees:
        running += fee["amount"]
        url = f"{lines}?fee={fee['fee_type_id']}"
        direction = _("To you") if fee["amount"] >= 0 else _("From you")
        rows.append(
            FeeRow(str(fee["fee_type_id"]), fee_name(fee["fee_type_id"]), direction, fee["details"],
                   fee["amount"], running, url, url)
        )  # fmt: skip
    count = sum(fee["details"] for fee in shown.fees)
    return FeeTable(rows, shown.row.currency, count, shown.total, _("Net"))


def detail_of(shown: Shown, request: HttpRequest, tab: str) -> Detail:
    """Everything around the open tab."""
    row = shown.row
    here = statement_url(row)
    return Detail(
        number=row.number,
        kind=_("Statement"),
        badge=STATES[row.state],
        actions=_actions(shown, request),
        amount=shown.net,
        currency=row.currency,
        amount_label=_("Net so far") if row.state == OPEN else _("Net"),
        proof=_proof(shown),
        facts=_facts(shown),
        steps=_steps(shown),
        tabs=[
            PageTab(_("Fee summary"), here, tab == "fees"),
            PageTab(_("Billing details"), reverse("merchant:statement_lines", args=[row.id]), False,
                    sum(fee["details"] for fee in shown.fees)),
            PageTab(_("Disputes"), f"{here}?tab=disputes", tab == "disputes", len(shown.disputes)),
        ],
        breadcrumbs=[(_("Statements"), reverse("merchant:statements"))],
        previous=statement_url(shown.before) if shown.before else "",
        following=statement_url(shown.after) if shown.after else "",
        notice=_notice(shown),
    )  # fmt: skip


def _actions(shown: Shown, request: HttpRequest) -> list[Action]:
    row = shown.row
    actions = []
    if row.state != OPEN:
        proof = reverse("merchant:proof", args=[row.id])
        actions.append(Action(_("Download proof"), proof, icon="shield"))
        actions.append(Action(_("PDF"), reverse("merchant:statement_pdf", args=[row.id]), icon="print"))
    if row.state == CONFIRMING and may_here(request, "own_statements.confirm"):
        actions.append(Action(_("Confirm"), reverse("merchant:confirm", args=[row.id]), "primary"))
    return actions


def _proof(shown: Shown) -> Proof:
    count = format_integer(sum(fee["details"] for fee in shown.fees))
    if shown.total == shown.net:
        return Proof(True, _("%(count)s details add up to it exactly") % {"count": count},
                     reverse("merchant:statement_lines", args=[shown.row.id]))  # fmt: skip
    return Proof(False, _("The details add up to %(sum)s instead. Tell the platform.") % {
        "sum": format_money(shown.total, shown.row.currency)})  # fmt: skip


def _facts(shown: Shown) -> list[Fact]:
    row = shown.row
    facts = [
        Fact(_("Period"), period_text(row)),
        Fact(_("Settled by"), entity_name(row.entity_id)),
        Fact(_("Invoices"), MODES.get(row.mode, "")),
        Fact(_("Payable from"), f"{row.due_on:%Y-%m-%d}"),
    ]
    if row.state == CONFIRMING:
        facts.append(Fact(_("Confirmed by itself on"), f"{row.auto_confirm_on:%Y-%m-%d}"))
    if row.carried_minor:
        facts.append(Fact(_("Moved to the next statement"), format_money(row.carried_minor, row.currency)))
        facts.append(Fact(_("Left to confirm"), format_money(shown.payable, row.currency)))
    facts += money_facts(shown.row, shown.payouts, shown.receiver, shown.invoice_missing)
    if row.withheld_minor:
        facts.append(Fact(_("Held, or set off against a debt"), format_money(row.withheld_minor, row.currency),
                          href=reverse("merchant:guarantees")))  # fmt: skip
        facts.append(Fact(_("Left to pay out"), format_money(row.payable_minor, row.currency)))
    if row.state != OPEN:
        facts.append(Fact(_("Invoice axis"), AXES[row.invoice_axis].label,
                          href=reverse("merchant:invoices") + f"?q={row.number}&tab="))  # fmt: skip
        facts.append(Fact(_("Fingerprint"), bytes(row.hash).hex()[:16], copy=True))
    return facts


def _steps(shown: Shown) -> list[Step]:
    row, events = shown.row, {event.after: event for event in shown.steps}
    last = row.ends_before - ONE_DAY
    if row.state == OPEN:
        closes = _("Closes after %(day)s") % {"day": f"{last:%Y-%m-%d}"}
        return [Step(_("Opened"), "done", row.created_at), Step(_("Accruing"), "now"), Step(closes)]
    closed = events.get(CONFIRMING) or events.get(ZERO)
    steps = [
        Step(_("Opened"), "done", row.created_at),
        Step(_("Closed"), "done", closed.at if closed else row.closed_at),
    ]
    if row.state == CONFIRMING:
        steps.append(Step(_("To confirm"), "now"))
    elif row.state != ZERO:
        end = events.get(row.state)
        steps.append(Step(STATES[row.state].label, "done", end.at if end else None, end.actor if end else ""))
    return steps


def _notice(shown: Shown) -> str:
    if not shown.row.open_disputes:
        return ""
    return _(
        "%(count)d detail(s) are being looked at. They moved to the next statement; the rest goes on."
    ) % {"count": shown.row.open_disputes}

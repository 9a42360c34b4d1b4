"""After-sale as a shop sees it: its cases, and answering them, also from a phone."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.goods_restocked import can_be_restocked, goods_restocked
from zhanggui.journeys.return_answered import return_answered
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.after_sale import CASE_KINDS, CASE_REASONS, way_back_facts
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.page import carrier_names
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.templatetags.desk import moment
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page, standing_of
from zhanggui.trade.returns.models import ReturnCase, ReturnKind, ReturnState
from zhanggui.trade.returns.states import MOVES_NEXT, answers_of_shop

STATES = {
    ReturnState.ASKED.value: Badge(pgettext_lazy("after-sale", "To answer"), "amber"),
    ReturnState.REFUSED.value: Badge(pgettext_lazy("after-sale", "Refused"), "red"),
    ReturnState.ARBITRATION.value: Badge(pgettext_lazy("after-sale", "The platform decides"), "blue"),
    ReturnState.AWAITING_GOODS.value: Badge(pgettext_lazy("after-sale", "Waits for the goods"), "blue"),
    ReturnState.GOODS_SENT.value: Badge(pgettext_lazy("after-sale", "Goods on their way"), "amber"),
    ReturnState.GOODS_BACK.value: Badge(pgettext_lazy("after-sale", "Goods are back"), "amber"),
    ReturnState.REFUNDING.value: Badge(pgettext_lazy("after-sale", "Money on its way"), "blue"),
    ReturnState.REFUNDED.value: Badge(pgettext_lazy("after-sale", "Money given back"), "green"),
    ReturnState.EXCHANGED.value: Badge(pgettext_lazy("after-sale", "Exchanged"), "green"),
    ReturnState.WITHDRAWN.value: Badge(pgettext_lazy("after-sale", "Withdrawn"), "grey"),
    ReturnState.CLOSED.value: Badge(pgettext_lazy("after-sale", "Closed"), "grey"),
}
BEARERS = {
    "buyer": pgettext_lazy("after-sale", "The buyer"),
    "merchant": pgettext_lazy("after-sale", "You"),
    "platform": pgettext_lazy("after-sale", "The platform"),
}
FIELDS = {
    "id": "c.id", "party_id": "c.merchant_id", "number": "c.case_no", "state": "c.state", "kind": "c.kind",
    "currency": "c.currency", "reason": "c.reason", "asked": "c.asked_minor", "order_no": "o.order_no",
    "given": "(c.goods_minor + c.freight_minor)", "asked_at": "c.asked_at", "answer_by": "c.answer_by",
}  # fmt: skip
TABLES = "trade_return_case c join trade_order o on o.id = c.order_id where {where}"


WAIT_FOR_SHOP = tuple(state for state, side in MOVES_NEXT.items() if side == "merchant")


def cases_to_answer(request: HttpRequest) -> int:
    """How many cases wait for the shop."""
    return ReturnCase.objects.filter(
        merchant_id=standing_of(request).party.id, state__in=WAIT_FOR_SHOP, ended_at=None
    ).count()


class CaseList(OwnList):
    """What buyers of the shop asked after the sale."""

    name = "merchant.cases"
    title = gettext_lazy("After-sale")
    permission = "own_returns.view"
    sort = "-asked_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("No buyer of yours has asked for after-sale.")

    def get_source(self) -> SqlSource:
        """The shop's cases."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS)

    def get_filters(self) -> Sequence[Any]:
        """By number and kind."""
        return [
            TextFilter("q", gettext_lazy("Case or order number"), starts=["number", "order_no"]),
            SelectFilter("kind", gettext_lazy("Kind"), list(CASE_KINDS.items())),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What, why, how much, until when."""
        return [
            LinkColumn("number", pgettext("after-sale", "Case"), sort="number",
                       href=lambda r: reverse("merchant:case", args=[r.number])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("order_no", _("Order"), code=True, phone="sub"),
            TextColumn("kind", _("Kind"), value=lambda r: CASE_KINDS[r.kind]),
            TextColumn("reason", _("Reason"), value=lambda r: CASE_REASONS[r.reason], phone="line"),
            MoneyColumn("asked", pgettext("after-sale", "Asked for"), currency=self.currency, total=True,
                        sort="asked", phone="amount"),
            MoneyColumn("given", _("Given back"), currency=self.currency, total=True, phone=""),
            DateTimeColumn("asked_at", _("Asked"), sort="asked_at", phone=""),
            DateTimeColumn("answer_by", pgettext("after-sale", "Answer by"), sort="answer_by", nullable=True,
                           phone="line"),
        ]  # fmt: skip


@shop_page("own_returns.view")
def case_page(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """One case of the shop, and answering it."""
    carriers = carrier_names()
    with as_tenant(party_id):
        row = ReturnCase.objects.select_related("order").filter(case_no=number, merchant_id=party_id).first()
        if row is None:
            raise Http404(_("There is no such case."))
        shown = _shown(row, carriers)
    problem = ""
    if request.method == "POST":
        problem = _act(request, row)
        if not problem:
            forget("merchant.cases")
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(reverse("merchant:case", args=[number]))
    with as_tenant(party_id):
        restock = may_here(request, "own_returns.answer") and can_be_restocked(row, row.order)
    context = shown | {
        "problem": problem,
        "restock": restock,
        "own_stock": not row.order.supplier_id and row.order.warehouse_id is not None,
        "acts": _acts(row) if may_here(request, "own_returns.answer") else set(),
    }
    return render(request, "merchant/case.html", context, status=422 if problem else 200)


def _acts(row: ReturnCase) -> set[str]:
    return set(answers_of_shop(state=row.state, kind=row.kind, ended=row.ended_at is not None))


def _act(request: HttpRequest, row: ReturnCase) -> str:
    """Do what was sent; why not, empty when done."""
    sent = {
        name: request.POST.get(name, "").replace("\x00", "").strip()
        for name in ("text", "carrier", "tracking_no")
    }
    if not may_here(request, "own_returns.answer"):
        return _("Your role does not include this action.")
    told: dict[str, Any] = {
        "case_no": row.case_no, "merchant_id": row.merchant_id, "at": timezone.now(),
        "actor": request.user.get_username(),
    }  # fmt: skip
    act, good = request.POST.get("act", ""), _good_units(request)
    if good is None:
        return _("Type quantities as whole numbers.")
    try:
        if act == "restock":
            goods_restocked(units=good, **told)
        else:
            return_answered(answer=act, restock=good, **told, **sent)
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


def _good_units(request: HttpRequest) -> dict[str, int] | None:
    """Units by order line that can be sold again, as they were typed; None if one is no number."""
    found = {}
    for name, typed in request.POST.items():
        if name.startswith("good-"):
            units = str(typed).strip() or "0"
            if not (units.isascii() and units.isdigit() and len(units) < 9):
                return None
            found[name.removeprefix("good-")] = int(units)
    return found


def _shown(row: ReturnCase, carriers: Mapping[str, str]) -> dict[str, Any]:
    facts = [
        Fact(_("Order"), row.order.order_no, copy=True),
        Fact(_("Kind"), CASE_KINDS[row.kind]),
        Fact(_("Reason"), CASE_REASONS[row.reason]),
        Fact(pgettext("after-sale", "The way back is paid by"), BEARERS[row.freight_bearer]),
    ]
    facts += way_back_facts(row, carriers)
    if row.answer_by:
        facts.append(Fact(pgettext("after-sale", "Answer by"), moment(row.answer_by)))
    detail = Detail(
        number=row.case_no, kind=_("After-sale"), badge=STATES[row.state], amount=row.asked_minor,
        currency=row.currency, amount_label=pgettext("after-sale", "Asked for"), facts=facts,
        steps=[
            Step(_("Asked"), "done", row.asked_at),
            Step(STATES[row.state].label, "done" if row.ended_at else "now", row.ended_at),
        ],
        breadcrumbs=[(_("After-sale"), reverse("merchant:cases"))],
    )  # fmt: skip
    lines = [
        (line.line.sku_code, line.quantity, format_money(line.goods_minor + line.freight_minor, row.currency),
         line.line.line_no)
        for line in row.lines.select_related("line").order_by("id")
    ]  # fmt: skip
    steps = [
        (step.at, STATES[step.kind].label if step.kind in STATES else pgettext("after-sale", "Said"),
         _who(step.actor), step.text)
        for step in row.steps.order_by("id")
    ]  # fmt: skip
    exchange = row.kind == ReturnKind.EXCHANGE
    return {
        "detail": detail, "lines": lines, "history": steps, "is_exchange": exchange,
        "carriers": list(carriers.items()),
    }  # fmt: skip


def _who(actor: str) -> str:
    if actor.startswith("buyer:"):
        return pgettext("after-sale", "The buyer")
    return pgettext("after-sale", "By time") if actor == "clockwork" else actor

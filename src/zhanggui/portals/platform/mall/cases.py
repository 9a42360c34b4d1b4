"""After-sale as the platform sees it: every case, and deciding those that both sides could not settle."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.journeys.return_asked import return_decided, said_in_return
from zhanggui.portals.desk.after_sale import CASE_KINDS, CASE_REASONS, way_back_facts
from zhanggui.portals.desk.amounts import format_money
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
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.page import carrier_names
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.templatetags.desk import moment
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, document_page
from zhanggui.portals.platform.mall.listing import MallList
from zhanggui.portals.platform.mall.words import BEARERS, CASE_STATES
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnState

FIELDS = {
    "id": "c.id", "number": "c.case_no", "state": "c.state", "currency": "c.currency", "kind": "c.kind",
    "reason": "c.reason", "asked": "c.asked_minor", "given": "(c.goods_minor + c.freight_minor)",
    "order_no": "o.order_no", "asked_at": "c.asked_at", "answer_by": "c.answer_by", "party_name": PARTY_NAME,
    "party_code": "p.code",
}  # fmt: skip
TABLES = """
trade_return_case c join trade_order o on o.id = c.order_id left join parties_party p on p.id = c.merchant_id
where {where}
"""


class CaseList(MallList):
    """What buyers asked after the sale."""

    name = "platform.mall_cases"
    title = gettext_lazy("After-sale")
    permission = "returns.view"
    sort = "-asked_at"
    tabs = StatusTabs.of("state", CASE_STATES)
    empty = gettext_lazy("No buyer has asked for after-sale yet.")

    def get_source(self) -> SqlSource:
        """Cases with their order and merchant."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant, kind and day."""
        return [
            TextFilter("q", gettext_lazy("Case or order number, merchant"),
                       starts=["number", "order_no", "party_code"], contains=["party_name"]),
            SelectFilter("kind", gettext_lazy("Kind"), list(CASE_KINDS.items())),
            SelectFilter("reason", gettext_lazy("Reason"), list(CASE_REASONS.items())),
            DateRangeFilter("asked_at", gettext_lazy("Asked"), field="asked_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Who, what, why, how much, until when."""
        return [
            LinkColumn("number", pgettext("after-sale", "Case"), sort="number",
                       href=lambda r: reverse("platform:mall_case", args=[r.number])),
            StatusColumn("state", _("Status"), badges=CASE_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("order_no", _("Order"), code=True, phone="sub"),
            TextColumn("kind", _("Kind"), value=lambda r: CASE_KINDS[r.kind]),
            TextColumn("reason", _("Reason"), value=lambda r: CASE_REASONS[r.reason], phone="line"),
            MoneyColumn("asked", pgettext("after-sale", "Asked for"), currency=self.currency, total=True,
                        sort="asked", phone="amount"),
            MoneyColumn("given", _("Given back"), currency=self.currency, total=True, phone=""),
            DateTimeColumn("asked_at", _("Asked"), sort="asked_at"),
            DateTimeColumn("answer_by", pgettext("after-sale", "Answer by"), sort="answer_by", nullable=True,
                           phone=""),
        ]  # fmt: skip


@needs("returns.view")
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case, both sides' words, and the platform's decision."""
    row = ReturnCase.objects.select_related("order").filter(case_no=number).first()
    if row is None:
        raise Http404(_("There is no such case."))
    actor = request.user.get_username()

    def decide(typed: Typed) -> None:
        amounts = {
            line.line_id: typed.amount(f"goods-{line.line_id}", row.currency)
            for line in row.lines.all()
            if typed.text(f"goods-{line.line_id}", required=False)
        }
        return_decided(
            case_no=number, for_buyer=typed.one_of("side", ["buyer", "merchant"]) == "buyer",
            text=typed.text("text"), at=timezone.now(), actor=actor, goods_minor=amounts,
            bearer=typed.one_of("bearer", list(BEARERS)) if typed.text("bearer", required=False) else "",
            brought={"yes": True, "no": False}.get(typed.text("brought", required=False)),
        )  # fmt: skip
        forget("platform.mall_cases")

    def say(typed: Typed) -> None:
        said_in_return(case_no=number, at=timezone.now(), actor=actor, text=typed.text("text"), pictures=[])

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "returns.decide", {"decide": decide, "say": say}, _("Noted."))
    if gone:
        return gone
    return document_page(
        request, case_detail(row, reverse("platform:mall_cases")), forms=_forms(request, row),
        tables=[lines_table(row), steps_table(row)], problem=problem,
    )  # fmt: skip


def _forms(request: HttpRequest, row: ReturnCase) -> list[Form]:
    if not may(request.user, "returns.decide"):
        return []
    words = Field("text", _("Both sides read it"), "long")
    forms = [Form("say", pgettext("after-sale", "Say something"), pgettext("after-sale", "Say it"), [words])]
    if row.state == ReturnState.ARBITRATION:
        sides = [("buyer", _("For the buyer")), ("merchant", _("For the shop"))]
        fields = [Field("side", pgettext("after-sale", "Decision"), "select", sides), words]
        fields += [
            Field(
                f"goods-{line.line_id}",
                _("%(sku)s: give back for the goods; empty is all of it") % {"sku": line.line.sku_code},
                "amount", required=False,
            )
            for line in row.lines.select_related("line").order_by("id")
        ]  # fmt: skip
        fields += _way_back(row)
        forms.insert(
            0, Form("decide", _("Decide"), _("Decide"), fields, _("What is decided is carried out at once."))
        )
    return forms


def _way_back(row: ReturnCase) -> list[Field]:
    """Who pays the way back, until the goods are sent; then whether the mall's carrier brought them."""
    as_it_is = ("", pgettext("after-sale", "As it is"))
    if not row.steps.filter(kind=ReturnState.GOODS_SENT).exists():
        paid_by = pgettext("after-sale", "The way back is paid by")
        return [Field("bearer", paid_by, "select", [as_it_is, *BEARERS.items()], required=False)]
    freight = ReturnFreight.objects.filter(case=row).first()
    if freight is None:
        return []
    said = [
        ("yes", pgettext("after-sale", "Yes: it is paid its freight")),
        ("no", pgettext("after-sale", "No: it is paid nothing")),
    ]
    choices = [as_it_is, *said] if freight.earned_at else said
    label = pgettext("after-sale", "Did the carrier bring the goods back?")
    return [Field("brought", label, "select", choices, required=not freight.earned_at)]


def case_detail(row: ReturnCase, back: str) -> Detail:
    """The head of a case."""
    names = parties({row.merchant_id})
    facts = [
        Fact(_("Order"), row.order.order_no, copy=True),
        Fact(_("Merchant"), party_name(names.get(row.merchant_id))),
        Fact(_("Kind"), CASE_KINDS[row.kind]),
        Fact(_("Reason"), CASE_REASONS[row.reason]),
        Fact(pgettext("after-sale", "The way back is paid by"), BEARERS[row.freight_bearer]),
    ]
    facts += way_back_facts(row, carrier_names())
    if row.refund_no:
        facts.append(
            Fact(
                pgettext("buyers", "Refund"),
                row.refund_no,
                href=reverse("platform:mall_refund", args=[row.refund_no]),
            )
        )
    if row.answer_by:
        facts.append(Fact(pgettext("after-sale", "Answer by"), moment(row.answer_by)))
    return Detail(
        number=row.case_no, kind=_("After-sale"), badge=CASE_STATES[row.state], amount=row.asked_minor,
        currency=row.currency, amount_label=pgettext("after-sale", "Asked for"), facts=facts,
        steps=[
            Step(_("Asked"), "done", row.asked_at),
            Step(CASE_STATES[row.state].label, "done" if row.ended_at else "now", row.ended_at),
        ],
        breadcrumbs=[(_("After-sale"), back)],
    )  # fmt: skip


def lines_table(row: ReturnCase) -> Table:
    """What of which line is asked."""
    return Table(
        pgettext("mall order", "Goods"),
        [(_("SKU"), False), (_("Quantity"), True), (_("For the goods"), True), (_("For freight"), True)],
        [
            [
                Cell(line.line.sku_code, code=True), Cell(line.quantity, number=True),
                Cell(format_money(line.goods_minor, row.currency), number=True),
                Cell(format_money(line.freight_minor, row.currency), number=True),
            ]
            for line in row.lines.select_related("line").order_by("id")
        ],
    )  # fmt: skip


def steps_table(row: ReturnCase) -> Table:
    """What happened, and who said what."""
    said = pgettext_lazy("after-sale", "Said")
    return Table(
        pgettext("after-sale", "What happened"),
        [(pgettext("after-sale", "When"), False), (_("What"), False), (_("By"), False), (_("Words"), False)],
        [
            [
                Cell(step.at), Cell(CASE_STATES[step.kind].label if step.kind in CASE_STATES else said),
                Cell(actor_name(step.actor)), Cell(step.text, wrap=True),
            ]
            for step in row.steps.order_by("id")
        ],
    )  # fmt: skip

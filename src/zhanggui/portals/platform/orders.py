"""Staged orders: the list, and the page of one with payments, lines, refunds, details and entries."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.ledger.queries import entries_of_order
from zhanggui.portals.desk.details import Action, Detail, Fact, PageTab, Proof, Step
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    MoneyRangeFilter,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList, activity_presets
from zhanggui.portals.platform.names import (
    fee_name,
    line_choices,
    line_names,
    parties,
    party_name,
    purpose_name,
)
from zhanggui.portals.platform.words import DETAIL_KINDS, ORDER_HOLD_REASONS, ORDER_STATES, SOURCES
from zhanggui.settlement.details.queries import base_is_units, details_of_order, unit_rules
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake import queries
from zhanggui.settlement.intake.models import OrderHold, StagedLine, StagedOrder
from zhanggui.trade.orders.models import Order

FIELDS = {
    "id": "o.id",
    "order_no": "o.order_no",
    "business_line_id": "o.business_line_id",
    "status": "o.status",
    "currency": "o.currency",
    "ordered_at": "o.ordered_at",
    "paid_at": "o.paid_at",
    "goods": "o.goods_minor",
    "due": "o.due_minor",
    "paid": "o.paid_minor",
    "lines": "o.line_count",
    "difference": "(o.paid_minor - o.due_minor)",
}


def _of_merchant(text: str) -> RawSql:
    return RawSql(
        "o.id in (select ol.order_id from settlement_staged_line ol"
        " join parties_party op on op.id = ol.merchant_id where op.code = %(merchant_code)s)",
        {"merchant_code": text},
    )


class OrderList(MoneyList):
    """Orders as they came in."""

    name = "platform.orders"
    title = gettext_lazy("Orders")
    permission = "orders.view"
    sort = "-ordered_at"
    tabs = StatusTabs.of("status", ORDER_STATES)

    def get_source(self) -> SqlSource:
        """Staged orders."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from settlement_staged_order o where {{where}}",
            totals="select count(*), {sums} from settlement_staged_order o where {where}",
            fields=FIELDS,
        )

    def get_filters(self) -> Sequence[Any]:
        """A number bounds the list by itself, else days do."""
        return [
            TextFilter("q", _("Order number"), starts=["order_no"]),
            TextFilter("merchant", _("Merchant code"), clause=_of_merchant),
            DateRangeFilter(
                "ordered",
                _("Ordered"),
                field="ordered_at",
                default="" if self.params.get("q") else "recent",
                presets=lambda: activity_presets(self.currency),
            ),
            *self.currency_filters(),
            SelectFilter("line", _("Business line"), line_choices, field="business_line_id", read=int),
            SelectFilter(
                "unequal",
                _("Payments"),
                [("1", _("Differ from what is due"))],
                clause=lambda _value: RawSql("o.paid_minor <> o.due_minor"),
            ),
            MoneyRangeFilter("due", _("Due from the buyer"), currency=self.currency),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Columns in the currency of the list."""
        names, money = line_names(), {"currency": self.currency, "total": True}
        return [
            LinkColumn(
                "order_no", _("Order"), href=lambda r: reverse("platform:order", args=[r.id]), sort="order_no"
            ),
            TextColumn(
                "line", _("Business line"), value=lambda r: names.get(r.business_line_id, ""), phone="sub"
            ),
            DateTimeColumn("ordered_at", _("Ordered"), sort="ordered_at"),
            StatusColumn("status", _("Status"), badges=ORDER_STATES),
            IntegerColumn("lines", _("Order lines"), total=True, phone=""),
            MoneyColumn("goods", _("Goods"), **money, sort="goods", phone=""),
            MoneyColumn("due", _("Due from the buyer"), **money, sort="due", phone="amount"),
            MoneyColumn("paid", _("Paid"), **money, sort="paid"),
            MoneyColumn("difference", _("Over or under"), **money, sort="difference", phone="", signed=True),
            DateTimeColumn("paid_at", _("Paid at"), sort="paid_at", nullable=True, shown=False, phone=""),
        ]


def _steps(order: StagedOrder) -> list[Step]:
    stations = [
        (_("Ordered"), order.ordered_at),
        (_("Paid"), order.paid_at),
        (_("Shipped"), order.shipped_at),
        (pgettext("order", "Received"), order.received_at),
        (_("Completed"), order.completed_at),
    ]
    return [Step(label, "done" if at else "todo", at) for label, at in stations]


def _lines(order: StagedOrder, lines: list[StagedLine]) -> list[dict[str, Any]]:
    known = parties({line.merchant_id for line in lines})
    return [
        {
            "line": line,
            "merchant": party_name(known.get(line.merchant_id)),
            "codes": queries.line_dimensions(line),
            "discounts": -(
                line.shop_discount_minor + line.platform_discount_minor + line.points_discount_minor
            ),
            "paid": line.goods_minor
            - line.shop_discount_minor
            - line.platform_discount_minor
            - line.points_discount_minor
            + line.freight_minor,
            "billable": None if line.billable_at.year > 9000 else timezone.localdate(line.billable_at),
        }
        for line in lines
    ]


def _details(order: StagedOrder) -> list[dict[str, Any]]:
    rows = details_of_order(order.id)
    known, units = parties({row["party_id"] for row in rows}), unit_rules()
    return [
        row
        | {
            "in_units": base_is_units(row["kind"], row["rule_id"], units),
            "fee": fee_name(row["fee_type_id"]),
            "party": party_name(known.get(row["party_id"])),
            "kind_name": DETAIL_KINDS[row["kind"]],
            "key": f"{row['party_id']}-{row['line_id']}-{row['event_id']}-{row['position']}",
        }
        for row in rows
    ]


def _entries(order: StagedOrder, lines: list[StagedLine]) -> list[dict[str, Any]]:
    return [
        entry
        | {
            "source_name": SOURCES.get(entry["source"], entry["source"]),
            "key": f"{entry['book_id']}-{entry['source']}-{entry['key_a']}-{entry['key_b']}",
            "purpose_name": purpose_name(entry["purpose"]),
            "credit": -entry["amount"],
        }
        for entry in entries_of_order(order.id, books=[0, *{line.merchant_id for line in lines}])
    ]


def _actions(request: HttpRequest, order: StagedOrder, held: Sequence[OrderHold]) -> list[Action]:
    if held or not may(request.user, "orders.hold"):
        return []
    code = BusinessLine.objects.get(id=order.business_line_id).code
    place = f"{reverse('platform:hold_order')}?{urlencode({'line': code, 'order': order.order_no})}"
    return [Action(_("Hold the order"), place)]


def _in_the_mall(order: StagedOrder) -> list[Fact]:
    """The order as the mall has it, if it came from there."""
    if not Order.objects.filter(order_no=order.order_no).exists():
        return []
    place = reverse("platform:mall_order", args=[order.order_no])
    return [Fact(_("In the mall"), _("Goods, parcels and history"), href=place)]


@needs("orders.view")
def order_page(request: HttpRequest, order_id: int) -> HttpResponse:
    """One order with everything that followed from it."""
    order = queries.order_by_id(order_id)
    if order is None:
        raise Http404(_("There is no such order."))
    lines = queries.lines_of(order_id)
    tab = request.GET.get("tab", "details")
    held = queries.open_holds(order)
    refunds = queries.refunds_of([line.line_id for line in lines])
    here = reverse("platform:order", args=[order_id])
    methods = queries.dimension_codes({one.method_id for one in queries.payments_of(order_id)})
    detail = Detail(
        number=order.order_no,
        kind=_("Order"),
        badge=ORDER_STATES[order.status],
        actions=_actions(request, order, held),
        amount=order.due_minor,
        currency=order.currency,
        amount_label=_("Due from the buyer"),
        proof=Proof(
            order.paid_minor == order.due_minor,
            _("Payments add up to what is due")
            if order.paid_minor == order.due_minor
            else _("Payments and what is due differ"),
        ),
        facts=[
            Fact(_("Business line"), line_names().get(order.business_line_id, "")),
            Fact(_("Ordered"), f"{timezone.localtime(order.ordered_at):%Y-%m-%d %H:%M:%S}"),
            Fact(_("State in the source"), order.source_status or "–"),
            *_in_the_mall(order),
            *(
                Fact(
                    _("On hold"),
                    ORDER_HOLD_REASONS[one.reason],
                    href=reverse("platform:order_hold", args=[one.id]),
                )
                for one in held
            ),
            Fact(
                _("Import"),
                f"#{order.import_run_id}",
                href=reverse("platform:import", args=[order.import_run_id]),
            ),
        ],
        steps=_steps(order),
        tabs=[
            PageTab(_("Fee details"), here, tab == "details"),
            PageTab(_("Order lines"), f"{here}?tab=lines", tab == "lines", len(lines)),
            PageTab(_("Payments"), f"{here}?tab=payments", tab == "payments"),
            PageTab(_("Refunds"), f"{here}?tab=refunds", tab == "refunds", len(refunds)),
            PageTab(_("Entries"), f"{here}?tab=entries", tab == "entries"),
        ],
        breadcrumbs=[(_("Orders"), reverse("platform:orders"))],
    )
    context: dict[str, Any] = {"detail": detail, "tab": tab, "order": order, "currency": order.currency}
    if tab == "lines":
        context["lines"] = _lines(order, lines)
    elif tab == "payments":
        payments = queries.payments_of(order_id)
        context["payments"] = [(one, methods.get(one.method_id, "")) for one in payments]
        context["paid"] = sum(one.amount_minor for one in payments)
    elif tab == "refunds":
        context["refunds"] = refunds
    elif tab == "entries":
        context["entries"] = _entries(order, lines)
    else:
        rows = _details(order)
        context["rows"], context["total"] = rows, sum(row["amount"] for row in rows)
    return render(request, "platform/order.html", context)

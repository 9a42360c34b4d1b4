"""Pick lists and delivery notes (拣货单, 发货单): as a page to print and as a PDF, from the same texts."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from zhanggui.portals.desk.languages import chinese
from zhanggui.portals.desk.orders.batch import orders_to_ship
from zhanggui.portals.desk.orders.seen import LineSeen, address_text, lines_of_many, party_names
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.papers.setting import paper
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.orders.models import Order
from zhanggui.trade.returns.queries import withdrawn_units

MOST_ORDERS = 200


def print_page(request: HttpRequest, side: Side) -> HttpResponse:
    """The pick list of everything to be shipped with a delivery note an order, or the note of one `order`."""
    sheets = sheets_of(side, request.GET.get("order", ""))
    if request.GET.get("format") == "pdf":
        return HttpResponse(
            paper("delivery", sheets), content_type="application/pdf",
            headers={"Content-Disposition": f'inline; filename="{sheets["number"]}.pdf"'},
        )  # fmt: skip
    query = request.GET.copy()
    query["format"] = "pdf"
    context = {"sheets": sheets, "back": side.url("mall_orders"), "pdf": f"?{query.urlencode()}"}
    return render(request, "desk/orders/print.html", context)


def sheets_of(side: Side, order_no: str) -> dict[str, Any]:
    """Every text of the papers, in the active language; 404 for an order that is not this side's."""
    with side.reading():
        orders = [side.order(order_no)] if order_no else orders_to_ship(side, MOST_ORDERS)
        lines = lines_of_many(orders)
        withdrawn = withdrawn_units([order.order_no for order in orders])
    if not orders:
        raise Http404(_("There is nothing to be shipped."))
    names = party_names([party for order in orders for party in (order.merchant_id, shipper_of(order))])
    notes = [_note(order, lines[order.id], names, order_no) for order in orders]
    today = f"{timezone.localdate():%Y-%m-%d}"
    return {
        "title": _("Delivery note") if order_no else _("Pick list and delivery notes"),
        "number": order_no or today,
        "author": names.get(side.party_id or orders[0].merchant_id, ""),
        "lang": "zh" if chinese() else "en",
        "foot": _("Printed %(at)s") % {"at": f"{timezone.localtime():%Y-%m-%d %H:%M}"},
        "pick_title": _("Pick list"),
        "pick_head": ["SKU", pgettext("mall order", "Goods"), _("Orders"), _("Units")],
        "pick": [] if order_no else _pick(orders, lines, withdrawn),
        "notes": notes,
        "note_head": ["SKU", pgettext("mall order", "Goods"), _("Units")],
        "seal": _("Packed by (name, date)"),
    }  # fmt: skip


def _pick(
    orders: Sequence[Order], lines: dict[int, list[LineSeen]], withdrawn: dict[int, int]
) -> list[list[str]]:
    """What to fetch from the shelves, by SKU."""
    units: dict[str, int] = {}
    titles: dict[str, str] = {}
    wanting: dict[str, set[int]] = {}
    for order in orders:
        for seen in lines[order.id]:
            code = seen.line.sku_code
            left = left_to_ship(
                ordered=seen.line.quantity, sent=seen.sent, withdrawn=withdrawn.get(seen.line.id, 0)
            )
            if left:
                units[code] = units.get(code, 0) + left
                titles[code] = f"{seen.title} {seen.specs}".strip()
                wanting.setdefault(code, set()).add(order.id)
    return [[code, titles[code], str(len(wanting[code])), str(units[code])] for code in sorted(units)]


def _note(order: Order, lines: Sequence[LineSeen], names: dict[int, str], alone: str) -> dict[str, Any]:
    rows = [
        [seen.line.sku_code, f"{seen.title} {seen.specs}".strip(), str(units)]
        for seen in lines
        if (units := seen.line.quantity if alone else seen.left)
    ]
    paid = f"{timezone.localtime(order.paid_at):%Y-%m-%d %H:%M}" if order.paid_at else "–"
    return {
        "number": order.order_no,
        "facts": [
            [_("Recipient"), address_text(order.purchase.address)],
            [_("Merchant"), names.get(order.merchant_id, "")],
            [pgettext("mall order", "Paid"), paid],
            [_("Note of the buyer"), order.buyer_note or "–"],
        ],
        "rows": rows,
        "units": str(sum(int(row[2]) for row in rows)),
        "units_label": _("Units"),
    }  # fmt: skip

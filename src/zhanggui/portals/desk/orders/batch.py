"""Shipping by file: what is to be shipped as a workbook, the same filled in, and what came of each row."""

import io

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from zhanggui.journeys.shipping_file_uploaded import FileOutcome, shipping_file_uploaded
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.seen import lines_of_many
from zhanggui.portals.desk.orders.shipping import typed_file
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.orders.words import OUTCOMES
from zhanggui.portals.desk.refusals import fault_text, refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.trade.fulfilment.queries import shipper_of
from zhanggui.trade.fulfilment.rules import left_to_ship
from zhanggui.trade.fulfilment.shipping_file import COLUMNS, SHIPPING_FILES
from zhanggui.trade.orders.models import Order, OrderState
from zhanggui.trade.returns.queries import withdrawn_units

MOST_ORDERS = 5_000
MOST_SHOWN = 500
SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def batch_page(request: HttpRequest, side: Side) -> HttpResponse:
    """Upload a file of parcels; the answer names every row that was not shipped."""
    problem, outcome = "", None
    if request.method == "POST":
        problem, outcome = _taken(request, side)
    context = {
        "to_ship_url": side.url("to_ship_file"),
        "title": _("Ship by file"), "problem": problem, "outcome": outcome, "side": side,
        "rows": _rows(outcome) if outcome else [], "most_shown": MOST_SHOWN,
        "most": SHIPPING_FILES.most, "accept": SHIPPING_FILES.accept,
        "breadcrumbs": [(_("Orders"), side.url("mall_orders")), (_("Ship by file"), "")],
    }  # fmt: skip
    return render(request, "desk/orders/batch.html", context, status=422 if problem else 200)


def _taken(request: HttpRequest, side: Side) -> tuple[str, FileOutcome | None]:
    problem, uploaded = typed_file(request)
    if problem:
        return problem, None
    assert side.party_id is not None
    try:
        outcome = shipping_file_uploaded(
            shipper_id=side.party_id, content=content_of(uploaded, SHIPPING_FILES), name=uploaded.name or "file",
            at=timezone.now(), actor=request.user.get_username(), dry_run=request.POST.get("act") == "try",
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal), None
    forget(f"{side.portal}.mall_orders")
    return "", outcome


def _rows(outcome: FileOutcome) -> list[tuple[object, object, str]]:
    """Refused rows first, each with its sentence."""
    ordered = sorted(outcome.rows, key=lambda one: (one.outcome != "refused", one.row.number))[:MOST_SHOWN]
    return [
        (one, OUTCOMES[one.outcome], fault_text(one.code, one.message) if one.code else one.parcel_no)
        for one in ordered
    ]


def to_ship_file(request: HttpRequest, side: Side) -> HttpResponse:
    """What is to be shipped, as the workbook that comes back filled in."""
    content = to_ship_workbook(side, language=get_language() or "zh")
    name = f"to-ship-{timezone.localdate():%Y%m%d}.xlsx"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type=SHEET_TYPE, headers=headers)


def to_ship_workbook(side: Side, *, language: str) -> bytes:
    """One row a line that has something left, the oldest orders first; carrier and number are to be filled in."""
    place = 1 if language.startswith("zh") else -1
    heads = [COLUMNS[key][place] for key in ("order_no", "carrier", "tracking_no", "line_no", "quantity")]
    heads += [
        pgettext("mall order", "Goods"),
        "SKU",
        _("Recipient"),
        _("Phone"),
        _("Address"),
        _("Note of the buyer"),
    ]
    target = io.BytesIO()
    with xlsxwriter.Workbook(
        target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        sheet, bold = (
            book.add_worksheet(),
            book.add_format({"bold": True, "bg_color": "#F1F3F6", "bottom": 1}),
        )
        sheet.freeze_panes(1, 1)
        for column, head in enumerate(heads):
            sheet.set_column(column, column, 22 if column in (0, 2, 5, 9) else 14)
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(_lines_to_ship(side), start=1):
            for column, text in enumerate(row):
                sheet.write_string(number, column, text)
    return target.getvalue()


def _lines_to_ship(side: Side) -> list[list[str]]:
    with side.reading():
        orders = orders_to_ship(side)
        lines = lines_of_many(orders)
        withdrawn = withdrawn_units([order.order_no for order in orders])
    rows = []
    for order in orders:
        address = order.purchase.address
        where = " ".join(str(address[key]) for key in ("city", "street", "postcode") if address.get(key))
        for seen in lines[order.id]:
            left = left_to_ship(
                ordered=seen.line.quantity, sent=seen.sent, withdrawn=withdrawn.get(seen.line.id, 0)
            )
            if left:
                title = f"{seen.title} {seen.specs}".strip()
                rows.append([
                    order.order_no, "", "", seen.line.line_no, str(left), title, seen.line.sku_code,
                    str(address.get("recipient", "")), str(address.get("phone", "")), where, order.buyer_note,
                ])  # fmt: skip
    return rows


def orders_to_ship(side: Side, most: int = MOST_ORDERS) -> list[Order]:
    """Orders this side has to send by parcel, the oldest first. Call it inside `reading()`."""
    waiting = Order.objects.filter(side.rows(), state=OrderState.PAID, held=False, kind="physical")
    rows = waiting.select_related("purchase").order_by("paid_at", "id")[:most]
    return [order for order in rows if shipper_of(order) == side.party_id]

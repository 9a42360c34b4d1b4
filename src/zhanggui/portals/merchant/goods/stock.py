"""Stock of the shop's own goods: what is there, what moved, what came in or was counted; warehouses."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.goods_acts import ENTRIES, stock_entered
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.merchant.goods.listed import TITLE
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.catalogue.models import StockMovementKind, Warehouse
from zhanggui.trade.catalogue.operations.keep_warehouse import keep_warehouse

LEVELS = {
    "low": Badge(gettext_lazy("Running low"), "amber"),
    "enough": Badge(pgettext_lazy("stock", "Enough"), "green"),
}
MOVEMENTS = {
    StockMovementKind.RECEIVED.value: Badge(pgettext_lazy("stock", "Came in"), "green"),
    StockMovementKind.COUNTED.value: Badge(gettext_lazy("Counted"), "grey"),
    StockMovementKind.RESERVED.value: Badge(gettext_lazy("Reserved"), "blue"),
    StockMovementKind.RELEASED.value: Badge(pgettext_lazy("stock", "Released"), "grey"),
    StockMovementKind.SHIPPED.value: Badge(gettext_lazy("Shipped out"), "blue"),
    StockMovementKind.RETURNED.value: Badge(gettext_lazy("Came back"), "amber"),
}
# what was chosen on each axis, by its name in the reader's language
CHOICES = (
    "coalesce((select string_agg(coalesce(a.choices->e.value->>%(language)s,"
    " a.choices->e.value->>%(other_language)s, e.value), ' · ' order by a.position, e.key)"
    " from jsonb_each_text(k.specs) e join trade_category c on c.id = s.category_id"
    " left join trade_specification a on a.product_type_id = c.product_type_id and a.code = e.key), '')"
)
WAREHOUSE = "coalesce(nullif(w.name->>%(language)s, ''), nullif(w.name->>%(other_language)s, ''), w.code, '')"
LEFT_OF_SKU = (
    "(select coalesce(sum(o.on_hand - o.reserved), 0) from trade_stock o where o.sku_id = k.id)"
)  # fmt: skip
FIELDS = {
    "id": "k.id * 1000000 + coalesce(w.id, 0)", "owner_id": "k.owner_id", "code": "k.code", "number": "s.number",
    "title": TITLE, "choices": CHOICES, "warehouse": WAREHOUSE, "warehouse_code": "coalesce(w.code, '')",
    "on_hand": "coalesce(t.on_hand, 0)", "reserved": "coalesce(t.reserved, 0)",
    "available": "coalesce(t.on_hand - t.reserved, 0)", "low_stock": "k.low_stock",
    "level": f"case when k.low_stock > 0 and {LEFT_OF_SKU} <= k.low_stock then 'low' else 'enough' end",
}  # fmt: skip
TABLES = (
    "trade_sku k join trade_spu s on s.id = k.spu_id left join trade_stock t on t.sku_id = k.id"
    " left join trade_warehouse w on w.id = t.warehouse_id where k.source_id is null and k.active and {where}"
)
MOVED = {
    "id": "m.id", "owner_id": "w.owner_id", "code": "k.code", "title": TITLE, "choices": CHOICES,
    "warehouse": WAREHOUSE, "kind": "m.kind", "on_hand": "m.on_hand_change", "reserved": "m.reserved_change",
    "reference": "m.reference", "at": "m.at", "actor": "m.actor",
}  # fmt: skip
MOVED_TABLES = (
    "trade_stock_movement m join trade_stock t on t.id = m.stock_id join trade_sku k on k.id = t.sku_id"
    " join trade_spu s on s.id = k.spu_id join trade_warehouse w on w.id = t.warehouse_id where {where}"
)


class StockList(OwnList):
    """Every SKU of the shop in every warehouse."""

    name = "merchant.stock"
    title = gettext_lazy("Stock")
    permission = "own_goods.view"
    sort = "code"
    tabs = StatusTabs.of("level", LEVELS)
    empty = gettext_lazy("There are no goods of your own yet. Add a good first, then enter what came in.")

    def restrict(self) -> Sequence[Any]:
        """The shop's own."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """SKUs and what is there of them."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By SKU, good, warehouse."""
        return [
            TextFilter("q", _("SKU, number or title"), starts=["code", "number"], contains=["title"]),
            SelectFilter(
                "warehouse", _("Warehouse"), lambda: warehouse_choices(self.party_id), field="warehouse_code"
            ),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What is there, and what of it is free."""
        return [
            TextColumn("code", _("SKU"), code=True, sort="code", phone="sub",
                       href=lambda r: reverse("merchant:movements") + f"?q={r.code}"),
            TextColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("merchant:good", args=[r.number])),
            StatusColumn("level", _("Status"), badges=LEVELS),
            TextColumn("choices", _("Its choices")),
            TextColumn("warehouse", _("Warehouse")),
            IntegerColumn("on_hand", _("On hand"), sort="on_hand", total=True),
            IntegerColumn("reserved", _("Reserved"), sort="reserved", total=True),
            IntegerColumn("available", _("Free"), sort="available", total=True, phone="amount"),
            IntegerColumn("low_stock", _("Alarm at"), sort="low_stock", phone=""),
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Movements, warehouses, and what came in."""
        found = [Action(_("Stock movements"), reverse("merchant:movements"))]
        if self.request is not None and may_here(self.request, "own_goods.change"):
            found += [
                Action(_("New warehouse"), reverse("merchant:new_warehouse")),
                Action(_("Enter stock"), reverse("merchant:enter_stock"), "primary"),
            ]
        return found


class MovementList(OwnList):
    """Every change of stock, the latest first."""

    name = "merchant.movements"
    title = gettext_lazy("Stock movements")
    permission = "own_goods.view"
    sort = "-id"
    tabs = StatusTabs.of("kind", MOVEMENTS)

    def restrict(self) -> Sequence[Any]:
        """The shop's own warehouses."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Movements."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in MOVED.items())
        return SqlSource(
            select=f"select {selected} from {MOVED_TABLES}", fields=MOVED, params=language_params()
        )

    def get_filters(self) -> Sequence[Any]:
        """By SKU, document and day."""
        return [
            TextFilter("q", _("SKU or document"), starts=["code", "reference"]),
            DateRangeFilter("at", _("Day"), field="at"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What moved, why, by whom."""
        return [
            DateTimeColumn("at", _("Time"), sort="id", phone="line"),
            StatusColumn("kind", _("Kind"), badges=MOVEMENTS),
            TextColumn("code", _("SKU"), code=True, phone="sub"),
            TextColumn("title", _("Title"), phone="title"),
            TextColumn("warehouse", _("Warehouse"), phone=""),
            IntegerColumn("on_hand", _("On hand"), total=True, phone="amount"),
            IntegerColumn("reserved", _("Reserved"), total=True),
            TextColumn("reference", _("Document"), code=True),
            TextColumn("actor", _("By"), value=lambda r: actor_name(r.actor), phone=""),
        ]


def warehouse_choices(party_id: int) -> list[tuple[str, str]]:
    """Warehouses of the shop in use."""
    rows = Warehouse.objects.filter(owner_id=party_id, active=True).order_by("code")
    return [(row.code, named(row.name, row.code)) for row in rows]


@shop_page("own_goods.change")
def enter_stock(request: HttpRequest, party_id: int) -> HttpResponse:
    """What came in, or what was counted."""
    problem = ""
    if request.method == "POST":
        problem = _entered(request, party_id)
        if not problem:
            return HttpResponseRedirect(reverse("merchant:stock"))
    typed = request.POST if request.method == "POST" else request.GET
    now = timezone.localtime()
    fields = [
        {"name": "kind", "label": _("What happened"), "value": typed.get("kind", "received"),
         "options": [("received", _("Goods came in")), ("counted", _("Goods were counted: this is what is there"))]},
        {"name": "warehouse", "label": _("Warehouse"), "value": typed.get("warehouse", ""),
         "options": warehouse_choices(party_id)},
        {"name": "sku", "label": _("SKU"), "value": typed.get("sku", ""), "most": 64, "required": True},
        {"name": "quantity", "label": _("Units"), "value": typed.get("quantity", ""), "most": 8, "numeric": True,
         "required": True},
        {"name": "reference", "label": _("Document (entered twice it counts once)"), "most": 64, "required": True,
         "value": typed.get("reference") or f"{now:%Y%m%d-%H%M%S}"},
    ]  # fmt: skip
    context = {
        "title": _("Enter stock"), "fields": fields, "problem": problem, "button": _("Enter it"),
        "back": reverse("merchant:stock"),
    }  # fmt: skip
    return render(request, "merchant/simple_form.html", context, status=422 if problem else 200)


def _entered(request: HttpRequest, party_id: int) -> str:
    text = request.POST.get("quantity", "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) < 9):
        return _("Type the units as a whole number.")
    kind = request.POST.get("kind", "")
    if kind not in ENTRIES:
        return _("Choose what happened.")
    sku = request.POST.get("sku", "").strip()
    try:
        new = stock_entered(
            kind=kind, owner_id=party_id, sku=sku, warehouse=request.POST.get("warehouse", ""),
            quantity=int(text), reference=request.POST.get("reference", "").strip(), at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    if new:
        messages.success(request, _("%(sku)s: the stock is entered.") % {"sku": sku})
    else:
        messages.info(
            request, _("%(sku)s: this document was entered before; nothing changed.") % {"sku": sku}
        )
    return ""


@shop_page("own_goods.change")
def new_warehouse(request: HttpRequest, party_id: int) -> HttpResponse:
    """Open a warehouse."""
    problem = ""
    if request.method == "POST":
        try:
            with transaction.atomic():
                row = keep_warehouse(
                    owner_id=party_id, code=request.POST.get("code", "").strip(),
                    name={"zh": request.POST.get("zh", ""), "en": request.POST.get("en", "")},
                    at=timezone.now(), actor=request.user.get_username(),
                )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            messages.success(request, _("Warehouse %(code)s is open.") % {"code": row.code})
            return HttpResponseRedirect(reverse("merchant:stock"))
    fields = [
        {
            "name": "code",
            "label": _("Code"),
            "value": request.POST.get("code", ""),
            "most": 64,
            "required": True,
        },
        {"name": "zh", "label": _("Chinese name"), "value": request.POST.get("zh", ""), "most": 64},
        {"name": "en", "label": _("English name"), "value": request.POST.get("en", ""), "most": 64},
    ]
    context = {
        "title": _("New warehouse"), "fields": fields, "problem": problem, "button": _("Open the warehouse"),
        "back": reverse("merchant:stock"),
    }  # fmt: skip
    return render(request, "merchant/simple_form.html", context, status=422 if problem else 200)

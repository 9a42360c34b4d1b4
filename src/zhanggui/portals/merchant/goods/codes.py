"""Codes and licences of the shop's digital goods: how many are free, and adding some."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from zhanggui.journeys.goods_handed_over import digital_items_added
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateTimeColumn,
    IntegerColumn,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.merchant.goods.listed import TITLE
from zhanggui.portals.merchant.goods.stock import CHOICES
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.catalogue.models import Sku
from zhanggui.trade.catalogue.models.goods import GoodsKind
from zhanggui.trade.fulfilment.codes_file import CODE_FILES, codes_in, codes_of

LEVELS = {
    "short": Badge(gettext_lazy("Orders wait for codes"), "red"),
    "none": Badge(pgettext_lazy("codes", "None free"), "amber"),
    "free": Badge(pgettext_lazy("codes", "Free ones there"), "green"),
}
LEVEL = "case when d.waiting > d.free then 'short' when d.free = 0 then 'none' else 'free' end"
FIELDS = {
    "id": "k.id", "owner_id": "k.owner_id", "code": "k.code", "number": "s.number", "title": TITLE,
    "choices": CHOICES, "level": LEVEL, "free": "d.free", "given": "d.given", "waiting": "d.waiting",
    "last_given": "d.last_given",
}  # fmt: skip
TABLES = (
    "trade_sku k join trade_spu s on s.id = k.spu_id and s.kind = 'digital' join lateral (select"
    " (select count(*) from trade_digital_item i where i.sku_id = k.id and i.line_id is null) as free,"
    " (select count(*) from trade_digital_item i where i.sku_id = k.id and i.line_id is not null) as given,"
    " (select max(i.given_at) from trade_digital_item i where i.sku_id = k.id) as last_given,"
    " (select coalesce(sum(l.quantity), 0) from trade_order_line l join trade_order o on o.id = l.order_id"
    "  where l.sku_id = k.id and o.state = 'paid')::int as waiting) d on true"
    " where k.source_id is null and k.active and {where}"
)


class CodeList(OwnList):
    """Every SKU of digital goods with its codes."""

    name = "merchant.codes"
    title = gettext_lazy("Codes of digital goods")
    permission = "own_goods.view"
    sort = "code"
    tabs = StatusTabs.of("level", LEVELS)
    empty = gettext_lazy("There are no digital goods of your own. Add one first, then its codes.")

    def restrict(self) -> Sequence[Any]:
        """The shop's own."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """SKUs and how many codes they have."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By SKU and good."""
        return [TextFilter("q", _("SKU, number or title"), starts=["code", "number"], contains=["title"])]

    def get_columns(self) -> Sequence[Column]:
        """What is free, what was given, what waits."""
        return [
            TextColumn("code", _("SKU"), code=True, sort="code", phone="sub", href=self._add),
            TextColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("merchant:good", args=[r.number])),
            StatusColumn("level", _("Status"), badges=LEVELS),
            TextColumn("choices", _("Its choices")),
            IntegerColumn("free", pgettext_lazy("codes", "Free"), sort="free", total=True, phone="amount"),
            IntegerColumn("waiting", _("Sold, waiting"), sort="waiting", total=True),
            IntegerColumn("given", _("Given to buyers"), sort="given", total=True),
            DateTimeColumn("last_given", _("Last given"), sort="last_given", nullable=True, phone=""),
        ]  # fmt: skip

    def _add(self, row: Any) -> str:
        return f"{reverse('merchant:add_codes')}?sku={row.code}"

    def page_actions(self) -> Sequence[Any]:
        """Adding codes."""
        if self.request is None or not may_here(self.request, "own_goods.change"):
            return []
        return [Action(_("Add codes"), reverse("merchant:add_codes"), "primary")]


@shop_page("own_goods.change")
def add_codes(request: HttpRequest, party_id: int) -> HttpResponse:
    """Codes, pasted or as a file; those that are there already are left as they are."""
    problem = ""
    if request.method == "POST":
        try:
            new = digital_items_added(
                owner_id=party_id, sku_code=request.POST.get("sku", ""), items=_given(request), at=timezone.now(),
                actor=request.user.get_username(),
            )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            forget("merchant.codes")
            text = ngettext(
                "%(count)d new code is sealed and kept. Orders that wait get theirs within a minute.",
                "%(count)d new codes are sealed and kept. Orders that wait get theirs within a minute.", new,
            )  # fmt: skip
            messages.success(request, text % {"count": new})
            return HttpResponseRedirect(reverse("merchant:codes"))
    typed = request.POST if request.method == "POST" else request.GET
    fields = [
        {"name": "sku", "label": _("SKU"), "value": typed.get("sku", ""), "options": _digital_skus(party_id)},
        {"name": "file", "label": _("A text or CSV file, one code a line"), "file": CODE_FILES.accept},
        {"name": "codes", "label": _("Or paste codes, one a line"), "value": request.POST.get("codes", ""),
         "long": True, "full": True},
    ]  # fmt: skip
    context = {
        "title": _("Add codes"), "fields": fields, "problem": problem, "button": _("Add codes"),
        "intro": _("Codes are sealed: only the buyer who gets one sees it."), "back": reverse("merchant:codes"),
    }  # fmt: skip
    return render(request, "merchant/simple_form.html", context, status=422 if problem else 200)


def _given(request: HttpRequest) -> list[str]:
    codes = codes_of(request.POST.get("codes", "").replace("\x00", ""))
    uploaded = request.FILES.get("file")
    if uploaded is not None:
        codes += codes_in(content_of(uploaded, CODE_FILES), name=uploaded.name or "")
    return codes


def _digital_skus(party_id: int) -> list[tuple[str, str]]:
    with as_tenant(party_id):
        rows = (
            Sku.objects.filter(
                owner_id=party_id,
                spu__kind=GoodsKind.DIGITAL,
                source=None,
                active=True,
                spu__owner_id=party_id,
            )
            .select_related("spu")
            .order_by("code")[:1000]
        )
        return [(row.code, f"{named(row.spu.title, row.spu.number)} · {row.code}") for row in rows]

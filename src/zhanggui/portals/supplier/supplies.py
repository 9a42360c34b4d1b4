"""The supplier's own goods with their supply prices, and quoting new ones."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhanggui.journeys.supply_priced import supply_priced
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import decimal_text, parse_amount
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.goods import FACE, GOODS_KINDS, GOODS_STATES, PictureColumn, goods_view, named
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    IntegerColumn,
    LinkColumn,
    ListPage,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.orders.side import Side
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.supplier.standing import side_at, supplier_page
from zhanggui.trade.catalogue.models import SkuPrice, Spu

FIELDS = {
    "id": "s.id", "owner_id": "s.owner_id", "number": "s.number", "state": "s.state",
    "title": readable("s.title", "s.number"),
    "low": "p.low", "high": "p.high", "market": "p.market", "skus": "coalesce(p.skus, 0)",
    "face": FACE,
}  # fmt: skip
TABLES = (
    "trade_spu s left join lateral (select min(r.price_minor) as low, max(r.price_minor) as high,"
    "  min(nullif(r.market_minor, 0)) as market, count(*) as skus from trade_sku k"
    "  join trade_sku_price r on r.sku_id = k.id and r.currency = %(currency)s where k.spu_id = s.id and k.active) p"
    " on true where s.supply and {where}"
)


class SupplyPrices(ListPage):
    """What the supplier offers, and at which price."""

    name = "supplier.supplies"
    title = gettext_lazy("Supply goods and prices")
    permission = "own_supplies.view"
    sort = "number"
    tabs = StatusTabs.of("state", GOODS_STATES)
    empty = gettext_lazy("You offer no supply goods yet. Write the first one, or upload a file of them.")

    @property
    def party_id(self) -> int:
        """The supplier."""
        return int(self.scope["party_id"])

    def reading(self) -> AbstractContextManager[None]:
        """As the supplier's tenant, if the person (still) may."""
        if not side_at(self.user, self.party_id).may("own_supplies.view"):
            raise PermissionDenied(_("Your role at this supplier does not include this list."))
        return as_tenant(self.party_id)

    @cached_property
    def currencies(self) -> list[str]:
        """Currencies the supplier's goods are priced in."""
        with self.reading():
            return currencies_of(self.party_id)

    @cached_property
    def currency(self) -> str:
        """The currency shown."""
        wanted = self.params.get("currency", "")
        return wanted if wanted in self.currencies else self.currencies[0]

    def restrict(self) -> Sequence[Any]:
        """The supplier's own."""
        return [Condition("owner_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Goods with the span of their prices."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from {TABLES}", fields=FIELDS,
            params=language_params() | {"currency": self.currency},
        )  # fmt: skip

    def page_actions(self) -> Sequence[Action]:
        """Offering more, for those who may."""
        if not side_at(self.user, self.party_id).may("own_goods.change"):
            return []
        return [
            Action(_("Upload goods"), reverse("merchant:goods_upload"), icon="import"),
            Action(_("New good"), reverse("merchant:new_good"), "primary"),
        ]

    def get_filters(self) -> Sequence[Any]:
        """By words; by currency where there is a choice."""
        filters: list[Any] = [TextFilter("q", _("Number or title"), starts=["number"], contains=["title"])]
        if len(self.currencies) > 1:
            choices = [(code, code) for code in self.currencies]
            # not a condition of a field: it chooses the price that is read
            filters.append(SelectFilter("currency", _("Currency"), choices, default=self.currencies[0],
                                        clause=lambda _value: RawSql("true", {})))  # fmt: skip
        return filters

    def get_columns(self) -> Sequence[Column]:
        """What it is and what it costs merchants."""
        money = {"currency": self.currency, "nullable": True}
        return [
            PictureColumn("face", _("Picture"), phone=""),
            LinkColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("supplier:supply_prices", args=[r.number])),
            StatusColumn("state", _("Status"), badges=GOODS_STATES),
            TextColumn("number", _("Number"), code=True, sort="number", phone="sub"),
            IntegerColumn("skus", _("SKUs"), phone=""),
            MoneyColumn("low", _("Supply price from"), sort="low", phone="amount", **money),
            MoneyColumn("high", _("Supply price to"), sort="high", **money),
            MoneyColumn("market", _("Suggested price"), sort="market", **money),
        ]  # fmt: skip


def currencies_of(party_id: int) -> list[str]:
    """Currencies of a supplier's prices; call it inside the tenant's block."""
    rows = SkuPrice.objects.filter(sku__owner_id=party_id).values_list("currency", flat=True).distinct()
    return sorted(rows) or ["CNY"]


@supplier_page("own_supplies.view")
def supply_prices(request: HttpRequest, side: Side, number: str) -> HttpResponse:
    """One of the supplier's goods, and quoting new supply prices for it."""
    assert side.party_id is not None
    with side.reading():
        spu = Spu.objects.filter(owner_id=side.party_id, number=number, supply=True).first()
        currency = currencies_of(side.party_id)[0]
    if spu is None:
        raise Http404(_("There is no such good."))
    quoting, problem = side.may("own_supplies.change"), ""
    if request.method == "POST":
        if not quoting:
            raise PermissionDenied(_("Your role at this supplier does not include this page."))
        problem = _quoted(request, side.party_id, spu)
        if not problem:
            return HttpResponseRedirect(request.path)
    listed = Spu.objects.filter(source=spu).values("owner_id").distinct().count()
    detail = Detail(
        number=number, kind=_("Supply goods"), badge=GOODS_STATES[spu.state],
        facts=[Fact(_("Kind"), GOODS_KINDS[spu.kind]), Fact(_("Shops that list it"), listed)],
        actions=[Action(_("The good and its stock"), reverse("merchant:good", args=[number]))],
        breadcrumbs=[(_("Supply goods and prices"), reverse("supplier:supplies"))],
    )  # fmt: skip
    context = {
        "detail": detail, "view": goods_view(spu, currency), "problem": problem, "quoting": quoting,
        "rows": _rows(request, spu) if quoting else [], "listed": listed,
    }  # fmt: skip
    return render(request, "supplier/supply_prices.html", context, status=422 if problem else 200)


def _prices(spu: Spu) -> list[SkuPrice]:
    rows = SkuPrice.objects.filter(sku__spu=spu, sku__active=True).select_related("sku")
    return list(rows.order_by("sku_id", "currency"))


def _rows(request: HttpRequest, spu: Spu) -> list[dict[str, Any]]:
    return [
        {
            "name": f"price-{one.sku.code}-{one.currency}", "currency": one.currency, "now": one.price_minor,
            "label": " · ".join(named({}, str(value)) for value in one.sku.specs.values()) or one.sku.code,
            "value": request.POST.get(f"price-{one.sku.code}-{one.currency}")
            or decimal_text(one.price_minor, one.currency),
        }
        for one in _prices(spu)
    ]  # fmt: skip


def _quoted(request: HttpRequest, supplier_id: int, spu: Spu) -> str:
    wanted: dict[tuple[str, str], int] = {}
    for one in _prices(spu):
        text = request.POST.get(f"price-{one.sku.code}-{one.currency}", "").strip()
        minor = parse_amount(text, one.currency) if text else one.price_minor
        if minor is None:
            return _("“%(text)s” is no amount of %(currency)s.") % {
                "text": text[:30],
                "currency": one.currency,
            }
        wanted[one.sku.code, one.currency] = minor
    try:
        changed = supply_priced(
            supplier_id=supplier_id, number=spu.number, prices=wanted, at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    forget("supplier.supplies")
    if changed:
        text = ngettext(
            "%(count)d supply price is new for orders from now on; the shops that list it are told.",
            "%(count)d supply prices are new for orders from now on; the shops that list it are told.", changed,
        )  # fmt: skip
        messages.success(request, text % {"count": changed})
    else:
        messages.info(request, _("No price changed."))
    return ""

"""Supply goods of suppliers, and listing them in the shop with one click."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.amounts import decimal_text, parse_amount
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.desk.goods import FACE, GOODS_KINDS, GOODS_STATES, PictureColumn, goods_view, named
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    LinkColumn,
    MoneyColumn,
    RawSql,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.merchant.goods.form import Mistyped, problem_of
from zhanggui.portals.merchant.goods.listed import CATEGORY, TITLE, category_choices
from zhanggui.portals.merchant.listing import OwnList, currencies_of
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.catalogue.models import Sku, Spu, SpuState
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.rules.goods import PriceDraft

TAKEN = {
    "free": Badge(gettext_lazy("Not in the shop"), "grey"),
    "listed": Badge(gettext_lazy("In the shop"), "green"),
}
FIELDS = {
    "id": "s.id", "number": "s.number", "title": TITLE, "category": CATEGORY, "category_code": "c.code",
    "price": "p.low", "market": "p.market", "listed_at": "s.listed_at", "face": FACE,
    "taken": "case when exists (select from trade_spu l where l.source_id = s.id and l.owner_id = %(party)s)"
             " then 'listed' else 'free' end",
}  # fmt: skip
TABLES = (
    "trade_spu s join trade_category c on c.id = s.category_id"
    " left join lateral (select min(r.price_minor) as low, min(nullif(r.market_minor, 0)) as market from trade_sku k"
    "  join trade_sku_price r on r.sku_id = k.id and r.currency = %(currency)s where k.spu_id = s.id and k.active) p"
    " on true where {where}"
)


class SupplyList(OwnList):
    """What suppliers offer for listing."""

    name = "merchant.supply"
    title = gettext_lazy("Supply goods to list")
    permission = "own_goods.view"
    sort = "-listed_at"
    tabs = StatusTabs.of("taken", TAKEN)
    empty = gettext_lazy("No supplier offers goods at the moment. They appear here as soon as one does.")

    def reading(self) -> AbstractContextManager[None]:
        """What other suppliers ask is no supplier's to see."""
        _refuse_suppliers(self.party_id)
        return super().reading()

    def restrict(self) -> Sequence[Any]:
        """On sale, of others."""
        return [
            RawSql("s.supply and s.state = 'listed' and s.owner_id <> %(own)s", {"own": self.party_id}),
        ]

    def get_source(self) -> SqlSource:
        """Supply goods with their lowest supply price."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        params = language_params() | {"currency": self.currency, "party": self.party_id}
        return SqlSource(select=f"select {selected} from {TABLES}", fields=FIELDS, params=params)

    def get_filters(self) -> Sequence[Any]:
        """By words and category."""
        return [
            TextFilter("q", _("Number or title"), starts=["number"], contains=["title"]),
            SelectFilter("category", _("Category"), category_choices, field="category_code"),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What it is and what it costs the shop."""
        money = {"currency": self.currency, "nullable": True}
        return [
            PictureColumn("face", _("Picture"), phone=""),
            LinkColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("merchant:supply_good", args=[r.number])),
            StatusColumn("taken", _("Status"), badges=TAKEN),
            TextColumn("number", _("Number"), code=True, sort="number", phone="sub"),
            TextColumn("category", _("Category"), phone=""),
            MoneyColumn("price", _("Supply price from"), sort="price", phone="amount", **money),
            MoneyColumn("market", _("Suggested price"), sort="market", **money),
            DateTimeColumn("listed_at", _("Offered since"), sort="listed_at", nullable=True, phone=""),
        ]  # fmt: skip


def _refuse_suppliers(party_id: int) -> None:
    if Party.objects.filter(id=party_id, kind=PartyKind.SUPPLIER).exists():
        raise PermissionDenied(_("Supply goods are listed by shops; suppliers see their own alone."))


@shop_page("own_goods.view")
def supply_good(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """Supply goods, and the shop's own prices for them."""
    _refuse_suppliers(party_id)
    with as_tenant(party_id):
        there = Spu.objects.filter(number=number, supply=True, state=SpuState.LISTED).exists()
        currency = currencies_of(party_id)[0]
    own = Spu.objects.filter(owner_id=party_id, source__number=number).first()
    source = Spu.objects.select_related("category__product_type").filter(number=number, supply=True).first()
    if source is None or not (there or own):
        raise Http404(_("There is no such good."))
    party = Party.objects.get(id=party_id)
    listing = may_here(request, "own_goods.change") and party.kind == PartyKind.MERCHANT and there
    problem = ""
    if request.method == "POST":
        if not listing:
            raise PermissionDenied(_("Your role at this shop does not include this page."))
        problem = _listed(request, party_id, source)
        if not problem:
            return HttpResponseRedirect(reverse("merchant:supply_good", args=[number]))
    supplier = Party.objects.get(id=source.owner_id)
    facts = [
        Fact(_("Supplier"), supplier.name_in(request.LANGUAGE_CODE)),
        Fact(_("Kind"), GOODS_KINDS[source.kind]),
    ]
    if own:
        facts.append(Fact(_("In the shop as"), own.number, href=reverse("merchant:good", args=[own.number])))
    detail = Detail(
        number=number, kind=_("Supply goods"), badge=GOODS_STATES[source.state], facts=facts,
        breadcrumbs=[(_("Supply goods to list"), reverse("merchant:supply"))],
    )  # fmt: skip
    context = {
        "detail": detail, "view": goods_view(source, currency), "problem": problem, "listing": listing, "own": own,
        "rows": _rows(request, source, own) if listing else [],
    }  # fmt: skip
    return render(request, "merchant/supply_good.html", context, status=422 if problem else 200)


def _rows(request: HttpRequest, source: Spu, own: Spu | None) -> list[dict[str, Any]]:
    """What the shop asks for each SKU: typed, else what it asks now, else what the supplier suggests."""
    prices = {
        (sku.source_id, one.currency): one.price_minor
        for sku in Sku.objects.filter(spu=own).prefetch_related("prices") for one in sku.prices.all()
    } if own else {}  # fmt: skip
    return [
        {
            "name": f"price-{sku.code}-{one.currency}", "currency": one.currency, "supply": one.price_minor,
            "label": " · ".join(named({}, str(value)) for value in sku.specs.values()) or sku.code,
            "value": request.POST.get(f"price-{sku.code}-{one.currency}")
            or decimal_text(prices.get((sku.id, one.currency)) or one.market_minor or one.price_minor, one.currency),
        }
        for sku in source.skus.filter(active=True).order_by("id").prefetch_related("prices")
        for one in sku.prices.all()
    ]  # fmt: skip


def _listed(request: HttpRequest, party_id: int, source: Spu) -> str:
    prices: dict[str, dict[str, PriceDraft]] = {}
    try:
        for sku in source.skus.filter(active=True).prefetch_related("prices"):
            for one in sku.prices.all():
                text = request.POST.get(f"price-{sku.code}-{one.currency}", "").strip()
                if text:
                    minor = parse_amount(text, one.currency)
                    if minor is None:
                        raise Mistyped(_("“%(text)s” is no amount of %(currency)s.") % {
                            "text": text[:30], "currency": one.currency})  # fmt: skip
                    prices.setdefault(sku.code, {})[one.currency] = PriceDraft(minor)
        with transaction.atomic():
            spu = list_supply_goods(
                source_number=source.number, merchant_id=party_id, prices=prices, at=timezone.now(),
                actor=request.user.get_username(),
            )  # fmt: skip
    except (Refusal, Mistyped) as error:
        return problem_of(error)
    messages.success(request, _("In the shop as %(number)s.") % {"number": spu.number})
    return ""

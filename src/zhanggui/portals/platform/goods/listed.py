"""Goods of all owners by state, and one of them with its review."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact
from zhanggui.portals.desk.goods import (
    FACE,
    GOODS_KINDS,
    GOODS_STATES,
    PictureColumn,
    goods_steps,
    goods_view,
)
from zhanggui.portals.desk.goods_acts import DECISIONS, good_decided
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    BulkAction,
    Column,
    DateTimeColumn,
    IntegerColumn,
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
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME, in_language, party_name
from zhanggui.trade.catalogue.models import Category, Spu, SpuState
from zhanggui.trade.catalogue.operations.review_goods import review_goods

SIDES = {"mall": Badge(gettext_lazy("Goods of shops")), "supply": Badge(gettext_lazy("Supply goods"))}
TITLE = readable("s.title", "s.number")
CATEGORY = readable("c.name", "c.code")
FIELDS = {
    "id": "s.id", "number": "s.number", "state": "s.state", "title": TITLE, "category": CATEGORY,
    "category_code": "c.code", "party_name": PARTY_NAME, "party_code": "p.code", "owner_id": "s.owner_id",
    "side": "case when s.supply then 'supply' else 'mall' end", "price": "m.low", "sold": "s.sold",
    "changed_at": "s.changed_at",
    "face": FACE,
}  # fmt: skip
TABLES = (
    "trade_spu s join trade_category c on c.id = s.category_id join parties_party p on p.id = s.owner_id"
    " left join lateral (select min(r.price_minor) as low from trade_sku k join trade_sku_price r on r.sku_id = k.id"
    "  and r.currency = %(currency)s where k.spu_id = s.id and k.active) m on true where {where}"
)


def waiting_for_review() -> int:
    """Goods that wait for the platform."""
    return Spu.objects.filter(state=SpuState.SUBMITTED).count()


def _category_choices() -> list[tuple[str, str]]:
    rows = Category.objects.filter(parent__isnull=False).select_related("parent")
    return [
        (row.code, f"{in_language(row.parent.name, row.parent.code)} › {in_language(row.name, row.code)}")
        for row in rows.order_by("parent__position", "parent_id", "position", "id")
    ]


def _accept(user: Any, row: Any) -> None:
    review_goods(number=row.number, accepted=True, at=timezone.now(), actor=user.get_username())


class GoodsList(MoneyList):
    """What shops sell and suppliers offer, and what waits for review."""

    name = "platform.goods"
    title = pgettext_lazy("catalogue", "Goods")
    permission = "goods.view"
    sort = "-changed_at"
    tabs = StatusTabs.of("state", GOODS_STATES)
    empty = gettext_lazy("No goods here. Shops and suppliers write them in their own portals.")
    actions = (
        BulkAction(
            "accept", gettext_lazy("Accept"), run=_accept, row_label=lambda row: row.number,
            row_href=lambda row: reverse("platform:good", args=[row.number]), permission="goods.review",
            note=gettext_lazy("They are on sale at once. Goods that do not wait for review are left as they are."),
        ),
    )  # fmt: skip

    def restrict(self) -> Sequence[Any]:
        """All of them."""
        return []

    def get_source(self) -> SqlSource:
        """Goods with owner and lowest price."""
        selected = ", ".join(f"{sql} as {name}" for name, sql in FIELDS.items())
        return SqlSource(
            select=f"select {selected} from {TABLES}", fields=FIELDS,
            params=language_params() | {"currency": self.currency},
        )  # fmt: skip

    def get_filters(self) -> Sequence[Any]:
        """By words, owner, category, side."""
        return [
            TextFilter(
                "q",
                _("Number, title, merchant"),
                starts=["number", "party_code"],
                contains=["title", "party_name"],
            ),
            SelectFilter("category", _("Category"), _category_choices, field="category_code"),
            SelectFilter(
                "side", _("Side"), [(code, badge.label) for code, badge in SIDES.items()], field="side"
            ),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What, whose, how much."""
        return [
            PictureColumn("face", _("Picture"), phone=""),
            LinkColumn("title", _("Title"), sort="title", phone="title",
                       href=lambda r: reverse("platform:good", args=[r.number])),
            StatusColumn("state", _("Status"), badges=GOODS_STATES),
            TextColumn("number", _("Number"), code=True, sort="number", phone="sub"),
            PartyColumn("party_name", _("Owner"), href=lambda r: reverse("platform:party", args=[r.owner_id])),
            TextColumn("side", _("Side"), value=lambda r: SIDES[r.side].label, phone=""),
            TextColumn("category", _("Category"), phone=""),
            MoneyColumn("price", _("Price from"), currency=self.currency, sort="price", nullable=True,
                        phone="amount"),
            IntegerColumn("sold", _("Sold"), sort="sold", phone=""),
            DateTimeColumn("changed_at", _("Changed"), sort="changed_at"),
        ]  # fmt: skip


@needs("goods.view")
def good(request: HttpRequest, number: str) -> HttpResponse:
    """A good as buyers will see it, and the decision on it by those who may."""
    spu = (
        Spu.objects.select_related("category__product_type", "category__parent", "brand", "source")
        .filter(number=number)
        .first()
    )
    if spu is None:
        raise Http404(_("There is no such good."))
    deciding = may(request.user, "goods.review")
    problem = ""
    if request.method == "POST":
        problem = _decided(request, number) if deciding else _("Your role does not include this action.")
        if not problem:
            messages.success(request, _("Good %(number)s is decided.") % {"number": number})
            return HttpResponseRedirect(request.path)
    owner = Party.objects.get(id=spu.owner_id)
    facts = [
        Fact(_("Owner"), party_name(owner), href=reverse("platform:party", args=[owner.id])),
        Fact(_("Side"), SIDES["supply" if spu.supply else "mall"].label),
        Fact(_("Kind"), GOODS_KINDS[spu.kind]),
        Fact(_("Sold"), f"{spu.sold:,}"),
    ]
    if spu.source:
        facts.append(
            Fact(
                _("Supply goods"), spu.source.number, href=reverse("platform:good", args=[spu.source.number])
            )
        )
    detail = Detail(
        number=number, kind=_("Good"), badge=GOODS_STATES[spu.state], facts=facts, steps=goods_steps(spu),
        breadcrumbs=[(pgettext("catalogue", "Goods"), reverse("platform:goods"))],
    )  # fmt: skip
    context = {
        "detail": detail, "view": goods_view(spu, "CNY"), "problem": problem, "typed": request.POST,
        "reviewing": deciding and spu.state == SpuState.SUBMITTED,
        "banning": deciding and spu.state in (SpuState.LISTED, SpuState.UNLISTED),
        "lifting": deciding and spu.state == SpuState.BANNED,
    }  # fmt: skip
    return render(request, "platform/good.html", context, status=422 if problem else 200)


def _decided(request: HttpRequest, number: str) -> str:
    """Decide; an empty text means it was done, anything else is the reason it was not."""
    decision, reason = request.POST.get("decision", ""), request.POST.get("reason", "")
    if decision not in DECISIONS:
        return _("Choose what to do with it.")
    try:
        good_decided(
            number=number,
            decision=decision,
            reason=reason,
            at=timezone.now(),
            actor=request.user.get_username(),
        )
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""

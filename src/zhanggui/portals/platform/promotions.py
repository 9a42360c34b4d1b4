"""Promotions of the platform and of its shops: coupons and spend-and-save rules, what they gave and who funded it."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.money import Money
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import format_rate
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    PartyColumn,
    PercentColumn,
    QuerySetSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.promoting.forms import (
    coupon_fields,
    read_coupon,
    read_saving,
    saving_fields,
)
from zhanggui.portals.desk.promoting.making import closing, making, who
from zhanggui.portals.desk.promoting.words import (
    STATES,
    coupon_offer,
    coupons_at,
    promotion_name,
    savings_at,
    scope_words,
    steps_offer,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Table, document_page
from zhanggui.portals.platform.mall.rebates import rebate_of_orders
from zhanggui.trade.orders.models import Order
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.close_coupon import close_coupon
from zhanggui.trade.promotions.operations.close_saving import close_saving
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.rules.terms import PLATFORM

FORM = "platform/simple_form.html"
VIEW, CHANGE = "promotions.view", "promotions.change"

# What a promotion gave on orders that stand, by shop: of a coupon on the purchases that used it, of a rule on orders
# placed in its time.
GIVEN = """
select o.merchant_id, o.currency, count(distinct o.id), sum(s.amount_minor), sum(s.platform_minor)
from trade_line_share s join trade_order_line l on l.id = s.line_id join trade_order o on o.id = l.order_id
where s.kind = %s and s.source = %s and o.state <> 'cancelled' {bought} group by 1, 2 order by 4 desc, 1 limit 500
"""
BOUGHT = """and o.purchase_id in (select p.id from trade_held_coupon h join trade_purchase p
  on p.purchase_no = h.purchase_no where h.coupon_id = %s and h.state = 'used')"""


PLACED = "and o.placed_at >= %s and o.placed_at < %s"


class OwnerList(ListPage):
    """What both lists share: whose it is."""

    permission = VIEW
    new: tuple[Any, str]

    def get_filters(self) -> Sequence[Any]:
        """By code."""
        return [TextFilter("q", _("Code"), starts=["code"])]

    def page_actions(self) -> list[Action]:
        """A new one of the platform."""
        if not may(self.user, CHANGE):
            return []
        return [Action(self.new[0], reverse(self.new[1]), kind="primary")]

    def owner_columns(self) -> list[Column]:
        """Whose it is, and what the platform funds."""
        names = dict(Party.objects.in_bulk())
        language = get_language() or "en"
        return [
            PartyColumn(
                "merchant_id", pgettext("promotion", "Of"),
                value=lambda r: names[r.merchant_id].name_in(language) if r.merchant_id else _("Platform"),
            ),
            PercentColumn("platform_ppm", _("Platform funds"), phone=""),
        ]  # fmt: skip


class CouponList(OwnerList):
    """Coupons of the platform and of shops."""

    name = "platform.coupons"
    title = gettext_lazy("Coupons")
    sort = "-created_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("There is no coupon yet. Issue the first one with the button above.")
    new = gettext_lazy("New coupon"), "platform:new_coupon"

    def get_source(self) -> QuerySetSource:
        """Coupons, but for those that give members something back, of which there is one a member and month."""
        rebates = Order.objects.filter(rebate_code=OuterRef("code"))
        return QuerySetSource(coupons_at(timezone.now()).exclude(Exists(rebates)), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What it takes off, who funds it, how many went."""
        return [
            LinkColumn("code", _("Code"), sort="code", href=lambda r: reverse("platform:coupon", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("name", _("Name"), value=promotion_name),
            *self.owner_columns(),
            TextColumn("offer", _("Takes off"), value=coupon_offer),
            IntegerColumn("total", pgettext("coupons", "Issued"), phone=""),
            IntegerColumn("claimed", pgettext("coupons", "Claimed"), sort="claimed"),
            IntegerColumn("used", pgettext("coupons", "Used")),
            DateTimeColumn("use_ends_before", _("Used until before"), sort="use_ends_before", phone=""),
        ]  # fmt: skip


class SavingList(OwnerList):
    """Spend-and-save rules of the platform and of shops."""

    name = "platform.savings"
    title = gettext_lazy("Spend and save")
    sort = "-starts_at"
    tabs = StatusTabs.of("state", {key: badge for key, badge in STATES.items() if key != "gone"})
    empty = gettext_lazy("There is no spend-and-save rule yet. Add the first one with the button above.")
    new = gettext_lazy("New rule"), "platform:new_saving"

    def get_source(self) -> QuerySetSource:
        """Rules."""
        return QuerySetSource(savings_at(timezone.now()), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What it saves, who funds it, when."""
        return [
            LinkColumn("code", _("Code"), sort="code", href=lambda r: reverse("platform:saving", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("name", _("Name"), value=promotion_name),
            *self.owner_columns(),
            TextColumn("offer", _("Saves"), value=steps_offer, wrap=True),
            DateTimeColumn("starts_at", pgettext("promotion", "From"), sort="starts_at", phone=""),
            DateTimeColumn("ends_before", _("Until before"), sort="ends_before"),
        ]  # fmt: skip


@needs(CHANGE)
def new_coupon(request: HttpRequest) -> HttpResponse:
    """Issue a coupon of the platform."""
    return making(
        request, template=FORM,
        title=_("New coupon"), fields=coupon_fields(platform=True, today=timezone.localdate()),
        back="platform:coupons", label=_("Coupons"), button=pgettext("coupons", "Issue it"),
        intro=_("A coupon of the platform is for goods of every shop. It never changes once it is issued."),
        make=lambda: issue_coupon(
            merchant_id=PLATFORM, **read_coupon(request, platform=True), **who(request)
        ),
    )  # fmt: skip


@needs(CHANGE)
def new_saving(request: HttpRequest) -> HttpResponse:
    """Add a spend-and-save rule of the platform."""
    return making(
        request, template=FORM,
        title=_("New spend-and-save rule"), back="platform:savings", label=_("Spend and save"),
        fields=saving_fields(platform=True, today=timezone.localdate()), button=_("Add it"),
        intro=_("The highest step reached counts once, over the goods of all shops. A rule never changes."),
        make=lambda: add_saving(merchant_id=PLATFORM, **read_saving(request, platform=True), **who(request)),
    )  # fmt: skip


@needs(VIEW)
def coupon_page(request: HttpRequest, code: str) -> HttpResponse:
    """One coupon, what it gave at each shop, and who funded it."""
    row = coupons_at(timezone.now()).filter(code=code).first()
    if row is None:
        raise Http404(_("There is no such coupon."))
    facts = [
        *_facts(row, coupon_offer(row), _("Takes off")),
        Fact(pgettext("coupons", "Claimed"), _("%(claimed)s of %(total)s") % {"claimed": row.claimed,
                                                                            "total": row.total}),
        Fact(_("By one buyer"), row.per_buyer), Fact(pgettext("coupons", "Reserved"), row.reserved),
        Fact(pgettext("coupons", "Used"), row.used),
        Fact(_("Claimed until before"), _moment(row.claim_ends_before)),
        Fact(_("Used until before"), _moment(row.use_ends_before)),
    ]  # fmt: skip
    kind = "shop_coupon" if row.merchant_id else "platform_coupon"
    return _one(request, row, _("Coupon"), facts, ("platform:coupons", _("Coupons")), "platform:close_coupon",
                _given(GIVEN.format(bought=BOUGHT), [kind, row.code, row.id]),
                rebate_of_orders(row.code, row.currency))  # fmt: skip


@needs(VIEW)
def saving_page(request: HttpRequest, code: str) -> HttpResponse:
    """One rule, what it gave at each shop, and who funded it."""
    row = savings_at(timezone.now()).filter(code=code).first()
    if row is None:
        raise Http404(_("There is no such rule."))
    facts = [
        *_facts(row, steps_offer(row), _("Saves")),
        Fact(pgettext("promotion", "From"), _moment(row.starts_at)),
        Fact(_("Until before"), _moment(row.ends_before)),
    ]  # fmt: skip
    kind = "shop_saving" if row.merchant_id else "platform_saving"
    return _one(request, row, _("Spend and save"), facts, ("platform:savings", _("Spend and save")),
                "platform:close_saving",
                _given(GIVEN.format(bought=PLACED), [kind, row.code, row.starts_at, row.ends_before]))  # fmt: skip


def _facts(row: Any, offer: str, label: Any) -> list[Fact]:
    owner = Party.objects.get(id=row.merchant_id).name_in(get_language() or "en") if row.merchant_id else ""
    return [
        Fact(_("Name"), promotion_name(row)), Fact(pgettext("promotion", "Of"), owner or _("Platform")),
        Fact(label, offer), Fact(pgettext("promotion", "For"), scope_words(row)),
        Fact(_("Platform funds"), format_rate(row.platform_ppm)),
    ]  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _given(query: str, params: list[Any]) -> Table:
    """What was taken off at each shop, and each side's part of it."""
    with connection.cursor() as cursor:
        cursor.execute(query, params)
        found = cursor.fetchall()
    names = Party.objects.in_bulk([row[0] for row in found])
    language = get_language() or "en"
    columns = [
        (_("Shop"), False), (pgettext("promotion", "Orders"), True), (_("Taken off"), True),
        (_("Funded by the platform"), True), (_("Funded by the shop"), True),
    ]  # fmt: skip
    rows = [
        [
            Cell(names[merchant].name_in(language), href=reverse("platform:party", args=[merchant])),
            Cell(orders, number=True),
            *(Cell(Money(int(one), currency).grouped(), number=True)
              for one in (amount, platform, amount - platform)),
        ]
        for merchant, currency, orders, amount, platform in found
    ]  # fmt: skip
    return Table(pgettext("promotion", "What it gave"), columns, rows, _("No order has used it yet."))


def _one(
    request: HttpRequest, row: Any, kind: Any, facts: list[Fact], back: tuple[str, Any],
    close: str, given: Table, rebated: Table | None = None,
) -> HttpResponse:  # fmt: skip
    actions = []
    if row.active and row.merchant_id == PLATFORM and may(request.user, CHANGE):
        question = _("Close it? What it gave stays as it is.")
        where = reverse(close, args=[row.code])
        actions = [Action(pgettext("promotion", "Close"), where, "danger", post=True, confirm=question)]
    badge = STATES[row.state]
    detail = Detail(
        number=row.code, kind=kind, badge=badge, facts=facts, actions=actions,
        breadcrumbs=[(back[1], reverse(back[0]))],
    )  # fmt: skip
    return document_page(request, detail, tables=[rebated, given] if rebated else [given])


@require_POST
@needs(CHANGE)
def close_platform_coupon(request: HttpRequest, code: str) -> HttpResponse:
    """Nobody claims it any more."""
    return closing(
        request, "platform:coupons", lambda: close_coupon(code=code, merchant_id=PLATFORM, **who(request))
    )


@require_POST
@needs(CHANGE)
def close_platform_saving(request: HttpRequest, code: str) -> HttpResponse:
    """It saves nothing any more."""
    return closing(
        request, "platform:savings", lambda: close_saving(code=code, merchant_id=PLATFORM, **who(request))
    )

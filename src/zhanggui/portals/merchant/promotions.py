"""The shop's own promotions and freight: coupons, spend-and-save rules, freight templates; made and closed."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_POST

from zhanggui.money import Money
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    QuerySetSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.promoting.forms import (
    coupon_fields,
    freight_fields,
    read_coupon,
    read_freight,
    read_saving,
    saving_fields,
)
from zhanggui.portals.desk.promoting.making import closing, making, who
from zhanggui.portals.desk.promoting.words import (
    STATES,
    SWITCHED,
    coupon_offer,
    coupons_at,
    freight_words,
    promotion_name,
    savings_at,
    scope_words,
    steps_offer,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.pricing.operations.add_freight_template import add_freight_template
from zhanggui.trade.pricing.operations.close_freight_template import close_freight_template
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.close_coupon import close_coupon
from zhanggui.trade.promotions.operations.close_saving import close_saving
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon

FORM = "merchant/simple_form.html"
VIEW, CHANGE = "own_promotions.view", "own_promotions.change"


class PromotionList(OwnList):
    """What lists of promotions share: the shop's own, and a button for a new one."""

    permission = VIEW
    owner = "merchant_id"
    new: tuple[Any, str]

    def restrict(self) -> Sequence[Any]:
        """The shop."""
        return [Condition(self.owner, "eq", self.party_id)]

    def get_filters(self) -> Sequence[Any]:
        """By code."""
        return [TextFilter("q", _("Code"), starts=["code"])]

    def page_actions(self) -> Sequence[Any]:
        """A new one, for those who may."""
        if self.request is None or not may_here(self.request, CHANGE):
            return []
        return [Action(self.new[0], reverse(self.new[1]), "primary")]


class OwnCoupons(PromotionList):
    """Coupons of the shop."""

    name = "merchant.coupons"
    title = gettext_lazy("Coupons")
    sort = "-created_at"
    tabs = StatusTabs.of("state", STATES)
    empty = gettext_lazy("The shop has no coupon yet. A first one brings buyers back.")
    new = gettext_lazy("New coupon"), "merchant:new_coupon"

    def get_source(self) -> QuerySetSource:
        """Coupons."""
        return QuerySetSource(coupons_at(timezone.now()), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What it takes off, how many went."""
        return [
            LinkColumn("code", _("Code"), sort="code", href=lambda r: reverse("merchant:coupon", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("name", _("Name"), value=promotion_name, phone="sub"),
            TextColumn("offer", _("Takes off"), value=coupon_offer),
            IntegerColumn("total", pgettext("coupons", "Issued"), phone=""),
            IntegerColumn("claimed", pgettext("coupons", "Claimed"), sort="claimed"),
            IntegerColumn("used", pgettext("coupons", "Used")),
            DateTimeColumn("use_ends_before", _("Used until before"), sort="use_ends_before"),
        ]  # fmt: skip


class OwnSavings(PromotionList):
    """Spend-and-save rules of the shop."""

    name = "merchant.savings"
    title = gettext_lazy("Spend and save")
    sort = "-starts_at"
    tabs = StatusTabs.of("state", {key: badge for key, badge in STATES.items() if key != "gone"})
    empty = gettext_lazy("The shop has no spend-and-save rule yet. A first one makes carts larger.")
    new = gettext_lazy("New rule"), "merchant:new_saving"

    def get_source(self) -> QuerySetSource:
        """Rules."""
        return QuerySetSource(savings_at(timezone.now()), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What it saves, and when."""
        return [
            LinkColumn("code", _("Code"), sort="code", href=lambda r: reverse("merchant:saving", args=[r.code])),
            StatusColumn("state", _("Status"), badges=STATES),
            TextColumn("name", _("Name"), value=promotion_name, phone="sub"),
            TextColumn("offer", _("Saves"), value=steps_offer, wrap=True),
            DateTimeColumn("starts_at", pgettext("promotion", "From"), sort="starts_at", phone=""),
            DateTimeColumn("ends_before", _("Until before"), sort="ends_before"),
        ]  # fmt: skip


class OwnFreight(PromotionList):
    """Freight templates of the shop."""

    name = "merchant.freight"
    title = gettext_lazy("Freight templates")
    sort = "code"
    owner = "owner_id"
    empty = gettext_lazy("The shop has no freight template yet; goods without one travel free.")
    new = gettext_lazy("New template"), "merchant:new_freight"

    def get_source(self) -> QuerySetSource:
        """Templates."""
        return QuerySetSource(FreightTemplate.objects.prefetch_related("rows"), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What it asks for."""
        return [
            LinkColumn("code", _("Code"), sort="code", href=lambda r: reverse("merchant:freight_one", args=[r.code])),
            StatusColumn("active", _("Status"), badges=SWITCHED),
            TextColumn("name", _("Name"), value=promotion_name, phone="sub"),
            TextColumn("rows", _("Asks for"), value=_freight_offer, wrap=True),
        ]  # fmt: skip


def _freight_offer(template: FreightTemplate) -> str:
    rows = sorted(template.rows.all(), key=lambda row: row.id)
    return " · ".join(
        _("%(where)s: %(what)s")
        % {
            "where": ", ".join(row.regions) or _("Everywhere else"),
            "what": freight_words(row, template.basis, template.currency),
        }
        for row in rows
    )


@shop_page(CHANGE)
def new_coupon(request: HttpRequest, party_id: int) -> HttpResponse:
    """Issue a coupon of the shop."""
    return making(
        request, template=FORM,
        title=_("New coupon"), fields=coupon_fields(platform=False, today=timezone.localdate()),
        back="merchant:coupons", label=_("Coupons"), button=pgettext("coupons", "Issue it"),
        intro=_("A coupon never changes once it is issued: orders name it. The shop funds what it takes off."),
        make=lambda: issue_coupon(
            merchant_id=party_id, **read_coupon(request, platform=False), **who(request)
        ),
    )  # fmt: skip


@shop_page(CHANGE)
def new_saving(request: HttpRequest, party_id: int) -> HttpResponse:
    """Add a spend-and-save rule of the shop."""
    return making(
        request, template=FORM,
        title=_("New spend-and-save rule"), back="merchant:savings", label=_("Spend and save"),
        button=_("Add it"),
        fields=saving_fields(platform=False, today=timezone.localdate()),
        intro=_("The highest step reached counts once; the shop funds it. A rule never changes: orders name it."),
        make=lambda: add_saving(merchant_id=party_id, **read_saving(request, platform=False), **who(request)),
    )  # fmt: skip


@shop_page(CHANGE)
def new_freight(request: HttpRequest, party_id: int) -> HttpResponse:
    """Add a freight template of the shop."""
    return making(
        request, template=FORM,
        title=_("New freight template"), fields=freight_fields(), back="merchant:freight",
        label=_("Freight templates"),
        button=_("Add it"),
        intro=_("Nothing is sent to a region that no row is for; leave everywhere else empty to send to the "
                "named regions alone."),
        make=lambda: add_freight_template(owner_id=party_id, **read_freight(request), **who(request)),
    )  # fmt: skip


@shop_page(VIEW)
def own_coupon(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """One coupon of the shop."""
    with as_tenant(party_id):
        row = coupons_at(timezone.now()).filter(merchant_id=party_id, code=code).first()
    if row is None:
        raise Http404(_("There is no such coupon."))
    facts = [
        Fact(_("Name"), promotion_name(row)), Fact(_("Takes off"), coupon_offer(row)),
        Fact(pgettext("promotion", "For"), scope_words(row)),
        Fact(pgettext("coupons", "Claimed"),
             _("%(claimed)s of %(total)s") % {"claimed": row.claimed, "total": row.total}),
        Fact(_("By one buyer"), row.per_buyer), Fact(pgettext("coupons", "Reserved"), row.reserved),
        Fact(pgettext("coupons", "Used"), row.used),
        Fact(_("Claimed until before"), _moment(row.claim_ends_before)),
        Fact(_("Used until before"), _moment(row.use_ends_before)),
    ]  # fmt: skip
    return _one(request, row.code, _("Coupon"), STATES[row.state], facts, "merchant:coupons", _("Coupons"),
                "merchant:close_coupon" if row.active else "")  # fmt: skip


@shop_page(VIEW)
def own_saving(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """One spend-and-save rule of the shop."""
    with as_tenant(party_id):
        row = savings_at(timezone.now()).filter(merchant_id=party_id, code=code).first()
    if row is None:
        raise Http404(_("There is no such rule."))
    facts = [
        Fact(_("Name"), promotion_name(row)), Fact(_("Saves"), steps_offer(row)),
        Fact(pgettext("promotion", "For"), scope_words(row)),
        Fact(pgettext("promotion", "From"), _moment(row.starts_at)),
        Fact(_("Until before"), _moment(row.ends_before)),
    ]  # fmt: skip
    return _one(request, row.code, _("Spend and save"), STATES[row.state], facts, "merchant:savings",
                _("Spend and save"), "merchant:close_saving" if row.active else "")  # fmt: skip


@shop_page(VIEW)
def own_freight(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """One freight template of the shop."""
    with as_tenant(party_id):
        row = FreightTemplate.objects.filter(owner_id=party_id, code=code).prefetch_related("rows").first()
        rows = sorted(row.rows.all(), key=lambda one: one.id) if row else []
    if row is None:
        raise Http404(_("There is no such template."))
    free = Money(row.free_from_minor, row.currency).grouped() if row.free_from_minor else _("Never")
    facts = [Fact(_("Name"), promotion_name(row)), Fact(_("Free from goods of"), free)]
    facts += [
        Fact(", ".join(one.regions) or _("Everywhere else"), freight_words(one, row.basis, row.currency))
        for one in rows
    ]
    return _one(request, row.code, _("Freight template"), SWITCHED[row.active], facts, "merchant:freight",
                _("Freight templates"), "merchant:close_freight" if row.active else "")  # fmt: skip


def _moment(at: Any) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")


def _one(
    request: HttpRequest,
    code: str,
    kind: Any,
    badge: Any,
    facts: list[Fact],
    back: str,
    label: Any,
    close: str,
) -> HttpResponse:
    actions = []
    if close and may_here(request, CHANGE):
        question = _("Close it? What it gave stays as it is.")
        where = reverse(close, args=[code])
        actions = [Action(pgettext("promotion", "Close"), where, "danger", post=True, confirm=question)]
    detail = Detail(
        number=code,
        kind=kind,
        badge=badge,
        facts=facts,
        actions=actions,
        breadcrumbs=[(label, reverse(back))],
    )
    return render(request, "merchant/payout.html", {"detail": detail})


@require_POST
@shop_page(CHANGE)
def close_own_coupon(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """Nobody claims it any more."""
    return closing(
        request,
        "merchant:coupons",
        lambda: close_coupon(code=code, merchant_id=party_id, **who(request)),
    )


@require_POST
@shop_page(CHANGE)
def close_own_saving(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """It saves nothing any more."""
    return closing(
        request,
        "merchant:savings",
        lambda: close_saving(code=code, merchant_id=party_id, **who(request)),
    )


@require_POST
@shop_page(CHANGE)
def close_own_freight(request: HttpRequest, party_id: int, code: str) -> HttpResponse:
    """Goods no longer choose it."""
    return closing(
        request, "merchant:freight",
        lambda: close_freight_template(owner_id=party_id, code=code, **who(request)),
    )  # fmt: skip

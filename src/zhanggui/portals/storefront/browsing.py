"""Looking around: home, categories, search, shops, topics."""

from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.parties.rules import name_in
from zhanggui.portals.storefront.listing import list_goods
from zhanggui.portals.storefront.offers import claimable_coupons, savings_now
from zhanggui.portals.storefront.shelf import cards, on_sale
from zhanggui.portals.storefront.showing import show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.catalogue.models import Category, Shop, ShopState
from zhanggui.trade.catalogue.queries.search import found_goods, shown_goods
from zhanggui.trade.catalogue.queries.shapes import GoodsFilter

POPULAR = 24
FRESH = 6
MOST_IN_TOPIC = 96


def home(request: HttpRequest) -> HttpResponse:
    """The front door: what runs, where to go, what people buy."""
    currency, now = visit_of(request).currency, timezone.now()
    offers = savings_now(currency, now)
    popular = found_goods(GoodsFilter(sort="sales", on_a_page=POPULAR), currency=currency, facets=False)
    fresh = found_goods(GoodsFilter(sort="newest", on_a_page=FRESH), currency=currency, facets=False)
    context = {
        "tab": "home",
        "banners": [offer for offer in offers if offer.merchant_id == 0][:3],
        "coupons": claimable_coupons(currency, now)[:4],
        "popular": cards(popular.goods, offers),
        "fresh": cards(fresh.goods, offers) if len(fresh.goods) == FRESH else [],
        "shops": Shop.objects.filter(state=ShopState.OPEN).select_related("logo").order_by("opened_at")[:12],
    }
    return show(request, "home.html", context)


def categories(request: HttpRequest) -> HttpResponse:
    """All categories on one page: what the tab at the foot of a phone leads to."""
    return show(request, "categories.html", {"title": _("All categories"), "tab": "categories"})


def category(request: HttpRequest, code: str) -> HttpResponse:
    """A category of either level, with filters and sorting."""
    row = get_object_or_404(Category.objects.select_related("parent"), code=code, active=True)
    visit = visit_of(request)
    offers = savings_now(visit.currency, timezone.now())
    listing = list_goods(request, visit.currency, offers, category=row.code)
    top = row.parent or row
    context = {
        "title": name_in(row.name, row.code, get_language() or "zh"),
        "category": row,
        "top": top,
        "siblings": Category.objects.filter(parent=top, active=True).order_by("position", "id"),
        "department": top.code,
        "listing": listing,
        "tab": "categories",
    }
    return show(request, "category.html", context)


def search(request: HttpRequest) -> HttpResponse:
    """Goods and shops for what somebody typed."""
    text = " ".join(request.GET.get("q", "").replace("\x00", "").split())[:80]
    visit = visit_of(request)
    listing = list_goods(request, visit.currency, savings_now(visit.currency, timezone.now()), words=text)
    shops = []
    if text:
        shops = Shop.objects.filter(state=ShopState.OPEN).filter(
            Q(name__zh__icontains=text) | Q(name__en__icontains=text)
        )[:3]
    return show(
        request, "search.html",
        {"title": text or _("All goods"), "sought": text, "listing": listing, "shops": shops},
    )  # fmt: skip


def shop(request: HttpRequest, code: str) -> HttpResponse:
    """A shop: who it is, what it gives, what it sells."""
    row = get_object_or_404(Shop.objects.select_related("banner", "logo"), code=code)
    if row.state == ShopState.SUSPENDED:
        raise Http404
    visit, now = visit_of(request), timezone.now()
    offers = savings_now(visit.currency, now)
    context = {
        "title": name_in(row.name, row.code, get_language() or "zh"),
        "shop": row,
        "closed": row.state != ShopState.OPEN,
        "listing": list_goods(request, visit.currency, offers, shop=row.code),
        "offers": [offer for offer in offers if offer.merchant_id == row.merchant_id],
        "coupons": [
            coupon
            for coupon in claimable_coupons(visit.currency, now, merchant_id=row.merchant_id)
            if coupon.merchant_id == row.merchant_id
        ],
    }
    return show(request, "shop.html", context)


def topic(request: HttpRequest, code: str) -> HttpResponse:
    """What takes part in one spend-and-save rule."""
    visit = visit_of(request)
    offers = savings_now(visit.currency, timezone.now())
    offer = next((offer for offer in offers if offer.code == code), None)
    if offer is None:
        raise Http404
    goods = on_sale()
    if offer.merchant_id:
        goods = goods.filter(owner_id=offer.merchant_id)
    if offer.categories or offer.spus:
        goods = goods.filter(
            Q(number__in=offer.spus)
            | Q(category__code__in=offer.categories)
            | Q(category__parent__code__in=offer.categories)
        )
    ids = list(goods.order_by("-sold", "-id").values_list("id", flat=True)[:MOST_IN_TOPIC])
    context = {
        "title": name_in(offer.name, offer.code, get_language() or "zh"),
        "offer": offer,
        "cards": cards(shown_goods(ids, currency=visit.currency), offers),
    }
    return show(request, "topic.html", context)

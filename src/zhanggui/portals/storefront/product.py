"""One good: pictures, price, what runs, the choice, the shop, what others say."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party
from zhanggui.parties.rules import name_in
from zhanggui.portals.storefront.choosing import axes_of, chosen_of, offered_skus
from zhanggui.portals.storefront.offers import claimable_coupons, savings_now
from zhanggui.portals.storefront.prices import short_price
from zhanggui.portals.storefront.shelf import cards, on_sale
from zhanggui.portals.storefront.showing import show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.rules import masked_name
from zhanggui.trade.carts.models import Favourite
from zhanggui.trade.catalogue.models import Attribute, Shop, Spu, SpuPicture
from zhanggui.trade.catalogue.queries.search import found_goods
from zhanggui.trade.catalogue.queries.shapes import GoodsFilter
from zhanggui.trade.pricing.models import FreightTemplate
from zhanggui.trade.promotions.models import Coupon
from zhanggui.trade.reviews.models import Review

REVIEWS_HERE, REVIEWS_A_PAGE = 3, 20


def product(request: HttpRequest, number: str) -> HttpResponse:
    """The page of a good; `?sku=` is the choice, `?picture=` the large picture."""
    spu = _good(number)
    visit, now = visit_of(request), timezone.now()
    offered = offered_skus(spu, visit.currency)
    chosen = chosen_of(offered, request.GET.get("sku", ""))
    pictures = list(
        SpuPicture.objects.filter(spu=spu)
        .order_by("position", "id")
        .values_list("picture__digest", flat=True)
    )
    asked = request.GET.get("picture", "")
    at = int(asked) - 1 if asked.isdecimal() and 0 < int(asked) <= len(pictures) else 0
    codes = [spu.category.code, spu.category.parent.code if spu.category.parent else ""]
    offers = [
        offer
        for offer in savings_now(visit.currency, now)
        if offer.is_for(merchant_id=spu.owner_id, categories=codes, spu_number=spu.number)
    ]
    near = found_goods(
        GoodsFilter(category=spu.category.code, sort="sales", on_a_page=7),
        currency=visit.currency,
        facets=False,
    )
    context = {
        "title": name_in(spu.title, spu.number, get_language() or "zh"),
        "spu": spu,
        "shop": Shop.objects.select_related("logo").get(merchant_id=spu.owner_id),
        "pictures": pictures,
        "large": pictures[at] if pictures else "",
        "at": at + 1,
        "chosen": chosen,
        "axes": axes_of(spu, offered, chosen),
        "offers": offers,
        "coupons": [
            coupon
            for coupon in claimable_coupons(visit.currency, now, merchant_id=spu.owner_id)
            if _fits(coupon, spu, codes)
        ][:4],
        "freight": freight_hint(spu),
        "source": sent_from(spu.supplier_id),
        "facts": _facts(spu),
        "favourite": visit.buyer_id and Favourite.objects.filter(buyer_id=visit.buyer_id, spu=spu).exists(),
        "reviews": shown_reviews(spu, REVIEWS_HERE),
        "rating": spu.rating_sum / spu.rating_count if spu.rating_count else 0,
        "near": cards([good for good in near.goods if good.id != spu.id][:6]),
        "department": codes[1],
    }
    return show(request, "product.html", context)


def sent_from(supplier_id: int) -> str:
    """Who sends it, where the shop itself does not: a supplier, straight from where it is made."""
    found = Party.objects.filter(id=supplier_id).first() if supplier_id else None
    return found.name_in(get_language() or "zh") if found else ""


def reviews(request: HttpRequest, number: str) -> HttpResponse:
    """All reviews of a good, the latest first; `?stars=` narrows."""
    spu = _good(number)
    rows = Review.objects.filter(spu=spu, shown=True)
    counts = {stars: rows.filter(rating=stars).count() for stars in range(5, 0, -1)}
    stars = request.GET.get("stars", "")
    chosen = int(stars) if stars in {"1", "2", "3", "4", "5"} else 0
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    page = min(max(1, page), 50)
    found = shown_reviews(spu, REVIEWS_A_PAGE + 1, stars=chosen, skip=(page - 1) * REVIEWS_A_PAGE)
    context = {
        "title": _("Reviews"),
        "spu": spu,
        "reviews": found[:REVIEWS_A_PAGE],
        "counts": counts,
        "stars_chosen": chosen,
        "page": page,
        "more": len(found) > REVIEWS_A_PAGE,
        "rating": spu.rating_sum / spu.rating_count if spu.rating_count else 0,
    }
    return show(request, "reviews.html", context)


def shown_reviews(spu: Spu, most: int, *, stars: int = 0, skip: int = 0) -> list[dict[str, Any]]:
    """Reviews as anybody may see them: of a name only its ends."""
    rows = Review.objects.filter(spu=spu, shown=True).select_related("line")
    if stars:
        rows = rows.filter(rating=stars)
    found = list(rows.order_by("-written_at", "-id")[skip : skip + most])
    names = dict(Buyer.objects.filter(id__in={row.buyer_id for row in found}).values_list("id", "name"))
    return [
        {"row": row, "who": _("Anonymous") if row.anonymous else masked_name(names.get(row.buyer_id, ""))}
        for row in found
    ]


def freight_hint(spu: Spu) -> str:
    """What freight would be where no row names the region; exact only once there is an address."""
    if spu.kind == "digital":
        return _("Delivered at once, no freight")
    if spu.kind == "pickup":
        return _("Fetched at the shop, no freight")
    template = (
        FreightTemplate.objects.filter(id=spu.freight_template_id).first()
        if spu.freight_template_id
        else None
    )
    if template is None:
        return _("Free delivery")
    row = min(template.rows.all(), key=lambda one: (bool(one.regions), one.first_minor), default=None)
    if row is None or not (row.first_minor or row.next_minor):
        return _("Free delivery")
    words = {"from": short_price(row.first_minor, template.currency)}
    if template.free_from_minor:
        words["free"] = short_price(template.free_from_minor, template.currency)
        return _("From %(from)s, free over %(free)s") % words
    return _("From %(from)s") % words


def _good(number: str) -> Spu:
    """A good that buyers see, with its category. Raises Http404."""
    return get_object_or_404(on_sale().select_related("category__parent", "brand"), number=number)


def _fits(coupon: Coupon, spu: Spu, codes: list[str]) -> bool:
    return (
        not (coupon.categories or coupon.spus)
        or spu.number in coupon.spus
        or bool({*codes} & {*coupon.categories})
    )


def _facts(spu: Spu) -> list[tuple[Any, Any]]:
    """Brand and attributes with their names, those without a name under their code."""
    kinds = {
        row.code: row for row in Attribute.objects.filter(product_type=spu.category.product_type_id or 0)
    }
    facts: list[tuple[Any, Any]] = []
    if spu.brand:
        facts.append(({"zh": "品牌", "en": "Brand"}, spu.brand.name))
    for code in sorted(spu.attributes, key=lambda one: kinds[one].position if one in kinds else 99):
        value, kind = spu.attributes[code], kinds.get(code)
        values = value if isinstance(value, list) else [value]
        named = [
            one
            if isinstance(one, dict)
            else (kind.choices.get(str(one)) if kind else None) or {"en": one, "zh": one}
            for one in values
        ]
        facts.append(
            (kind.name if kind else {"en": code},
             {tongue: "、".join(str(name_in(one, "", tongue)) for one in named) for tongue in ("zh", "en")})
        )  # fmt: skip
    return facts

"""Help pages in both languages, and the way to people."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.storefront.showing import show
from zhanggui.portals.storefront.visiting import visit_of
from zhanggui.trade.catalogue.models import Spu
from zhanggui.trade.orders.models import Order
from zhanggui.trade.parameters.queries import text

PAGES: dict[str, str | Promise] = {
    "shopping": _("How to buy"),
    "payment": _("How to pay"),
    "delivery": _("Delivery"),
    "after-sale": _("Returns and refunds"),
    "coupons": _("Coupons and savings"),
    "privacy": _("What we know of you"),
}
RECENT_ORDERS = 5


def contents(request: HttpRequest) -> HttpResponse:
    """What there is to read."""
    return show(request, "help.html", {"title": _("Help centre"), "pages": PAGES.items()})


def page(request: HttpRequest, name: str) -> HttpResponse:
    """One page, in the reader's language; both are written by hand."""
    if name not in PAGES:
        raise Http404
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    context = {
        "title": PAGES[name], "pages": PAGES.items(), "name": name, "text": f"storefront/help/{language}/{name}.html",
    }  # fmt: skip
    return show(request, "help_page.html", context)


def support(request: HttpRequest) -> HttpResponse:
    """Where to turn with a question: about an order, about a good, about anything else."""
    buyer = visit_of(request).buyer
    orders = Order.objects.filter(buyer_id=buyer.id).order_by("-placed_at")[:RECENT_ORDERS] if buyer else []
    about = Spu.objects.filter(number=request.GET.get("about", "")[:32], supply=False, state="listed").first()
    return show(
        request, "support.html",
        {
            "title": _("Support"), "orders": orders, "about": about, "pages": PAGES.items(),
            "phone": text("support_phone"), "hours": text("support_hours"), "link": text("support_link"),
        },
    )  # fmt: skip

"""The message centre: what the buyer was told of orders, after-sale and money."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.outbox.models import Notice
from zhanggui.outbox.operations.mark_read import mark_read
from zhanggui.outbox.queries import buyer_notices
from zhanggui.outbox.rules import group_of
from zhanggui.portals.desk.notices import GROUPS, said
from zhanggui.portals.storefront.showing import for_buyers, show
from zhanggui.trade.buyers.queries import buyers_of
from zhanggui.trade.orders.models import Order

PAGE_SIZE = 20


@for_buyers
def messages(request: HttpRequest) -> HttpResponse:
    """The messages, the latest first; `?tab=unread` leaves out what was read."""
    rows = buyer_notices(buyer_ids=buyers_of(request.buyer), user_id=int(request.user.pk))
    tab = "unread" if request.GET.get("tab") == "unread" else ""
    if tab:
        rows = rows.filter(read=False)
    page = int(request.GET["page"]) if request.GET.get("page", "").isdecimal() else 1
    page = min(max(page, 1), 1000)
    found = list(rows[(page - 1) * PAGE_SIZE : page * PAGE_SIZE + 1])
    context: dict[str, Any] = {
        "title": _("Messages"), "tab": "me", "chosen": tab, "page": page, "more": len(found) > PAGE_SIZE,
        "tabs": [("", _("All")), ("unread", _("Unread"))],
        "rows": [
            (row, said(row.kind, row.subject, row.about, to_buyer=True), GROUPS.get(group_of(row.kind), ""))
            for row in found[:PAGE_SIZE]
        ],
    }  # fmt: skip
    return show(request, "messages.html", context)


@for_buyers
def message(request: HttpRequest, number: int) -> HttpResponse:
    """Read one: it is marked, and the page of what it is about opens."""
    mine = buyers_of(request.buyer)
    row = Notice.objects.filter(id=number, buyer_id__in=mine).first()
    if row is None:
        raise Http404
    _mark(request, [row.id])
    return HttpResponseRedirect(_place(row, mine))


@require_POST
@for_buyers
def messages_read(request: HttpRequest) -> HttpResponse:
    """Mark all of them as read."""
    _mark(request, None)
    return HttpResponseRedirect(reverse("storefront:messages"))


def _mark(request: HttpRequest, ids: list[int] | None) -> None:
    with transaction.atomic():
        mark_read(
            user_id=int(request.user.pk), buyer_ids=buyers_of(request.buyer), ids=ids, at=timezone.now()
        )


def _place(row: Notice, mine: list[int]) -> str:
    """Where what a message is about is; money that went back of no order of its own is among the messages alone."""
    if group_of(row.kind) == "return":
        return reverse("storefront:case", args=[row.subject])
    if group_of(row.kind) == "rebate":
        return reverse("storefront:coupons")
    if group_of(row.kind) == "question":
        return reverse("storefront:question", args=[row.subject])
    if Order.objects.filter(order_no=row.subject, buyer_id__in=mine).exists():
        return reverse("storefront:order", args=[row.subject])
    return reverse("storefront:messages")

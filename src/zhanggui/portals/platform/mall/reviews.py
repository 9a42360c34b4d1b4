"""Reviews of all shops' goods: read, taken off the good's page, and put back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.lists import Column, ListPage, PartyColumn, SqlSource, TextFilter
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.reviews import TABS, review_columns, review_filters, review_page, review_source
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Typed, acted
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.operations.show_review import show_review


class ReviewList(ListPage):
    """What buyers say of goods."""

    name = "platform.mall_reviews"
    title = gettext_lazy("Reviews")
    permission = "reviews.view"
    sort = "-written_at"
    tabs = TABS
    empty = gettext_lazy("No buyer has reviewed anything yet.")

    def get_source(self) -> SqlSource:
        """Reviews with their shops."""
        more = {"party_name": PARTY_NAME, "party_code": "p.code"}
        return review_source(more, " left join parties_party p on p.id = v.merchant_id")

    def get_filters(self) -> Sequence[Any]:
        """By good, order, words, stars, merchant and day."""
        merchant = TextFilter("merchant", _("Merchant"), starts=["party_code"], contains=["party_name"])
        return [*review_filters(), merchant]

    def get_columns(self) -> Sequence[Column]:
        """Stars, what of, whose, what was said."""
        return review_columns(
            lambda review: reverse("platform:mall_review", args=[review]),
            [PartyColumn("party_name", _("Merchant"))],
        )


@needs("reviews.view")
def review_of_buyer(request: HttpRequest, review: int) -> HttpResponse:
    """One review, and hiding or showing it."""
    row = Review.objects.select_related("line__order", "spu").filter(id=review).first()
    if row is None:
        raise Http404(_("There is no such review."))

    def act(typed: Typed) -> None:
        with transaction.atomic():
            show_review(
                review=row.id, shown=request.POST["act"] == "show", reason=typed.text("text")[:200],
                at=timezone.now(), actor=request.user.get_username(),
            )  # fmt: skip
        forget("platform.mall_reviews")

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "reviews.decide", {"hide": act, "show": act}, _("Noted."))
    if gone:
        return gone
    order_no = row.line.order.order_no
    facts = [
        Fact(_("Merchant"), party_name(parties({row.merchant_id}).get(row.merchant_id))),
        Fact(_("Order"), order_no, href=reverse("platform:mall_order", args=[order_no])),
    ]
    offered = ("hide" if row.shown else "show") if may(request.user, "reviews.decide") else ""
    return review_page(
        request, row, back=reverse("platform:mall_reviews"), facts=facts, act=offered, problem=problem
    )

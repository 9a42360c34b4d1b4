"""What buyers say of the shop's goods, and answering it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.lists import Column, Condition, SqlSource
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.reviews import (
    TABS,
    review_columns,
    review_filters,
    review_page,
    review_source,
    state_of,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page, standing_of
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.operations.answer_review import answer_review


class OwnReviews(OwnList):
    """Reviews of the shop's goods."""

    name = "merchant.reviews"
    title = gettext_lazy("Reviews")
    permission = "own_reviews.view"
    sort = "-written_at"
    tabs = TABS
    empty = gettext_lazy("Nobody has reviewed your goods yet. Buyers can once they have received an order.")

    def restrict(self) -> Sequence[Any]:
        """The shop's."""
        return [Condition("party_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Reviews."""
        return review_source()

    def get_filters(self) -> Sequence[Any]:
        """By good, order, words, stars and day."""
        return review_filters()

    def get_columns(self) -> Sequence[Column]:
        """Stars, what of, what was said."""
        return review_columns(lambda review: reverse("merchant:review", args=[review]))


@shop_page("own_reviews.view")
def own_review(request: HttpRequest, party_id: int, review: int) -> HttpResponse:
    """One review, and answering it."""
    with as_tenant(party_id):
        row = (
            Review.objects.select_related("line__order", "spu")
            .filter(id=review, merchant_id=party_id)
            .first()
        )
    if row is None:
        raise Http404(_("There is no such review."))
    may_answer = may_here(request, "own_reviews.answer")
    problem = ""
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied(_("Your role at this shop does not include this page."))
        try:
            with transaction.atomic():
                answer_review(
                    review=row.id, merchant_id=party_id, text=request.POST.get("text", "").replace("\x00", ""),
                    at=timezone.now(), actor=request.user.get_username(),
                )  # fmt: skip
        except Refusal as refusal:
            problem = refusal_text(refusal)
        else:
            forget("merchant.reviews")
            messages.success(request, _("Answered. It stands under the review on the page of the good."))
            return HttpResponseRedirect(request.path)
    order_no = row.line.order.order_no
    fact = Fact(_("Order"), order_no, href=reverse("merchant:mall_order", args=[order_no]))
    act = "answer" if may_answer and state_of(row) == "open" else ""
    return review_page(request, row, back=reverse("merchant:reviews"), facts=[fact], act=act, problem=problem)


def reviews_to_answer(request: HttpRequest) -> int:
    """How many reviews the shop has not answered: the badge in the menu."""
    party_id = standing_of(request).party.id
    return Review.objects.filter(merchant_id=party_id, shown=True, answered_at=None).count()

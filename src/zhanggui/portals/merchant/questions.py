"""Questions of buyers as a shop sees them: the list, and answering one, also from a phone."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.lists import Column, Condition, SqlSource
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.questions import (
    TABS,
    about_facts,
    acted_on,
    question_columns,
    question_filters,
    question_page,
    question_source,
)
from zhanggui.portals.merchant.listing import OwnList
from zhanggui.portals.merchant.standing import may_here, shop_page, standing_of
from zhanggui.trade.questions.errors import UnknownQuestion
from zhanggui.trade.questions.operations.see_question import see_question
from zhanggui.trade.questions.queries import messages_of, question_by_number, questions_waiting


def questions_to_answer(request: HttpRequest) -> int:
    """How many questions wait for the shop: the badge in the menu."""
    return questions_waiting(standing_of(request).party.id)


class OwnQuestions(OwnList):
    """What buyers asked the shop."""

    name = "merchant.questions"
    title = pgettext_lazy("questions", "Questions")
    permission = "own_questions.view"
    sort = "-said_at"
    tabs = TABS
    empty = gettext_lazy(
        "Nobody has asked you anything yet. Buyers ask from the page of a good or of your shop."
    )

    def restrict(self) -> Sequence[Any]:
        """The shop's."""
        return [Condition("party_id", "eq", self.party_id)]

    def get_source(self) -> SqlSource:
        """Questions."""
        return question_source()

    def get_filters(self) -> Sequence[Any]:
        """By number, order, good, words, what about and day."""
        return question_filters()

    def get_columns(self) -> Sequence[Column]:
        """Who, what, when."""
        return question_columns(lambda number: reverse("merchant:question", args=[number]))


@shop_page("own_questions.view")
def own_question(request: HttpRequest, party_id: int, number: str) -> HttpResponse:
    """One question to the shop, and answering it."""
    may_answer = may_here(request, "own_questions.answer")
    with as_tenant(party_id):
        try:
            row = question_by_number(number, merchant_id=party_id)
        except UnknownQuestion:
            raise Http404(_("There is no such question.")) from None
        said, facts = messages_of(row), about_facts(row, "merchant")
    problem = ""
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied(_("Your role at this shop does not include this page."))
        problem = acted_on(request, row, at=timezone.now())
        if not problem:
            forget("merchant.questions")
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(request.path)
    elif may_answer:
        see_question(question=row, as_buyer=False)
    return question_page(
        request, row, said, back=reverse("merchant:questions"), facts=facts, may_answer=may_answer,
        problem=problem,
    )  # fmt: skip

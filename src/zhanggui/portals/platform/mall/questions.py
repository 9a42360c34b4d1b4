"""Questions of buyers as customer service sees them: every shop's to read, the platform's own to answer."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.portals.desk.details import Fact
from zhanggui.portals.desk.lists import Column, ListPage, PartyColumn, SelectFilter, SqlSource, TextFilter
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.questions import (
    TABS,
    about_facts,
    acted_on,
    question_columns,
    question_filters,
    question_page,
    question_source,
)
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import PARTY_NAME, parties, party_name
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.questions.errors import UnknownQuestion
from zhanggui.trade.questions.models import Question
from zhanggui.trade.questions.operations.see_question import see_question
from zhanggui.trade.questions.queries import messages_of, question_by_number


class QuestionList(ListPage):
    """What buyers asked the platform and the shops."""

    name = "platform.mall_questions"
    title = pgettext_lazy("questions", "Questions")
    permission = "questions.view"
    sort = "-said_at"
    tabs = TABS
    empty = gettext_lazy("No buyer has asked anything yet.")

    def get_source(self) -> SqlSource:
        """Questions with whom they ask."""
        more = {
            "party_name": PARTY_NAME, "party_code": "p.code",
            "whom": "case when q.merchant_id = 0 then 'platform' else 'shop' end",
        }  # fmt: skip
        return question_source(more, " left join parties_party p on p.id = q.merchant_id")

    def get_filters(self) -> Sequence[Any]:
        """By number, order, good, words, what about, day, whom and merchant."""
        whom = [("platform", pgettext("question", "The platform")), ("shop", pgettext("question", "A shop"))]
        return [
            *question_filters(),
            SelectFilter("whom", pgettext("question", "Whom"), whom),
            TextFilter("merchant", _("Merchant"), starts=["party_code"], contains=["party_name"]),
        ]

    def get_columns(self) -> Sequence[Column]:
        """Who, whom, what, when."""
        whom = PartyColumn(
            "party_name", pgettext("question", "Whom"),
            value=lambda r: r.party_name or pgettext("question", "The platform"), phone="line",
        )  # fmt: skip
        return question_columns(lambda number: reverse("platform:mall_question", args=[number]), [whom])


@needs("questions.view")
def question_of_buyer(request: HttpRequest, number: str) -> HttpResponse:
    """One question; one that the platform was asked can be answered here."""
    try:
        row = question_by_number(number)
    except UnknownQuestion:
        raise Http404(_("There is no such question.")) from None
    may_answer = row.merchant_id == 0 and may(request.user, "questions.answer")
    problem = ""
    if request.method == "POST":
        if not may_answer:
            raise PermissionDenied(_("Your role does not include this action."))
        problem = acted_on(request, row, at=timezone.now())
        if not problem:
            forget("platform.mall_questions")
            messages.success(request, _("Noted."))
            return HttpResponseRedirect(request.path)
    elif may_answer:
        see_question(question=row, as_buyer=False)
    return question_page(
        request, row, messages_of(row), back=reverse("platform:mall_questions"), facts=_facts(request, row),
        may_answer=may_answer, problem=problem,
    )  # fmt: skip


def _facts(request: HttpRequest, row: Question) -> list[Fact]:
    shop = party_name(parties({row.merchant_id}).get(row.merchant_id), pgettext("question", "The platform"))
    facts = [Fact(pgettext("question", "Whom"), shop)]
    if may(request.user, "buyers.view"):
        number = Buyer.objects.get(id=row.buyer_id).number
        facts.append(
            Fact(pgettext("question", "Buyer"), number, href=reverse("platform:buyer", args=[number]))
        )
    return facts + about_facts(row, "platform")

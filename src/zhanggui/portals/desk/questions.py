"""Questions of buyers as shops and the platform see them: the list's rows and columns, and the page of one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.trade.questions.models import Question, QuestionMessage, QuestionState
from zhanggui.trade.questions.operations.answer_question import answer_question
from zhanggui.trade.questions.operations.close_question import close_question
from zhanggui.trade.questions.rules import LONGEST
from zhanggui.trade.questions.states import is_open

STATES = {
    QuestionState.WAITING.value: Badge(pgettext_lazy("question", "To answer"), "amber"),
    QuestionState.ANSWERED.value: Badge(pgettext_lazy("question", "Answered"), "green"),
    QuestionState.CLOSED.value: Badge(pgettext_lazy("question", "Closed"), "grey"),
}
TABS = StatusTabs.of("state", STATES)
MESSAGES = "from trade_question_message m where m.question_id = q.id"
SHOWN = {
    "id": "q.id", "party_id": "q.merchant_id", "number": "q.question_no", "state": "q.state", "asker": "q.asker",
    "good": readable("s.title", "s.number"), "order_no": "o.order_no", "asked_at": "q.asked_at",
    "said_at": "q.said_at", "latest": f"(select m.text {MESSAGES} order by m.id desc limit 1)",
    "messages": f"(select count(*) {MESSAGES})",
    "unread": f"(select count(*) {MESSAGES} and m.from_buyer and m.id > q.staff_seen_id)",
}  # fmt: skip
SOUGHT = {
    "words": f"(select string_agg(m.text, ' ') {MESSAGES})",
    "about": "case when q.order_id is not null then 'order' when q.spu_id is not null then 'good' else 'else' end",
    "good_number": "s.number",
}  # fmt: skip
TABLES = (
    "trade_question q left join trade_spu s on s.id = q.spu_id left join trade_order o on o.id = q.order_id"
)


def question_source(more: dict[str, str] | None = None, tables: str = "") -> SqlSource:
    """Questions with what they are about; `more` fields out of further `tables`."""
    shown = SHOWN | (more or {})
    selected = ", ".join(f"{sql} as {name}" for name, sql in shown.items())
    return SqlSource(
        select=f"select {selected} from {TABLES}{tables} where {{where}}", fields=shown | SOUGHT,
        params=language_params(),
    )  # fmt: skip


def question_filters() -> list[Any]:
    """By number, order, good, words, what it is about and day."""
    return [
        TextFilter("q", _("Number, order, good or words"), starts=["number", "order_no", "good_number"],
                   contains=["good", "words"]),
        SelectFilter("about", pgettext("question", "About"), [
            ("good", pgettext("question", "A good")), ("order", pgettext("question", "An order")),
            ("else", pgettext("question", "Something else")),
        ]),
        DateRangeFilter("asked_at", pgettext("question", "Asked"), field="asked_at"),
    ]  # fmt: skip


def question_columns(url: Callable[[str], str], more: Sequence[Column] = ()) -> list[Column]:
    """Who asks, the latest words, what about; `url` makes the address of one."""
    return [
        LinkColumn("number", pgettext("question", "Question"), sort="number", href=lambda r: url(r.number)),
        StatusColumn("state", _("Status"), badges=STATES),
        TextColumn("latest", pgettext("question", "Latest message"), value=lambda r: _short(r.latest), wrap=True),
        TextColumn("asker", pgettext("question", "Who asks"), phone="sub"),
        *more,
        TextColumn("good", _("Good")),
        TextColumn("order_no", _("Order"), code=True),
        IntegerColumn("unread", pgettext("question", "New"), value=lambda r: r.unread or None, sort="unread",
                      total=True, phone="amount"),
        IntegerColumn("messages", pgettext("question", "Messages"), sort="messages", total=True, phone=""),
        DateTimeColumn("asked_at", pgettext("question", "Asked"), sort="asked_at", phone=""),
        DateTimeColumn("said_at", pgettext("question", "Latest"), sort="said_at"),
    ]  # fmt: skip


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def acted_on(request: HttpRequest, question: Question, *, at: datetime) -> str:
    """Do what the form of a question's page asks: answer or close it for the side that was asked; what is wrong,
    or nothing. The caller has looked at who may."""
    told = {
        "question_no": question.question_no, "merchant_id": question.merchant_id, "at": at,
        "actor": request.user.get_username(),
    }  # fmt: skip
    try:
        with transaction.atomic():
            if request.POST.get("act") == "close":
                close_question(**told)
            else:
                answer_question(text=request.POST.get("text", "").replace("\x00", ""), **told)
    except Refusal as refusal:
        return refusal_text(refusal)
    return ""


def about_facts(row: Question, portal: str) -> list[Fact]:
    """The good and the order that a question is about, leading to their pages in a portal."""
    facts = []
    if row.spu:
        href = reverse(f"{portal}:good", args=[row.spu.number])
        facts.append(Fact(_("Good"), named(row.spu.title, row.spu.number), href=href))
    if row.order:
        order_no = row.order.order_no
        facts.append(Fact(_("Order"), order_no, href=reverse(f"{portal}:mall_order", args=[order_no])))
    return facts


def question_page(
    request: HttpRequest,
    row: Question,
    messages: Sequence[QuestionMessage],
    *,
    back: str,
    facts: Sequence[Fact] = (),
    may_answer: bool = False,
    problem: str = "",
) -> HttpResponse:
    """One question with all that was written, and the form to answer."""
    steps = [
        Step(pgettext_lazy("question", "Asked"), "done", row.asked_at),
        Step(STATES[row.state].label, "now" if is_open(row.state) else "done", row.closed_at or row.said_at),
    ]
    detail = Detail(
        number=row.question_no, kind=pgettext("question", "Question"), badge=STATES[row.state], steps=steps,
        facts=[Fact(pgettext("question", "Who asks"), row.asker), *facts],
        breadcrumbs=[(pgettext_lazy("questions", "Questions"), back)],
    )  # fmt: skip
    context = {
        "detail": detail, "row": row, "said": messages, "problem": problem, "longest": LONGEST,
        "may_answer": may_answer and is_open(row.state), "typed": request.POST.get("text", ""),
    }  # fmt: skip
    return render(request, "desk/question.html", context, status=422 if problem else 200)

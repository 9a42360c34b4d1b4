"""Reviews as shops and the platform see them: the list's rows and columns, and the page of one."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Detail, Fact, Step
from zhanggui.portals.desk.goods import named
from zhanggui.portals.desk.languages import language_params, readable
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    LinkColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.pictures import picture_url
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.rules import LONGEST_ANSWER, STARS

STATES = {
    "open": Badge(pgettext_lazy("review", "To answer"), "amber"),
    "answered": Badge(pgettext_lazy("review", "Answered"), "green"),
    "hidden": Badge(pgettext_lazy("review", "Hidden"), "grey"),
}
TABS = StatusTabs.of("state", STATES)
FIELDS = {
    "id": "v.id", "party_id": "v.merchant_id", "rating": "v.rating", "text": "v.text", "number": "s.number",
    "title": readable("s.title", "s.number"),
    "order_no": "o.order_no", "written_at": "v.written_at",
    "state": "case when not v.shown then 'hidden' when v.answered_at is null then 'open' else 'answered' end",
}  # fmt: skip
TABLES = (
    "trade_review v join trade_spu s on s.id = v.spu_id join trade_order_line l on l.id = v.line_id"
    " join trade_order o on o.id = l.order_id"
)


def review_source(more: dict[str, str] | None = None, tables: str = "") -> SqlSource:
    """Reviews with what they are about; `more` fields out of further `tables`."""
    fields = FIELDS | (more or {})
    selected = ", ".join(f"{sql} as {name}" for name, sql in fields.items())
    return SqlSource(
        select=f"select {selected} from {TABLES}{tables} where {{where}}",
        fields=fields,
        params=language_params(),
    )


def review_filters() -> list[Any]:
    """By good, order, words, stars and day."""
    return [
        TextFilter("q", _("Good, order or words"), starts=["number", "order_no"], contains=["title", "text"]),
        SelectFilter("rating", _("Stars"), [(str(one), stars(one)) for one in reversed(STARS)]),
        DateRangeFilter("written_at", pgettext_lazy("review", "Written"), field="written_at"),
    ]


def review_columns(url: Any, more: Sequence[Column] = ()) -> list[Column]:
    """Stars, what of, what was said; `url` makes the address of one."""
    return [
        LinkColumn("title", _("Good"), sort="title", phone="title", href=lambda r: url(r.id)),
        StatusColumn("state", _("Status"), badges=STATES),
        TextColumn("rating", _("Stars"), value=lambda r: stars(r.rating), sort="rating", phone="amount"),
        TextColumn(
            "text",
            pgettext("review", "What was said"),
            value=lambda r: r.text[:60] or _("Nothing, stars alone"),
        ),
        *more,
        TextColumn("order_no", _("Order"), code=True, phone="sub"),
        DateTimeColumn("written_at", pgettext_lazy("review", "Written"), sort="written_at", phone="line"),
    ]


def stars(rating: int) -> str:
    """Stars as text."""
    return "★" * rating + "☆" * (5 - rating)


def state_of(row: Review) -> str:
    """The state of a review, as the list says it."""
    return "hidden" if not row.shown else "open" if row.answered_at is None else "answered"


def review_page(
    request: HttpRequest,
    row: Review,
    *,
    back: str,
    facts: Sequence[Fact] = (),
    act: str = "",
    problem: str = "",
) -> HttpResponse:
    """One review, with the form of `act`: answer, hide, show, or none."""
    steps = [Step(pgettext_lazy("review", "Written"), "done", row.written_at)]
    if row.answered_at is not None:
        steps.append(Step(STATES["answered"].label, "done", row.answered_at))
    detail = Detail(
        number=f"#{row.id}", kind=pgettext("review", "Review"), badge=STATES[state_of(row)], steps=steps,
        facts=[
            Fact(_("Stars"), stars(row.rating)), Fact(_("Good"), named(row.spu.title, row.spu.number)),
            Fact(_("SKU"), row.line.sku_code, copy=True), *facts,
        ],
        breadcrumbs=[(gettext_lazy("Reviews"), back)],
        notice=_("The platform has taken this review off the page of the good.") if not row.shown else "",
    )  # fmt: skip
    context = {
        "detail": detail, "row": row, "act": act, "problem": problem, "longest": LONGEST_ANSWER,
        "typed": request.POST.get("text", ""),
        "pictures": [(picture_url(digest, 800), picture_url(digest, 80)) for digest in row.pictures],
    }  # fmt: skip
    return render(request, "desk/review.html", context, status=422 if problem else 200)

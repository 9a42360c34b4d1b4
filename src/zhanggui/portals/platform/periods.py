"""The period calendar: statements per period by state, and closing what has ended."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.period_ended import period_ended
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.tasks import close_through
from zhanggui.portals.platform.words import cycle_name
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Statement, StatementState

# Beyond this the closing runs as a job; the page shows how far it is.
MOST_INLINE = 500
BAR = 160


def _bar(row: dict[str, Any]) -> list[tuple[str, float, float]]:
    """The counts of a period as parts of one bar: class, x, width."""
    parts, x = [], 0.0
    for name in ("open", "confirming", "confirmed", "ended"):
        width = BAR * row[name] / row["statements"]
        parts.append((name, round(x, 2), round(width, 2)))
        x += width
    return parts


@needs("periods.view")
def calendar_page(request: HttpRequest) -> HttpResponse:
    """Periods of a year, with open and closed counts that lead to their statements."""
    years = queries.period_years()
    text = request.GET.get("year", "")
    year = (
        int(text)
        if text.isdigit() and int(text) in years
        else (years[0] if years else timezone.localdate().year)
    )
    today, statements = timezone.localdate(), reverse("platform:statements")
    rows = []
    for row in queries.periods(year):
        last = row["ends_before"] - timedelta(days=1)
        base = f"{statements}?ends=custom&ends_from={last}&ends_to={last}"
        rows.append(
            row
            | {
                "last_day": last,
                "cycle_name": cycle_name(row["cycle"]),
                "url": base,
                "bar": _bar(row),
                "over": last < today,
                "links": {name: f"{base}&tab={name}" for name in ("open", "confirming", "confirmed")},
            }
        )
    waiting = queries.due_through(today - timedelta(days=1))
    return render(
        request,
        "platform/periods.html",
        {
            "title": _("Period calendar"),
            "years": years,
            "year": year,
            "rows": rows,
            "today": today,
            "due": waiting,
            "may_close": may(request.user, "periods.close"),
            "yesterday": today - timedelta(days=1),
            "cut_off": timezone.get_default_timezone_name(),
        },
    )


def _through(request: HttpRequest) -> tuple[date | None, str]:
    text = request.POST.get("through") or request.GET.get("through", "")
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None, _("“%(text)s” is not a day. Write days as 2026-11-22.") % {"text": text}
    if day >= timezone.localdate():
        return None, _("%(day)s is not over yet. Close through yesterday at the latest.") % {"day": day}
    return day, ""


@needs("periods.close")
def close_page(request: HttpRequest) -> HttpResponse:
    """Through which day, how many statements; then close, at once or as a job."""
    through, problem = _through(request)
    due = queries.due_through(through) if through else None
    if request.method == "POST" and through and due and request.POST.get("confirmed") == "1":
        if request.POST.get("seen") != str(due.statements):
            problem = _("The number of statements changed while you were looking. Look again, then close.")
        else:
            problem = _close(request, through, due.statements)
            if not problem:
                return HttpResponseRedirect(
                    reverse("platform:close_progress") + f"?through={through}&of={due.statements}"
                )
    context = {
        "title": _("Close periods"),
        "through": through or timezone.localdate() - timedelta(days=1),
        "due": due,
        "problem": problem,
        "breadcrumbs": [(_("Period calendar"), reverse("platform:periods")), (_("Close periods"), "")],
    }
    return render(request, "platform/close_periods.html", context, status=422 if problem else 200)


def _close(request: HttpRequest, through: date, statements: int) -> str:
    actor = request.user.get_username()
    if statements > MOST_INLINE:
        close_through.defer(through=through.isoformat(), actor=actor)
        return ""
    try:
        closed = period_ended(
            through=through, clock=timezone.now, zone=timezone.get_default_timezone(), actor=actor
        )
    except Refusal as refusal:
        return refusal_text(refusal)
    forget("platform.statements")
    messages.success(request, _("%(count)s statements closed.") % {"count": f"{closed.closed:,}"})
    return ""


@needs("periods.close")
def close_progress(request: HttpRequest) -> HttpResponse:
    """How many statements of the closing are left; asked again every second until none is."""
    through, problem = _through(request)
    text = request.GET.get("of", "")
    planned = int(text) if text.isdigit() and len(text) < 10 else 0
    left = Statement.objects.filter(
        state=StatementState.OPEN, ends_before__lte=(through or date(1900, 1, 1)) + timedelta(days=1)
    ).count()
    done = max(0, planned - left)
    context = {
        "title": _("Close periods"),
        "through": through,
        "problem": problem,
        "left": left,
        "done": done,
        "planned": planned,
        "share": 100 * done // planned if planned else 100,
        "breadcrumbs": [(_("Period calendar"), reverse("platform:periods")), (_("Close periods"), "")],
    }
    template = "platform/close_progress.html"
    return render(
        request, f"{template}#state" if request.headers.get("HX-Request") == "true" else template, context
    )

"""The dashboard: work that waits, figures that lead to exactly their rows, the year, the latest closings."""

from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.audit.models import SweepResult
from zhanggui.portals.desk.details import Figure
from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import currencies
from zhanggui.settlement.intake.queries import open_work
from zhanggui.settlement.statements import queries
from zhanggui.settlement.statements.models import Statement, StatementState


def work_of(user: Any) -> list[dict[str, Any]]:
    """What waits for people: label, count, page; only what this person may see."""
    intake, sweep = open_work(), SweepResult.objects.order_by("-id").first()
    statements, disputes = reverse("platform:statements"), reverse("platform:disputes")
    rows = [
        (
            "statements.view",
            _("Statements to confirm"),
            queries.waiting_count(),
            f"{statements}?tab=confirming",
            "is-waiting",
        ),
        (
            "statements.view",
            _("Open disputes"),
            queries.open_disputes_count(),
            f"{disputes}?tab=open",
            "is-waiting",
        ),
        (
            "imports.view",
            _("Rejected rows of imports"),
            intake["rejects"],
            reverse("platform:rejects"),
            "is-waiting",
        ),
        (
            "imports.view",
            _("Rejected charges"),
            intake["charges"],
            reverse("platform:charges") + "?tab=rejected",
            "is-waiting",
        ),
        (
            "imports.view",
            _("Differences of the double insurance"),
            intake["shadow"],
            reverse("platform:shadow"),
            "is-broken",
        ),
        (
            "audit.view",
            _("Offending rows of the self-check"),
            sweep.violations if sweep else None,
            reverse("platform:checks"),
            "is-broken",
        ),
    ]
    return [
        {
            "label": label,
            "count": count,
            "url": url,
            "state": state if count else "is-clear",
            "at": sweep.at if count is None and sweep else None,
        }
        for permission, label, count, url, state in rows
        if may(user, permission)
    ]


def figures_of(currency: str) -> list[Figure]:
    """Sums whose links show exactly the rows that were added."""
    statements = reverse("platform:statements")
    waiting = queries.waiting(currency)
    confirmed = Statement.objects.filter(state=StatementState.CONFIRMED, currency=currency)
    totals = confirmed.aggregate(net=Sum("net_minor"))
    months = queries.closed_by_month(currency)
    trend = [month["net"] for month in months]
    return [
        Figure(
            _("To confirm, net"),
            f"{statements}?tab=confirming&currency={currency}",
            currency=currency,
            amount=waiting["confirming_minor"],
            tone="amber" if waiting["confirming"] else "",
            note=_("%(count)s statements") % {"count": f"{waiting['confirming']:,}"},
        ),
        Figure(
            _("Confirmed, net"),
            f"{statements}?tab=confirmed&currency={currency}",
            currency=currency,
            amount=int(totals["net"] or 0),
            note=_("%(count)s statements") % {"count": f"{confirmed.count():,}"},
        ),
        Figure(
            _("Net of the latest closed month"),
            _month_url(statements, months, currency),
            currency=currency,
            amount=trend[-1] if trend else 0,
            trend=trend,
        ),
        Figure(
            _("In dispute"),
            reverse("platform:disputes") + f"?tab=open&currency={currency}",
            currency=currency,
            amount=waiting["disputes_minor"],
            tone="red" if waiting["disputes"] else "",
            note=_("%(count)s disputes") % {"count": f"{waiting['disputes']:,}"},
        ),
    ]


def _month_url(statements: str, months: list[dict[str, Any]], currency: str) -> str:
    """Statements of every state whose period ended in the latest closed month; open ones add nothing there
    as long as the month is over, since closing leaves none open."""
    if not months:
        return statements
    first = months[-1]["month"]
    after = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    last = after.fromordinal(after.toordinal() - 1)
    return f"{statements}?ends=custom&ends_from={first}&ends_to={last}&closed=1&currency={currency}"


@needs("statements.view")
def dashboard(request: HttpRequest) -> HttpResponse:
    """The first page of finance."""
    known = currencies()
    wanted = request.GET.get("currency", "")
    currency = wanted if wanted in known else known[0]
    months = queries.closed_by_month(currency)
    return render(
        request,
        "platform/dashboard.html",
        {
            "title": _("Dashboard"),
            "work": work_of(request.user),
            "figures": figures_of(currency),
            "currency": currency,
            "currencies": known if len(known) > 1 else [],
            "labels": [f"{month['month']:%Y-%m}" for month in months],
            "series": [
                Series(_("Goods"), [month["goods"] for month in months]),
                Series(_("Commission and fees"), [-month["fees"] for month in months], "line"),
            ],
            "closings": queries.latest_closings(),
        },
    )

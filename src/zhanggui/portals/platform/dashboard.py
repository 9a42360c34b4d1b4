"""The dashboard: work that waits, figures that lead to exactly their rows, the year, the latest closings."""

from dataclasses import replace
from typing import Any

from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
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


def work_of(user: Any) -> list[Figure]:
    """What waits for people, each leading to its rows; only what this person may see."""
    intake, sweep = open_work(), SweepResult.objects.order_by("-id").first()
    statements, charges = reverse("platform:statements"), reverse("platform:charges")
    rows: list[tuple[str, Any, int, str, Any]] = [
        ("statements.view", _("Statements to confirm"), queries.waiting_count(),
         f"{statements}?tab=confirming", "amber"),
        ("statements.view", _("Open disputes"), queries.open_disputes_count(),
         reverse("platform:disputes") + "?tab=open", "amber"),
        ("imports.view", _("Rejected rows of imports"), intake["rejects"], reverse("platform:rejects"),
         "amber"),
        ("imports.view", _("Rejected charges"), intake["charges"], f"{charges}?tab=rejected", "amber"),
        ("imports.view", _("Differences of the double insurance"), intake["shadow"],
         reverse("platform:shadow"), "red"),
        ("audit.view", _("Offending rows of the self-check"), sweep.violations if sweep else 0,
         reverse("platform:checks"), "red"),
    ]  # fmt: skip
    shown = [
        Figure(label, url, count=count, tone=tone if count else "")
        for permission, label, count, url, tone in rows
        if may(user, permission)
    ]
    if shown and may(user, "audit.view"):
        note = f"{timezone.localtime(sweep.at):%Y-%m-%d %H:%M}" if sweep else _("not run")
        shown[-1] = replace(shown[-1], note=note)
    return shown


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

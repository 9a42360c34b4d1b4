"""Sales, fees, take rate, refunds, payouts, the biggest merchants; every bar leads to the rows it adds up."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import currencies, group_names, parties, party_name
from zhanggui.rows.replica import reads_on_replica
from zhanggui.settlement.intake.queries import latest_order_at
from zhanggui.settlement.monitoring.queries import analytics
from zhanggui.settlement.monitoring.queries.analytics import Bucket

MOST_GROUPS = 4


def bucket_labels(spans: list[Bucket], step: str) -> list[str]:
    """How steps are written under a chart."""
    return [f"{one.first:%Y-%m}" if step == "month" else f"{one.first:%m-%d}" for one in spans]


def by_part(rows: list[dict[str, Any]], spans: list[Bucket]) -> dict[str, list[int]]:
    """Sums per part, one for each step."""
    found: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        found[row["part"]][row["first"]] += row["amount"]
    return {part: [found[part][one.first] for one in spans] for part in analytics.PARTS}


def by_group(rows: list[dict[str, Any]], spans: list[Bucket]) -> list[tuple[str, list[int]]]:
    """Fees of the biggest groups, one sum for each step, turned positive."""
    found: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row["part"] == "fees":
            found[row["fee_group"]][row["first"]] -= row["amount"]
    biggest = sorted(found, key=lambda group: -abs(sum(found[group].values())))[:MOST_GROUPS]
    return [(group, [found[group][one.first] for one in spans]) for group in biggest]


def rates(part: dict[str, list[int]]) -> list[int]:
    """Fees as parts per million of sales; 0 where nothing was sold."""
    return [
        -fees * 1_000_000 // sales if sales > 0 else 0
        for fees, sales in zip(part["fees"], part["sales"], strict=True)
    ]


@needs("reports.view")
@reads_on_replica
def analytics_page(request: HttpRequest) -> HttpResponse:
    """The charts of one currency and one step of time."""
    known = currencies()
    currency = request.GET.get("currency", "")
    currency = currency if currency in known else known[0]
    step = request.GET.get("step", "month")
    step = step if step in analytics.STEPS else "month"
    latest_at = latest_order_at()
    latest = timezone.localdate(latest_at) if latest_at else timezone.localdate()
    zone, spans = timezone.get_default_timezone(), analytics.buckets(step, latest)
    rows = analytics.over_time(currency=currency, step=step, latest=latest, zone=zone)
    part, names = by_part(rows, spans), group_names()

    def to(span: Bucket, **more: str) -> str:
        days = {
            "days": "custom",
            "days_from": f"{span.first}",
            "days_to": f"{span.last}",
            "currency": currency,
        }
        return f"{reverse('platform:details')}?{urlencode(days | more)}"

    whole = Bucket(spans[0].first, spans[-1].last)
    merchants = analytics.by_merchant(currency=currency, first=whole.first, last=whole.last, zone=zone)
    owners = parties(row["party_id"] for row in merchants)
    out = {
        row["first"]: row["amount"] for row in analytics.paid_out(currency=currency, step=step, latest=latest)
    }
    context = {
        "title": _("Analytics"), "currency": currency, "currencies": known if len(known) > 1 else [],
        "step": step, "steps": [("day", _("By day")), ("week", _("By week")), ("month", _("By month"))],
        "labels": bucket_labels(spans, step), "any": bool(rows),
        "sales": [
            Series(_("Sales"), part["sales"], links=[to(one, part="sales") for one in spans]),
            Series(_("Refunds"), [-one for one in part["refunds"]], links=[to(one, part="refunds") for one in spans]),
        ],
        "fees": [
            Series(names.get(group, group), values, links=[to(one, part="fees", group=group) for one in spans])
            for group, values in by_group(rows, spans)
        ],
        "take": [Series(_("Fees in sales"), rates(part), "line", links=[to(one, part="fees") for one in spans])],
        "payouts": [
            Series(_("Paid out"), [out.get(one.first, 0) for one in spans],
                   links=[_journal(one, currency) for one in spans])
        ] if out else [],
        "merchant_labels": [party_name(owners.get(row["party_id"])) for row in merchants],
        "merchants": [
            Series(_("Sales"), [row["sales"] for row in merchants],
                   links=[to(whole, part="sales", party=f"={owners[row['party_id']].code}") for row in merchants]),
        ] if merchants else [],
    }  # fmt: skip
    return render(request, "platform/analytics.html", context)


def _journal(span: Bucket, currency: str) -> str:
    query = {"booked": "custom", "booked_from": f"{span.first}", "booked_to": f"{span.last}", "currency": currency,
             "source": "13", "purpose": "2202.04"}  # fmt: skip
    return f"{reverse('platform:journal')}?{urlencode(query)}"

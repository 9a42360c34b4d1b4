"""The shop's own sales, fees and refunds over time; every bar leads to the details it adds up."""

from collections import defaultdict
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.drawing.charts import Series
from zhanggui.portals.merchant.listing import currencies_of
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.settlement.intake.models import StagedLine
from zhanggui.settlement.monitoring.queries import analytics


@shop_page("own_funds.view")
def analytics_page(request: HttpRequest, party_id: int) -> HttpResponse:
    """The charts of one currency and one step of time."""
    step = request.GET.get("step", "month")
    step = step if step in analytics.STEPS else "month"
    with as_tenant(party_id):
        known = currencies_of(party_id)
        currency = request.GET.get("currency", "")
        currency = currency if currency in known else known[0]
        newest = (
            StagedLine.objects.filter(merchant_id=party_id).order_by("-ordered_at").values_list("ordered_at")
        )
        found = newest.first()
        latest = timezone.localdate(found[0]) if found else timezone.localdate()
        rows = analytics.over_time(
            currency=currency,
            step=step,
            latest=latest,
            zone=timezone.get_default_timezone(),
            party_id=party_id,
        )
    spans = analytics.buckets(step, latest)
    sums: dict[str, dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        sums[row["part"]][row["first"]] += row["amount"]

    def series(part: str, label: str, sign: int) -> Series:
        links = [
            f"{reverse('merchant:details')}?" + urlencode({
                "occurred": "custom", "occurred_from": f"{one.first}", "occurred_to": f"{one.last}",
                "currency": currency, "part": part,
            })
            for one in spans
        ]  # fmt: skip
        return Series(label, [sign * sums[part][one.first] for one in spans], links=links)

    context = {
        "title": _("Analytics"), "currency": currency, "currencies": known if len(known) > 1 else [], "step": step,
        "steps": [("day", _("By day")), ("week", _("By week")), ("month", _("By month"))], "any": bool(rows),
        "labels": [f"{one.first:%Y-%m}" if step == "month" else f"{one.first:%m-%d}" for one in spans],
        "sales": [series("sales", _("Sales"), 1), series("refunds", _("Refunds"), -1)],
        "fees": [series("fees", _("Commission and fees"), -1)],
    }  # fmt: skip
    return render(request, "merchant/analytics.html", context)

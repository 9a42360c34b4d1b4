"""Where the page of something that a rule found is."""

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.portals.platform.access import needs
from zhanggui.settlement.intake.models import StagedRefund


def subject_url(kind: str, number: str, party_id: int) -> str:
    """The address of a subject or of a row behind an alert; "" where there is no page."""
    first = number.partition("-")[0]
    if kind == "order":
        return reverse("platform:order", args=[int(first)])
    if kind == "statement":
        return reverse("platform:statement", args=[party_id, int(number)])
    if kind == "party":
        return reverse("platform:party", args=[int(number)])
    if kind == "dispute":
        return reverse("platform:dispute", args=[int(number)])
    if kind in ("correction", "detail"):
        return reverse("platform:detail", args=[number])
    if kind == "charge":
        return reverse("platform:detail", args=[f"{party_id}-{number}-0-1"])
    if kind == "refund":
        return reverse("platform:refund_order", args=[int(number)])
    if kind == "payout":
        return reverse("platform:payout", args=[number])
    if kind in ("receipt", "difference", "approval", "deposit"):
        return reverse(f"platform:{kind}", args=[int(number)])
    if kind == "security_finding":
        return reverse("platform:security_audit", args=[int(number)])
    if kind == "contract":
        return reverse("platform:contract", args=[number])
    lists = {
        "payouts": "platform:payouts",
        "shadow_difference": "platform:shadow",
        "check": "platform:checks",
        "sweep": "platform:checks",
        "security": "platform:security_findings",
        "backup": "platform:backups",
    }
    if kind in lists:
        return reverse(lists[kind])
    if kind == "task":
        return f"{reverse('platform:jobs')}?{urlencode({'task': number})}"
    return reverse("platform:jobs") if kind in ("job", "job_event") else ""


@needs("orders.view")
def refund_order(request: HttpRequest, refund_id: int) -> HttpResponse:
    """To the order of a refund; to the rejected rows of imports while it has none."""
    refund = StagedRefund.objects.filter(id=refund_id).first()
    if refund is None:
        raise Http404(_("There is no such refund."))
    if not refund.order_id:
        return HttpResponseRedirect(reverse("platform:rejects"))
    return HttpResponseRedirect(reverse("platform:order", args=[refund.order_id]) + "?tab=refunds")

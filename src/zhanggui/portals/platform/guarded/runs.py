"""Runs of a day that somebody does not want to wait for: dunning, deposits, reserves, rebates, invoices."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from zhanggui.journeys.debt_collected import debts_aged
from zhanggui.journeys.deposit_changed import deposits_demanded
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.journeys.money_frozen import reserves_over
from zhanggui.journeys.rebate_agreed import rebates_due
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.platform.access import needs

MOST_STATEMENTS, MOST_TOLD = 2_000, 5
"""So many at a time while somebody waits; the clock drafts the rest."""


def _ran(request: HttpRequest, do: Callable[..., int], said: Callable[[int], str], back: str) -> HttpResponse:
    """Do a run and go back to the list it concerns, saying what it came to."""
    given: dict[str, Any] = {
        "clock": timezone.now, "zone": timezone.get_default_timezone(), "actor": request.user.get_username(),
    }  # fmt: skip
    try:
        count = do(**given)
        messages.success(request, said(count) % {"count": count})
    except Refusal as refusal:
        messages.error(request, refusal_text(refusal))
    return HttpResponseRedirect(reverse(back))


@require_POST
@needs("collections.act")
def run_dunning(request: HttpRequest) -> HttpResponse:
    """Raise the level of every debt that grew older."""
    return _ran(
        request, lambda **given: len(debts_aged(**given)),
        lambda count: ngettext(
            "%(count)d debt reached its next level.", "%(count)d debts reached their next level.", count
        ),
        "platform:debts",
    )  # fmt: skip


@require_POST
@needs("guarantees.act")
def demand_deposits(request: HttpRequest) -> HttpResponse:
    """Work out what must be deposited and ask those that are short."""
    return _ran(
        request, lambda **given: len(deposits_demanded(**given)),
        lambda count: ngettext(
            "%(count)d merchant is asked to top up.", "%(count)d merchants are asked to top up.", count
        ),
        "platform:deposits",
    )  # fmt: skip


@require_POST
@needs("guarantees.act")
def release_reserves(request: HttpRequest) -> HttpResponse:
    """Release the reserves whose days are over."""
    return _ran(
        request, reserves_over,
        lambda count: ngettext("%(count)d hold is released.", "%(count)d holds are released.", count),
        "platform:holds",
    )  # fmt: skip


@require_POST
@needs("adjustments.make")
def run_rebates(request: HttpRequest) -> HttpResponse:
    """Compute every agreement over its periods that are over."""
    return _ran(
        request, lambda **given: len(rebates_due(**given)),
        lambda count: ngettext(
            "%(count)d rebate is given or taken back.", "%(count)d rebates are given or taken back.", count
        ),
        "platform:rebate_agreements",
    )  # fmt: skip


@require_POST
@needs("invoices.act")
def draft_invoices(request: HttpRequest) -> HttpResponse:
    """Draft what is due on every statement; one that is refused does not stop the others."""
    done = invoices_due(clock=timezone.now, actor=request.user.get_username(), limit=MOST_STATEMENTS)
    count = len(done.invoices)
    messages.success(
        request,
        ngettext("%(count)d invoice is drafted.", "%(count)d invoices are drafted.", count)
        % {"count": count},
    )
    for number, refused in done.refused[:MOST_TOLD]:
        messages.error(request, f"{number}: {refusal_text(refused)}")
    if len(done.refused) > MOST_TOLD:
        messages.error(
            request, _("%(count)s more statements were refused.") % {"count": len(done.refused) - MOST_TOLD}
        )
    return HttpResponseRedirect(reverse("platform:invoices"))

"""Day-end balances: for each account and day what the channel or bank says, and what the ledger says."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.reconciliation.bills import account_choices
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill
from zhanggui.settlement.reconciliation.queries import day_ends

SPAN = timedelta(days=31)


@needs("reconciliation.view")
def day_ends_page(request: HttpRequest) -> HttpResponse:
    """A month of one account; each day leads to its bill, its ledger account and its differences."""
    number = request.GET.get("account", "")
    accounts = OwnAccount.objects.order_by("code")
    account = accounts.filter(id=int(number) if number.isdigit() else 0).first()
    if account is None:
        with_bills = Bill.objects.exclude(closing_minor=None).values_list("own_account_id", flat=True)
        account = accounts.filter(id__in=with_bills).first() or accounts.first()
    rows, through = [], None
    if account is not None:
        latest = Bill.objects.filter(own_account=account).order_by("-ends_before").first()
        through = _through(request.GET.get("through", ""), latest.ends_before if latest else None)
        if through is not None:
            rows = day_ends(account.id, through - SPAN, through)
    context = {
        "title": _("Day-end balances"), "rows": rows, "account": account, "accounts": account_choices(),
        "through": through, "earlier": through - SPAN if through else None,
        "later": through + SPAN if through else None,
        "differences": reverse("platform:differences") + (f"?tab=all&account={account.id}" if account else ""),
    }  # fmt: skip
    return render(request, "platform/day_ends.html", context)


def _through(text: str, otherwise: date | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else otherwise
    except ValueError:
        return otherwise

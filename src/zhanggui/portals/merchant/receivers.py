"""The shop's receiving accounts: which one is used, and giving another with the second factor."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.listing import currencies_of
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.portals.merchant.words import RECEIVERS
from zhanggui.settlement.payouts.models import ReceiverKind, ReceiverState
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.queries import receivers_of

DETAILS = ("cnaps", "branch", "bic", "country")


class ReceiverForm(forms.Form):
    """What the shop types; what no bank would take is refused by the act itself."""

    currency = forms.CharField(max_length=3)
    holder = forms.CharField(max_length=140)
    number = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=ReceiverKind.choices, required=False)
    bank = forms.CharField(max_length=140, required=False)
    iban = forms.BooleanField(required=False)
    cnaps = forms.CharField(max_length=12, required=False)
    branch = forms.CharField(max_length=140, required=False)
    bic = forms.CharField(max_length=11, required=False)
    country = forms.CharField(max_length=2, required=False)


@shop_page("own_payouts.view")
def own_receivers(request: HttpRequest, party_id: int) -> HttpResponse:
    """The accounts of the shop, numbers masked, and the form for another one."""
    problem, changing = "", may_here(request, "own_receivers.change")
    if request.method == "POST":
        problem = _("Your role at this shop does not include this page.")
        if changing:
            problem = factor_problem(request) or _proposed(request, party_id)
        if not problem:
            return HttpResponseRedirect(request.path)
    with as_tenant(party_id):
        rows = receivers_of(party_id)
        currencies = currencies_of(party_id)
    now = timezone.now()
    context = {
        "title": _("Receiving accounts"), "problem": problem, "typed": request.POST, "changing": changing,
        "currencies": currencies, "hours": int(settings.RECEIVER_COOL_DOWN.total_seconds() // 3600),
        "receivers": [
            (row, RECEIVERS[row.state],
             row.usable_from if row.state == ReceiverState.VERIFIED and row.usable_from and row.usable_from > now
             else None)
            for row in rows
        ],
        "breadcrumbs": [(_("Payouts"), reverse("merchant:payouts")), (_("Receiving accounts"), "")],
    }  # fmt: skip
    return render(request, "merchant/receivers.html", context, status=422 if problem else 200)


def _proposed(request: HttpRequest, party_id: int) -> str:
    form = ReceiverForm(request.POST)
    if not form.is_valid():
        return _("Fill in the holder, the number and the currency.")
    typed: dict[str, Any] = form.cleaned_data
    details = {name: typed[name] for name in DETAILS if typed[name]}
    if typed["iban"]:
        details["iban"] = "yes"
    try:
        with transaction.atomic():
            row = propose_receiver(
                party_id=party_id, currency=typed["currency"], at=timezone.now(),
                actor=request.user.get_username(),
                given=ReceiverDetails(
                    typed["holder"], typed["number"], kind=ReceiverKind(typed["kind"] or ReceiverKind.BANK),
                    bank=typed["bank"], details=details,
                ),
            )  # fmt: skip
    except Refusal as refusal:
        return refusal_text(refusal)
    messages.success(
        request,
        _("We have the account %(number)s. The platform checks it; until then your money goes where it went.")
        % {"number": row.number_masked},
    )
    return ""

"""Setting the data by which tax is charged: tax data, rates and codes, how an entity invoices."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.tax_arranged import invoice_policy_set, tax_profile_set, tax_treatment_set
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import decimal_text
from zhanggui.portals.desk.forms import Field, Unusable, amount_in, day_in, needed, rate_in, typed
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.invoices.filling import form_page
from zhanggui.portals.platform.invoices.words import TAXPAYERS
from zhanggui.portals.platform.names import (
    currencies,
    entity_choices,
    entity_names,
    fee_choices,
    party_name,
)
from zhanggui.settlement.invoices.operations.set_invoice_policy import CHOICES
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import TaxProfile


@needs("invoices.act")
def set_profile(request: HttpRequest, party_id: int) -> HttpResponse:
    """Tax data of a merchant, or (party 0) of an entity, from a day on."""
    back = reverse("platform:tax_data")
    party = Party.objects.filter(id=party_id).first()
    if party_id and party is None:
        raise Http404(_("There is no such party."))
    now = (
        TaxProfile.objects.filter(party_id=party_id, effective_before=None)
        .order_by("-effective_from")
        .first()
    )

    def do() -> HttpResponse:
        tax_profile_set(
            party_id=party_id, at=timezone.now(), actor=request.user.get_username(), keep_account=True,
            **profile_in(request),
        )  # fmt: skip
        messages.success(request, _("Tax data are set."))
        return HttpResponseRedirect(back)

    entities = tuple(entity_choices() if party_id == 0 else [("0", _("Every entity")), *entity_choices()])
    name = party_name(party) if party else _("the entity")
    return form_page(
        request,
        title=_("Tax data of %(name)s") % {"name": name},
        button=_("Set"),
        back=back,
        do=do,
        fields=profile_fields(entities, now),
        intro=_("They stand on invoices issued from the day on."),
    )


def profile_fields(entities: tuple[tuple[Any, Any], ...], now: TaxProfile | None) -> list[Field]:
    """Fields of tax data, filled with those in force; the bank account stands on where its box is left empty."""
    held = now or TaxProfile()
    account = held.bank_account_masked
    return [
        Field("title", _("Name on invoices"), held.title),
        Field("taxpayer", _("Kind of taxpayer"), held.taxpayer, options=tuple(TAXPAYERS.items())),
        Field("tax_number", _("Tax number"), held.tax_number, required=False, most=32),
        Field("address", _("Address"), held.address, required=False, most=300),
        Field("phone", _("Phone"), held.phone, required=False, most=40),
        Field("bank_name", _("Bank"), held.bank_name, required=False),
        Field(
            "bank_account",
            _("Bank account; empty: as before") if account else _("Bank account"),
            required=False,
            most=40,
            help=account,
        ),
        Field("entity", _("Entity"), f"{held.entity_id}", options=entities),
        Field("day", _("From the day"), f"{timezone.localdate()}", most=10),
    ]


def profile_in(request: HttpRequest) -> dict[str, Any]:
    """What was typed into them."""
    entity = typed(request, "entity")
    return {
        "title": needed(request, "title", _("Name on invoices")),
        "entity_id": int(entity) if entity.isdigit() else 0,
        "effective_from": day_in(request, "day"),
        "taxpayer": typed(request, "taxpayer"),
        **{
            name: typed(request, name)
            for name in ("tax_number", "address", "phone", "bank_name", "bank_account")
        },
    }


@needs("invoices.act")
def set_treatment(request: HttpRequest) -> HttpResponse:
    """Rate and code of a fee, or of everything, from a day on."""
    back = reverse("platform:tax_data")

    def do() -> HttpResponse:
        number = {
            name: int(typed(request, name) or 0)
            for name in ("direction", "entity", "fee")
            if typed(request, name).isdigit()
        }
        code, item = typed(request, "party"), {name: typed(request, f"item_{name}") for name in ("zh", "en")}
        party = Party.objects.filter(code=code).first() if code else None
        if code and party is None:
            raise Unusable(_("There is no merchant with this code."))
        tax_treatment_set(
            direction=number.get("direction", 1), rate_ppm=rate_in(request, "rate"),
            effective_from=day_in(request, "day"), tax_code=typed(request, "code"),
            item={name: text for name, text in item.items() if text}, entity_id=number.get("entity", 0),
            fee_type_id=number.get("fee", 0), party_id=party.id if party else 0, at=timezone.now(),
            actor=request.user.get_username(),
        )  # fmt: skip
        messages.success(request, _("The treatment is set."))
        return HttpResponseRedirect(back)

    fields = [
        Field("direction", _("Direction"), options=(("1", _("Output")), ("2", _("Input")))),
        Field("fee", _("Fee type"), options=(("0", _("Everything else")), *fee_choices())),
        Field("entity", _("Entity"), options=(("0", _("Every entity")), *entity_choices())),
        Field("party", _("Merchant code; empty: every merchant"), required=False, most=64),
        Field("rate", _("Tax rate"), help="6%", most=12),
        Field("code", _("Tax classification code"), required=False, most=32),
        Field("item_zh", _("Item, in Chinese"), required=False, most=100),
        Field("item_en", _("Item, in English"), required=False, most=100),
        Field("day", _("From the day"), f"{timezone.localdate()}", most=10),
    ]
    return form_page(
        request,
        title=_("Set a tax treatment"),
        button=_("Set"),
        back=back,
        do=do,
        fields=fields,
        intro=_("Where a fee has VAT of its own, the rate is that of its VAT rule."),
    )


@needs("invoices.act")
def set_policy(request: HttpRequest, entity_id: int) -> HttpResponse:
    """How an entity invoices."""
    back, row = reverse("platform:tax_data"), policy(entity_id)
    if entity_id and entity_id not in entity_names():
        raise Http404(_("There is no such entity."))
    above = row.verify_above_minor
    words = {
        "closed": _("when a statement is closed"),
        "confirmed": _("when a statement is confirmed"),
        "red_letter": _("by a red letter"),
        "deduction": _("deducted from the next invoice"),
        "before_payment": _("before paying"),
        "after_payment": _("after paying"),
    }
    labels = {
        "draft_when": _("Draft"),
        "reversals": _("Take back"),
        "input_check": _("Check off input invoices"),
    }

    def do() -> HttpResponse:
        limit = amount_in(request, "limit", currencies()[0]) if typed(request, "limit") else None
        invoice_policy_set(
            entity_id=entity_id, verify_above_minor=limit, at=timezone.now(),
            actor=request.user.get_username(), **{name: typed(request, name) for name in CHOICES},
        )  # fmt: skip
        messages.success(request, _("The setting holds from now on."))
        return HttpResponseRedirect(back)

    fields = [
        Field(
            name, labels[name], getattr(row, name), options=tuple((value, words[value]) for value in values)
        )
        for name, values in CHOICES.items()
    ]
    fields.append(
        Field(
            "limit",
            _("An approval verifies input invoices above"),
            "" if above is None else decimal_text(above, currencies()[0]),
            required=False,
            numeric=True,
            help=currencies()[0],
        )
    )
    name = entity_names().get(entity_id, _("Every entity"))
    return form_page(
        request,
        title=_("How %(name)s invoices") % {"name": name},
        button=_("Set"),
        back=back,
        do=do,
        fields=fields,
    )

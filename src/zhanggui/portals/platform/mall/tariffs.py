"""What carriers ask for parcels: every version of every tariff, and a form to add the next one."""

from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.parties.models import Party, PartyKind
from zhanggui.portals.desk.amounts import decimal_text
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, form_page
from zhanggui.portals.platform.mall.listing import mall_currencies
from zhanggui.portals.platform.names import party_name
from zhanggui.trade.pricing.models import CarrierTariff
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep


@needs("parties.view")
def tariffs_page(request: HttpRequest) -> HttpResponse:
    """Every tariff, the latest version of a carrier first; one form."""
    actor = request.user.get_username()

    def setter(typed: Typed) -> None:
        currency = typed.one_of("currency", mall_currencies())
        first, following = typed.number("first_grams"), typed.number("next_grams")
        assert first is not None and following is not None
        step = FreightStep(
            (), first, typed.amount("first", currency), following, typed.amount("next", currency)
        )
        at, day = timezone.now(), typed.day("day", required=False)
        later = day is not None and day != timezone.localdate(at)
        set_carrier_tariff(
            carrier=typed.text("carrier"), currency=currency, step=step, at=at, actor=actor,
            effective_at=timezone.make_aware(datetime.combine(day, time())) if day and later else None,
        )  # fmt: skip

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "parameters.change", {"set": setter}, _("Set."))
    if gone:
        return gone
    carriers = {one.id: one for one in Party.objects.filter(kind=PartyKind.CARRIER).order_by("code")}
    forms = [_form(request, carriers)] if may(request.user, "parameters.change") else []
    return form_page(
        request, _("Carriers' tariffs"), forms=forms, problem=problem, back=reverse("platform:dashboard"),
        tables=[_tariffs(carriers)],
        intro=_("A parcel costs whoever ships it what its carrier's tariff says on that day; the carrier earns it."),
    )  # fmt: skip


def _form(request: HttpRequest, carriers: dict[int, Party]) -> Form:
    fields = [
        Field("carrier", _("Carrier"), "select", [(one.code, party_name(one)) for one in carriers.values()]),
        Field("currency", _("Currency"), "select", [(code, code) for code in mall_currencies()]),
        Field("first_grams", _("First weight, grams"), value="1000"),
        Field("first", _("Price of the first weight"), "amount"),
        Field("next_grams", _("Every further weight, grams"), value="500"),
        Field("next", _("Price of every further weight, begun or whole"), "amount", value="0"),
        Field("day", _("From (empty: now)"), "day", required=False),
    ]
    note = _("Parcels that have left keep their price. With 0 for further weight all parcels cost the same.")
    form = Form("set", _("Set a carrier's tariff"), _("Set"), fields, note, in_threes=True)
    return form.typed(request.POST)


def _tariffs(carriers: dict[int, Party]) -> Table:
    return Table(
        _("Tariffs"),
        [(_("Carrier"), False), (_("Version"), True), (_("From"), False), (_("First weight, grams"), True),
         (_("Price of the first weight"), True), (_("Every further weight, grams"), True),
         (_("Price of every further weight, begun or whole"), True), (_("Currency"), False),
         (_("Set by"), False)],
        [
            [
                Cell(party_name(carriers.get(one.carrier_id))), Cell(one.version, number=True),
                Cell(one.effective_at), Cell(one.first_grams, number=True),
                Cell(decimal_text(one.first_minor, one.currency), number=True), Cell(one.next_grams, number=True),
                Cell(decimal_text(one.next_minor, one.currency), number=True), Cell(one.currency), Cell(one.set_by),
            ]
            for one in CarrierTariff.objects.order_by("carrier_id", "currency", "-version")
        ],
        _("No carrier has a tariff yet: parcels cost nothing here. Set one above."),
    )  # fmt: skip

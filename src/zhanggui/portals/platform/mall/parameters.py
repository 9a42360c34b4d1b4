"""Parameters of the mall and its channels, as its administrator sets them."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import rails
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.guarded.documents import Cell, Field, Form, Table, Typed, acted, form_page
from zhanggui.trade.parameters.operations.set_parameter import set_parameter
from zhanggui.trade.parameters.queries import parameters
from zhanggui.trade.parameters.rules import KNOWN

LABELS: dict[str, Any] = {
    "pay_within_minutes": gettext_lazy("Minutes a buyer has to pay"),
    "receive_after_days": gettext_lazy("Days after shipping until goods count as received"),
    "put_off_days": gettext_lazy("Days by which a buyer may put that off, once"),
    "complete_after_days": gettext_lazy("Days after receipt in which after-sale can be asked for"),
    "answer_return_hours": gettext_lazy("Hours a shop has to answer after-sale"),
    "send_back_within_days": gettext_lazy("Days a buyer has to send goods back"),
    "price_protection_days": gettext_lazy("Days for which prices are protected after payment"),
    "member_rebate_permille": gettext_lazy(
        "Of a thousand, what members get back of what they buy (0: nothing)"
    ),
    "member_rebate_days": gettext_lazy("Days in which members can use what they got back"),
    "business_line": gettext_lazy("Business line that hears of the mall's orders"),
    "surface_title": gettext_lazy("Name of the mall on payments"),
    "support_phone": gettext_lazy("Phone of customer service"),
    "support_hours": gettext_lazy("Hours of customer service"),
    "support_link": gettext_lazy("Address of the page on which customer service chats (https)"),
    "blocked_words": gettext_lazy(
        "Words that questions and answers may not have in them, with commas between"
    ),
}


@needs("parties.view")
def parameters_page(request: HttpRequest) -> HttpResponse:
    """Every parameter with its value; one form a parameter."""
    actor = request.user.get_username()

    def setter(typed: Typed) -> None:
        code = typed.one_of("code", list(KNOWN))
        usual = KNOWN[code].usual
        value = typed.number("value") if isinstance(usual, int) else typed.text("value", required=bool(usual))
        assert value is not None
        set_parameter(code=code, value=value, at=timezone.now(), actor=actor)

    problem, gone = "", None
    if request.method == "POST":
        problem, gone = acted(request, "parameters.change", {"set": setter}, _("Set."))
    if gone:
        return gone
    forms = []
    if may(request.user, "parameters.change"):
        choices = [(code, LABELS[code]) for code in KNOWN]
        fields = [
            Field("code", _("Parameter"), "select", choices),
            Field("value", _("Value"), required=False),
        ]
        note = _("It holds for what comes; what was promised before stays.")
        forms.append(Form("set", _("Set a parameter"), _("Set"), fields, note).typed(request.POST))
    return form_page(
        request, _("Parameters of the mall"), forms=forms, problem=problem,
        back=reverse("platform:dashboard"), tables=[_values(), _channels()],
    )  # fmt: skip


def _values() -> Table:
    found = parameters()
    return Table(
        _("Parameters"), [(_("Parameter"), False), (_("Value"), True), (_("Usual value"), True)],
        [
            [Cell(LABELS[code]), Cell(found[code], number=True), Cell(known.usual, number=True)]
            for code, known in KNOWN.items()
        ],
    )  # fmt: skip


def _channels() -> Table:
    wired = rails()
    return Table(
        _("Payment channels"),
        [(_("Channel"), False), (_("Rail"), False), (_("Our number there"), False), (_("Currency"), False),
         (_("Status"), False)],
        [
            [
                Cell(one.code, code=True), Cell(one.rail, code=True), Cell(one.account, code=True),
                Cell(one.currency), Cell(_channel_state(one, wired)),
            ]
            for one in PaymentChannel.objects.order_by("position", "id")
        ],
        _("There is none yet; `zhanggui payment-channels keep` adds one with its keys."),
    )  # fmt: skip


def _channel_state(channel: PaymentChannel, wired: Any) -> str:
    if channel.rail not in wired:
        return _("Its rail is not here")
    return pgettext("channel", "In use") if channel.active else pgettext("channel", "Switched off")

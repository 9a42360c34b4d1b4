"""The form with which staff say that a buyer's bank transfer arrived."""

from datetime import datetime, time

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.journeys.transfer_arrived import transfer_arrived
from zhanggui.payments.channel import Method
from zhanggui.payments.models import ChargeUse, Payment
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.people import may
from zhanggui.portals.platform.guarded.documents import Field, Form, Typed, acted

ACT, PERMISSION = "arrived", "charges_of_buyers.act"


def transfer_forms(request: HttpRequest, row: Payment) -> list[Form]:
    """The form, where a transfer was announced that has not arrived, and the person may act."""
    numbers = _awaited(row)
    if not numbers or not may(request.user, PERMISSION):
        return []
    fields = [
        Field("number", _("Text of the transfer"), "select", [(number, number) for number in numbers]),
        Field("amount", _("Amount that arrived"), "amount"),
        Field("bank_number", _("The bank's number of it")),
        Field("day", _("Day"), "day", value=timezone.localdate().isoformat()),
        Field("payer", _("Who paid"), required=False),
    ]
    note = _(
        "Look at the bank's statement first. The amount of the order pays it; any other amount, or one that comes"
        " after the order was cancelled, is surplus and goes back to the buyer as a whole."
    )
    return [Form(ACT, _("The transfer arrived"), _("It is on our account"), fields, note, fresh=True)]


def transfer_taken_down(request: HttpRequest, row: Payment) -> tuple[str, HttpResponse | None]:
    """What came of the form that was sent: (problem, None) or ("", redirect)."""

    def arrived(typed: Typed) -> None:
        now = timezone.now()
        # A day has no hour: noon, and never later than now.
        noon = timezone.make_aware(datetime.combine(typed.a_day("day"), time(12)))
        recorded = transfer_arrived(
            payment_no=row.payment_no, number=typed.one_of("number", _awaited(row)),
            amount_minor=typed.amount("amount", row.currency),
            bank_number=typed.text("bank_number")[:64],
            arrived_at=min(noon, now) if timezone.localdate(noon) <= timezone.localdate() else noon,
            payer=typed.text("payer", required=False), at=now, actor=request.user.get_username(),
        )  # fmt: skip
        forget("platform.mall_payments")
        if recorded.charge.use == ChargeUse.SURPLUS:
            forget("platform.mall_refunds")

    return acted(request, PERMISSION, {ACT: arrived}, _("Noted."), fresh=True)


def _awaited(row: Payment) -> list[str]:
    """Numbers of transfers that were announced and did not arrive, the latest first."""
    rows = row.attempts.filter(method=Method.TRANSFER, charge=None).order_by("-id")
    return list(rows.values_list("number", flat=True))

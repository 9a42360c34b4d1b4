"""Write down what the way back of a case's goods costs whoever bears it, by the carrier's tariff of now."""

from datetime import datetime

from django.db import IntegrityError, transaction

from zhanggui.trade.fulfilment.errors import ParcelIncomplete, TrackingNumberTaken
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.fulfilment.rules import tracking_number
from zhanggui.trade.pricing.queries import carriers_with_tariff, freight_by_tariff, tariff_in_force
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight


def freeze_way_back(*, case: ReturnCase, at: datetime) -> ReturnFreight | None:
    """This function will freeze the freight of the goods of a case, locked by the caller, that its buyer sent back
    with `case.carrier`; None where the buyer pays the way himself: he bears it, or that is none of the mall's
    carriers with a tariff in the case's currency. A number that another parcel has is refused: it is carried once.

    Raises ParcelIncomplete, TrackingNumberTaken.
    """
    ours = {party.code for party in carriers_with_tariff(currency=case.currency, at=at)}
    if case.freight_bearer == "buyer" or case.carrier not in ours:
        return None
    tariff = tariff_in_force(carrier=case.carrier, currency=case.currency, at=at)
    assert tariff is not None
    number = tracking_number(case.tracking_no)
    if not number:
        raise ParcelIncomplete(
            f"{case.tracking_no!r} is no tracking number; it has 4 to 64 letters, digits and hyphens",
            tracking_no=case.tracking_no,
        )
    if Parcel.objects.filter(carrier=case.carrier, tracking_no=number).exists():
        raise _taken(case, number)
    lines = case.lines.select_related("line__sku")
    grams = sum(line.line.sku.weight_grams * line.quantity for line in lines)
    try:
        with transaction.atomic():
            return ReturnFreight.objects.create(
                case=case, tariff=tariff, merchant_id=case.merchant_id, bearer=case.freight_bearer,
                carrier=case.carrier, tracking_no=number, currency=case.currency, grams=grams,
                freight_minor=freight_by_tariff(tariff=tariff, grams=grams),
            )  # fmt: skip
    except IntegrityError as error:
        raise _taken(case, number) from error


def _taken(case: ReturnCase, number: str) -> TrackingNumberTaken:
    return TrackingNumberTaken(
        f"tracking number {number} of {case.carrier} is on another parcel already; check the number",
        tracking_no=number, carrier=case.carrier,
    )  # fmt: skip

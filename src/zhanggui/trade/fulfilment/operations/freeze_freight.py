"""Write down what a parcel costs whoever ships it, by its carrier's tariff of now."""

from zhanggui.trade.fulfilment.models import Parcel, ParcelFreight
from zhanggui.trade.pricing.queries import freight_by_tariff, tariff_in_force


def freeze_freight(*, parcel: Parcel, currency: str, grams: int) -> ParcelFreight | None:
    """This function will freeze the freight of a parcel of so many grams, in the caller's transaction that ships it;
    None where its carrier has no tariff in that currency."""
    tariff = tariff_in_force(carrier=parcel.carrier, currency=currency, at=parcel.shipped_at)
    if tariff is None:
        return None
    return ParcelFreight.objects.create(
        parcel=parcel, tariff=tariff, shipper_id=parcel.shipper_id, currency=currency, grams=grams,
        freight_minor=freight_by_tariff(tariff=tariff, grams=grams),
    )  # fmt: skip

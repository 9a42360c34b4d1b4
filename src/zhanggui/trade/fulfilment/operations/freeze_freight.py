"""Write down what a parcel costs whoever ships it, by its carrier's tariff of now."""

from zhanggui.trade.fulfilment.models import Parcel, ParcelFreight
from zhanggui.trade.pricing.queries import tariff_in_force
from zhanggui.trade.pricing.rules.freight import FreightStep, step_amount


def freeze_freight(*, parcel: Parcel, currency: str, grams: int) -> ParcelFreight | None:
    """This function will freeze the freight of a parcel of so many grams, in the caller's transaction that ships it;
    None where its carrier has no tariff in that currency."""
    tariff = tariff_in_force(carrier=parcel.carrier, currency=currency, at=parcel.shipped_at)
    if tariff is None:
        return None
    step = FreightStep((), tariff.first_grams, tariff.first_minor, tariff.next_grams, tariff.next_minor)
    return ParcelFreight.objects.create(
        parcel=parcel, tariff=tariff, shipper_id=parcel.shipper_id, currency=currency, grams=grams,
        freight_minor=step_amount(step, grams),
    )  # fmt: skip

"""Say what a carrier asks for parcels from some moment on."""

from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.money.currencies import currency_of
from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.pricing.errors import CarrierTariffWrong, UnknownTariffCarrier
from zhanggui.trade.pricing.models import CarrierTariff
from zhanggui.trade.pricing.rules.checking import MOST_MINOR, MOST_UNITS
from zhanggui.trade.pricing.rules.freight import FreightStep


def set_carrier_tariff(
    *, carrier: str, currency: str, step: FreightStep, at: datetime, actor: str,
    effective_at: datetime | None = None,
) -> CarrierTariff:  # fmt: skip
    """This function will add the next version of a carrier's tariff in a currency, in the caller's transaction: in
    force from `effective_at`, not before `at`. Units of the step are grams, amounts minor units. Parcels keep the
    version that was in force when they were shipped.

    Raises UnknownTariffCarrier, UnknownCurrency, CarrierTariffWrong.
    """
    party = Party.objects.select_for_update().filter(kind=PartyKind.CARRIER, code=carrier).first()
    if party is None:
        raise UnknownTariffCarrier(
            f"there is no carrier {carrier!r}; open it as a party of that kind first", carrier=carrier
        )
    currency_of(currency)
    _check(step, effective_at, at)
    known = CarrierTariff.objects.filter(carrier_id=party.id, currency=currency)
    before = known.order_by("-version").first()
    tariff = CarrierTariff.objects.create(
        carrier_id=party.id, currency=currency, version=before.version + 1 if before else 1,
        first_grams=step.first_units, first_minor=step.first_minor, next_grams=step.next_units,
        next_minor=step.next_minor, effective_at=effective_at or at, set_at=at, set_by=actor,
    )  # fmt: skip
    record_change(
        at=at, actor=actor, action="carrier_tariff.set", object_kind="carrier_tariff",
        object_id=f"{carrier} {currency}", before=_content(before) if before else None, after=_content(tariff),
    )  # fmt: skip
    return tariff


def _check(step: FreightStep, effective_at: datetime | None, at: datetime) -> None:
    if step.regions:
        raise CarrierTariffWrong("a carrier's tariff is one for all regions; leave them out", field="regions")
    for name, value in (("first_grams", step.first_units), ("next_grams", step.next_units)):
        if not 1 <= value <= MOST_UNITS:
            raise CarrierTariffWrong(f"{name} is a weight of 1 to {MOST_UNITS} grams", field=name)
    for name, value in (("first_minor", step.first_minor), ("next_minor", step.next_minor)):
        if not 0 <= value <= MOST_MINOR:
            raise CarrierTariffWrong(f"{name} is an amount of zero or more", field=name)
    if effective_at is not None and effective_at < at:
        raise CarrierTariffWrong(
            "a tariff holds from now on or later; what was shipped keeps the one it was shipped by",
            field="effective_at",
        )


def _content(tariff: CarrierTariff) -> dict[str, object]:
    return {
        "version": tariff.version, "first_grams": tariff.first_grams, "first_minor": tariff.first_minor,
        "next_grams": tariff.next_grams, "next_minor": tariff.next_minor,
        "effective_at": tariff.effective_at.isoformat(),
    }  # fmt: skip

"""The settlement centre hears what carriers earn by parcels: whoever shipped owes it, once a parcel; what is lost or
taken back is given back."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import transaction
from django.db.models import F, Q

from zhanggui.journeys.mall_told import MOST, TRY_AGAIN_AFTER
from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord, post_charges
from zhanggui.trade.fulfilment.models import ParcelFreight, ParcelLine
from zhanggui.trade.fulfilment.states import EARNED

FREIGHT = "carrier_freight"


@dataclass(frozen=True)
class FreightTold:
    """Parcels whose freight was told, and those whose freight was not taken in."""

    told: int
    rejected: int

    @property
    def parcels(self) -> int:
        """All that were looked at."""
        return self.told + self.rejected


def freight_told(
    *, business_line: BusinessLine, clock: Callable[[], datetime], zone: tzinfo, most: int = MOST
) -> FreightTold:
    """This function will tell what up to `most` parcels come to that the settlement centre does not know yet, in the
    line's currency: over the general billing interface, a charge for the carrier and one for whoever shipped, both or
    neither, in one transaction with the note that it was told; of a parcel that is all of one order, with the order's
    number. What is not taken in is tried again after an hour."""
    with transaction.atomic():
        at = clock()
        rows = _rows(business_line.currency, at, most)
        if not rows:
            return FreightTold(0, 0)
        parties = _parties(rows)
        faults: dict[int, str] = {}
        post = _Posting(business_line, at, zone, parties)
        with transaction.atomic():
            faults = post.all_of(rows)
            if faults:
                transaction.set_rollback(True)
        if faults:
            post.all_of([row for row in rows if row.parcel_id not in faults])
        for row in rows:
            row.told_at, row.told_fault = at, faults.get(row.parcel_id, "")[:255]
            if not row.told_fault:
                row.told_minor, row.tellings = _earned(row), row.tellings + 1
        ParcelFreight.objects.bulk_update(rows, ["told_minor", "tellings", "told_at", "told_fault"])
    return FreightTold(len(rows) - len(faults), len(faults))


def _rows(currency: str, at: datetime, most: int) -> list[ParcelFreight]:
    untried = Q(told_fault="") | Q(told_at__lte=at - TRY_AGAIN_AFTER)
    earned = Q(parcel__state__in=EARNED)
    news = (earned & ~Q(told_minor=F("freight_minor"))) | (~earned & ~Q(told_minor=0))
    return list(
        ParcelFreight.objects.select_for_update(of=("self",), skip_locked=True)
        .select_related("parcel")
        .filter(untried, news, currency=currency)
        .order_by("parcel_id")[:most]
    )


def _earned(row: ParcelFreight) -> int:
    """What the carrier earns by the parcel as it stands, minor units."""
    return row.freight_minor if row.parcel.state in EARNED else 0


def _parties(rows: Sequence[ParcelFreight]) -> dict[int, str]:
    return dict(Party.objects.filter(id__in={row.shipper_id for row in rows}).values_list("id", "code"))


def _orders(rows: Sequence[ParcelFreight]) -> dict[int, str]:
    """The order of each parcel that carries nothing of another one, by the parcel's id."""
    carried: dict[int, set[str]] = {}
    lines = ParcelLine.objects.filter(parcel_id__in=[row.parcel_id for row in rows])
    for parcel_id, order_no in lines.values_list("parcel_id", "line__order__order_no"):
        carried.setdefault(parcel_id, set()).add(order_no)
    return {parcel_id: numbers.pop() for parcel_id, numbers in carried.items() if len(numbers) == 1}


@dataclass(frozen=True)
class _Posting:
    """Sends the charges of parcels as one batch."""

    line: BusinessLine
    at: datetime
    zone: tzinfo
    parties: dict[int, str]

    def all_of(self, rows: Sequence[ParcelFreight]) -> dict[int, str]:
        """This method will send them and return why parcels were refused, by their ids."""
        if not rows:
            return {}
        orders = _orders(rows)
        records = [record for row in rows for record in self._pair(row, orders.get(row.parcel_id, ""))]
        key = hashlib.sha256("\n".join(one.charge_no for one in records).encode()).hexdigest()
        batch = post_charges(
            business_line=self.line, key=f"freight {key[:50]}", records=records, at=self.at, zone=self.zone,
            actor="mall",
        )  # fmt: skip
        if not batch.rejected:
            return {}
        refused = Charge.objects.filter(batch=batch, state="rejected").order_by("line_id")
        why = {one.charge_no: f"{one.reject_code}: {one.reject_message}" for one in refused}
        return {row.parcel_id: why[number] for row in rows if (number := _number(row)) in why}

    def _pair(self, row: ParcelFreight, order_no: str) -> list[ChargeRecord]:
        amount = _earned(row) - row.told_minor
        moment = row.parcel.shipped_at if amount > 0 and not row.tellings else row.parcel.ended_at or self.at
        return [
            ChargeRecord(
                charge_no=_number(row), party=party, fee=FREIGHT, currency=row.currency, amount=signed,
                occurred_at=moment, base=abs(signed), order_no=order_no,
                memo=f"parcel {row.parcel.parcel_no}, {row.grams} g",
            )
            for party, signed in ((row.parcel.carrier, amount), (self.parties[row.shipper_id], -amount))
        ]  # fmt: skip


def _number(row: ParcelFreight) -> str:
    return f"freight-{row.parcel.parcel_no}-{row.tellings + 1}"

"""The settlement centre hears what carriers earn: by parcels, which whoever shipped owes, and by goods on their way
back, which whoever bears it owes. What is lost or taken back is given back."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import transaction
from django.db.models import F, Q, QuerySet

from zhanggui.journeys.mall_told import MOST, TRY_AGAIN_AFTER
from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord, post_charges
from zhanggui.trade.fulfilment.models import CarriersFreight, ParcelFreight, ParcelLine
from zhanggui.trade.fulfilment.states import EARNED
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight

FREIGHT = "carrier_freight"
BORNE_BY_PLATFORM = "platform_freight"
TOLD = ["told_minor", "tellings", "told_at", "told_fault"]


@dataclass(frozen=True)
class FreightTold:
    """Parcels, to buyers or back, whose freight was told, and those whose freight was not taken in."""

    told: int
    rejected: int

    @property
    def parcels(self) -> int:
        """All that were looked at."""
        return self.told + self.rejected


@dataclass(frozen=True)
class Carriage:
    """Something a carrier carried, a parcel or goods on their way back, of which the settlement centre knows less or
    more than the carrier earns by it as it stands: `earned` minor units. Without an `owed_by` (a party's code) the
    platform bears it, and nobody is charged."""

    freight: CarriersFreight
    number: str
    carrier: str
    owed_by: str
    order_no: str
    earned: int
    moment: datetime
    memo: str

    @property
    def charge_no(self) -> str:
        """The number under which it is told now, on both sides."""
        return charge_number(self.number, self.freight.tellings + 1)

    @property
    def charges(self) -> list[ChargeRecord]:
        """What is told of it: the carrier's side, and that of whoever owes it."""
        amount = self.earned - self.freight.told_minor
        sides = [(self.carrier, amount), *([(self.owed_by, -amount)] if self.owed_by else [])]
        return [
            ChargeRecord(
                charge_no=self.charge_no, party=party, fee=FREIGHT if self.owed_by else BORNE_BY_PLATFORM,
                currency=self.freight.currency, amount=signed, occurred_at=self.moment, base=abs(signed),
                order_no=self.order_no, memo=f"{self.memo}, {self.freight.grams} g",
            )
            for party, signed in sides
        ]  # fmt: skip

    def note(self, at: datetime, fault: str) -> None:
        """Keep on its freight that it was told, or why not."""
        self.freight.told_at, self.freight.told_fault = at, fault[:255]
        if not fault:
            self.freight.told_minor, self.freight.tellings = self.earned, self.freight.tellings + 1


def charge_number(number: str, telling: int) -> str:
    """This function will return the number of the charges of a parcel or a case, told the first time (1) or again."""
    return f"freight-{number}-{telling}"


def freight_told(
    *, business_line: BusinessLine, clock: Callable[[], datetime], zone: tzinfo, most: int = MOST
) -> FreightTold:
    """This function will tell what up to `most` carriages come to that the settlement centre does not know yet, in
    the line's currency: over the general billing interface, a charge for the carrier and one for whoever owes it,
    both or neither, in one transaction with the note that it was told; of what is all of one order, with the order's
    number. What is not taken in is tried again after an hour."""
    with transaction.atomic():
        at = clock()
        found = _parcels(business_line.currency, at, most)
        found += _ways_back(business_line.currency, at, most - len(found))
        if not found:
            return FreightTold(0, 0)
        faults: dict[str, str] = {}
        post = _Posting(business_line, at, zone)
        with transaction.atomic():
            faults = post.all_of(found)
            if faults:
                transaction.set_rollback(True)
        if faults:
            post.all_of([one for one in found if one.charge_no not in faults])
        for one in found:
            one.note(at, faults.get(one.charge_no, ""))
        for kind in (ParcelFreight, ReturnFreight):
            rows = [one.freight for one in found if isinstance(one.freight, kind)]
            kind.objects.bulk_update(rows, TOLD)
    return FreightTold(len(found) - len(faults), len(faults))


def _news[Freight: CarriersFreight](
    rows: QuerySet[Freight], earned: Q, currency: str, at: datetime, most: int
) -> list[Freight]:
    """Freight of which another sum was told than is `earned`, locked; what another teller has is left to it."""
    untried = Q(told_fault="") | Q(told_at__lte=at - TRY_AGAIN_AFTER)
    news = (earned & ~Q(told_minor=F("freight_minor"))) | (~earned & ~Q(told_minor=0))
    locked = rows.select_for_update(of=("self",), skip_locked=True)
    return list(locked.filter(untried, news, currency=currency).order_by("pk")[:most])


def _parcels(currency: str, at: datetime, most: int) -> list[Carriage]:
    """Parcels to buyers: earned when they leave, unless they are lost or back."""
    rows = _news(
        ParcelFreight.objects.select_related("parcel"), Q(parcel__state__in=EARNED), currency, at, most
    )
    parties, orders = _parties({row.shipper_id for row in rows}), _orders(rows)
    found = []
    for row in rows:
        parcel, earned = row.parcel, row.freight_minor if row.parcel.state in EARNED else 0
        first = earned and not row.tellings
        found.append(
            Carriage(
                freight=row, number=parcel.parcel_no, carrier=parcel.carrier, owed_by=parties[row.shipper_id],
                order_no=orders.get(row.parcel_id, ""), earned=earned, memo=f"parcel {parcel.parcel_no}",
                moment=parcel.shipped_at if first else parcel.ended_at or at,
            )
        )  # fmt: skip
    return found


def _ways_back(currency: str, at: datetime, most: int) -> list[Carriage]:
    """Goods on their way back: earned when they are there."""
    rows = _news(
        ReturnFreight.objects.select_related("case__order"), Q(earned_at__isnull=False), currency, at, most
    )
    parties = _parties({row.merchant_id for row in rows})
    return [
        Carriage(
            freight=row, number=row.case.case_no, carrier=row.carrier,
            owed_by=parties[row.merchant_id] if row.bearer == "merchant" else "",
            order_no=row.case.order.order_no, earned=row.freight_minor if row.earned_at else 0,
            memo=f"order {row.case.order.order_no}, back with case {row.case.case_no}", moment=row.earned_at or at,
        )
        for row in rows
    ]  # fmt: skip


def _parties(ids: set[int]) -> dict[int, str]:
    return dict(Party.objects.filter(id__in=ids).values_list("id", "code"))


def _orders(rows: Sequence[ParcelFreight]) -> dict[int, str]:
    """The order of each parcel that carries nothing of another one, by the parcel's id; a replacement's is its
    case's."""
    parcels = [row.parcel_id for row in rows]
    carried: dict[int, set[str]] = {}
    lines = ParcelLine.objects.filter(parcel_id__in=parcels)
    cases = ReturnCase.objects.filter(replacement_id__in=parcels)
    for parcel_id, order_no in [
        *lines.values_list("parcel_id", "line__order__order_no"),
        *cases.values_list("replacement_id", "order__order_no"),
    ]:
        carried.setdefault(parcel_id, set()).add(order_no)
    return {parcel_id: numbers.pop() for parcel_id, numbers in carried.items() if len(numbers) == 1}


@dataclass(frozen=True)
class _Posting:
    """Sends the charges of carriages as one batch."""

    line: BusinessLine
    at: datetime
    zone: tzinfo

    def all_of(self, carriages: Sequence[Carriage]) -> dict[str, str]:
        """This method will send them and return why some were refused, by their charge numbers."""
        if not carriages:
            return {}
        records = [record for one in carriages for record in one.charges]
        key = hashlib.sha256("\n".join(one.charge_no for one in records).encode()).hexdigest()
        batch = post_charges(
            business_line=self.line, key=f"freight {key[:50]}", records=records, at=self.at, zone=self.zone,
            actor="mall",
        )  # fmt: skip
        if not batch.rejected:
            return {}
        refused = Charge.objects.filter(batch=batch, state="rejected").order_by("line_id")
        return {one.charge_no: f"{one.reject_code}: {one.reject_message}" for one in refused}

"""A file of parcels was uploaded: good rows are shipped, the others named."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from zhanggui.audit.operations.record_change import record_change
from zhanggui.journeys.goods_shipped import goods_shipped
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Party, PartyKind
from zhanggui.trade.fulfilment.errors import ParcelIncomplete
from zhanggui.trade.fulfilment.rules import Wanted
from zhanggui.trade.fulfilment.shipping_file import FileRow, groups, read_shipping_file, units_of

SHIPPED, THERE, REFUSED = "shipped", "there", "refused"


@dataclass(frozen=True)
class RowOutcome:
    """What became of a row: shipped, there before, or refused with a code and a sentence."""

    row: FileRow
    outcome: str
    parcel_no: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class FileOutcome:
    """What became of a file, row by row."""

    name: str
    dry_run: bool
    rows: list[RowOutcome] = field(default_factory=list)

    @property
    def counts(self) -> dict[str, int]:
        """Rows by outcome."""
        found = Counter(one.outcome for one in self.rows)
        return {outcome: found[outcome] for outcome in (SHIPPED, THERE, REFUSED)}


def shipping_file_uploaded(
    *, shipper_id: int, content: bytes, name: str, at: datetime, actor: str, dry_run: bool = False
) -> FileOutcome:
    """This function will ship what the rows of a file say, a parcel (rows with one tracking number) at a time, each
    in a transaction of its own; with `dry_run` nothing stays. The same file again changes nothing. A row that is
    wrong takes the other rows of its parcel with it. Raises ShippingFileRefused, HandedFileRefused."""
    carriers = _carriers()
    parcels = groups(
        row._replace(carrier=carriers.get(row.carrier.casefold(), row.carrier))
        for row in read_shipping_file(content, name=name)
    )
    outcome = FileOutcome(name=name, dry_run=dry_run)
    with nullcontext() if not dry_run else _taken_back():
        for rows in parcels:
            outcome.rows.extend(_parcel(rows, shipper_id, at, actor))
    outcome.rows.sort(key=lambda one: one.row.number)
    if not dry_run:
        with transaction.atomic():
            record_change(
                at=at, actor=actor, action="shipping_file.uploaded", object_kind="shipping_file",
                object_id=name[:64], party_id=shipper_id, after=outcome.counts,
            )  # fmt: skip
    return outcome


@contextmanager
def _taken_back() -> Iterator[None]:
    """Whatever is done inside is not done."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _carriers() -> dict[str, str]:
    """Codes of carriers by code and by name in either language."""
    found: dict[str, str] = {}
    for party in Party.objects.filter(kind=PartyKind.CARRIER, active=True).order_by("id"):
        for word in (party.code, *party.name.values()):
            found.setdefault(str(word).casefold(), party.code)
    return found


def _parcel(rows: Sequence[FileRow], shipper_id: int, at: datetime, actor: str) -> list[RowOutcome]:
    """Ship what rows with one tracking number say."""
    faults = {row.number: fault for row in rows if (fault := _fault(row, rows))}
    if faults:
        others = ParcelIncomplete(
            f"another row of parcel {rows[0].tracking_no} is wrong; correct that one and send the file again"
        )
        return [_refused(row, faults.get(row.number, others)) for row in rows]
    first = rows[0]
    wanted = [Wanted(row.order_no, row.line_no, units_of(row.quantity) or 0) for row in rows]
    try:
        shipped = goods_shipped(
            shipper_id=shipper_id, wanted=wanted, carrier=first.carrier, tracking_no=first.tracking_no, at=at,
            actor=actor,
        )  # fmt: skip
    except Refusal as refusal:
        return [_refused(row, refusal) for row in rows]
    outcome = SHIPPED if shipped.new else THERE
    return [RowOutcome(row, outcome, parcel_no=shipped.parcel.parcel_no) for row in rows]


def _fault(row: FileRow, rows: Sequence[FileRow]) -> Refusal | None:
    for other in rows:
        if other.number < row.number and (other.order_no, other.line_no) == (row.order_no, row.line_no):
            return ParcelIncomplete(
                f"the row says the same as row {other.number}; leave one of them out", first=other.number
            )
    if not row.order_no or len(row.order_no) > 32:
        return ParcelIncomplete("the row has no order number; write it as it is in the list of orders")
    if units_of(row.quantity) is None:
        return ParcelIncomplete(
            f"{row.quantity!r} is no quantity; write a whole number, or nothing for all that is left",
            quantity=row.quantity,
        )
    return None


def _refused(row: FileRow, refusal: Refusal) -> RowOutcome:
    return RowOutcome(row, REFUSED, code=refusal.code, message=refusal.message)

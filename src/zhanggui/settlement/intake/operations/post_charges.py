"""The general billing interface (通用计费接口): take in details that other systems billed."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import connection

from zhanggui.rows.times import day_number
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.dictionary import Dictionary
from zhanggui.settlement.intake.errors import BatchTooLarge, IdempotencyKeyConflict
from zhanggui.settlement.intake.faults import Fault
from zhanggui.settlement.intake.models import Charge, ChargeBatch, ChargePull

CHARGES_LOCK = 0x5A47_0022
ROWS_MAX = 10_000
AMOUNT_MAX = 10**15
ADJUSTED = "adjusted"  # a document of our own, approved here; nobody else may send it
SOURCES = ("passed", "pulled")
# What these fees move is kept by documents: deposits, holds and splits. A foreign charge would move it behind their
# back.
BY_DOCUMENT = ("deposit", "reserve", "split")


@dataclass(frozen=True)
class ChargeRecord:
    """One foreign detail. `amount` and `base` are minor units, amount signed for the party (positive is owed
    to it); `order_no` and `line_no` say which order line it belongs to, where it belongs to one."""

    charge_no: str
    party: str
    fee: str
    currency: str
    amount: int
    occurred_at: datetime
    base: int = 0
    order_no: str = ""
    line_no: str = ""
    memo: str = ""
    source: str = "passed"

    def digest(self) -> bytes:
        """SHA-256 of the content."""
        # The standard library's: a record may hold anything here, also a number of a hundred digits.
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).digest()


def post_charges(
    *, business_line: BusinessLine, key: str, records: Sequence[ChargeRecord], at: datetime, zone: tzinfo,
    actor: str, own: bool = False, pull: ChargePull | None = None,
) -> ChargeBatch:  # fmt: skip
    """This function will take in one batch in the caller's transaction and return it; its charges say, one
    by one, whether they were accepted or why not.

    `own` charges are adjustments made and approved here; `pull` is the pull of a feed that brings them. The same
    key with the same content returns the batch as it was. A charge number accepted before with the same content is
    not settled twice, with other content rejected. Raises BatchTooLarge, IdempotencyKeyConflict.
    """
    if len(records) > ROWS_MAX:
        raise BatchTooLarge(f"{len(records)} rows in one batch; send at most {ROWS_MAX} at a time")
    digest = hashlib.sha256(b"".join(one.digest() for one in records)).digest()
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [CHARGES_LOCK, business_line.id])
    existing = ChargeBatch.objects.filter(business_line=business_line, key=key).first()
    if existing:
        if bytes(existing.digest) != digest:
            raise IdempotencyKeyConflict(f"key {key!r} was used for another batch; send a new key")
        return existing
    batch = ChargeBatch.objects.create(
        business_line=business_line, key=key, digest=digest, received_at=at, actor=actor, pull=pull
    )
    rows = _rows(business_line, batch.id, records, zone, own)
    Charge.objects.bulk_create(rows, batch_size=1000)
    batch.accepted = sum(row.state == "accepted" for row in rows)
    batch.rejected = sum(row.state == "rejected" for row in rows)
    batch.save(update_fields=["accepted", "rejected"])
    return batch


def _rows(
    line: BusinessLine, batch_id: int, records: Sequence[ChargeRecord], zone: tzinfo, own: bool
) -> list[Charge]:
    dictionary = Dictionary()
    dictionary.learn_parties([one.party for one in records])
    terms = TermsBook.load(line.id)
    known = _accepted_before(line.id, [one.charge_no for one in records])
    orders = _known_orders(line.id, [one.order_no for one in records if one.order_no])
    with connection.cursor() as cursor:
        numbers = reserve_numbers(cursor, "settlement_line_id_seq", len(records)).tolist()
    rows = []
    for number, one in zip(numbers, records, strict=True):
        party, digest = dictionary.party(one.party), one.digest()
        fault = charge_fault(one, line, party, orders, own) or _terms_fault(one, terms, party, zone)
        before = known.get((party, one.charge_no))
        if fault is None and before is not None:
            if before == digest:
                fault = ("repeated", f"charge {one.charge_no} was accepted before and is settled once")
            else:
                fault = ("charge_conflict", f"charge {one.charge_no} is here already with other content")
        if fault is None:
            known[(party, one.charge_no)] = digest
        fee = catalogue().by_code.get(one.fee)
        rows.append(
            Charge(
                party_id=party, line_id=number, batch_id=batch_id, business_line_id=line.id,
                charge_no=one.charge_no[:64], fee_type_id=fee.id if fee else 0, party_code=one.party[:64],
                fee_code=one.fee[:64], currency=one.currency[:3], base_minor=_bounded(one.base),
                amount_minor=_bounded(one.amount), occurred_at=_aware(one.occurred_at, zone), source=one.source[:16],
                order_no=one.order_no[:64], line_no=one.line_no[:32], memo=one.memo[:200],
                state="rejected" if fault else "accepted", reject_code=fault[0] if fault else "",
                reject_message=fault[1] if fault else "", digest=digest,
            )
        )  # fmt: skip
    return rows


def charge_fault(
    one: ChargeRecord, line: BusinessLine, party: int, orders: set[str], own: bool = False
) -> Fault | None:
    """This function will return the first reason why a charge cannot be settled, or None."""
    if not one.charge_no or len(one.charge_no) > 64:
        return "bad_charge_number", "the charge number must have 1 to 64 characters"
    if not party:
        return "unknown_party", f"there is no party {one.party!r}"
    if one.fee not in catalogue().by_code:
        return "unknown_fee", f"there is no fee type {one.fee!r}; the catalogue lists them"
    if catalogue().by_code[one.fee].group in BY_DOCUMENT:
        return (
            "fee_by_document",
            f"{one.fee} moves by documents made here: deposits, holds and splits, not charges",
        )
    if one.currency != line.currency:
        return "wrong_currency", f"{line.code} settles in {line.currency}, not {one.currency}"
    for name in ("amount", "base"):
        value = getattr(one, name)
        if isinstance(value, bool) or not isinstance(value, int) or abs(value) > AMOUNT_MAX:
            return "bad_amount", f"{name} must be a whole number of minor units, not {value!r}"
    if one.amount == 0:
        return "zero_amount", "an amount of zero settles nothing"
    if one.occurred_at.tzinfo is None:
        return "bad_time", "occurred_at must be a time with a zone"
    if one.source not in ((ADJUSTED,) if own else SOURCES):
        return "unknown_source", f"source must be one of {', '.join(SOURCES)}"
    if line.shadow and one.order_no and one.order_no not in orders:
        return "unknown_order", f"order {one.order_no} is not here; a shadow line needs it to compare"
    return None


def _terms_fault(one: ChargeRecord, terms: TermsBook, party: int, zone: tzinfo) -> Fault | None:
    day = day_number(one.occurred_at.astimezone(zone).date())
    if terms.find(party, day) is None:
        return "no_terms", f"{one.party!r} has no settlement terms on the day of charge {one.charge_no}"
    return None


def _aware(at: datetime, zone: tzinfo) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _bounded(value: object) -> int:
    good = isinstance(value, int) and not isinstance(value, bool) and abs(value) <= AMOUNT_MAX
    return int(value) if good else 0  # type: ignore[call-overload]


def _accepted_before(line_id: int, numbers: list[str]) -> dict[tuple[int, str], bytes]:
    rows = Charge.objects.filter(
        business_line_id=line_id, charge_no__in=numbers, state="accepted"
    ).values_list("party_id", "charge_no", "digest")
    return {(party, number): bytes(digest) for party, number, digest in rows}


def _known_orders(line_id: int, numbers: list[str]) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "select order_no from settlement_staged_order where business_line_id = %s and order_no = any(%s)",
            [line_id, numbers],
        )
        return {row[0] for row in cursor.fetchall()}

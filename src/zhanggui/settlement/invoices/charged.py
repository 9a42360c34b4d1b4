"""A charge of tax put on one statement at once, whatever terms hold by now."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

import numpy as np

from zhanggui.ledger.sources import EntrySource
from zhanggui.parties.models import Party
from zhanggui.rows.times import microseconds
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import settle_blocks
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord, post_charges
from zhanggui.settlement.statements.models import Statement

FEE = "tax_withheld"


@dataclass(frozen=True)
class Told:
    """What a charge of tax says: its number, amount and base (minor units, signed for the party), and a memo."""

    number: str
    amount: int
    base: int
    memo: str


def charged(
    row: Statement, told: Told, *, business_line_id: int, at: datetime, zone: tzinfo, actor: str
) -> int:
    """This function will put a charge of the last second of an open statement's period on that statement and return
    its line id, in the caller's transaction, which holds `statements.locks.hold_for_closing`."""
    last = row.ends_before - timedelta(days=1)
    moment = datetime.combine(last, time(23, 59, 59), tzinfo=zone)
    record = ChargeRecord(
        charge_no=told.number, party=Party.objects.get(id=row.party_id).code, fee=FEE, currency=row.currency,
        amount=told.amount, base=told.base, occurred_at=moment, memo=told.memo,
    )  # fmt: skip
    batch = post_charges(
        business_line=BusinessLine.objects.get(id=business_line_id), key=told.number, records=[record], at=at,
        zone=zone, actor=actor,
    )  # fmt: skip
    charge = Charge.objects.get(party_id=row.party_id, batch_id=batch.id)
    if charge.state != "accepted":
        raise RuntimeError(f"tax of {row.number} cannot be put on it: {charge.reject_message}")
    _settle(row, charge, moment, at, zone)
    return charge.line_id


def _settle(row: Statement, charge: Charge, moment: datetime, at: datetime, zone: tzinfo) -> None:
    def one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([value], dtype=np.int64)

    now = one(microseconds(moment))
    block = BilledBlock(
        party_id=one(row.party_id), line_id=one(charge.line_id), event_id=one(0),
        merchant_id=one(row.party_id), order_id=one(charge.line_id), statement_id=one(row.id),
        cumulative_before=one(0), quantity=one(0), done=one(0), step=one(0), whole=one(0), occurred_us=now,
        billable_us=now, entity_id=one(row.entity_id), business_line_id=one(charge.business_line_id),
        rule_set_id=one(0), kind=one(EntrySource.CHARGE), mode=one(row.mode),
        currency=np.array([row.currency.encode()], dtype="S3"), fee_types=one(charge.fee_type_id)[:, None],
        rules=one(0)[:, None], bases=one(charge.base_minor)[:, None], amounts=one(charge.amount_minor)[:, None],
    )  # fmt: skip
    settle_blocks(sides=[Side(block, one(row.billed_account_id))], at=at, zone=zone)

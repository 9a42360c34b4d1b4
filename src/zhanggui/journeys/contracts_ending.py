"""Contracts come to their end: the parties they are with are told in time."""

from datetime import date, datetime

from django.db import transaction

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.settlement.entities.contracts import ContractState, contracts

AT_ONCE = 1_000


@transaction.atomic
def contracts_ending_told(*, today: date, at: datetime) -> int:
    """This function will tell parties whose contract ends soon and has none after it, once a contract, and return how
    many notices are new. Staff see the same contracts among what waits."""
    told, after = 0, 0
    while found := contracts(today=today, state=ContractState.ENDING, after=after, limit=AT_ONCE):
        told += write_notices(
            told=[
                Told(
                    "contract.ending", row["number"], party_id=row["party_id"],
                    about={"day": row["ends_on"].isoformat()},
                ) for row in found
            ], at=at,
        )  # fmt: skip
        after = found[-1]["id"]
    return told

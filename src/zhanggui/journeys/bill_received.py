"""A bill of a channel or a statement of a bank came in: kept whole or not at all, and run over at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRun
from zhanggui.settlement.reconciliation.operations.import_bill import import_bill, import_empty_day
from zhanggui.settlement.reconciliation.operations.reconcile_bill import reconcile_bill
from zhanggui.settlement.reconciliation.queries import bill as find_bill


@dataclass(frozen=True)
class Received:
    """What came of it; `new` is false when the same content was here before."""

    bill: Bill
    new: bool
    runs: list[ReconciliationRun]


@transaction.atomic
def bill_received(
    *, own_account: OwnAccount, channel: str, path: Path, clock: Callable[[], datetime], actor: str,
    name: str = "", day: date | None = None, run: bool = True,
) -> Received:  # fmt: skip
    """This function will keep the bill and run its legs. Raises the refusals of reconciliation: then nothing is
    kept. The same content again is no error: what has come since is placed."""
    bill, new = import_bill(
        own_account=own_account, channel=channel, path=path, name=name, day=day, at=clock(), actor=actor
    )
    return Received(bill, new, reconcile_bill(bill=bill, clock=clock, actor=actor) if run else [])


@transaction.atomic
def empty_day_received(
    *, own_account: OwnAccount, channel: str, kind: str, day: date, clock: Callable[[], datetime], actor: str
) -> Received:
    """This function will note that the channel has no bill for a day and run over it."""
    bill, new = import_empty_day(
        own_account=own_account, channel=channel, kind=kind, day=day, at=clock(), actor=actor
    )
    return Received(bill, new, reconcile_bill(bill=bill, clock=clock, actor=actor))


@transaction.atomic
def bill_run_again(*, bill_id: int, clock: Callable[[], datetime], actor: str) -> list[ReconciliationRun]:
    """This function will run over a bill again and return the runs that found something new."""
    return reconcile_bill(bill=find_bill(bill_id), clock=clock, actor=actor)

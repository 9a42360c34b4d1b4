"""Everything due is billed: sales, then refunds, then charges, chunk by chunk, exactly once."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.db import IntegrityError, connections, transaction

from zhanggui.rows.statistics import refresh_statistics
from zhanggui.settlement.billing.models import BillingRun
from zhanggui.settlement.billing.operations.bill_charges import bill_charges
from zhanggui.settlement.billing.operations.bill_lines import bill_lines
from zhanggui.settlement.billing.operations.bill_refunds import bill_refunds
from zhanggui.settlement.billing.operations.compare_shadow import compare_shadow
from zhanggui.settlement.billing.operations.open_ahead import open_ahead
from zhanggui.settlement.billing.operations.settle_blocks import Settled
from zhanggui.settlement.billing.runs import (
    Chunk,
    Planned,
    claim_chunk,
    finish_chunk,
    look_again,
    plan_run,
)
from zhanggui.settlement.entities.models import BusinessLine

WRITTEN = ("settlement_billed_line", "settlement_statement", "ledger_account", "ledger_entry", "ledger_delta")

type Clock = Callable[[], datetime]
type Progress = Callable[[str, int], None]


@dataclass
class Billed:
    """What a call billed, over all kinds."""

    lines: int = 0
    details: int = 0
    entries: int = 0
    chunks: int = 0

    def add(self, settled: Settled) -> None:
        self.lines += settled.lines
        self.details += settled.details
        self.entries += settled.entries
        self.chunks += 1

    def absorb(self, other: "Billed") -> None:
        self.lines += other.lines
        self.details += other.details
        self.entries += other.entries
        self.chunks += other.chunks


def goods_billable(
    *, business_line: BusinessLine, as_of: datetime, clock: Clock, zone: tzinfo, actor: str,
    progress: Progress = lambda kind, lines: None, chunk_size: int | None = None, workers: int = 1,
) -> Billed:  # fmt: skip
    """This function will bill all that is due for one business line by `as_of` and return what it wrote.

    Each chunk is one transaction that marks itself done, so a run that is killed goes on exactly where it
    was: what committed is billed, what did not is billed next time. Several processes may run it at once and
    share the chunks; each returns when nothing is left, and counts what it billed itself. With `workers`
    above 1 as many threads share them here, each on a connection of its own: while the server stores one
    chunk, another is rated and packed.
    """
    total = Billed()
    for kind in kinds_of(business_line):
        before = total.lines
        while planned := _planned(kind, business_line, as_of, clock(), actor, chunk_size):
            run = planned.run
            if workers > 1 and run.kind == "sale":
                _bill_side_by_side(planned, business_line, clock, zone, total, progress, workers)
            while bill_next_chunk(run=run, business_line=business_line, clock=clock, zone=zone, total=total):
                progress(kind, total.lines)
            BillingRun.objects.filter(id=run.id, finished_at=None).update(finished_at=clock())
            if not planned.joined:
                break
        refresh_statistics(WRITTEN, written=total.lines - before)
    if business_line.shadow and total.chunks:
        with transaction.atomic():
            compare_shadow(business_line=business_line, at=clock())
    return total


def _bill_side_by_side(
    planned: Planned, line: BusinessLine, clock: Clock, zone: tzinfo, total: Billed, progress: Progress,
    workers: int,
) -> None:  # fmt: skip
    """Let threads share the run's chunks. A fault in one ends it; the others finish what they hold. While they read
    their first chunks, what they will need is opened here."""
    run = planned.run
    counting = threading.Lock()

    def work() -> None:
        try:
            own = Billed()
            while bill_next_chunk(run=run, business_line=line, clock=clock, zone=zone, total=own):
                with counting:
                    total.absorb(own)
                    progress(run.kind, total.lines)
                own = Billed()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=workers, thread_name_prefix="billing") as pool:
        working = [pool.submit(work) for _ in range(workers)]
        if not planned.joined:
            _opened_ahead(run, line, clock(), zone)
        for done in working:
            done.result()


@transaction.atomic
def _planned(
    kind: str, business_line: BusinessLine, as_of: datetime, at: datetime, actor: str, size: int | None
) -> Planned | None:
    return plan_run(kind=kind, business_line=business_line, as_of=as_of, at=at, actor=actor, size=size)


@transaction.atomic
def _opened_ahead(run: BillingRun, line: BusinessLine, at: datetime, zone: tzinfo) -> None:
    open_ahead(run=run, business_line=line, at=at, zone=zone)


def kinds_of(business_line: BusinessLine) -> tuple[str, ...]:
    """This function will say what is billed for a line: a settlement-only line settles what is pushed; a
    shadow line bills its own orders and only compares what is pushed."""
    if business_line.shadow:
        return ("sale", "refund")
    if business_line.settlement_only:
        return ("charge",)
    return ("sale", "refund", "charge")


def bill_next_chunk(
    *, run: BillingRun, business_line: BusinessLine, clock: Clock, zone: tzinfo, total: Billed
) -> bool:
    """This function will bill one chunk in a transaction of its own; False when none is left to claim."""
    chunk = None
    try:
        with transaction.atomic():
            chunk = claim_chunk(run=run)
            if chunk is None:
                return False
            settled = _bill(run.kind, chunk, business_line, run.as_of, clock(), zone)
            finish_chunk(chunk=chunk, lines=settled.lines, details=settled.details)
    except IntegrityError:
        if chunk is None or not chunk.fresh:
            raise
        look_again(chunk=chunk)  # somebody billed one of its orders meanwhile
        return True
    total.add(settled)
    return True


def _bill(
    kind: str, chunk: Chunk, line: BusinessLine, as_of: datetime, at: datetime, zone: tzinfo
) -> Settled:
    if kind == "sale":
        return bill_lines(
            business_line=line, first_order=chunk.first_id, last_order=chunk.last_id, as_of=as_of, at=at,
            zone=zone, fresh=chunk.fresh,
        )  # fmt: skip
    if kind == "refund":
        return bill_refunds(
            business_line=line, first_refund=chunk.first_id, last_refund=chunk.last_id, as_of=as_of, at=at,
            zone=zone,
        )  # fmt: skip
    return bill_charges(
        business_line=line, first_line=chunk.first_id, last_line=chunk.last_id, as_of=as_of, at=at, zone=zone
    )

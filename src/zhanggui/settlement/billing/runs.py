"""Billing runs: what is to be billed, cut into chunks that are done exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.entities.models import BusinessLine

PLAN_LOCK = 0x5A47_0030
CHUNK_LINES = 50_000
CHUNK_REFUNDS = 5_000
CHUNK_CHARGES = 5_000

# Every query yields the ids still to bill and how many lines each is. A sale is looked for under its merchant.
# `offset 0` keeps a look-up a probe of the key for each row: as a join it would be planned on statistics that are
# stale just after a bulk import, and a nested loop over whole tables never ends. Sales are the exception: they are
# most of the table, and the join is a hash of both.
PENDING_SALES = """
select l.order_id as id, count(*) as lines from settlement_staged_line l
where l.business_line_id = %s and l.billable_at <= %s and not exists (
  select from settlement_billed_line b
  where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0)
group by l.order_id
"""
PENDING_REFUNDS = """
select r.id, 1 as lines from settlement_staged_refund r
where r.business_line_id = %s and r.state = 'accepted' and r.refunded_at <= %s
and not exists (select from settlement_billed_line b
  where b.party_id = r.merchant_id and b.line_id = r.line_id
  and b.event_id = case when r.kind = 'unmatched' then 0 else r.id end offset 0)
and (r.kind = 'unmatched' or exists (select from settlement_billed_line s
  where s.party_id = r.merchant_id and s.line_id = r.line_id and s.event_id = 0 offset 0))
"""
PENDING_CHARGES = """
select c.line_id as id, 1 as lines from settlement_charge c
where c.business_line_id = %s and c.state = 'accepted' and c.occurred_at <= %s and not exists (
  select from settlement_billed_line b
  where b.party_id = c.party_id and b.line_id = c.line_id and b.event_id = 0 offset 0)
"""
# Ranges of ids with about `size` lines each; an order is never cut.
RANGES = """
select min(id), max(id) from (
  select id, (sum(lines) over (order by id) - lines)::bigint / %s as chunk from ({pending}) as due) as cut
group by chunk order by 1
"""
PENDING = {"sale": (PENDING_SALES, CHUNK_LINES), "refund": (PENDING_REFUNDS, CHUNK_REFUNDS),
           "charge": (PENDING_CHARGES, CHUNK_CHARGES)}  # fmt: skip


class Planned(NamedTuple):
    """A run to work on; `joined` when it was there already and may not hold all that is due by now."""

    run: BillingRun
    joined: bool


@dataclass(frozen=True)
class Chunk:
    """A claimed chunk: its row and the inclusive range of ids."""

    id: int
    first_id: int
    last_id: int


def plan_run(
    *, kind: str, business_line: BusinessLine, as_of: datetime, at: datetime, actor: str,
    size: int | None = None,
) -> Planned | None:  # fmt: skip
    """This function will record a run over everything of one kind that is due, cut into chunks by id ranges,
    of about `size` lines each, in the caller's transaction; None when nothing is due.

    A run of this kind and line that is not finished, whether another process works on it or died over it, is
    returned instead: its chunks are shared, nothing is planned twice.
    """
    query, usual = PENDING[kind]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [PLAN_LOCK, business_line.id])
        unfinished = BillingRun.objects.filter(
            kind=kind, business_line_id=business_line.id, finished_at=None
        ).order_by("id")
        if run := unfinished.first():
            return Planned(run, joined=True)
        cursor.execute(RANGES.format(pending=query), [size or usual, business_line.id, as_of])
        ranges = cursor.fetchall()
    if not ranges:
        return None
    run = BillingRun.objects.create(
        kind=kind, business_line_id=business_line.id, as_of=as_of, started_at=at, actor=actor
    )
    BillingChunk.objects.bulk_create(
        BillingChunk(run=run, first_id=first, last_id=last) for first, last in ranges
    )
    return Planned(run, joined=False)


def claim_chunk(*, run: BillingRun) -> Chunk | None:
    """This function will claim the next undone chunk in the caller's transaction; None when all are done.

    Chunks that other processes hold are skipped while there are free ones. When only held ones are left it
    waits for them, and takes over those whose process died. The claim ends with the transaction.
    """
    undone = BillingChunk.objects.filter(run=run, done=False).order_by("id")
    row = undone.select_for_update(skip_locked=True).first()
    while row is None and undone.exists():
        row = undone.select_for_update().first()
    return Chunk(row.id, row.first_id, row.last_id) if row else None


def finish_chunk(*, chunk: Chunk, lines: int, details: int) -> None:
    """This function will mark a chunk done, in the transaction that wrote its lines."""
    BillingChunk.objects.filter(id=chunk.id).update(done=True, lines=lines, details=details)


def progress_of(run: BillingRun) -> dict[str, Any]:
    """This function will say how far a run is."""
    chunks = list(BillingChunk.objects.filter(run=run).values_list("done", "lines", "details"))
    return {
        "chunks": len(chunks), "done": sum(done for done, _, _ in chunks),
        "lines": sum(lines for _, lines, _ in chunks), "details": sum(details for _, _, details in chunks),
    }  # fmt: skip

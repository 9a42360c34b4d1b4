"""Billing runs: what is to be billed, cut into chunks that are done exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.entities.models import BusinessLine

CHUNK_ORDERS = 20_000
CHUNK_REFUNDS = 5_000
CHUNK_CHARGES = 5_000

# Every query yields the ids still to bill, ascending. A sale is looked for under its merchant.
PENDING_SALES = """
select distinct l.order_id from settlement_staged_line l
where l.business_line_id = %s and l.billable_at <= %s and not exists (
  select from settlement_billed_line b
  where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0)
order by 1
"""
PENDING_REFUNDS = """
select r.id from settlement_staged_refund r
where r.business_line_id = %s and r.state = 'accepted' and r.refunded_at <= %s
and not exists (select from settlement_billed_line b
  where b.party_id = r.merchant_id and b.line_id = r.line_id
  and b.event_id = case when r.kind = 'unmatched' then 0 else r.id end)
and (r.kind = 'unmatched' or exists (select from settlement_billed_line s
  where s.party_id = r.merchant_id and s.line_id = r.line_id and s.event_id = 0))
order by 1
"""
PENDING_CHARGES = """
select c.line_id from settlement_charge c
where c.business_line_id = %s and c.state = 'accepted' and c.occurred_at <= %s and not exists (
  select from settlement_billed_line b
  where b.party_id = c.party_id and b.line_id = c.line_id and b.event_id = 0)
order by 1
"""
PENDING = {"sale": (PENDING_SALES, CHUNK_ORDERS), "refund": (PENDING_REFUNDS, CHUNK_REFUNDS),
           "charge": (PENDING_CHARGES, CHUNK_CHARGES)}  # fmt: skip


@dataclass(frozen=True)
class Chunk:
    """A claimed chunk: its row and the inclusive range of ids."""

    id: int
    first_id: int
    last_id: int


def plan_run(
    *, kind: str, business_line: BusinessLine, as_of: datetime, at: datetime, actor: str,
    size: int | None = None,
) -> BillingRun | None:  # fmt: skip
    """This function will record a run over everything of one kind that is due, cut into chunks by id ranges,
    in the caller's transaction; None when nothing is due."""
    query, usual = PENDING[kind]
    with connection.cursor() as cursor:
        cursor.execute(query, [business_line.id, as_of])
        ids = [row[0] for row in cursor.fetchall()]
    if not ids:
        return None
    run = BillingRun.objects.create(kind=kind, as_of=as_of, started_at=at, actor=actor)
    step = size or usual
    BillingChunk.objects.bulk_create(
        BillingChunk(run=run, first_id=ids[place], last_id=ids[min(place + step, len(ids)) - 1])
        for place in range(0, len(ids), step)
    )
    return run


def claim_chunk(*, run: BillingRun) -> Chunk | None:
    """This function will claim the next undone chunk in the caller's transaction, skipping those that other
    processes hold; None when none is left. The claim ends with the transaction."""
    row = (
        BillingChunk.objects.select_for_update(skip_locked=True)
        .filter(run=run, done=False)
        .order_by("id")
        .first()
    )
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

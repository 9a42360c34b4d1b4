"""Billing runs: what is to be billed, cut into chunks that are done exactly once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from zhanggui.settlement.billing.done_orders import SPANS_SQL
from zhanggui.settlement.billing.models import BillingChunk, BillingRun, DoneOrders
from zhanggui.settlement.billing.reading import NOT_HELD
from zhanggui.settlement.entities.models import BusinessLine

PLAN_LOCK = 0x5A47_0030
CHUNK_LINES = 50_000
CHUNK_REFUNDS = 5_000
CHUNK_CHARGES = 5_000

# Every query yields what is to be billed, by id, and how many lines it is. `offset 0` keeps a look-up a probe of the
# key for each row: as a join it would be planned on statistics that are stale just after a bulk import, and a nested
# loop over whole tables never ends.
#
# Sales are the exception: they are most of the table, and the join is a hash of both. Some neighbouring orders are
# one row here, since nobody need sort millions of orders to cut them into ranges; and their lines that are billed
# already are counted: how many in all, before the first due one, after the last; where they mix, neither.
_NEIGHBOURS = """
select *, known - lines as billed,
  case when last_billed < id then known - lines else 0 end as before,
  case when first_billed > last_id then known - lines else 0 end as after
from (
  select {span} as span, l.order_id / greatest(%(size)s / 100, 1) as place, count(*) as known,
    count(*) filter (where b.line_id is null) as lines,
    min(l.order_id) filter (where b.line_id is null) as id,
    max(l.order_id) filter (where b.line_id is null) as last_id,
    min(l.order_id) filter (where b.line_id is not null) as first_billed,
    max(l.order_id) filter (where b.line_id is not null) as last_billed
  from {lines}
  group by 1, 2) as neighbours
"""
_WANTED = "l.business_line_id = %(line)s and l.billable_at <= %(as_of)s"
PENDING_SALES = _NEIGHBOURS.format(
    span="0",
    lines=f"""settlement_staged_line l left join settlement_billed_line b
    on b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0
  where {_WANTED}""",
)
# Where blocks of orders are done (`done_orders`), only what lies between them is read, and each of its lines probed:
# the hash would read all that was ever billed.
PENDING_BETWEEN = _NEIGHBOURS.format(
    span="s.span",
    lines=f"""{SPANS_SQL} s cross join lateral (
    select l.* from settlement_staged_line l
    where l.order_id >= s.first and l.order_id < s.ends and {_WANTED} offset 0) l
  left join lateral (select b.line_id from settlement_billed_line b
    where b.party_id = l.merchant_id and b.line_id = l.line_id and b.event_id = 0 offset 0) b on true""",
)
PENDING_REFUNDS = """
select r.id, 1 as lines from settlement_staged_refund r
where r.business_line_id = %(line)s and r.state = 'accepted' and r.refunded_at <= %(as_of)s
and not exists (select from settlement_billed_line b
  where b.party_id = r.merchant_id and b.line_id = r.line_id
  and b.event_id = case when r.kind = 'unmatched' then 0 else r.id end offset 0)
and (r.kind = 'unmatched' or exists (select from settlement_billed_line s
  where s.party_id = r.merchant_id and s.line_id = r.line_id and s.event_id = 0 offset 0))
"""
PENDING_CHARGES = f"""
select c.line_id as id, 1 as lines from settlement_charge c
where c.business_line_id = %(line)s and c.state = 'accepted' and c.occurred_at <= %(as_of)s
and {NOT_HELD} and not exists (
  select from settlement_billed_line b
  where b.party_id = c.party_id and b.line_id = c.line_id and b.event_id = 0 offset 0)
"""
# Ranges of ids with about `size` lines each, and whether a range is fresh, which only sales are asked: none of the
# lines between its first and its last is billed. An order is never cut.
_SALE_RANGES = """
select min(id), max(last_id), max(billed_through - after) = min(billed_through - billed + before) from (
  select *, (sum(lines) over (order by span, place) - lines)::bigint / %(size)s as chunk
  from (select *, sum(billed) over (order by span, place) as billed_through from ({pending}) as each) as seen
  where lines > 0) as due
group by span, chunk order by 1
"""
SALE_RANGES = _SALE_RANGES.format(pending=PENDING_SALES)
SALE_RANGES_BETWEEN = _SALE_RANGES.format(pending=PENDING_BETWEEN)
RANGES = """
select min(id), max(id), false from (
  select id, (sum(lines) over (order by id) - lines)::bigint / %(size)s as chunk from ({pending}) as due) as cut
group by chunk order by 1
"""
PLANS = {"sale": (SALE_RANGES, CHUNK_LINES),
         "refund": (RANGES.format(pending=PENDING_REFUNDS), CHUNK_REFUNDS),
         "charge": (RANGES.format(pending=PENDING_CHARGES), CHUNK_CHARGES)}  # fmt: skip


class Planned(NamedTuple):
    """A run to work on; `joined` when it was there already and may not hold all that is due by now."""

    run: BillingRun
    joined: bool


@dataclass(frozen=True)
class Chunk:
    """A claimed chunk: its row and the inclusive range of ids. None of a fresh one's lines was billed when the run
    was planned."""

    id: int
    first_id: int
    last_id: int
    fresh: bool


def plan_run(
    *, kind: str, business_line: BusinessLine, as_of: datetime, at: datetime, actor: str,
    size: int | None = None,
) -> Planned | None:  # fmt: skip
    """This function will record a run over everything of one kind that is due, cut into chunks by id ranges,
    of about `size` lines each, in the caller's transaction; None when nothing is due.

    A run of this kind and line that is not finished, whether another process works on it or died over it, is
    returned instead: its chunks are shared, nothing is planned twice.
    """
    query, usual = PLANS[kind]
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s, %s)", [PLAN_LOCK, business_line.id])
        unfinished = BillingRun.objects.filter(
            kind=kind, business_line_id=business_line.id, finished_at=None
        ).order_by("id")
        if run := unfinished.first():
            return Planned(run, joined=True)
        if kind == "sale" and DoneOrders.objects.exists():
            query = SALE_RANGES_BETWEEN
        cursor.execute(query, {"size": size or usual, "line": business_line.id, "as_of": as_of})
        ranges = cursor.fetchall()
    if not ranges:
        return None
    run = BillingRun.objects.create(
        kind=kind, business_line_id=business_line.id, as_of=as_of, started_at=at, actor=actor
    )
    BillingChunk.objects.bulk_create(
        BillingChunk(run=run, first_id=first, last_id=last, fresh=fresh) for first, last, fresh in ranges
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
    return Chunk(row.id, row.first_id, row.last_id, row.fresh) if row else None


def finish_chunk(*, chunk: Chunk, lines: int, details: int) -> None:
    """This function will mark a chunk done, in the transaction that wrote its lines."""
    BillingChunk.objects.filter(id=chunk.id).update(done=True, lines=lines, details=details)


def look_again(*, chunk: Chunk) -> None:
    """This function will note that some line of a chunk may be billed after all, so that each is looked up."""
    BillingChunk.objects.filter(id=chunk.id).update(fresh=False)


def waiting_lines(*, as_of: datetime) -> int:
    """This function will count the lines that are not to be billed by `as_of` yet: those of orders that are not
    cancelled, whose node is not reached or is later."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select count(*) from {SPANS_SQL} s cross join lateral (select from settlement_staged_line l"
            " where l.order_id >= s.first and l.order_id < s.ends and l.billable_at > %s and not exists ("
            "  select from settlement_staged_order o where o.id = l.order_id and o.status = 9 offset 0) offset 0) l",
            [as_of],
        )
        return int(cursor.fetchone()[0])


def progress_of(run: BillingRun) -> dict[str, Any]:
    """This function will say how far a run is."""
    chunks = list(BillingChunk.objects.filter(run=run).values_list("done", "lines", "details"))
    return {
        "chunks": len(chunks), "done": sum(done for done, _, _ in chunks),
        "lines": sum(lines for _, lines, _ in chunks), "details": sum(details for _, _, details in chunks),
    }  # fmt: skip

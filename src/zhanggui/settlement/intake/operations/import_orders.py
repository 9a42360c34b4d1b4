"""Take in a source of orders and refunds: chunk by chunk, resumable, idempotent, every row accounted for."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from itertools import batched, islice

from django.db import connection, transaction

from zhanggui.money.errors import Refusal
from zhanggui.rows.statistics import refresh_statistics
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.rule_sets import rule_set_timeline
from zhanggui.settlement.intake.dictionary import Dictionary, add_dimensions, add_parties
from zhanggui.settlement.intake.errors import ImportRunning
from zhanggui.settlement.intake.locks import hold_for_intake
from zhanggui.settlement.intake.models import ImportRun, Reject
from zhanggui.settlement.intake.operations.accept_refunds import accept_refunds
from zhanggui.settlement.intake.operations.stage_orders import stage_orders
from zhanggui.settlement.intake.operations.stage_refunds import cancellation_refunds, stage_refunds
from zhanggui.settlement.intake.records import (
    DimensionRecord,
    NoteRecord,
    OrderRecord,
    PartyRecord,
    Record,
    RefundRecord,
    RejectRecord,
)
from zhanggui.settlement.intake.resolving import Resolver

WRITTEN = ("settlement_staged_order", "settlement_staged_line", "settlement_staged_payment",
           "settlement_staged_refund", "ledger_entry", "ledger_delta")  # fmt: skip
IMPORT_LOCK = 0x5A47_0021
CHUNK = 5_000

type Progress = Callable[[int], None]


@dataclass(frozen=True)
class Source:
    """Where records come from: its format, its name, the digest of its content, and the records."""

    format: str
    name: str
    digest: bytes
    records: Iterable[Record]


def import_orders(
    *, business_line: BusinessLine, source: Source, at: Callable[[], datetime], zone: tzinfo, actor: str,
    progress: Progress = lambda count: None, chunk: int = CHUNK,
) -> ImportRun:  # fmt: skip
    """This function will stage a whole source, `chunk` records to a transaction, and return its run.

    A source (by digest) that was taken in before is returned as it was; one that broke off goes on after its
    last committed chunk. Rows that cannot be taken in become rejects with row and reason. Raises
    ImportRunning, and the reader's refusal when the source breaks off; what came before it stays.
    """
    run = open_run(
        business_line=business_line, source_format=source.format, name=source.name, digest=source.digest, at=at(),
        actor=actor,
    )  # fmt: skip
    if run.state == "done":
        return run
    ImportRun.objects.filter(id=run.id).update(state="running", reject_code="", reject_message="")
    resolver = Resolver(
        business_line=business_line, dictionary=Dictionary(), terms=TermsBook.load(business_line.id),
        timeline=rule_set_timeline(business_line.rule_set_code), zone=zone,
    )  # fmt: skip
    records: Iterator[Record] = islice(iter(source.records), run.cursor, None)
    try:
        for part in batched(records, chunk, strict=False):
            with transaction.atomic():
                _hold(run)
                _take_in(run, resolver, part, at())
            progress(run.cursor)
    except ImportRunning:
        raise
    except Refusal as refusal:
        ImportRun.objects.filter(id=run.id).update(
            state="failed", reject_code=refusal.code, reject_message=refusal.message
        )
        raise
    refresh_statistics(WRITTEN, written=run.totals.get("lines", 0) + run.totals.get("refunds", 0))
    run.state, run.finished_at = "done", at()
    run.save(update_fields=["state", "finished_at"])
    return run


def open_run(
    *, business_line: BusinessLine, source_format: str, name: str, digest: bytes, at: datetime, actor: str,
    state: str = "running",
) -> ImportRun:  # fmt: skip
    """This function will return the run of a source, by its digest; a new one in `state` if it was never here."""
    with transaction.atomic():
        key = int.from_bytes(hashlib.sha256(digest + business_line.code.encode()).digest()[:4], "big")
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [IMPORT_LOCK, key - 2**31])
        run = ImportRun.objects.filter(
            business_line=business_line, format=source_format, source_digest=digest
        ).first()
        if run is None:
            run = ImportRun.objects.create(
                business_line=business_line, format=source_format, source_name=name[:255], source_digest=digest,
                started_at=at, actor=actor, totals={}, state=state,
            )  # fmt: skip
    run.source_digest = bytes(run.source_digest)
    return run


def _hold(run: ImportRun) -> None:
    """Lock the run's row for the chunk; another process that moved it on has the source in its hands."""
    stored = ImportRun.objects.select_for_update().get(id=run.id)
    if stored.cursor != run.cursor:
        raise ImportRunning(
            f"{run.source_name} is being imported by another process; wait for it or look at import {run.id}"
        )


def _take_in(run: ImportRun, resolver: Resolver, part: Sequence[Record], at: datetime) -> None:
    hold_for_intake(resolver.business_line.id)
    orders = [one for one in part if isinstance(one, OrderRecord)]
    refunds = [one for one in part if isinstance(one, RefundRecord)]
    rejects = [one for one in part if isinstance(one, RejectRecord)]
    totals = Counter(run.totals)
    totals["parties"] += add_parties(one for one in part if isinstance(one, PartyRecord))
    add_dimensions(resolver.dictionary, (one for one in part if isinstance(one, DimensionRecord)))
    for note in part:
        if isinstance(note, NoteRecord):
            totals[f"note_{note.category}"] += 1
            totals[f"note_{note.category}_minor"] += note.amount
    staged = stage_orders(resolver=resolver, records=orders, import_run_id=run.id, at=at)
    cancellations = cancellation_refunds(
        business_line_id=resolver.business_line.id, order_numbers=staged.cancelled_order_numbers, at=at
    )
    waiting = stage_refunds(
        resolver=resolver, records=refunds, cancellations=cancellations, import_run_id=run.id
    )
    accepted = accept_refunds(
        business_line=resolver.business_line,
        order_numbers=staged.new_order_numbers + staged.advanced_order_numbers,
        refund_numbers=[one.refund_no for one in (*refunds, *cancellations)], zone=resolver.zone, at=at,
    )  # fmt: skip
    rows = {one.refund_no: one.row for one in refunds}
    rejects += staged.rejects + waiting.rejects
    rejects += [
        RejectRecord(rows.get(refund_no, 0), code, message, f"refund {refund_no}")
        for _, refund_no, code, message in accepted.refused
    ]
    _save_rejects(run, rejects)
    totals.update(
        orders=staged.orders, lines=staged.lines, repeated=staged.repeated + waiting.repeated,
        advanced=staged.advanced, refunds=waiting.refunds, refunds_accepted=accepted.accepted,
        rejected=len(rejects),
    )  # fmt: skip
    run.totals, run.cursor = dict(totals), run.cursor + len(part)
    run.save(update_fields=["totals", "cursor"])


def _save_rejects(run: ImportRun, rejects: Sequence[RejectRecord]) -> None:
    Reject.objects.bulk_create(
        [
            Reject(import_run=run, row_number=one.row, code=one.code, message=one.message, raw=one.raw[:4000])
            for one in rejects
        ],
        batch_size=1000,
    )

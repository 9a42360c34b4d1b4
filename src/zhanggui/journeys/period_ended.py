"""A period ended: its statements close, debts move on, the next statements are there."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from django.db import transaction

from zhanggui.approvals.rules import Moment
from zhanggui.ledger.operations.seal_batches import seal_batches
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.collections.operations.start_collecting import start_collecting
from zhanggui.settlement.collections.queries import collected_among
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.operations.withhold_tax import withhold_tax
from zhanggui.settlement.invoices.queries import individuals_among
from zhanggui.settlement.splits.awaited import Awaited, awaited_on
from zhanggui.settlement.statements.errors import CutOffInTheFuture
from zhanggui.settlement.statements.locks import hold_for_closing
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.settlement.statements.moves import Move
from zhanggui.settlement.statements.operations.close_statements import (
    Leaving,
    close_statements,
    due_to_close,
)
from zhanggui.settlement.statements.operations.continue_series import continue_series
from zhanggui.settlement.statements.operations.enrich_statements import enrich_statements
from zhanggui.settlement.statements.operations.mark_carried import mark_carried
from zhanggui.settlement.statements.operations.move_amounts import move_amounts

CHUNK = 1_000
MOVED_ON = "orders that wait for their split moved on"
NOT_WAITED_FOR = "what was not split in time is paid by statement"


@dataclass
class Closed:
    """What a closing came to, in statements."""

    closed: int = 0
    confirming: int = 0
    zero: int = 0
    carried: int = 0
    collecting: int = 0
    awaited: int = 0  # orders that moved on, since their split is not done


def period_ended(
    *, through: date, clock: Callable[[], datetime], zone: tzinfo, actor: str,
    progress: Callable[[int], None] = lambda count: None, chunk: int = CHUNK,
    parties: Sequence[int] | None = None,
) -> Closed:  # fmt: skip
    """This function will close every open statement whose last day is at most `through`, of `parties` or of all.

    Chunk by chunk in order of end day, each chunk a transaction: killed in the middle, it goes on next time;
    run twice, the second finds nothing. Tax of individuals without invoices is withheld just before. What lies
    with sub-merchants and is not split yet moves on first, so that no statement pays what they have already. Negative
    statements are carried to the next period at once, or collected where the party's policy says so; the next
    statement of a series that ends with the cut-off is pre-created. Raises CutOffInTheFuture.
    """
    if through >= clock().astimezone(zone).date():
        raise CutOffInTheFuture(
            f"{through} is not over yet; close through the day before today at the latest"
        )
    total = Closed()
    while chosen := due_to_close(through=through, limit=chunk, parties=parties):
        with transaction.atomic():
            hold_for_closing()
            keys = [(party, number) for party, number, _ in chosen]
            for party, number in individuals_among(keys):
                withhold_tax(party_id=party, statement_id=number, at=clock(), zone=zone, actor=actor)
            _close_chunk(keys, through, Moment(clock(), zone, actor), total)
        progress(total.closed)
    seal_batches()
    return total


def _close_chunk(chosen: list[tuple[int, int]], through: date, moment: Moment, total: Closed) -> None:
    at, actor = moment.at, moment.actor
    awaited = awaited_on(chosen, at=at)
    leaving = _leaving(awaited)
    rows = close_statements(chosen=chosen, at=at, actor=actor, leaving=leaving)
    enrich_statements(statements=rows)
    total.awaited += _moved_on(rows, awaited, leaving, at)
    today = at.astimezone(moment.zone).date()
    negative = [row for row in rows if row.net_minor < row.carried_minor]
    collected = collected_among(negative, today)
    for row in collected:
        start_collecting(
            statement=row, at=at, zone=moment.zone, actor=actor, reason="negative, to be collected"
        )
    debts = [row for row in negative if row.state == StatementState.CONFIRMING]
    fee = catalogue().by_code["balance_carried"]
    move_amounts(
        moves=[
            Move(party_id=row.party_id, statement_id=row.id, amount=row.net_minor - row.carried_minor,
                 source=EntrySource.CARRY, key_b=0, fee_type_id=fee.id)
            for row in debts
        ],
        at=at,
    )  # fmt: skip
    mark_carried(statements=debts, at=at, actor=actor)
    latest = [row for row in rows if row not in debts and (row.ends_before - through).days >= 1]
    if latest:
        continue_series(statements=[row for row in latest if row.document_id == 0], at=at)
    total.closed += len(rows)
    total.carried += len(debts)
    total.collecting += len(collected)
    total.zero += sum(row.state == StatementState.ZERO for row in rows)
    total.confirming += sum(row.state == StatementState.CONFIRMING for row in rows) - len(debts)


def _leaving(awaited: Sequence[Awaited]) -> Leaving:
    leaving = Leaving()
    for one in awaited:
        if one.late:
            leaving.reasons.setdefault(one.statement_id, NOT_WAITED_FOR)
        else:
            leaving.reasons[one.statement_id] = MOVED_ON
            known = leaving.amounts.get(one.statement_id, 0)
            leaving.amounts[one.statement_id] = known + one.amount_minor
    return leaving


def _moved_on(rows: Sequence[Statement], awaited: Sequence[Awaited], leaving: Leaving, at: datetime) -> int:
    """What waits for its split goes to the next statements, which the split will find open."""
    closed = {row.id for row in rows}
    going = [one for one in awaited if not one.late and one.statement_id in closed]
    if not going:
        return 0
    fee = catalogue().by_code["split_awaited"]
    move_amounts(
        moves=[
            Move(one.party_id, one.statement_id, one.amount_minor, EntrySource.SPLIT_AWAITED, one.part_id, fee.id)
            for one in going
        ],
        at=at,
    )  # fmt: skip
    for row in rows:
        row.carried_minor += leaving.amounts.get(row.id, 0)
    return len(going)

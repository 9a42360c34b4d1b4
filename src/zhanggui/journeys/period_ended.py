"""A period ended: its statements close, debts move on, the next statements are there."""

from collections.abc import Callable
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
from zhanggui.settlement.statements.errors import CutOffInTheFuture
from zhanggui.settlement.statements.locks import hold_for_closing
from zhanggui.settlement.statements.models import StatementState
from zhanggui.settlement.statements.moves import Move
from zhanggui.settlement.statements.operations.close_statements import close_statements, due_to_close
from zhanggui.settlement.statements.operations.continue_series import continue_series
from zhanggui.settlement.statements.operations.enrich_statements import enrich_statements
from zhanggui.settlement.statements.operations.mark_carried import mark_carried
from zhanggui.settlement.statements.operations.move_amounts import move_amounts

CHUNK = 1_000


@dataclass
class Closed:
    """What a closing came to, in statements."""

    closed: int = 0
    confirming: int = 0
    zero: int = 0
    carried: int = 0
    collecting: int = 0


def period_ended(
    *, through: date, clock: Callable[[], datetime], zone: tzinfo, actor: str,
    progress: Callable[[int], None] = lambda count: None, chunk: int = CHUNK,
) -> Closed:  # fmt: skip
    """This function will close every open statement whose last day is at most `through`.

    Chunk by chunk in order of end day, each chunk a transaction: killed in the middle, it goes on next time;
    run twice, the second finds nothing. Tax of individuals without invoices is withheld just before. Negative
    statements are carried to the next period at once, or collected where the party's policy says so; the next
    statement of a series that ends with the cut-off is pre-created. Raises CutOffInTheFuture.
    """
    if through >= clock().astimezone(zone).date():
        raise CutOffInTheFuture(
            f"{through} is not over yet; close through the day before today at the latest"
        )
    total = Closed()
    while chosen := due_to_close(through=through, limit=chunk):
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
    rows = close_statements(chosen=chosen, at=at, actor=actor)
    enrich_statements(statements=rows)
    today = at.astimezone(moment.zone).date()
    negative = [row for row in rows if row.net_minor < 0]
    collected = collected_among(negative, today)
    for row in collected:
        start_collecting(
            statement=row, at=at, zone=moment.zone, actor=actor, reason="negative, to be collected"
        )
    debts = [row for row in negative if row.state == StatementState.CONFIRMING]
    fee = catalogue().by_code["balance_carried"]
    move_amounts(
        moves=[
            Move(party_id=row.party_id, statement_id=row.id, amount=row.net_minor, source=EntrySource.CARRY,
                 key_b=0, fee_type_id=fee.id)
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

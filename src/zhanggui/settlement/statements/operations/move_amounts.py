"""Carry amounts from closed statements to the party's next open statement."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
from django.db import connection
from django.utils import timezone

from zhanggui.ledger.entries import EntryBlock
from zhanggui.ledger.operations.post_entries import next_batch_id, post_entries
from zhanggui.rows.times import local_days, microseconds
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.operations.write_details import write_details
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.moves import Move
from zhanggui.settlement.statements.operations.continue_series import continue_series
from zhanggui.settlement.statements.series import Ints


def move_amounts(*, moves: Sequence[Move], at: datetime) -> list[int]:
    """This function will move each amount and return the ids of the statements they moved to, in order.

    The closed statement keeps its figures; `carried_minor` says what left it. On the ledger the amount goes
    from one statement's account to the other's. Runs in the caller's transaction, which holds
    `locks.hold_for_closing`. The entry's key makes a repeated carry a key violation.
    """
    if not moves:
        return []
    by_id = {
        row.id: row
        for row in Statement.objects.filter(
            party_id__in={move.party_id for move in moves}, id__in={move.statement_id for move in moves}
        )
    }
    sources = [by_id[move.statement_id] for move in moves]
    targets = continue_series(statements=sources, at=at)
    batch = next_batch_id()
    block = _line_block(moves, sources, targets, at)
    write_details(blocks=[block], batch_id=batch)
    accounts = np.array(
        [[source.billed_account_id, target.billed_account_id]
         for source, target in zip(sources, targets, strict=True)], dtype=np.int64,
    )  # fmt: skip
    amount = block.amounts[:, 0]
    entries = EntryBlock(
        book_id=block.party_id, source=block.kind, key_a=block.order_id, key_b=block.event_id,
        entity_id=block.entity_id, currency=block.currency,
        booked_day=local_days(block.occurred_us, timezone.get_default_timezone()), occurred_us=block.occurred_us,
        accounts=accounts, amounts=np.stack([amount, -amount], axis=1),
    )  # fmt: skip
    owners = {int(one): row.party_id for row, pair in zip(sources, accounts, strict=True) for one in pair}
    post_entries(blocks=[entries], batch_id=batch, at=at, owners=owners)
    _note_carried(moves)
    return [target.id for target in targets]


def _line_block(
    moves: Sequence[Move], sources: Sequence[Statement], targets: Sequence[Statement], at: datetime
) -> BilledBlock:
    count = len(moves)
    with connection.cursor() as cursor:
        line_id = reserve_numbers(cursor, "settlement_line_id_seq", count)

    def column(values: Sequence[int]) -> Ints:
        return np.array(values, dtype=np.int64)

    zeros, now = np.zeros(count, dtype=np.int64), np.full(count, microseconds(at), dtype=np.int64)
    party = column([move.party_id for move in moves])
    return BilledBlock(
        party_id=party, line_id=line_id, event_id=column([move.key_b for move in moves]), merchant_id=party,
        order_id=column([move.statement_id for move in moves]),
        statement_id=column([target.id for target in targets]), cumulative_before=zeros, quantity=zeros,
        done=zeros, step=zeros, whole=zeros, occurred_us=now, billable_us=now,
        entity_id=column([row.entity_id for row in sources]), business_line_id=zeros, rule_set_id=zeros,
        kind=column([move.source for move in moves]), mode=column([row.mode for row in sources]),
        currency=np.array([row.currency.encode() for row in sources], dtype="S3"),
        fee_types=column([move.fee_type_id for move in moves])[:, None], rules=zeros[:, None],
        bases=column([row.net_minor for row in sources])[:, None],
        amounts=column([move.amount for move in moves])[:, None],
    )  # fmt: skip


def _note_carried(moves: Sequence[Move]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "update settlement_statement s set carried_minor = s.carried_minor + v.amount"
            " from (select party_id, id, sum(amount)::bigint as amount"
            "  from unnest(%s::bigint[], %s::bigint[], %s::bigint[]) as m(party_id, id, amount)"
            "  group by party_id, id) v where s.party_id = v.party_id and s.id = v.id",
            [
                [move.party_id for move in moves],
                [move.statement_id for move in moves],
                [move.amount for move in moves],
            ],
        )

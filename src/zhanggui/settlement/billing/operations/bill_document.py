"""Put a document of ours on a party's open statement as one detail."""

from datetime import datetime, tzinfo

import numpy as np
from django.db import connection

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.times import local_days, microseconds
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import settle_blocks
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.entities.queries import series_terms
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import Document, StatementNeeds, document_numbers


def bill_document(
    *, like: Statement, fee: str, amount: int, kind: EntrySource, document_id: int, base: int, at: datetime,
    zone: tzinfo,
) -> int:  # fmt: skip
    """This function will bill `amount` (minor units, signed for the party) under a fee of the catalogue on the
    open statement of the series of `like`, in the caller's transaction, which holds
    `locks.hold_for_filling`, and return the billed line's number.

    The entry is of `kind`, its key the document's number: a second billing of it violates the key.
    """
    with connection.cursor() as cursor:
        line = int(reserve_numbers(cursor, "settlement_line_id_seq", 1)[0])

    def one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([value], dtype=np.int64)

    now = one(microseconds(at))
    terms_id, terms = series_terms(
        parties=one(like.party_id), entity_id=like.entity_id, mode=like.mode, cycle=like.cycle
    )
    placed = place_rows(
        needs=StatementNeeds(
            one(like.party_id), terms_id, local_days(now, zone), document_numbers(Document.SALE, one(line))
        ),
        terms=terms, currency=like.currency, at=at,
    )  # fmt: skip
    block = BilledBlock(
        party_id=one(like.party_id), line_id=one(line), event_id=one(0), merchant_id=one(like.party_id),
        order_id=one(document_id), statement_id=placed.statement_id, cumulative_before=one(0), quantity=one(0),
        done=one(0), step=one(0), whole=one(0), occurred_us=now, billable_us=now, entity_id=one(like.entity_id),
        business_line_id=one(0), rule_set_id=one(0), kind=one(kind), mode=one(like.mode),
        currency=np.array([like.currency.encode()], dtype="S3"),
        fee_types=one(catalogue().by_code[fee].id)[:, None], rules=one(0)[:, None], bases=one(base)[:, None],
        amounts=one(amount)[:, None],
    )  # fmt: skip
    settle_blocks(sides=[Side(block, placed.account_id)], at=at, zone=zone)
    return line

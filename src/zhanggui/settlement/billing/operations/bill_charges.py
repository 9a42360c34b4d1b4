"""Bill accepted charges of the general billing interface: other systems' details, settled like ours."""

from datetime import datetime, tzinfo
from typing import Any

import numpy as np

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.reading import rows_of
from zhanggui.rows.times import local_days, microseconds
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import Settled, settle_blocks
from zhanggui.settlement.billing.reading import NOT_HELD
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.intake.operations.post_charges import ADJUSTED
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import Document, StatementNeeds, document_numbers

DUE_CHARGES = f"""
select c.* from settlement_charge c
where c.line_id between %s and %s and c.business_line_id = %s and c.state = 'accepted' and c.occurred_at <= %s
and {NOT_HELD} and not exists (select from settlement_billed_line b
  where b.party_id = c.party_id and b.line_id = c.line_id and b.event_id = 0)
order by c.line_id
"""


def bill_charges(
    *, business_line: BusinessLine, first_line: int, last_line: int, as_of: datetime, at: datetime,
    zone: tzinfo,
) -> Settled:  # fmt: skip
    """This function will put every accepted, unbilled charge of the id range on a statement, one detail each,
    in the caller's transaction. An adjustment of ours is billed like a charge, as an entry of its own kind.
    Pushed charges of shadow lines never come here: they are only compared."""
    hold_for_filling()
    rows = rows_of(DUE_CHARGES, [first_line, last_line, business_line.id, as_of])
    if not rows:
        return Settled(0, 0, 0)
    book = TermsBook.load(business_line.id)

    def column(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype=np.int64)

    occurred = np.array([microseconds(row["occurred_at"]) for row in rows], dtype=np.int64)
    terms_ids = book.resolve(column("party_id"), local_days(occurred, zone))
    placed = place_rows(
        needs=StatementNeeds(
            party_id=column("party_id"), terms_id=terms_ids, day=local_days(occurred, zone),
            document_id=document_numbers(Document.SALE, column("line_id")),
        ),
        terms=book.by_id, currency=business_line.currency, at=at,
    )  # fmt: skip
    zeros, terms = np.zeros(len(rows), dtype=np.int64), [book.by_id[one] for one in terms_ids.tolist()]
    block = BilledBlock(
        party_id=column("party_id"), line_id=column("line_id"), event_id=zeros,
        merchant_id=column("party_id"), order_id=column("line_id"), statement_id=placed.statement_id,
        cumulative_before=zeros, quantity=zeros, done=zeros, step=zeros, whole=zeros, occurred_us=occurred,
        billable_us=occurred, entity_id=np.array([one.entity_id for one in terms], dtype=np.int64),
        business_line_id=column("business_line_id"), rule_set_id=zeros,
        kind=np.array([_kind_of(row["source"]) for row in rows], dtype=np.int64),
        mode=np.array([one.invoice_mode for one in terms], dtype=np.int64),
        currency=np.full(len(rows), business_line.currency.encode(), dtype="S3"),
        fee_types=column("fee_type_id")[:, None], rules=zeros[:, None], bases=column("base_minor")[:, None],
        amounts=column("amount_minor")[:, None],
    )  # fmt: skip
    return settle_blocks(sides=[Side(block, placed.account_id)], at=at, zone=zone)


def _kind_of(source: str) -> EntrySource:
    return EntrySource.ADJUSTMENT if source == ADJUSTED else EntrySource.CHARGE

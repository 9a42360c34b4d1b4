"""Bill accepted refunds: reverse the details of their sales, by frozen snapshot, onto open statements."""

from dataclasses import replace
from datetime import datetime, tzinfo

import numpy as np

from zhanggui.rows.times import local_days
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import Settled, settle_blocks
from zhanggui.settlement.billing.reversed_lines import DUE, reversed_lines
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.entities.models import BusinessLine, SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook, same_terms
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import Document, StatementNeeds, document_numbers


def bill_refunds(
    *, business_line: BusinessLine, first_refund: int, last_refund: int, as_of: datetime, at: datetime,
    zone: tzinfo,
) -> Settled:  # fmt: skip
    """This function will bill every accepted refund in the id range whose sale is billed, in the caller's
    transaction, and say what it wrote.

    Entity, invoice mode and cycle are those of the sale, so a refund after a change of mode lands on a
    statement of the old mode. Refunds whose sale is not billed yet wait for it. Unmatched refunds are
    settled as documents of their own: the goods amount comes back, no fee does.
    """
    hold_for_filling()
    book = TermsBook.load(business_line.id)
    window = [first_refund, last_refund, as_of]
    sides = [
        _place(block, terms, business_line, at, zone)
        for block, terms in reversed_lines(business_line, book, DUE, window, zone)
    ]
    return settle_blocks(sides=sides, at=at, zone=zone)


def _place(
    block: BilledBlock, terms: list[SettlementTerms], line: BusinessLine, at: datetime, zone: tzinfo
) -> Side:
    terms_id, by_id = same_terms(terms)
    needs = StatementNeeds(
        party_id=block.party_id, terms_id=terms_id, day=local_days(block.billable_us, zone),
        document_id=np.where(
            block.event_id > 0,
            document_numbers(Document.REFUND, block.event_id),
            document_numbers(Document.SALE, block.line_id),
        ),
    )  # fmt: skip
    placed = place_rows(needs=needs, terms=by_id, currency=line.currency, at=at)
    return Side(replace(block, statement_id=placed.statement_id), placed.account_id)

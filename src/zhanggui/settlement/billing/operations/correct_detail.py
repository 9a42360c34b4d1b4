"""Correct a detail by a new one that names it: customer-service decisions, upheld disputes, mistakes."""

from datetime import datetime, tzinfo

import numpy as np
from django.db import connection

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.sources import EntrySource
from zhanggui.money.integers import require_integer
from zhanggui.rows.times import local_days, microseconds
from zhanggui.rows.transfer import reserve_numbers
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import settle_blocks
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.errors import NothingToCorrect
from zhanggui.settlement.details.queries import DetailKey, billed_line, detail, refuse_finished
from zhanggui.settlement.entities.queries import series_terms
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.statements.models import Statement
from zhanggui.settlement.statements.moves import MOVED_KINDS
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import Document, StatementNeeds, document_numbers

# Goods money is between buyer and merchant: when we correct it on our own account, we bear it.
BORNE_BY_US = "correction"
# Each movement of a deposit, and each amount of withheld tax, is a document: a detail beside them would leave the
# account and the documents apart.
_BY_DOCUMENT = ("deposit", "tax_withheld")


def correct_detail(
    *, key: DetailKey, amount: int, reason: str, at: datetime, zone: tzinfo, actor: str
) -> DetailKey:
    """This function will add `amount` (minor units, signed for the party) to what the detail `key` settled,
    as a new detail on the party's open statement, in the caller's transaction; returns its identity.

    Fee type, rule, entity and invoice mode are the original's; the counter account is the fee's own, or the
    platform's compensation for details of the goods side. Raises UnknownDetail, LineFinished,
    NothingToCorrect, FloatRefused, NotAnInteger.
    """
    amount = require_integer(amount, "The correction")
    hold_for_filling()
    original, row = detail(key), billed_line(key)
    refuse_finished(key.line_id)
    if amount == 0 or original["kind"] in MOVED_KINDS:
        raise NothingToCorrect(
            f"detail {key} cannot be corrected by {amount}; correct the original by an amount"
        )
    fees = catalogue()
    fee = fees.by_id[original["fee_type_id"]]
    if fee.group in _BY_DOCUMENT or fee.code in _BY_DOCUMENT:
        raise NothingToCorrect(
            f"detail {key} is {fee.code}, which a document of its own moves; make another document over the deposit"
            " or the tax",
            fee=fee.code,
        )
    fee_id = fees.by_code[BORNE_BY_US].id if fee.counter_purpose.startswith("2202.") else fee.id
    statement = Statement.objects.get(party_id=key.party_id, id=row["statement_id"])
    now = np.array([microseconds(at)], dtype=np.int64)
    with connection.cursor() as cursor:
        event = int(reserve_numbers(cursor, "settlement_event_id_seq", 1)[0])

    def one(value: int) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        return np.array([value], dtype=np.int64)

    terms_id, terms = series_terms(
        parties=one(key.party_id), entity_id=row["entity_id"], mode=row["mode"], cycle=statement.cycle
    )
    placed = place_rows(
        needs=StatementNeeds(
            one(key.party_id), terms_id, local_days(now, zone),
            document_numbers(Document.CORRECTION, one(event)),
        ),
        terms=terms, currency=row["currency"], at=at,
    )  # fmt: skip
    block = BilledBlock(
        party_id=one(key.party_id), line_id=one(key.line_id), event_id=one(event),
        merchant_id=one(row["merchant_id"]), order_id=one(row["order_id"]), statement_id=placed.statement_id,
        cumulative_before=one(0), quantity=one(0), done=one(key.event_id), step=one(key.position),
        whole=one(original["amount"]), occurred_us=now, billable_us=now, entity_id=one(row["entity_id"]),
        business_line_id=one(row["business_line_id"]), rule_set_id=one(row["rule_set_id"]),
        kind=one(EntrySource.CORRECTION), mode=one(row["mode"]),
        currency=np.array([row["currency"].encode()], dtype="S3"), fee_types=one(fee_id)[:, None],
        rules=one(original["rule_id"])[:, None], bases=one(original["amount"])[:, None],
        amounts=one(amount)[:, None],
    )  # fmt: skip
    settle_blocks(sides=[Side(block, placed.account_id)], at=at, zone=zone)
    made = DetailKey(key.party_id, key.line_id, event, 1)
    record_change(
        at=at, actor=actor, action="detail.corrected", object_kind="detail", object_id=str(key),
        party_id=key.party_id, before={"amount_minor": original["amount"]},
        after={"by_minor": amount, "detail": str(made), "reason": reason},
    )  # fmt: skip
    return made

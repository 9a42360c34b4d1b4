"""Bill accepted refunds: reverse the details of their sales, by frozen snapshot, onto open statements."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, tzinfo
from typing import Any

import numpy as np

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.times import local_days, microseconds
from zhanggui.settlement.billing.legs import Side
from zhanggui.settlement.billing.operations.settle_blocks import Settled, settle_blocks
from zhanggui.settlement.billing.reversal import Refunds, kept_details, reversal_amounts
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BusinessLine, SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries import catalogue
from zhanggui.settlement.statements.locks import hold_for_filling
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import StatementNeeds

# The sale's rows of all parties of a line stand under the merchant, supplier, carrier and named others.
SALES = """
select b.*, r.id as refund_id, r.done_minor, r.goods_minor, r.freight_minor, r.refunded_at, r.quantity as back,
       l.terms_id, l.ordered_at as ordered_at
from settlement_staged_refund r
join settlement_staged_line l on l.merchant_id = r.merchant_id and l.line_id = r.line_id
join settlement_billed_line b on b.line_id = r.line_id and b.event_id = 0
 and b.party_id = any(array[l.merchant_id, l.supplier_id, l.carrier_id] || %s::bigint[])
where r.id between %s and %s and r.business_line_id = %s and r.state = 'accepted' and r.kind <> 'unmatched'
and r.refunded_at <= %s and not exists (select from settlement_billed_line x
  where x.party_id = r.merchant_id and x.line_id = r.line_id and x.event_id = r.id)
order by r.id, b.party_id
"""
UNMATCHED = """
select r.* from settlement_staged_refund r
where r.id between %s and %s and r.business_line_id = %s and r.state = 'accepted' and r.kind = 'unmatched'
and r.refunded_at <= %s and not exists (select from settlement_billed_line x
  where x.party_id = r.merchant_id and x.line_id = r.line_id and x.event_id = 0)
order by r.id
"""


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
    window = [first_refund, last_refund, business_line.id, as_of]
    rows = rows_of(SALES, [_named_parties(business_line), *window])
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[len(row["amounts"])].append(row)
    sides = [side for same in groups.values() for side in _reverse(same, book, business_line, at, zone)]
    loose = rows_of(UNMATCHED, window)
    if loose:
        sides.append(_unmatched(loose, book, business_line, at, zone))
    return settle_blocks(sides=sides, at=at, zone=zone)


def _named_parties(business_line: BusinessLine) -> list[int]:
    """Parties that rules of this line name as `other:<code>`."""
    found = rows_of(
        "select p.id from parties_party p where p.code in (select distinct replace(end_, 'other:', '')"
        " from settlement_rule_version v cross join lateral (values (v.content->>'payer'),"
        " (v.content->>'receiver')) as e(end_) where v.set_code = %s and end_ like 'other:%%')",
        [business_line.rule_set_code],
    )
    return [row["id"] for row in found]


def _column(rows: Sequence[dict[str, Any]], name: str) -> Any:
    return np.array([row[name] for row in rows], dtype=np.int64)


def _reverse(
    rows: list[dict[str, Any]], book: TermsBook, line: BusinessLine, at: datetime, zone: tzinfo
) -> list[Side]:
    fee_types, amounts = _column(rows, "fee_types"), _column(rows, "amounts")
    refunds = Refunds(
        done=_column(rows, "done_minor"), step=_column(rows, "goods_minor"), whole=_column(rows, "whole"),
        freight=_column(rows, "freight_minor"),
    )  # fmt: skip
    reversing = reversal_amounts(fee_types=fee_types, amounts=amounts, refunds=refunds, fees=catalogue())
    kept = kept_details(reversing)
    counts = kept.sum(axis=1)
    sides = []
    for count in np.unique(counts).tolist():
        where = np.flatnonzero(counts == count)
        picked = np.nonzero(kept[where])[1].reshape(len(where), count)
        chosen = [rows[place] for place in where.tolist()]
        arrays = {
            "fee_types": np.take_along_axis(fee_types[where], picked, axis=1),
            "rules": np.take_along_axis(_column(chosen, "rules"), picked, axis=1),
            "bases": np.take_along_axis(amounts[where], picked, axis=1),
            "amounts": np.take_along_axis(reversing[where], picked, axis=1),
        }
        sides.append(_side(chosen, arrays, book, line, at, zone, kind=EntrySource.REVERSAL))
    return sides


def _side(
    rows: list[dict[str, Any]], arrays: dict[str, Any], book: TermsBook, line: BusinessLine, at: datetime,
    zone: tzinfo, *, kind: int,
) -> Side:  # fmt: skip
    billable = np.array(
        [microseconds(max(row["refunded_at"], row["billable_at"])) for row in rows], dtype=np.int64
    )
    terms = [_terms_of_sale(row, book) for row in rows]
    by_id = {place: one for place, one in enumerate(terms)}
    placed = place_rows(
        needs=StatementNeeds(
            party_id=_column(rows, "party_id"), terms_id=_dense(terms, by_id),
            day=local_days(billable, zone), document_id=_column(rows, "line_id"),
        ),
        terms=by_id, currency=line.currency, at=at,
    )  # fmt: skip
    block = BilledBlock(
        party_id=_column(rows, "party_id"), line_id=_column(rows, "line_id"),
        event_id=_column(rows, "refund_id"), merchant_id=_column(rows, "merchant_id"),
        order_id=_column(rows, "order_id"), statement_id=placed.statement_id,
        cumulative_before=_column(rows, "cumulative_before"), quantity=_column(rows, "back"),
        done=_column(rows, "done_minor"), step=_column(rows, "goods_minor"), whole=_column(rows, "whole"),
        occurred_us=np.array([microseconds(row["refunded_at"]) for row in rows], dtype=np.int64),
        billable_us=billable, entity_id=_column(rows, "entity_id"),
        business_line_id=_column(rows, "business_line_id"), rule_set_id=_column(rows, "rule_set_id"),
        kind=np.full(len(rows), kind, dtype=np.int64), mode=_column(rows, "mode"),
        currency=np.full(len(rows), line.currency.encode(), dtype="S3"), **arrays,
    )  # fmt: skip
    return Side(block, placed.account_id)


def _terms_of_sale(row: dict[str, Any], book: TermsBook) -> SettlementTerms:
    """The terms frozen on the sale: cycle and due rule of the line's terms, entity and mode of the billed row."""
    frozen = book.by_id[row["terms_id"]]
    if (frozen.entity_id, frozen.invoice_mode) == (row["entity_id"], row["mode"]):
        return frozen
    values = {field.attname: getattr(frozen, field.attname) for field in SettlementTerms._meta.fields}
    return SettlementTerms(**(values | {"entity_id": row["entity_id"], "invoice_mode": row["mode"]}))


def _dense(terms: list[SettlementTerms], by_id: dict[int, SettlementTerms]) -> Any:
    """Number terms by what matters for placing, so that equal ones are placed together."""
    by_id.clear()
    places: dict[tuple[object, ...], int] = {}
    ids = []
    for one in terms:
        key = (one.entity_id, one.invoice_mode, one.cycle, one.due_rule, one.calendar, one.auto_confirm_days)
        places.setdefault(key, len(places))
        by_id[places[key]] = one
        ids.append(places[key])
    return np.array(ids, dtype=np.int64)


def _unmatched(
    rows: list[dict[str, Any]], book: TermsBook, line: BusinessLine, at: datetime, zone: tzinfo
) -> Side:
    days = local_days(np.array([microseconds(row["refunded_at"]) for row in rows], dtype=np.int64), zone)
    terms_ids = book.resolve(_column(rows, "merchant_id"), days)
    zeros = np.zeros((len(rows), 1), dtype=np.int64)
    prepared = []
    for row, terms_id in zip(rows, terms_ids.tolist(), strict=True):
        terms = book.by_id[terms_id]
        prepared.append(row | {
            "party_id": row["merchant_id"], "order_id": row["line_id"], "refund_id": 0, "terms_id": terms_id,
            "entity_id": terms.entity_id, "mode": terms.invoice_mode, "billable_at": row["refunded_at"],
            "cumulative_before": 0, "back": row["quantity"], "whole": row["goods_minor"], "rule_set_id": 0,
        })  # fmt: skip
    amounts = -(_column(rows, "goods_minor") + _column(rows, "freight_minor"))[:, None]
    arrays = {
        "fee_types": zeros + catalogue().by_code["refund_unmatched"].id, "rules": zeros,
        "bases": -amounts, "amounts": amounts,
    }  # fmt: skip
    return _side(prepared, arrays, book, line, at, zone, kind=EntrySource.UNMATCHED_REFUND)

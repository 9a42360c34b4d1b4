"""Reversals as billed lines without a statement: from accepted refunds and the frozen rows of their sales.

Billing places and writes them; a replay makes them again and holds them against what is stored.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import tzinfo
from typing import Any

import numpy as np

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.reading import rows_of
from zhanggui.rows.times import local_days, microseconds
from zhanggui.settlement.billing.reversal import Refunds, kept_details, reversal_amounts
from zhanggui.settlement.details.blocks import BilledBlock
from zhanggui.settlement.details.queries import WHOLE_LINES
from zhanggui.settlement.entities.models import BusinessLine, SettlementTerms
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.queries.rule_sets import rules_by_id
from zhanggui.settlement.fees.rules.document import ReverseTerms
from zhanggui.settlement.fees.rules.parser import reverse_terms

# The sale's rows of all parties of a line stand under the merchant, supplier, carrier and named others.
SALES = f"""
select b.*, r.id as refund_id, r.done_minor, r.goods_minor, r.freight_minor, r.refunded_at, r.quantity as back,
       r.done_quantity,
       l.terms_id, s.cycle,
       case when b.whole > 0 then b.whole else greatest(b.quantity, 1) end as whole,
       case when b.whole > 0 then r.goods_minor else r.quantity end as step
from settlement_staged_refund r
join settlement_staged_line l on l.merchant_id = r.merchant_id and l.line_id = r.line_id
join {WHOLE_LINES} b on b.line_id = r.line_id and b.event_id = 0
 and b.party_id = any(array[l.merchant_id, l.supplier_id, l.carrier_id] || %s::bigint[])
join settlement_statement s on s.party_id = b.party_id and s.id = b.statement_id
where r.business_line_id = %s and r.state = 'accepted' and r.kind <> 'unmatched' and {{condition}}
order by r.id, b.party_id
"""
UNMATCHED = """
select r.* from settlement_staged_refund r
where r.business_line_id = %s and r.state = 'accepted' and r.kind = 'unmatched' and {condition}
order by r.id
"""
DUE = """r.id between %s and %s and r.refunded_at <= %s and not exists (
  select from settlement_billed_line x where x.party_id = r.merchant_id and x.line_id = r.line_id
  and x.event_id = case when r.kind = 'unmatched' then 0 else r.id end offset 0)"""
OF_LINES = "r.line_id = any(%s)"


def reversed_lines(
    line: BusinessLine, book: TermsBook, condition: str, params: list[Any], zone: tzinfo
) -> Iterator[tuple[BilledBlock, list[SettlementTerms]]]:
    """This function will yield unplaced blocks and, per row, the terms they are to be placed by.

    `condition` is DUE or OF_LINES with its `params`, over refunds `r`.
    """
    sales = rows_of(SALES.format(condition=condition), [_named_parties(line), line.id, *params])
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in sales:
        groups[len(row["amounts"])].append(row)
    for same in groups.values():
        yield from _reverse(same, book, line)
    loose = rows_of(UNMATCHED.format(condition=condition), [line.id, *params])
    if loose:
        yield _unmatched(loose, book, line, zone)


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
    rows: list[dict[str, Any]], book: TermsBook, line: BusinessLine
) -> Iterator[tuple[BilledBlock, list[SettlementTerms]]]:
    fee_types, rules, amounts = (_column(rows, name) for name in ("fee_types", "rules", "amounts"))
    refunds = Refunds(
        done=_column(rows, "done_minor"), step=_column(rows, "step"), whole=_column(rows, "whole"),
        goods=_column(rows, "goods_minor"), freight=_column(rows, "freight_minor"),
        units_done=_column(rows, "done_quantity"), units=_column(rows, "back"),
        units_sold=_column(rows, "quantity"),
    )  # fmt: skip
    reversing = reversal_amounts(
        fee_types=fee_types, rules=rules, amounts=amounts, refunds=refunds, fees=catalogue(),
        terms=_own_terms(rules),
    )  # fmt: skip
    kept = kept_details(reversing, _column(rows, "party_id") == _column(rows, "merchant_id"))
    counts = kept.sum(axis=1)
    for count in np.unique(counts[counts > 0]).tolist():
        where = np.flatnonzero(counts == count)
        picked = np.nonzero(kept[where])[1].reshape(len(where), count)
        chosen = [rows[place] for place in where.tolist()]
        arrays = {
            "fee_types": np.take_along_axis(fee_types[where], picked, axis=1),
            "rules": np.take_along_axis(rules[where], picked, axis=1),
            "bases": np.take_along_axis(amounts[where], picked, axis=1),
            "amounts": np.take_along_axis(reversing[where], picked, axis=1),
        }
        yield _block(chosen, arrays, book, line, kind=EntrySource.REVERSAL)


def _own_terms(rules: Any) -> dict[int, ReverseTerms]:
    """The terms of those rule versions that say themselves how their fee comes back."""
    versions = rules_by_id(set(np.unique(rules).tolist()) - {0})
    found = {rule_id: reverse_terms(version.content) for rule_id, version in versions.items()}
    return {rule_id: terms for rule_id, terms in found.items() if terms is not None}


def _block(
    rows: list[dict[str, Any]], arrays: dict[str, Any], book: TermsBook, line: BusinessLine, *, kind: int
) -> tuple[BilledBlock, list[SettlementTerms]]:
    billable = np.array(
        [microseconds(max(row["refunded_at"], row["billable_at"])) for row in rows], dtype=np.int64
    )
    block = BilledBlock(
        party_id=_column(rows, "party_id"), line_id=_column(rows, "line_id"),
        event_id=_column(rows, "refund_id"), merchant_id=_column(rows, "merchant_id"),
        order_id=_column(rows, "order_id"), statement_id=np.zeros(len(rows), dtype=np.int64),
        cumulative_before=_column(rows, "cumulative_before"), quantity=_column(rows, "back"),
        done=_column(rows, "done_minor"), step=_column(rows, "step"), whole=_column(rows, "whole"),
        occurred_us=np.array([microseconds(row["refunded_at"]) for row in rows], dtype=np.int64),
        billable_us=billable, entity_id=_column(rows, "entity_id"),
        business_line_id=_column(rows, "business_line_id"), rule_set_id=_column(rows, "rule_set_id"),
        kind=np.full(len(rows), kind, dtype=np.int64), mode=_column(rows, "mode"),
        currency=np.full(len(rows), line.currency.encode(), dtype="S3"), **arrays,
    )  # fmt: skip
    return block, [_terms_of_sale(row, book) for row in rows]


def _terms_of_sale(row: dict[str, Any], book: TermsBook) -> SettlementTerms:
    """What the sale was placed by: entity, invoice mode and cycle of its own row, and the due rule of the
    merchant's frozen terms, or of the party's terms that have them."""
    placed_by = (row["entity_id"], row["mode"], row["cycle"])
    frozen = book.by_id[row["terms_id"]]
    if row["party_id"] != row["merchant_id"]:
        own = [*book.by_party.get(0, ()), *book.by_party.get(row["party_id"], ())]
        frozen = next((one for one in reversed(own) if one.cycle == row["cycle"]), frozen)
    if (frozen.entity_id, frozen.invoice_mode, frozen.cycle) == placed_by:
        return frozen
    entity_id, mode, cycle = placed_by
    return frozen.like(entity_id=entity_id, invoice_mode=mode, cycle=cycle)


def _unmatched(
    rows: list[dict[str, Any]], book: TermsBook, line: BusinessLine, zone: tzinfo
) -> tuple[BilledBlock, list[SettlementTerms]]:
    days = local_days(np.array([microseconds(row["refunded_at"]) for row in rows], dtype=np.int64), zone)
    terms_ids = book.resolve(_column(rows, "merchant_id"), days)
    zeros = np.zeros((len(rows), 1), dtype=np.int64)
    prepared = []
    for row, terms_id in zip(rows, terms_ids.tolist(), strict=True):
        terms = book.by_id[terms_id]
        prepared.append(row | {
            "party_id": row["merchant_id"], "order_id": row["line_id"], "refund_id": 0, "terms_id": terms_id,
            "entity_id": terms.entity_id, "mode": terms.invoice_mode, "billable_at": row["refunded_at"],
            "cycle": terms.cycle, "cumulative_before": 0, "back": row["quantity"],
            "step": row["goods_minor"], "whole": row["goods_minor"], "rule_set_id": 0,
        })  # fmt: skip
    amounts = -(_column(rows, "goods_minor") + _column(rows, "freight_minor"))[:, None]
    arrays = {
        "fee_types": zeros + catalogue().by_code["refund_unmatched"].id, "rules": zeros,
        "bases": -amounts, "amounts": amounts,
    }  # fmt: skip
    return _block(prepared, arrays, book, line, kind=EntrySource.UNMATCHED_REFUND)

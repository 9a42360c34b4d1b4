"""The source event behind a detail, as the sender knew it."""

from typing import Any

from zhanggui.ledger.sources import EntrySource
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.replays.own_documents import OWN, own_document


def describe_event(kind: EntrySource, found: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """This function will return what happened: the order and line, the refund, the charge, the statement."""
    event: dict[str, Any] = {
        "occurred_at": found["occurred_at"].isoformat(), "billable_at": found["billable_at"].isoformat(),
        "line_id": row["line_id"],
    }  # fmt: skip
    if kind is EntrySource.CHARGE:
        return event | _first(
            "select charge_no, order_no, line_no, source, memo, batch_id from settlement_charge"
            " where party_id = %s and line_id = %s",
            [row["party_id"], row["line_id"]],
        )
    if kind in OWN:
        return event | own_document(kind, row["party_id"], row["line_id"])
    if kind in (EntrySource.CARRY, EntrySource.DISPUTE):
        return event | {"statement_id": row["order_id"], "dispute_id": row["event_id"] or None}
    if kind is EntrySource.SPLIT_AWAITED:
        return event | {"statement_id": row["order_id"], "order_no": awaited_order(row["event_id"])}
    event |= _first(
        "select o.order_no, l.line_no, l.title, o.business_line_id, i.source_name as import_source,"
        " o.import_run_id from settlement_staged_line l"
        " join settlement_staged_order o on o.id = l.order_id"
        " join settlement_import_run i on i.id = o.import_run_id"
        " where l.merchant_id = %s and l.line_id = %s",
        [row["merchant_id"], row["line_id"]],
    )
    if kind in (EntrySource.REVERSAL, EntrySource.UNMATCHED_REFUND):
        column = "id" if kind is EntrySource.REVERSAL else "line_id"
        value = row["event_id"] if kind is EntrySource.REVERSAL else row["line_id"]
        event |= _first(
            f"select refund_no, kind as refund_kind, reason from settlement_staged_refund where {column} = %s",
            [value],
        )
    return event


def awaited_order(part_id: int) -> str:
    """This function will return the number of the order that a part of a charge pays for."""
    return str(_first("select reference from payments_charge_part where id = %s", [part_id])["reference"])


def _first(query: str, params: list[Any]) -> dict[str, Any]:
    rows = rows_of(query, params)
    return rows[0] if rows else {}

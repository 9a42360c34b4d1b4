"""What stands behind a statement and behind an order: sums by fee, details, and their entries."""

from typing import Any

from zhanggui.ledger.chart import BY_CODE
from zhanggui.ledger.sources import EntrySource
from zhanggui.parties.models import Party
from zhanggui.parties.queries import party_names
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.details.queries import details_of_order
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.errors import UnknownOrder
from zhanggui.settlement.intake.models import OrderStatus
from zhanggui.settlement.replays.explain import KIND_WORDS
from zhanggui.settlement.statements.models import Statement

PARTIES = "select id, code from parties_party where id = any(%s)"
ORDER = """
select o.*, bl.code as business_line from settlement_staged_order o
join settlement_business_line bl on bl.id = o.business_line_id where o.order_no = %s
and (%s::text is null or bl.code = %s) order by o.id
"""
LINES = """
select l.line_id, l.line_no, l.title, l.merchant_id, l.quantity, l.goods_minor, l.shop_discount_minor,
       l.platform_discount_minor, l.points_discount_minor, l.freight_minor
from settlement_staged_line l where l.order_id = %s order by l.line_id
"""
ENTRIES = """
select p.book_id, p.source, p.key_a, p.key_b, p.booked_date, p.position, a.purpose, a.party_id, a.reference,
       p.amount
from ledger_posting p join ledger_account a on a.id = p.account_id
where p.source in (1, 2, 3, 8, 9) and p.key_a = %s and p.book_id = any(%s)
order by p.booked_date, p.source desc, p.book_id, p.key_b, p.position
"""
BY_FEE = """
select d.kind, d.fee_type_id, count(*) as details, sum(d.amount)::bigint as amount
from settlement_detail d where d.party_id = %s and d.statement_id = %s group by 1, 2 order by 1, 2
"""


def statement_explained(row: Statement, language: str) -> dict[str, Any]:
    """A statement's sums by kind and fee, which add up to its net, and its place in the chain."""
    fees = catalogue().by_id
    parts = [
        {
            "kind": KIND_WORDS[part["kind"]][0 if language == "zh" else 1],
            "fee": fees[part["fee_type_id"]].code,
            "name": fees[part["fee_type_id"]].name_in(language),
            "details": part["details"],
            "amount_minor": part["amount"],
        }
        for part in rows_of(BY_FEE, [row.party_id, row.id])
    ]
    return {
        "statement": row.number,
        "party": Party.objects.get(id=row.party_id).code,
        "party_name": party_names([row.party_id], language)[row.party_id],
        "currency": row.currency,
        "invoice_mode": row.mode,
        "starts_on": row.starts_on.isoformat(),
        "ends_before": row.ends_before.isoformat(),
        "due_on": row.due_on.isoformat(),
        "state": row.state,
        "net_minor": sum(part["amount_minor"] for part in parts),
        "carried_minor": row.carried_minor,
        "parts": parts,
        "hash": bytes(row.hash).hex(),
    }


def order_explained(order_no: str, business_line: str | None, language: str) -> dict[str, Any]:
    """An order's lines with their details over all parties, and its entries. Raises UnknownOrder."""
    found = rows_of(ORDER, [order_no, business_line, business_line])
    if not found:
        raise UnknownOrder(
            f"{order_no!r} is no detail number (12-3456-0-1), no statement number (ST…), and no order has it"
        )
    if len(found) > 1:
        known = ", ".join(row["business_line"] for row in found)
        raise UnknownOrder(f"order {order_no} is in several business lines ({known}); name one")
    [order] = found
    lines, details = rows_of(LINES, [order["id"]]), details_of_order(order["id"])
    merchants = sorted({line["merchant_id"] for line in lines})
    legs = rows_of(ENTRIES, [order["id"], [0, *merchants]])
    ids = {line["merchant_id"] for line in lines} | {one["party_id"] for one in [*details, *legs]}
    codes = {row["id"]: row["code"] for row in rows_of(PARTIES, [sorted(ids)])}
    return {
        "order": order["order_no"],
        "business_line": order["business_line"],
        "currency": order["currency"],
        "status": OrderStatus(order["status"]).name.lower(),
        "ordered_at": order["ordered_at"].isoformat(),
        "due_minor": order["due_minor"],
        "paid_minor": order["paid_minor"],
        "lines": [_line(line, details, codes, language) for line in lines],
        "entries": _entries(legs, codes, language),
    }


def _line(
    line: dict[str, Any], details: list[dict[str, Any]], codes: dict[int, str], language: str
) -> dict[str, Any]:
    fees = catalogue().by_id
    own = [one for one in details if one["line_id"] == line["line_id"]]
    return {
        **{name: line[name] for name in line if name != "merchant_id"},
        "merchant": codes[line["merchant_id"]],
        "details": [
            {
                "detail": f"{one['party_id']}-{one['line_id']}-{one['event_id']}-{one['position']}",
                "party": codes[one["party_id"]],
                "kind": KIND_WORDS[one["kind"]][0 if language == "zh" else 1],
                "fee": fees[one["fee_type_id"]].code,
                "name": fees[one["fee_type_id"]].name_in(language),
                "amount_minor": one["amount"],
            }
            for one in own
        ],
    }


def _entries(legs: list[dict[str, Any]], codes: dict[int, str], language: str) -> list[dict[str, Any]]:
    entries: dict[tuple[int, ...], dict[str, Any]] = {}
    for leg in legs:
        key = tuple(leg[name] for name in ("book_id", "source", "key_a", "key_b"))
        entry = entries.setdefault(
            key,
            {
                "entry": "/".join(map(str, key)),
                "source": EntrySource(leg["source"]).name.lower(),
                "booked_date": leg["booked_date"].isoformat(),
                "postings": [],
            },
        )
        purpose = BY_CODE[leg["purpose"]]
        entry["postings"].append(
            {
                "purpose": purpose.code,
                "account": purpose.zh if language == "zh" else purpose.en,
                "owner": codes.get(leg["party_id"], "platform"),
                "amount_minor": leg["amount"],
            }
        )
    return list(entries.values())

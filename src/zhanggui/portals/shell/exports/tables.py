"""The tables of `zhanggui export` as data: columns, their types and meanings, and the query behind them.

docs/reference/export-columns.md is written from here. A column is never renamed and never changes its
meaning; new ones are added at the end.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    """What a column holds. Amounts are minor units of the row's `currency`; times are UTC."""

    TEXT = "text"
    WHOLE = "whole number"
    MINOR = "minor units"
    DAY = "day"
    TIME = "time, UTC"


@dataclass(frozen=True)
class Column:
    """One column: its name, what it holds, its SQL over the table's `source`, and what it means."""

    name: str
    kind: Kind
    sql: str
    meaning: str


@dataclass(frozen=True)
class Table:
    """One export: its name, what a row is, the columns, where rows come from, and their order."""

    name: str
    row: str
    columns: tuple[Column, ...]
    source: str
    order: str


def _code(alias: str) -> str:
    return f"coalesce({alias}.code, '')"


def _dimension(alias: str, column: str) -> str:
    return f"left join settlement_dimension {alias} on {alias}.id = {column}"


_ORDER_STATES = (
    "case o.status when 0 then 'created' when 1 then 'paid' when 2 then 'shipped' when 3 then 'received'"
    " when 4 then 'completed' else 'cancelled' end"
)
_SOURCES = (
    "case {0} when 1 then 'sale' when 2 then 'reversal' when 3 then 'correction' when 4 then 'charge'"
    " when 5 then 'carry' when 6 then 'dispute' when 7 then 'confirmation' when 8 then 'order_paid'"
    " when 9 then 'refund_accepted' when 10 then 'unmatched_refund' when 11 then 'adjustment' end"
)
_MODES = "case {0} when 1 then 'output' when 2 then 'input' when 3 then 'none' end"
_NODES = "case t.node when 1 then 'paid' when 2 then 'shipped' when 3 then 'received' else 'completed' end"

_T, _W, _M, _D, _Z = Kind.TEXT, Kind.WHOLE, Kind.MINOR, Kind.DAY, Kind.TIME

ORDERS = Table(
    "orders",
    "an order as it came in",
    (
        Column("business_line", _T, "bl.code", "code of the business line"),
        Column("order_no", _T, "o.order_no", "the sender's number, unique within the business line"),
        Column("order_id", _W, "o.id", "our number, as in the other tables"),
        Column("currency", _T, "o.currency", "ISO code; PTS for points"),
        Column("status", _T, _ORDER_STATES, "created, paid, shipped, received, completed, cancelled"),
        Column("source_status", _T, "o.source_status", "the sender's own word for it"),
        Column("channel", _T, _code("ch"), "code of the channel"),
        Column("payment_method", _T, _code("pm"), "code of the payment method"),
        Column("region", _T, _code("rg"), "code of the buyer's region"),
        Column("ordered_at", _Z, "o.ordered_at", "when it was placed"),
        Column("paid_at", _Z, "o.paid_at", "when it was paid, if it was"),
        Column("shipped_at", _Z, "o.shipped_at", "when it was shipped, if it was"),
        Column("received_at", _Z, "o.received_at", "when it was received, if it was"),
        Column("completed_at", _Z, "o.completed_at", "when it was completed, if it was"),
        Column("line_count", _W, "o.line_count", "its lines"),
        Column("goods_minor", _M, "o.goods_minor", "goods of its lines at list price"),
        Column("due_minor", _M, "o.due_minor", "goods less discounts plus freight: what the buyer owes"),
        Column("paid_minor", _M, "o.paid_minor", "what was paid"),
        Column(
            "rule_set", _T, "coalesce(rs.code || '/' || rs.version, '')", "rule set / version frozen on it"
        ),
        Column("import_id", _W, "o.import_run_id", "the import it came with"),
    ),
    "settlement_staged_order o join settlement_business_line bl on bl.id = o.business_line_id "
    + _dimension("ch", "o.channel_id")
    + " "
    + _dimension("pm", "o.payment_method_id")
    + " "
    + _dimension("rg", "o.region_id")
    + " left join settlement_rule_set_version rs on rs.id = o.rule_set_id",
    "o.id",
)

LINES = Table(
    "lines",
    "an order line, with everything its fees depend on",
    (
        Column("business_line", _T, "bl.code", "code of the business line"),
        Column("order_no", _T, "o.order_no", "the sender's order number"),
        Column("line_no", _T, "l.line_no", "the sender's line number"),
        Column("order_id", _W, "l.order_id", "our number of the order"),
        Column("line_id", _W, "l.line_id", "our number of the line, as in details"),
        Column("merchant", _T, "m.code", "code of the merchant"),
        Column("merchant_id", _W, "l.merchant_id", "our number of the merchant"),
        Column("supplier", _T, _code("su"), "code of the supplier, if any"),
        Column("carrier", _T, _code("ca"), "code of the carrier, if any"),
        Column("merchant_level", _T, _code("lv"), "the merchant's level when the order came in"),
        Column("category", _T, _code("cg"), "code of the category"),
        Column("spu", _T, _code("sp"), "code of the product"),
        Column("sku", _T, _code("sk"), "code of the article"),
        Column("sku_type", _T, _code("st"), "code of the kind of article"),
        Column("channel", _T, _code("ch"), "code of the channel"),
        Column("payment_method", _T, _code("pm"), "code of the payment method"),
        Column("region", _T, _code("rg"), "code of the buyer's region"),
        Column("quantity", _W, "l.quantity", "units"),
        Column("currency", _T, "l.currency", "ISO code"),
        Column("goods_minor", _M, "l.goods_minor", "list price times quantity"),
        Column("shop_discount_minor", _M, "l.shop_discount_minor", "taken off by the shop, positive"),
        Column("platform_discount_minor", _M, "l.platform_discount_minor", "taken off by us, positive"),
        Column("points_discount_minor", _M, "l.points_discount_minor", "paid in points, positive"),
        Column("freight_minor", _M, "l.freight_minor", "freight of the line"),
        Column("tax_minor", _M, "l.tax_minor", "tax of the line"),
        Column("ordered_at", _Z, "l.ordered_at", "when the order was placed: decides the rules in force"),
        Column(
            "billable_at",
            _Z,
            "case when l.billable_at < timestamptz '9000-01-01' then l.billable_at end",
            "when its billing node was reached plus hold; empty while it was not",
        ),
        Column("billing_node", _T, _NODES, "the order state at which it is billed"),
        Column(
            "rule_set", _T, "coalesce(rs.code || '/' || rs.version, '')", "rule set / version frozen on it"
        ),
        Column("terms_id", _W, "l.terms_id", "settlement terms frozen on it"),
        Column("title", _T, "l.title", "what the buyer saw"),
    ),
    "settlement_staged_line l join settlement_business_line bl on bl.id = l.business_line_id"
    " join settlement_staged_order o on o.id = l.order_id join parties_party m on m.id = l.merchant_id"
    " join settlement_terms t on t.id = l.terms_id"
    " left join parties_party su on su.id = l.supplier_id left join parties_party ca on ca.id = l.carrier_id"
    " left join settlement_rule_set_version rs on rs.id = l.rule_set_id "
    + " ".join(
        _dimension(alias, f"l.{column}_id")
        for alias, column in (
            ("lv", "level"),
            ("cg", "category"),
            ("sp", "spu"),
            ("sk", "sku"),
            ("st", "sku_type"),
            ("ch", "channel"),
            ("pm", "payment_method"),
            ("rg", "region"),
        )
    ),
    "l.line_id",
)

_IN_UNITS = "(d.kind = 1 and coalesce(rv.content->'formula'->>'base' = 'quantity', false))"
DETAILS = Table(
    "details",
    "a billing detail, the atom of settlement; never changed, corrected by another one",
    (
        Column(
            "detail",
            _T,
            "d.party_id || '-' || d.line_id || '-' || d.event_id || '-' || d.position",
            "its number: party, line, event, position",
        ),
        Column("party", _T, "p.code", "code of the party it is settled with"),
        Column("party_id", _W, "d.party_id", "our number of that party"),
        Column("statement", _T, "s.number", "the statement it is on"),
        Column(
            "kind",
            _T,
            _SOURCES.format("d.kind"),
            "sale, reversal, correction, charge, carry, dispute, unmatched_refund",
        ),
        Column("fee", _T, "f.code", "fee type, see fee-catalogue"),
        Column(
            "base_minor",
            _M,
            f"case when {_IN_UNITS} then null else d.base end",
            "what the fee was computed on; empty where that is a number of units",
        ),
        Column(
            "base_units",
            _W,
            f"case when {_IN_UNITS} then d.base end",
            "the units it was computed on, where the rule's base is the quantity; else empty",
        ),
        Column("amount_minor", _M, "d.amount", "signed for the party: positive is owed to it"),
        Column("currency", _T, "d.currency", "ISO code"),
        Column(
            "rule",
            _T,
            "coalesce(rv.code || '/' || rv.version, '')",
            "rule and version that gave it; empty when read from the order",
        ),
        Column("rule_set", _T, "coalesce(rs.code || '/' || rs.version, '')", "that of the sale"),
        Column("merchant_id", _W, "d.merchant_id", "the merchant whose sale it belongs to"),
        Column("order_id", _W, "d.order_id", "our number of the order, or of the document"),
        Column("line_id", _W, "d.line_id", "our number of the order line, or of the document"),
        Column("event_id", _W, "d.event_id", "0 for the sale, else the refund, correction or dispute"),
        Column("position", _W, "d.position", "place among the details of its line and event, from 1"),
        Column("business_line", _T, "bl.code", "code of the business line"),
        Column("entity", _T, "e.code", "settlement entity"),
        Column("invoice_mode", _T, _MODES.format("d.mode"), "output, input, none"),
        Column("occurred_at", _Z, "d.occurred_at", "when the order was placed or the refund given"),
        Column("billable_at", _Z, "d.billable_at", "when it became billable; decides the statement"),
    ),
    "settlement_detail d join parties_party p on p.id = d.party_id"
    " join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id"
    " join settlement_fee_type f on f.id = d.fee_type_id"
    " join settlement_business_line bl on bl.id = d.business_line_id"
    " join settlement_entity e on e.id = d.entity_id"
    " left join settlement_rule_version rv on rv.id = d.rule_id"
    " left join settlement_rule_set_version rs on rs.id = d.rule_set_id",
    "d.party_id, d.line_id, d.event_id, d.position",
)

ENTRIES = Table(
    "entries",
    "a balanced, immutable journal entry",
    (
        Column("book", _W, "en.book_id", "the party whose event it is; 0 is the platform"),
        Column("source", _T, _SOURCES.format("en.source"), "the kind of event"),
        Column("key_a", _W, "en.key_a", "order, statement or document"),
        Column("key_b", _W, "en.key_b", "refund, dispute, correction or entity; 0 for none"),
        Column("entity", _T, "e.code", "settlement entity"),
        Column("currency", _T, "en.currency", "ISO code"),
        Column("booked_date", _D, "en.booked_date", "day it is booked on, in the business time zone"),
        Column("occurred_at", _Z, "en.occurred_at", "when the event happened"),
        Column("legs", _W, "cardinality(en.accounts)", "number of its postings"),
        Column(
            "debit_minor",
            _M,
            "(select sum(a) from unnest(en.amounts) a where a > 0)::bigint",
            "sum of its debits; its credits are as much",
        ),
        Column("batch", _W, "en.batch_id", "the write it came with, see the hash chain"),
    ),
    "ledger_entry en join settlement_entity e on e.id = en.entity_id",
    "en.book_id, en.source, en.key_a, en.key_b",
)

POSTINGS = Table(
    "postings",
    "a leg of an entry",
    (
        Column("book", _W, "en.book_id", "as in entries"),
        Column("source", _T, _SOURCES.format("en.source"), "as in entries"),
        Column("key_a", _W, "en.key_a", "as in entries"),
        Column("key_b", _W, "en.key_b", "as in entries"),
        Column("position", _W, "en.position", "place within the entry, from 1"),
        Column("account", _W, "en.account_id", "our number of the account"),
        Column("purpose", _T, "a.purpose", "code in the chart of accounts"),
        Column("owner", _T, "coalesce(p.code, 'platform')", "whose account it is"),
        Column("statement_id", _W, "a.reference", "the statement of a statement account; 0 for others"),
        Column("entity", _T, "e.code", "settlement entity"),
        Column("currency", _T, "en.currency", "ISO code"),
        Column("amount_minor", _M, "en.amount", "positive is a debit, negative a credit"),
        Column("booked_date", _D, "en.booked_date", "as in entries"),
        Column("batch", _W, "en.batch_id", "as in entries"),
    ),
    "ledger_posting en join ledger_account a on a.id = en.account_id"
    " join settlement_entity e on e.id = en.entity_id left join parties_party p on p.id = a.party_id",
    "en.book_id, en.source, en.key_a, en.key_b, en.position",
)

STATEMENTS = Table(
    "statements",
    "a statement; the figures of an open one are zero until it closes",
    (
        Column("number", _T, "s.number", "its number"),
        Column("party", _T, "p.code", "code of the party"),
        Column("party_id", _W, "s.party_id", "our number of the party"),
        Column("statement_id", _W, "s.id", "our number of the statement"),
        Column("entity", _T, "e.code", "settlement entity"),
        Column("currency", _T, "s.currency", "ISO code"),
        Column("invoice_mode", _T, _MODES.format("s.mode"), "output, input, none"),
        Column("cycle", _T, "s.cycle", "its period's rule, such as month:1"),
        Column("starts_on", _D, "s.starts_on", "first day of its period"),
        Column("ends_before", _D, "s.ends_before", "the day after its last one"),
        Column("due_on", _D, "s.due_on", "when it is to be paid"),
        Column("state", _T, "s.state", "open, confirming, confirmed, carried, zero"),
        Column("goods_minor", _M, "s.goods_minor", "goods and freight of sales, signed for the party"),
        Column("fees_minor", _M, "s.fees_minor", "fees of sales"),
        Column("refunds_minor", _M, "s.refunds_minor", "refunds with the fees that come back"),
        Column("other_minor", _M, "s.other_minor", "charges, corrections, amounts carried"),
        Column("net_minor", _M, "s.net_minor", "the sum of the four"),
        Column("carried_minor", _M, "s.carried_minor", "what moved on to a later statement afterwards"),
        Column("line_count", _W, "s.line_count", "billed lines on it"),
        Column("detail_count", _W, "s.detail_count", "details on it"),
        Column("open_disputes", _W, "s.open_disputes", "disputes not settled yet"),
        Column("closed_at", _Z, "s.closed_at", "when it closed"),
        Column("confirmed_at", _Z, "s.confirmed_at", "when it was confirmed"),
        Column("confirmed_by", _T, "s.confirmed_by", "by whom"),
        Column("chain_position", _W, "s.chain_position", "its place in the party's hash chain; 0 while open"),
        Column("previous_hash", _T, "encode(s.previous_hash, 'hex')", "hash of the one before"),
        Column("hash", _T, "encode(s.hash, 'hex')", "its hash, see verify-a-statement"),
    ),
    "settlement_statement s join parties_party p on p.id = s.party_id"
    " join settlement_entity e on e.id = s.entity_id",
    "s.party_id, s.id",
)

DIFFERENCES = Table(
    "differences",
    "double insurance: a pushed detail that our own billing does not confirm",
    (
        Column("business_line", _T, "bl.code", "code of the business line"),
        Column("party", _T, "p.code", "code of the party"),
        Column("order_no", _T, "x.order_no", "the sender's order number"),
        Column("line_no", _T, "x.line_no", "the sender's line number"),
        Column("fee", _T, "f.code", "fee type"),
        Column("kind", _T, "x.kind", "amount, missing_there (we have it), missing_here (only pushed)"),
        Column("currency", _T, "bl.currency", "ISO code"),
        Column("pushed_minor", _M, "x.pushed_minor", "what the other system billed"),
        Column("computed_minor", _M, "x.computed_minor", "what we billed in shadow"),
        Column("found_at", _Z, "x.found_at", "when they were last compared"),
    ),
    "settlement_shadow_difference x join settlement_business_line bl on bl.id = x.business_line_id"
    " join parties_party p on p.id = x.party_id join settlement_fee_type f on f.id = x.fee_type_id",
    "x.id",
)

TABLES = {table.name: table for table in (ORDERS, LINES, DETAILS, ENTRIES, POSTINGS, STATEMENTS, DIFFERENCES)}

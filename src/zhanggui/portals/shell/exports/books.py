"""Exports of what comes in and what is booked: orders, lines, details, entries, postings, statements, and what
double insurance found."""

from zhanggui.portals.shell.exports.columns import (
    MODES,
    SOURCES,
    Column,
    D,
    M,
    T,
    Table,
    W,
    Z,
    code,
    dimension,
    words,
)
from zhanggui.settlement.statements.models import StatementState

_ORDER_STATES = (
    "case o.status when 0 then 'created' when 1 then 'paid' when 2 then 'shipped' when 3 then 'received'"
    " when 4 then 'completed' else 'cancelled' end"
)
_NODES = "case t.node when 1 then 'paid' when 2 then 'shipped' when 3 then 'received' else 'completed' end"
STATEMENT_STATES = ", ".join(StatementState)

ORDERS = Table(
    "orders",
    "an order as it came in",
    (
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("order_no", T, "o.order_no", "the sender's number, unique within the business line"),
        Column("order_id", W, "o.id", "our number, as in the other tables"),
        Column("currency", T, "o.currency", "ISO code; PTS for points"),
        Column("status", T, _ORDER_STATES, "created, paid, shipped, received, completed, cancelled"),
        Column("source_status", T, "o.source_status", "the sender's own word for it"),
        Column("channel", T, code("ch"), "code of the channel"),
        Column("payment_method", T, code("pm"), "code of the payment method"),
        Column("region", T, code("rg"), "code of the buyer's region"),
        Column("ordered_at", Z, "o.ordered_at", "when it was placed"),
        Column("paid_at", Z, "o.paid_at", "when it was paid, if it was"),
        Column("shipped_at", Z, "o.shipped_at", "when it was shipped, if it was"),
        Column("received_at", Z, "o.received_at", "when it was received, if it was"),
        Column("completed_at", Z, "o.completed_at", "when it was completed, if it was"),
        Column("line_count", W, "o.line_count", "its lines"),
        Column("goods_minor", M, "o.goods_minor", "goods of its lines at list price"),
        Column("due_minor", M, "o.due_minor", "goods less discounts plus freight: what the buyer owes"),
        Column("paid_minor", M, "o.paid_minor", "what was paid"),
        Column(
            "rule_set", T, "coalesce(rs.code || '/' || rs.version, '')", "rule set / version frozen on it"
        ),
        Column("import_id", W, "o.import_run_id", "the import it came with"),
    ),
    "settlement_staged_order o join settlement_business_line bl on bl.id = o.business_line_id "
    + dimension("ch", "o.channel_id")
    + " "
    + dimension("pm", "o.payment_method_id")
    + " "
    + dimension("rg", "o.region_id")
    + " left join settlement_rule_set_version rs on rs.id = o.rule_set_id",
    "o.id",
)

LINES = Table(
    "lines",
    "an order line, with everything its fees depend on",
    (
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("order_no", T, "o.order_no", "the sender's order number"),
        Column("line_no", T, "l.line_no", "the sender's line number"),
        Column("order_id", W, "l.order_id", "our number of the order"),
        Column("line_id", W, "l.line_id", "our number of the line, as in details"),
        Column("merchant", T, "m.code", "code of the merchant"),
        Column("merchant_id", W, "l.merchant_id", "our number of the merchant"),
        Column("supplier", T, code("su"), "code of the supplier, if any"),
        Column("carrier", T, code("ca"), "code of the carrier, if any"),
        Column("merchant_level", T, code("lv"), "the merchant's level when the order came in"),
        Column("merchant_category", T, code("mc"), "the merchant's category when the order came in"),
        Column("category", T, code("cg"), "code of the category"),
        Column("spu", T, code("sp"), "code of the product"),
        Column("sku", T, code("sk"), "code of the article"),
        Column("sku_type", T, code("st"), "code of the kind of article"),
        Column("channel", T, code("ch"), "code of the channel"),
        Column("payment_method", T, code("pm"), "code of the payment method"),
        Column("region", T, code("rg"), "code of the buyer's region"),
        Column("quantity", W, "l.quantity", "units"),
        Column("currency", T, "l.currency", "ISO code"),
        Column("goods_minor", M, "l.goods_minor", "list price times quantity"),
        Column("shop_discount_minor", M, "l.shop_discount_minor", "taken off by the shop, positive"),
        Column("platform_discount_minor", M, "l.platform_discount_minor", "taken off by us, positive"),
        Column("points_discount_minor", M, "l.points_discount_minor", "paid in points, positive"),
        Column("freight_minor", M, "l.freight_minor", "freight of the line"),
        Column("tax_minor", M, "l.tax_minor", "tax of the line"),
        Column("supply_minor", M, "l.supply_minor", "what the merchant owes the supplier for the line"),
        Column("ordered_at", Z, "l.ordered_at", "when the order was placed: decides the rules in force"),
        Column(
            "billable_at",
            Z,
            "case when l.billable_at < timestamptz '9000-01-01' then l.billable_at end",
            "when its billing node was reached plus hold; empty while it was not",
        ),
        Column("billing_node", T, _NODES, "the order state at which it is billed"),
        Column(
            "rule_set", T, "coalesce(rs.code || '/' || rs.version, '')", "rule set / version frozen on it"
        ),
        Column("terms_id", W, "l.terms_id", "settlement terms frozen on it"),
        Column("title", T, "l.title", "what the buyer saw"),
    ),
    "settlement_staged_line l join settlement_business_line bl on bl.id = l.business_line_id"
    " join settlement_staged_order o on o.id = l.order_id join parties_party m on m.id = l.merchant_id"
    " join settlement_terms t on t.id = l.terms_id"
    " left join parties_party su on su.id = l.supplier_id left join parties_party ca on ca.id = l.carrier_id"
    " left join settlement_rule_set_version rs on rs.id = l.rule_set_id "
    + " ".join(
        dimension(alias, f"l.{column}_id")
        for alias, column in (
            ("lv", "level"),
            ("mc", "merchant_category"),
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
            T,
            "d.party_id || '-' || d.line_id || '-' || d.event_id || '-' || d.position",
            "its number: party, line, event, position",
        ),
        Column("party", T, "p.code", "code of the party it is settled with"),
        Column("party_id", W, "d.party_id", "our number of that party"),
        Column("statement", T, "s.number", "the statement it is on"),
        Column(
            "kind",
            T,
            words("d.kind", SOURCES),
            "sale, reversal, correction, charge, carry, dispute, unmatched_refund",
        ),
        Column("fee", T, "f.code", "fee type, see fee-catalogue"),
        Column(
            "base_minor",
            M,
            f"case when {_IN_UNITS} then null else d.base end",
            "what the fee was computed on; empty where that is a number of units",
        ),
        Column(
            "base_units",
            W,
            f"case when {_IN_UNITS} then d.base end",
            "the units it was computed on, where the rule's base is the quantity; else empty",
        ),
        Column("amount_minor", M, "d.amount", "signed for the party: positive is owed to it"),
        Column("currency", T, "d.currency", "ISO code"),
        Column(
            "rule",
            T,
            "coalesce(rv.code || '/' || rv.version, '')",
            "rule and version that gave it; empty when read from the order",
        ),
        Column("rule_set", T, "coalesce(rs.code || '/' || rs.version, '')", "that of the sale"),
        Column("merchant_id", W, "d.merchant_id", "the merchant whose sale it belongs to"),
        Column("order_id", W, "d.order_id", "our number of the order, or of the document"),
        Column("line_id", W, "d.line_id", "our number of the order line, or of the document"),
        Column("event_id", W, "d.event_id", "0 for the sale, else the refund, correction or dispute"),
        Column("position", W, "d.position", "place among the details of its line and event, from 1"),
        Column(
            "business_line",
            T,
            "coalesce(bl.code, '')",
            "code of the business line; empty for a document of ours",
        ),
        Column("entity", T, "e.code", "settlement entity"),
        Column("invoice_mode", T, words("d.mode", MODES), "output, input, none"),
        Column("occurred_at", Z, "d.occurred_at", "when the order was placed or the refund given"),
        Column("billable_at", Z, "d.billable_at", "when it became billable; decides the statement"),
    ),
    "settlement_detail d join parties_party p on p.id = d.party_id"
    " join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id"
    " join settlement_fee_type f on f.id = d.fee_type_id"
    " left join settlement_business_line bl on bl.id = d.business_line_id"
    " join settlement_entity e on e.id = d.entity_id"
    " left join settlement_rule_version rv on rv.id = d.rule_id"
    " left join settlement_rule_set_version rs on rs.id = d.rule_set_id",
    "d.party_id, d.line_id, d.event_id, d.position",
)

ENTRIES = Table(
    "entries",
    "a balanced, immutable journal entry",
    (
        Column("book", W, "en.book_id", "the party whose event it is; 0 is the platform"),
        Column("source", T, words("en.source", SOURCES), "the kind of event"),
        Column("key_a", W, "en.key_a", "order, statement or document"),
        Column("key_b", W, "en.key_b", "refund, dispute, correction or entity; 0 for none"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "en.currency", "ISO code"),
        Column("booked_date", D, "en.booked_date", "day it is booked on, in the business time zone"),
        Column("occurred_at", Z, "en.occurred_at", "when the event happened"),
        Column("legs", W, "cardinality(en.accounts)", "number of its postings"),
        Column(
            "debit_minor",
            M,
            "(select sum(a) from unnest(en.amounts) a where a > 0)::bigint",
            "sum of its debits; its credits are as much",
        ),
        Column("batch", W, "en.batch_id", "the write it came with, see the hash chain"),
    ),
    "ledger_entry en join settlement_entity e on e.id = en.entity_id",
    "en.book_id, en.source, en.key_a, en.key_b",
)

POSTINGS = Table(
    "postings",
    "a leg of an entry",
    (
        Column("book", W, "en.book_id", "as in entries"),
        Column("source", T, words("en.source", SOURCES), "as in entries"),
        Column("key_a", W, "en.key_a", "as in entries"),
        Column("key_b", W, "en.key_b", "as in entries"),
        Column("position", W, "en.position", "place within the entry, from 1"),
        Column("account", W, "en.account_id", "our number of the account"),
        Column("purpose", T, "a.purpose", "code in the chart of accounts"),
        Column("owner", T, "coalesce(p.code, 'platform')", "whose account it is"),
        Column("statement_id", W, "a.reference", "the statement of a statement account; 0 for others"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "en.currency", "ISO code"),
        Column("amount_minor", M, "en.amount", "positive is a debit, negative a credit"),
        Column("booked_date", D, "en.booked_date", "as in entries"),
        Column("batch", W, "en.batch_id", "as in entries"),
    ),
    "ledger_posting en join ledger_account a on a.id = en.account_id"
    " join settlement_entity e on e.id = en.entity_id left join parties_party p on p.id = a.party_id",
    "en.book_id, en.source, en.key_a, en.key_b, en.position",
)

STATEMENTS = Table(
    "statements",
    "a statement; the figures of an open one are zero until it closes",
    (
        Column("number", T, "s.number", "its number"),
        Column("party", T, "p.code", "code of the party"),
        Column("party_id", W, "s.party_id", "our number of the party"),
        Column("statement_id", W, "s.id", "our number of the statement"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "s.currency", "ISO code"),
        Column("invoice_mode", T, words("s.mode", MODES), "output, input, none"),
        Column("cycle", T, "s.cycle", "its period's rule, such as month:1"),
        Column("starts_on", D, "s.starts_on", "first day of its period"),
        Column("ends_before", D, "s.ends_before", "the day after its last one"),
        Column("due_on", D, "s.due_on", "when it is to be paid"),
        Column("state", T, "s.state", STATEMENT_STATES),
        Column("goods_minor", M, "s.goods_minor", "goods and freight of sales, signed for the party"),
        Column("fees_minor", M, "s.fees_minor", "fees of sales"),
        Column("refunds_minor", M, "s.refunds_minor", "refunds with the fees that come back"),
        Column("other_minor", M, "s.other_minor", "charges, corrections, amounts carried"),
        Column("net_minor", M, "s.net_minor", "the sum of the four"),
        Column("carried_minor", M, "s.carried_minor", "what moved on to a later statement afterwards"),
        Column("line_count", W, "s.line_count", "billed lines on it"),
        Column("detail_count", W, "s.detail_count", "details on it"),
        Column("open_disputes", W, "s.open_disputes", "disputes not settled yet"),
        Column("closed_at", Z, "s.closed_at", "when it closed"),
        Column("confirmed_at", Z, "s.confirmed_at", "when it was confirmed"),
        Column("confirmed_by", T, "s.confirmed_by", "by whom"),
        Column("chain_position", W, "s.chain_position", "its place in the party's hash chain; 0 while open"),
        Column("previous_hash", T, "encode(s.previous_hash, 'hex')", "hash of the one before"),
        Column("hash", T, "encode(s.hash, 'hex')", "its hash, see verify-a-statement"),
    ),
    "settlement_statement s join parties_party p on p.id = s.party_id"
    " join settlement_entity e on e.id = s.entity_id",
    "s.party_id, s.id",
)

DIFFERENCES = Table(
    "differences",
    "double insurance: a pushed detail that our own billing does not confirm",
    (
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("party", T, "p.code", "code of the party"),
        Column("order_no", T, "x.order_no", "the sender's order number"),
        Column("line_no", T, "x.line_no", "the sender's line number"),
        Column("fee", T, "f.code", "fee type"),
        Column("kind", T, "x.kind", "amount, missing_there (we have it), missing_here (only pushed)"),
        Column("currency", T, "bl.currency", "ISO code"),
        Column("pushed_minor", M, "x.pushed_minor", "what the other system billed"),
        Column("computed_minor", M, "x.computed_minor", "what we billed in shadow"),
        Column("found_at", Z, "x.found_at", "when they were last compared"),
    ),
    "settlement_shadow_difference x join settlement_business_line bl on bl.id = x.business_line_id"
    " join parties_party p on p.id = x.party_id join settlement_fee_type f on f.id = x.fee_type_id",
    "x.id",
)

BOOKS = (ORDERS, LINES, DETAILS, ENTRIES, POSTINGS, STATEMENTS, DIFFERENCES)

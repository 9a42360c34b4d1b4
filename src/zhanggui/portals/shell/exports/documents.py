"""Exports of what came in and what was decided: refunds, charges, disputes, invoices, alerts, approvals."""

from zhanggui.portals.shell.exports.columns import (
    MODES,
    Column,
    D,
    M,
    T,
    Table,
    W,
    Z,
    joined,
    of_statement,
    words,
)
from zhanggui.settlement.invoices.models import InvoiceState
from zhanggui.settlement.monitoring.models import AlertState

_LINE = joined("settlement_business_line", "bl", "x.business_line_id")
_PARTY = joined("parties_party", "p", "x.party_id")

REFUNDS = Table(
    "refunds",
    "a refund of an order line as it came in",
    (
        Column("refund_id", W, "x.id", "our number of it, the event_id of its details"),
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("refund_no", T, "x.refund_no", "the sender's number"),
        Column("order_no", T, "x.order_no", "the sender's order number"),
        Column("line_no", T, "x.line_no", "the sender's line number"),
        Column("kind", T, "x.kind", "what kind of refund it is"),
        Column(
            "merchant", T, "coalesce(p.code, '')", "code of the merchant; empty while its order is not here"
        ),
        Column("quantity", W, "x.quantity", "units given back"),
        Column("currency", T, "bl.currency", "ISO code"),
        Column("goods_minor", M, "x.goods_minor", "goods money given back, positive"),
        Column("freight_minor", M, "x.freight_minor", "freight given back, positive"),
        Column("state", T, "x.state", "waiting (for its order), accepted, refused"),
        Column("reject_code", T, "x.reject_code", "why it was refused"),
        Column("reject_message", T, "x.reject_message", "the same in words"),
        Column("reason", T, "x.reason", "why the buyer wanted it"),
        Column("channel_number", T, "x.channel_number", "the channel's own number of it"),
        Column("refunded_at", Z, "x.refunded_at", "when it was given"),
        Column("import_id", W, "x.import_run_id", "the import it came with"),
    ),
    "settlement_staged_refund x" + _LINE + joined("parties_party", "p", "x.merchant_id", optional=True),
    "x.id",
)

CHARGES = Table(
    "charges",
    "a detail that another system billed and pushed or we pulled, accepted or rejected",
    (
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("batch", T, "b.key", "the sender's key of the batch it came with"),
        Column("charge_no", T, "x.charge_no", "the sender's number"),
        Column("party", T, "x.party_code", "code of the party, as sent"),
        Column("fee", T, "x.fee_code", "fee type, as sent"),
        Column("currency", T, "x.currency", "ISO code, as sent"),
        Column("base_minor", M, "x.base_minor", "what it was computed on"),
        Column("amount_minor", M, "x.amount_minor", "signed for the party: positive is owed to it"),
        Column("occurred_at", Z, "x.occurred_at", "when it happened"),
        Column("source", T, "x.source", "passed (pushed to us) or pulled"),
        Column("order_no", T, "x.order_no", "the order it is about, if any"),
        Column("line_no", T, "x.line_no", "the line it is about, if any"),
        Column("memo", T, "x.memo", "what the sender says of it"),
        Column("state", T, "x.state", "accepted or rejected"),
        Column("reject_code", T, "x.reject_code", "why it was rejected"),
        Column("reject_message", T, "x.reject_message", "the same in words"),
        Column("line_id", W, "x.line_id", "its billed line, as in details"),
        Column("received_at", Z, "b.received_at", "when its batch came"),
    ),
    "settlement_charge x" + _LINE + joined("settlement_charge_batch", "b", "x.batch_id"),
    "x.line_id",
)

DISPUTES = Table(
    "disputes",
    "a merchant's objection to one detail",
    (
        Column("dispute_id", W, "x.id", "our number of it"),
        Column("party", T, "p.code", "code of the party"),
        Column("statement", T, "s.number", "the statement that showed the detail"),
        Column("moved_to", T, "coalesce(m.number, '')", "the statement it was moved to meanwhile"),
        Column(
            "detail", T, "x.party_id || '-' || x.line_id || '-' || x.event_id || '-' || x.position",
            "as in details",
        ),
        Column("fee", T, "f.code", "fee type"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("amount_minor", M, "x.amount_minor", "the detail's amount, signed for the party"),
        Column("reason", T, "x.reason", "what the merchant says"),
        Column("state", T, "x.state", "open, upheld, rejected"),
        Column("opened_at", Z, "x.opened_at", "when"),
        Column("opened_by", T, "x.opened_by", "by whom"),
        Column("resolved_at", Z, "x.resolved_at", "when it was decided"),
        Column("resolved_by", T, "x.resolved_by", "by whom"),
        Column("resolution", T, "x.resolution", "why so"),
    ),
    "settlement_dispute x" + _PARTY + of_statement("x") + joined("settlement_fee_type", "f", "x.fee_type_id")
    + " left join settlement_statement m on m.party_id = x.party_id and m.id = x.moved_to_statement_id",
    "x.id",
)  # fmt: skip

INVOICES = Table(
    "invoices",
    "an invoice: ours to a party, or a party's to us that we expect",
    (
        Column("number", T, "x.number", "our number, from the draft on"),
        Column("direction", T, words("x.direction", MODES), "output (ours), input (the party's)"),
        Column("kind", T, "x.kind", "blue (an invoice) or red (takes one back)"),
        Column("original", T, "coalesce(o.number, '')", "red: the invoice it takes back from"),
        Column("party", T, "p.code", "code of the party"),
        Column("statement", T, "s.number", "the statement it is for"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("state", T, "x.state", ", ".join(InvoiceState)),
        Column("currency", T, "x.currency", "ISO code"),
        Column("gross_minor", M, "x.gross_minor", "with tax, from the issuer's side; red ones are negative"),
        Column("net_minor", M, "x.net_minor", "without tax"),
        Column("tax_minor", M, "x.tax_minor", "the tax"),
        Column("tax_number", T, "x.tax_number", "the tax authority's number"),
        Column("tax_number_code", T, "x.tax_number_code", "the code that goes with it"),
        Column("issued_on", D, "x.issued_on", "the day on the invoice"),
        Column("tax_month", D, "x.tax_month", "first day of the month it is filed in"),
        Column("reason", T, "x.reason", "red, voided: why"),
        Column("drafted_at", Z, "x.drafted_at", "when it was drafted"),
        Column("issued_at", Z, "x.issued_at", "when it was issued here"),
        Column("issued_by", T, "x.issued_by", "by whom"),
    ),
    "settlement_invoice x" + _PARTY + of_statement("x") + joined("settlement_entity", "e", "x.entity_id")
    + " left join settlement_invoice o on o.party_id = x.party_id and o.id = x.original_id",
    "x.party_id, x.id",
)  # fmt: skip

ALERTS = Table(
    "alerts",
    "something that an anomaly rule found",
    (
        Column("alert_id", W, "x.id", "our number of it"),
        Column("rule", T, "x.rule_code", "code of the rule"),
        Column("rule_version", W, "r.version", "its version"),
        Column("kind", T, "x.kind", "kind of the rule, see anomaly-rules"),
        Column("severity", T, "x.severity", "info, warning, critical"),
        Column("subject_kind", T, "x.subject_kind", "what it is about: order, statement, party, check, job"),
        Column("subject", T, "x.label", "which one"),
        Column("party", T, "coalesce(p.code, '')", "code of the party concerned, if any"),
        Column("currency", T, "x.currency", "ISO code, where an amount was found"),
        Column("window_from", Z, "x.window_from", "start of the span looked at"),
        Column("window_before", Z, "x.window_before", "end of it, excluded"),
        Column("value", W, "x.value", "what was found, in `unit`"),
        Column("threshold", W, "x.threshold", "what it was held against, in `unit`"),
        Column("unit", T, "x.unit", "minor, count, ppm, hours, minutes"),
        Column("row_count", W, "x.row_count", "rows that made it"),
        Column("state", T, "x.state", ", ".join(AlertState)),
        Column("assignee", T, "x.assignee", "who looks into it"),
        Column("raised_at", Z, "x.raised_at", "when it was raised"),
        Column("closed_at", Z, "x.closed_at", "when it was closed"),
    ),
    "settlement_alert x" + joined("settlement_anomaly_rule", "r", "x.rule_id")
    + joined("parties_party", "p", "x.party_id", optional=True),
    "x.id",
)  # fmt: skip

APPROVALS = Table(
    "approvals",
    "a document that waits for, or has had, a second person's look",
    (
        Column("approval_id", W, "x.id", "our number of it"),
        Column("kind", T, "x.kind", "payout_batch, adjustment, write_off and the like"),
        Column("subject", T, "x.subject", "number of the document"),
        Column("title", T, "x.title", "what it is, in a line"),
        Column("party", T, "coalesce(p.code, '')", "code of the party concerned, if any"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("amount_minor", M, "x.amount_minor", "what moves in all, never negative"),
        Column("state", T, "x.state", "pending, approved, rejected, withdrawn, expired"),
        Column("maker", T, "x.maker", "who asked"),
        Column("made_at", Z, "x.made_at", "when"),
        Column("checks_needed", W, "x.checks_needed", "how many people have to approve"),
        Column(
            "checkers",
            T,
            "coalesce((select string_agg(d.checker, ' ' order by d.id) from approvals_decision d"
            " where d.approval_id = x.id), '')",
            "who decided, in order",
        ),
        Column("expires_at", Z, "x.expires_at", "when it lapses undecided"),
        Column("ended_at", Z, "x.ended_at", "when it was decided"),
        Column("digest", T, "encode(x.digest, 'hex')", "SHA-256 of what was approved"),
    ),
    "approvals_approval x" + joined("parties_party", "p", "x.party_id", optional=True),
    "x.id",
)

DOCUMENTS = (REFUNDS, CHARGES, DISPUTES, INVOICES, ALERTS, APPROVALS)

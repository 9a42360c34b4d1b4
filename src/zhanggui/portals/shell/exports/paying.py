"""Exports of money that leaves, and of what bills say of it: payouts, what came back, receivers, differences."""

from zhanggui.portals.shell.exports.columns import (
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
from zhanggui.settlement.payouts.models import Cause, PayoutState
from zhanggui.settlement.reconciliation.kinds import DifferenceKind, DifferenceState, Leg

_LEGS = {leg.value: leg.name.lower() for leg in Leg}
_PAYOUT_JOINS = (
    joined("parties_party", "p", "o.party_id", optional=True) + of_statement("o", optional=True)
    + joined("settlement_entity", "e", "o.entity_id") + joined("settlement_own_account", "a", "o.own_account_id")
    + joined("settlement_payout_batch", "b", "o.batch_id")
)  # fmt: skip
DOCUMENT = (
    "case o.cause when 'deposit' then 'DO' || lpad(o.document_id::text, 8, '0')"
    " when 'receipt' then 'RR' || lpad(o.document_id::text, 8, '0') else '' end"
)
_LAST_ATTEMPT = (
    " left join lateral (select t.attempt, t.end_to_end, t.reference from settlement_payout_attempt t"
    " where t.payout_id = o.id order by t.attempt desc limit 1) t on true"
)

PAYOUTS = Table(
    "payouts",
    "a decision to pay an amount of one statement, or of a document that gives money back; a new one takes the place"
    " of one that failed",
    (
        Column("number", T, "o.number", "its number"),
        Column("batch", T, "b.number", "number of its batch, which the bank sees"),
        Column("party", T, "coalesce(p.code, '')", "code of the party; empty when a receipt is given back"),
        Column("party_id", W, "o.party_id", "our number of the party"),
        Column("cause", T, "o.cause", ", ".join(Cause)),
        Column("statement", T, "coalesce(s.number, '')", "the statement it pays"),
        Column("document", T, DOCUMENT, "the document that gives money back; empty for a statement"),
        Column("part", W, "o.part", "which part, where a statement is paid in several"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("own_account", T, "a.code", "our account that it leaves"),
        Column("currency", T, "o.currency", "ISO code"),
        Column("amount_minor", M, "o.amount_minor", "what was ordered, positive"),
        Column("short_minor", M, "o.short_minor", "of it never left: the bank executed less"),
        Column("returned_minor", M, "o.returned_minor", "of it came back while the rest stays paid"),
        Column("state", T, "o.state", ", ".join(PayoutState)),
        Column("receiver_id", W, "o.receiver_id", "as in receivers"),
        Column("receiver_holder", T, "o.receiver_holder", "holder of the receiving account"),
        Column("receiver_number", T, "o.receiver_masked", "its number, masked"),
        Column("receiver_bank", T, "o.receiver_bank", "its bank"),
        Column("attempts", W, "coalesce(t.attempt, 0)", "tries at the bank so far"),
        Column("end_to_end", T, "coalesce(t.end_to_end, '')", "our number of the last try at the bank"),
        Column("bank_reference", T, "coalesce(t.reference, '')", "the bank's own number of it"),
        Column("retry_of", T, "coalesce(r.number, '')", "the payout that failed or came back before"),
        Column("reason_code", T, "o.reason_code", "why it failed or came back, as the bank codes it"),
        Column("reason", T, "o.reason", "the same in words"),
        Column("made_at", Z, "o.made_at", "when it was proposed"),
        Column("approved_at", Z, "o.approved_at", "when its batch was approved"),
        Column("sent_at", Z, "o.sent_at", "when it was sent"),
        Column("paid_at", Z, "o.paid_at", "when the bank said that it was executed"),
        Column("ended_at", Z, "o.ended_at", "when it failed, came back or was cancelled"),
    ),
    "settlement_payout o" + _PAYOUT_JOINS + _LAST_ATTEMPT
    + joined("settlement_payout", "r", "o.retry_of_id", optional=True),
    "o.id",
)  # fmt: skip

PAYOUT_RETURNS = Table(
    "payout-returns",
    "a payout, or a part of one, that had left and came back from the bank",
    (
        Column("number", T, "o.number", "number of the payout"),
        Column("party", T, "coalesce(p.code, '')", "code of the party; empty when a receipt is given back"),
        Column("cause", T, "o.cause", ", ".join(Cause)),
        Column("statement", T, "coalesce(s.number, '')", "the statement that is to be paid again"),
        Column("document", T, DOCUMENT, "the document that gives money back; empty for a statement"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("own_account", T, "a.code", "our account that it came back to"),
        Column("currency", T, "o.currency", "ISO code"),
        Column("amount_minor", M,
               "coalesce(n.amount_minor, o.amount_minor - o.short_minor - o.returned_minor)",
               "what came back, positive"),
        Column("receiver_number", T, "o.receiver_masked", "where it did not arrive, masked"),
        Column("end_to_end", T, "coalesce(t.end_to_end, '')", "our number of it at the bank"),
        Column("bank_reference", T, "coalesce(t.reference, '')", "the bank's own number of it"),
        Column("reason_code", T, "n.reason_code", "why, as the bank codes it"),
        Column("reason", T, "n.reason", "the same in words"),
        Column("paid_at", Z, "o.paid_at", "when it had been executed"),
        Column("returned_at", Z, "n.at", "when it came back"),
        Column("paid_again_by", T, "coalesce(l.number, '')",
               "the payout that took its place, if any; a part is paid again by another part of the same cause"),
    ),
    "settlement_payout_answer n join settlement_payout o on o.id = n.payout_id" + _PAYOUT_JOINS + _LAST_ATTEMPT
    + " left join lateral (select x.number from settlement_payout x where x.retry_of_id = o.id"
    " order by x.id desc limit 1) l on true where n.effect = 'applied' and n.outcome = 'returned'",
    "n.id",
)  # fmt: skip

RECEIVERS = Table(
    "receivers",
    "a bank account, wallet or Alipay account that a party wants its money on; numbers are masked",
    (
        Column("receiver_id", W, "r.id", "our number of it"),
        Column("party", T, "coalesce(p.code, '')", "code of the party; empty for a receipt"),
        Column("receipt_id", W, "r.receipt_id", "the receipt that goes back there; 0 for a party's"),
        Column("currency", T, "r.currency", "ISO code"),
        Column("kind", T, "r.kind", "bank, wallet or alipay"),
        Column("holder", T, "r.holder", "whose it is"),
        Column("number", T, "r.number_masked", "its number, masked"),
        Column("bank", T, "r.bank", "its bank"),
        Column("state", T, "r.state", "proposed, verified, closed"),
        Column("proposed_at", Z, "r.proposed_at", "when it was given"),
        Column("proposed_by", T, "r.proposed_by", "by whom"),
        Column("verified_at", Z, "r.verified_at", "when somebody else verified it"),
        Column("verified_by", T, "r.verified_by", "by whom"),
        Column("usable_from", Z, "r.usable_from", "no money goes there before"),
        Column("closed_at", Z, "r.closed_at", "when it was closed"),
    ),
    "settlement_receiver r" + joined("parties_party", "p", "r.party_id", optional=True),
    "r.id",
)

RECONCILIATION_DIFFERENCES = Table(
    "reconciliation-differences",
    "two sides of a reconciliation that did not agree: orders, a channel's bill, the ledger, a bank",
    (
        Column("difference_id", W, "x.id", "our number of it"),
        Column("own_account", T, "a.code", "our account that the bill is of"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("leg", T, words("x.leg", _LEGS), "what was held against what: " + ", ".join(_LEGS.values())),
        Column("kind", T, "x.kind", ", ".join(DifferenceKind)),
        Column("state", T, "x.state", ", ".join(DifferenceState)),
        Column("day", D, "x.day", "the business day it is about; ageing counts from here"),
        Column("reference", T, "x.reference", "number of the order, refund or payment"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("our_minor", M, "x.our_minor", "our side, positive is money to us"),
        Column("their_minor", M, "x.their_minor", "the bill's side, positive is money to us"),
        Column("our_fee_milli", W, "x.our_fee_milli", "our fee in thousandths of a minor unit"),
        Column("their_fee_milli", W, "x.their_fee_milli", "the bill's fee in thousandths of a minor unit"),
        Column("suspense_minor", M, "x.suspense_minor", "what of it lies in suspense until it is settled"),
        Column("bill_id", W, "x.bill_id", "the bill; 0 when nothing stands on their side"),
        Column("bill_row", W, "x.row_number", "its row; 0 when nothing stands on their side"),
        Column("run_id", W, "x.run_id", "the run that found it"),
        Column("assigned_to", T, "x.assigned_to", "who looks into it"),
        Column("resolution", T, "x.resolution", "how it was settled; empty while it is not"),
        Column("reason", T, "x.reason", "why so"),
        Column("found_at", Z, "x.found_at", "when it was found"),
        Column("resolved_at", Z, "x.resolved_at", "when it was settled"),
        Column("resolved_by", T, "x.resolved_by", "by whom"),
    ),
    "settlement_difference x" + joined("settlement_own_account", "a", "x.own_account_id")
    + joined("settlement_entity", "e", "a.entity_id"),
    "x.id",
)  # fmt: skip

PAYING = (PAYOUTS, PAYOUT_RETURNS, RECEIVERS, RECONCILIATION_DIFFERENCES)

"""Exports of what guards the money: debts, receipts and claims, deposits, holds and reserves, adjustments."""

from zhanggui.portals.shell.exports.columns import Column, D, M, T, Table, W, Z, joined, of_statement

_PARTY = joined("parties_party", "p", "x.party_id")
_ENTITY = joined("settlement_entity", "e", "x.entity_id")

DEBTS = Table(
    "debts",
    "what a party owes us on a statement that came to less than nothing and is collected",
    (
        Column("party", T, "p.code", "code of the party"),
        Column("party_id", W, "x.party_id", "our number of the party"),
        Column("statement", T, "s.number", "the statement it comes from"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("amount_minor", M, "x.amount_minor", "what was owed at first, positive"),
        Column("open_minor", M, "x.open_minor", "what is still owed"),
        Column("set_off_minor", M, "coalesce(b.set_off, 0)", "settled by later statements"),
        Column("deposit_minor", M, "coalesce(b.deposit, 0)", "settled from the deposit"),
        Column("receipt_minor", M, "coalesce(b.receipt, 0)", "settled by money that arrived"),
        Column("write_off_minor", M, "coalesce(b.write_off, 0)", "given up"),
        Column("pledged_minor", M, "x.pledged_minor", "of what is open: asked to be written off"),
        Column("due_on", D, "x.due_on", "when it was due"),
        Column("dunning_level", W, "x.level", "how far it was dunned; 0 not at all"),
        Column("opened_at", Z, "x.opened_at", "when it became a debt"),
        Column("settled_at", Z, "x.settled_at", "when nothing was left"),
    ),
    "settlement_debt x" + _PARTY + of_statement("x") + _ENTITY
    + " left join lateral (select "
    + ", ".join(
        f"sum(t.amount_minor) filter (where t.by = '{by}')::bigint as {by}"
        for by in ("set_off", "deposit", "receipt", "write_off")
    )
    + " from settlement_debt_settlement t where t.party_id = x.party_id and t.statement_id = x.statement_id)"
    " b on true",
    "x.party_id, x.statement_id",
)  # fmt: skip

RECEIPTS = Table(
    "receipts",
    "money that arrived on an account of ours",
    (
        Column("receipt_id", W, "x.id", "our number of it"),
        Column("own_account", T, "a.code", "our account it arrived on"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("bank_reference", T, "x.bank_reference", "the bank's number of it"),
        Column("amount_minor", M, "x.amount_minor", "what arrived, positive"),
        Column("claimed_minor", M, "x.claimed_minor", "claimed for debts and deposits"),
        Column("refunded_minor", M, "x.refunded_minor", "given back to the payer, or asked to be"),
        Column(
            "rest_minor", M,
            "case when x.reversed_at is null then x.amount_minor - x.claimed_minor - x.refunded_minor else 0 end",
            "what is still to be claimed",
        ),
        Column("received_on", D, "x.received_on", "day at the bank"),
        Column("payer", T, "x.payer", "who paid, as the bank says"),
        Column("payer_account", T, "x.payer_account", "their account, masked"),
        Column("memo", T, "x.memo", "what they wrote"),
        Column("source", T, "x.source", "screen, api, csv, bank"),
        Column("recorded_at", Z, "x.recorded_at", "when it was recorded"),
        Column("recorded_by", T, "x.recorded_by", "by whom"),
        Column("reversed_at", Z, "x.reversed_at", "when it was taken back"),
        Column("reversal_reason", T, "x.reversal_reason", "why"),
    ),
    "settlement_receipt x" + joined("settlement_own_account", "a", "x.own_account_id") + _ENTITY,
    "x.id",
)  # fmt: skip

CLAIMS = Table(
    "claims",
    "a part of a receipt claimed for a debt or a deposit of a party",
    (
        Column("claim_id", W, "x.id", "our number of it"),
        Column("receipt_id", W, "x.receipt_id", "as in receipts"),
        Column("party", T, "p.code", "code of the party"),
        Column("target", T, "x.target", "debt or deposit"),
        Column("statement", T, "coalesce(s.number, '')", "the statement of the debt; empty for a deposit"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("amount_minor", M, "x.amount_minor", "what was claimed, positive"),
        Column("claimed_at", Z, "x.at", "when"),
        Column("claimed_by", T, "x.actor", "by whom"),
        Column("reversed_at", Z, "x.reversed_at", "when it was taken back; it counts for nothing then"),
        Column("reversed_by", T, "x.reversed_by", "by whom"),
        Column("reversal_reason", T, "x.reversal_reason", "why"),
    ),
    "settlement_claim x" + _PARTY + of_statement("x", optional=True),
    "x.id",
)

DEPOSITS = Table(
    "deposits",
    "what a party has deposited at one entity in one currency, and must have",
    (
        Column("party", T, "p.code", "code of the party"),
        Column("party_id", W, "x.party_id", "our number of the party"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("held_minor", M, "x.held_minor", "what we hold, positive"),
        Column("pledged_minor", M, "x.pledged_minor", "of it: asked for by documents that wait for approval"),
        Column("required_minor", M, "x.required_minor", "what must be deposited"),
        Column("short_minor", M, "greatest(x.required_minor - x.held_minor, 0)", "what is missing"),
        Column("demanded_minor", M, "x.demanded_minor", "what was asked of the party; 0 for nothing"),
        Column("demanded_at", Z, "x.demanded_at", "when it was asked"),
        Column("top_up_by", D, "x.top_up_by", "by when it is to be paid in"),
    ),
    "settlement_deposit x" + _PARTY + _ENTITY,
    "x.id",
)

DEPOSIT_MOVEMENTS = Table(
    "deposit-movements",
    "a movement of a deposit; the movements of a deposit add up to what is held",
    (
        Column("movement_id", W, "x.id", "our number of it"),
        Column("party", T, "p.code", "code of the party"),
        Column("entity", T, "e.code", "settlement entity"),
        Column("currency", T, "o.currency", "ISO code"),
        Column("kind", T, "x.kind", "receipt, statement, deduction, debt, refund"),
        Column("amount_minor", M, "x.amount_minor", "positive is paid in"),
        Column("document_id", W, "x.document_id", "claim, deposit order or debt settlement, by kind"),
        Column("reason", T, "x.reason", "why"),
        Column("moved_at", Z, "x.at", "when"),
        Column("moved_by", T, "x.actor", "by whom"),
    ),
    "settlement_deposit_movement x" + _PARTY + joined("settlement_deposit", "o", "x.deposit_id")
    + joined("settlement_entity", "e", "o.entity_id"),
    "x.id",
)  # fmt: skip

HOLDS = Table(
    "holds",
    "money of a party that is not paid out: a reserve, a frozen amount, or a frozen party",
    (
        Column("hold_id", W, "x.id", "our number of it"),
        Column("party", T, "p.code", "code of the party"),
        Column("kind", T, "x.kind", "reserve, amount, party (everything of it, no amount of its own)"),
        Column("entity", T, "coalesce(e.code, '')", "settlement entity; empty for a frozen party"),
        Column("statement", T, "coalesce(s.number, '')", "reserves: the statement it is a share of"),
        Column("currency", T, "x.currency", "ISO code; empty for a frozen party"),
        Column("wanted_minor", M, "x.wanted_minor", "what is to be held, positive"),
        Column("held_minor", M, "x.held_minor", "what is held now"),
        Column("rate_ppm", W, "x.rate_ppm", "reserves: the share, parts per million"),
        Column("release_on", D, "x.release_on", "when it is to be let go"),
        Column("reason", T, "x.reason", "why"),
        Column("made_at", Z, "x.made_at", "since when"),
        Column("made_by", T, "x.made_by", "by whom"),
        Column("released_at", Z, "x.released_at", "when it was let go"),
        Column("released_by", T, "x.released_by", "by whom"),
        Column("release_reason", T, "x.release_reason", "why"),
    ),
    "settlement_hold x" + _PARTY + joined("settlement_entity", "e", "x.entity_id", optional=True)
    + of_statement("x", optional=True),
    "x.id",
)  # fmt: skip

ADJUSTMENTS = Table(
    "adjustments",
    "a correction of what a party is owed, by a document; rebates among them",
    (
        Column("adjustment_id", W, "x.id", "our number of it"),
        Column("party", T, "p.code", "code of the party"),
        Column("business_line", T, "bl.code", "code of the business line"),
        Column("kind", T, "x.kind", "manual or rebate"),
        Column("fee", T, "f.code", "fee type"),
        Column("currency", T, "x.currency", "ISO code"),
        Column("amount_minor", M, "x.amount_minor", "signed for the party: positive is owed to it"),
        Column("base_minor", M, "x.base_minor", "rebates: the sales they are a share of"),
        Column("state", T, "x.state", "pending, approved, rejected, withdrawn, expired; counts once approved"),
        Column("reason", T, "x.reason", "why"),
        Column("evidence", T, "x.evidence", "what proves it"),
        Column("reverses_id", W, "x.reverses_id", "the adjustment it takes back"),
        Column("line_id", W, "x.line_id", "its billed line, as in details; 0 before it is approved"),
        Column("made_at", Z, "x.made_at", "when it was asked for"),
        Column("made_by", T, "x.made_by", "by whom"),
        Column("ended_at", Z, "x.ended_at", "when it was decided"),
    ),
    "settlement_adjustment x" + _PARTY + joined("settlement_business_line", "bl", "x.business_line_id")
    + joined("settlement_fee_type", "f", "x.fee_type_id"),
    "x.id",
)  # fmt: skip

GUARDED = (DEBTS, RECEIPTS, CLAIMS, DEPOSITS, DEPOSIT_MOVEMENTS, HOLDS, ADJUSTMENTS)

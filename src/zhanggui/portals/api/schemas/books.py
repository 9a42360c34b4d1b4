"""What programs get of statements, details, disputes, rules, the ledger and its proofs.

Amounts are minor units of the row's currency; times are UTC.
"""

from datetime import date, datetime
from typing import Any, Literal

from ninja import Schema

from zhanggui.portals.api.schemas.outgoing import Paged


class HeadingOut(Schema):
    """Who a statement is between as it was when it closed; names by language."""

    party_code: str
    party_name: dict[str, str]
    entity_code: str
    entity_name: dict[str, str]
    entity_tax_number: str


class StatementOut(Schema):
    """A statement. `net` = goods + fees + refunds + other; while open the figures are those of now."""

    id: int
    number: str
    party: str
    entity: str
    currency: str
    invoice_mode: str
    invoice_axis: str
    cycle: str
    starts_on: date
    ends_before: date
    due_on: date
    auto_confirm_on: date
    state: str
    goods_minor: int
    fees_minor: int
    refunds_minor: int
    other_minor: int
    net_minor: int
    carried_minor: int
    line_count: int
    detail_count: int
    open_disputes: int
    closed_at: datetime | None
    confirmed_at: datetime | None
    confirmed_by: str
    chain_position: int
    previous_hash: str
    hash: str
    at_cut_off: HeadingOut | None = None


class StatementPage(Paged):
    """Statements by id."""

    items: list[StatementOut]


class FeeSum(Schema):
    """One fee of a statement."""

    fee: str
    zh: str
    en: str
    amount_minor: int
    detail_count: int


class StatementFull(StatementOut):
    """A statement with its fee summary, whose amounts add up to the net."""

    fees: list[FeeSum]


class DetailOut(Schema):
    """A billing detail (计费明细); `base_unit` says what `base` counts: minor units of the currency, or units
    (pieces), where the rule's base is the quantity."""

    detail: str
    party: str
    statement_id: int
    order_id: int
    line_id: int
    event: str
    fee: str
    currency: str
    base: int
    base_unit: Literal["minor", "unit"]
    amount_minor: int
    rule: str | None
    rule_version: int | None
    occurred_at: datetime
    billable_at: datetime


class DetailPage(Paged):
    """Details by party, line, event and position."""

    items: list[DetailOut]


class Explained(Schema):
    """Why a detail is what it is: a document for people and programs."""

    detail: str
    explanation: dict[str, Any]


class DisputeOut(Schema):
    """An objection to one detail."""

    id: int
    detail: str
    party: str
    statement_id: int
    moved_to_statement_id: int
    fee: str
    amount_minor: int
    currency: str
    reason: str
    state: str
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    resolved_by: str
    resolution: str


class DisputePage(Paged):
    """Disputes, oldest first."""

    items: list[DisputeOut]


class FeeTypeOut(Schema):
    """A fee type of the catalogue: `sign` 1 is to the party, -1 from it, 0 either; `reverse` is what a return does to
    it; `own` ones were added here."""

    id: int
    code: str
    zh: str
    en: str
    group: str
    sign: int
    granularity: str
    source: str
    counter_purpose: str
    invoice: str
    reverse: str
    own: bool


class FeeTypes(Schema):
    """The whole catalogue, in its order."""

    items: list[FeeTypeOut]


class RuleSetOut(Schema):
    """One published version."""

    id: int
    code: str
    version: int
    effective_from: datetime
    published_at: datetime
    published_by: str
    note: str
    digest: str
    rules: int


class RuleSets(Schema):
    """Every published version, the latest first within its code."""

    items: list[RuleSetOut]


class RuleSetDocument(RuleSetOut):
    """A published version with its document."""

    document: dict[str, Any]


class Findings(Schema):
    """What the checks say; with an error the set cannot be published."""

    code: str
    rules: int
    errors: int
    warnings: int
    findings: list[dict[str, Any]]


class PublishedOut(RuleSetOut):
    """The new version with the warnings that remain."""

    findings: list[dict[str, Any]]


class EntryOut(Schema):
    """A balanced journal entry; debit positive, credit negative."""

    book: int
    source: str
    key_a: int
    key_b: int
    entity: str
    currency: str
    booked_date: date
    occurred_at: datetime
    batch_id: int
    legs: list["LegOut"]


class LegOut(Schema):
    """One leg; purpose and owner are null where the account is somebody else's."""

    account_id: int
    purpose: str | None
    owner: int | None
    amount_minor: int


class EntryPage(Paged):
    """Entries by book, source and key."""

    items: list[EntryOut]


class PostingOut(Schema):
    """A leg with its entry's head."""

    book: int
    source: str
    key_a: int
    key_b: int
    position: int
    account_id: int
    purpose: str | None
    owner: int | None
    currency: str
    booked_date: date
    amount_minor: int


class PostingPage(Paged):
    """Postings by book, source, key and position."""

    items: list[PostingOut]


class TrialRow(Schema):
    """Debits and credits of one purpose."""

    entity: str
    currency: str
    purpose: str
    debit_minor: int
    credit_minor: int
    balance_minor: int
    accounts: int


class TrialBalance(Schema):
    """All purposes; the balances of each entity and currency sum to zero."""

    through: date | None
    rows: list[TrialRow]


class BalanceOut(Schema):
    """What a party stands at; positive is owed to it."""

    party: str
    currency: str
    pending_minor: int
    posted_minor: int
    available_minor: int


class Balances(Schema):
    """One row per currency."""

    through: date | None
    items: list[BalanceOut]


class InvariantOut(Schema):
    """One promise of the books and the rows that break it (at most 20 shown)."""

    name: str
    meaning: str
    violations: int
    rows: list[dict[str, Any]]


class Invariants(Schema):
    """All invariants; `violations` is 0 when the books prove themselves."""

    checked_at: datetime
    violations: int
    items: list[InvariantOut]


class ReplayOut(Schema):
    """A closed statement rebuilt from raw events and pinned rules."""

    statement_id: int
    number: str
    lines: int
    equal: bool
    hash_equal: bool
    differences: list[dict[str, Any]]


class ApprovalOut(Schema):
    """A document that waits for, or had, a second look. `amount_minor` is what moves in all."""

    id: int
    kind: str
    subject: str
    title: str
    party: str
    amount_minor: int
    currency: str
    state: str
    checks_needed: int
    maker: str
    made_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    digest: str


class ApprovalPage(Paged):
    """Requests by id."""

    items: list[ApprovalOut]


class DecisionOut(Schema):
    """What one person decided, and how they proved that they had looked."""

    checker: str
    approved: bool
    proof: str
    reason: str
    at: datetime


class ApprovalFull(ApprovalOut):
    """A request with what will be carried out, and the decisions about it."""

    payload: dict[str, Any]
    decisions: list[DecisionOut]

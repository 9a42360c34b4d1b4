"""Lists: payout batches, payouts, receivers, and answers of banks that a person has to look at."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import language_params
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    PartyColumn,
    SelectFilter,
    SqlSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.listing import MoneyList
from zhanggui.portals.platform.names import PARTY_NAME
from zhanggui.portals.platform.payouts.words import (
    BATCH_STATES,
    CAUSES,
    EFFECTS,
    OUTCOMES,
    PAYOUT_STATES,
    RECEIVER_KINDS,
    RECEIVER_STATES,
    paid_for,
    reason_name,
)

BATCHES = """
select b.id, b.number, b.state, b.currency, b.payout_count as payouts, b.total_minor as total, b.made_at, b.made_by,
  b.approved_by, b.sent_at, a.code as account,
  (select count(*) from settlement_payout p where p.batch_id = b.id and p.state in ('failed', 'returned'))
    as failed
from settlement_payout_batch b join settlement_own_account a on a.id = b.own_account_id where {where}
"""
PAID_FOR = (
    "case o.cause when 'deposit' then 'DO' || lpad(o.document_id::text, 8, '0')"
    " when 'receipt' then 'RR' || lpad(o.document_id::text, 8, '0') else s.number end"
)
PAYOUTS = f"""
select o.id, o.number, o.state, o.currency, o.amount_minor as amount, o.party_id,
  o.statement_id, o.cause, o.document_id, {PAID_FOR} as statement,
  o.receiver_masked as receiver, o.reason_code, o.made_at, o.sent_at, o.paid_at,
  b.number as batch, case when o.party_id = 0 then o.receiver_holder else {PARTY_NAME} end as party_name
from settlement_payout o join settlement_payout_batch b on b.id = o.batch_id
left join settlement_statement s on s.party_id = o.party_id and s.id = o.statement_id
left join parties_party p on p.id = o.party_id where {{where}}
"""
RECEIVERS = f"""
select r.id, r.state, r.currency, r.kind, r.holder, r.number_masked as number, r.bank, r.party_id, r.proposed_at,
  r.proposed_by, r.verified_by, r.usable_from, r.receipt_id,
  case when r.receipt_id > 0 then 'RC' || lpad(r.receipt_id::text, 8, '0') else {PARTY_NAME} end as party_name
from settlement_receiver r left join parties_party p on p.id = r.party_id where {{where}}
"""
ANSWERS = """
select n.id, n.effect, n.outcome, n.end_to_end, coalesce(n.amount_minor, 0) as amount, n.currency,
  n.reason_code, n.at,
  coalesce(p.number, '') as payout, coalesce(f.name, '') as file,
  case when f.direction = 'in' then n.file_id else 0 end as file_id, a.code as account
from settlement_payout_answer n join settlement_own_account a on a.id = n.own_account_id
left join settlement_payout p on p.id = n.payout_id
left join settlement_payout_file f on f.id = n.file_id where {where}
"""


class BatchList(MoneyList):
    """Batches: one person makes them, another approves them, then they are sent."""

    name = "platform.payout_batches"
    title = _("Payout batches")
    permission = "payouts.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", BATCH_STATES)
    empty = _("Nothing was proposed yet. Confirmed statements that are due go into a batch.")

    def page_actions(self) -> Sequence[Action]:
        """To what a batch is made of."""
        return [Action(gettext("What is due for payout"), reverse("platform:payouts_due"), "primary")]

    def get_source(self) -> SqlSource:
        """Batches."""
        fields = {
            "id": "b.id", "number": "b.number", "state": "b.state", "currency": "b.currency",
            "payouts": "b.payout_count", "total": "b.total_minor", "made_at": "b.made_at", "sent_at": "b.sent_at",
            "made_by": "b.made_by", "account": "a.code",
        }  # fmt: skip
        return SqlSource(select=BATCHES, fields=fields)

    def get_filters(self) -> Sequence[Any]:
        """By number, maker and day."""
        return [
            TextFilter("q", _("Batch number, account or maker"), starts=["number", "account", "made_by"]),
            DateRangeFilter("made", _("Made"), field="made_at"),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """How many, how much, who, how far."""
        return [
            LinkColumn("number", _("Batch"), sort="number",
                       href=lambda r: reverse("platform:payout_batch", args=[r.number])),
            StatusColumn("state", _("Status"), badges=BATCH_STATES),
            TextColumn("account", _("From account"), code=True),
            IntegerColumn("payouts", _("Payouts"), total=True, sort="payouts", phone=""),
            MoneyColumn("total", _("Total"), currency=self.currency, total=True, sort="total", phone="amount"),
            IntegerColumn("failed", _("Failed"), phone=""),
            TextColumn("made_by", _("Made by"), value=lambda r: actor_name(r.made_by)),
            TextColumn("approved_by", _("Approved by"), value=lambda r: actor_name(r.approved_by), phone=""),
            DateTimeColumn("made_at", _("Made"), sort="made_at"),
            DateTimeColumn("sent_at", _("Sent"), sort="sent_at", nullable=True, phone=""),
        ]  # fmt: skip


class PayoutList(MoneyList):
    """Every payment to a party, with where it went and what became of it."""

    name = "platform.payouts"
    title = _("Payouts")
    permission = "payouts.view"
    sort = "-made_at"
    tabs = StatusTabs.of("state", PAYOUT_STATES)
    empty = _("Payouts appear here once a batch is proposed.")

    def get_source(self) -> SqlSource:
        """Payouts."""
        fields = {
            "id": "o.id", "number": "o.number", "state": "o.state", "currency": "o.currency",
            "amount": "o.amount_minor", "made_at": "o.made_at", "sent_at": "o.sent_at", "paid_at": "o.paid_at",
            "statement": PAID_FOR, "batch": "b.number", "party_code": "p.code", "party_name": PARTY_NAME,
            "cause": "o.cause", "receiver_holder": "o.receiver_holder",
        }  # fmt: skip
        return SqlSource(select=PAYOUTS, fields=fields, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By number, merchant and day."""
        return [
            TextFilter("q", _("Payout, statement or batch number, merchant"),
                       starts=["number", "statement", "batch", "party_code"],
                       contains=["party_name", "receiver_holder"]),
            SelectFilter("cause", _("What it pays"), list(CAUSES.items())),
            DateRangeFilter("made", _("Made"), field="made_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """To whom, how much, where, what became of it."""
        return [
            LinkColumn("number", _("Payout"), sort="number",
                       href=lambda r: reverse("platform:payout", args=[r.number])),
            StatusColumn("state", _("Status"), badges=PAYOUT_STATES),
            PartyColumn("party_name", _("Merchant")),
            TextColumn("cause", _("What it pays"), value=lambda r: CAUSES[r.cause], phone=""),
            TextColumn("statement", _("Document"), code=True, href=paid_for),
            TextColumn("receiver", _("Receiving account"), code=True),
            MoneyColumn("amount", _("Amount"), currency=self.currency, total=True, sort="amount", phone="amount"),
            TextColumn("reason_code", _("Reason"), value=lambda r: reason_name(r.reason_code), wrap=True),
            TextColumn("batch", _("Batch"), code=True, phone="",
                       href=lambda r: reverse("platform:payout_batch", args=[r.batch])),
            DateTimeColumn("sent_at", _("Sent"), sort="sent_at", nullable=True, phone=""),
            DateTimeColumn("paid_at", _("Executed"), sort="paid_at", nullable=True, phone=""),
        ]  # fmt: skip


class ReceiverList(MoneyList):
    """Where merchants want their money: proposed, verified by another person, closed."""

    name = "platform.receivers"
    title = _("Receiving accounts")
    permission = "receivers.view"
    sort = "-proposed_at"
    tabs = StatusTabs.of("state", RECEIVER_STATES)
    empty = _("Merchants give their receiving accounts in their portal; they appear here to be verified.")

    def get_source(self) -> SqlSource:
        """Receivers."""
        fields = {
            "id": "r.id", "state": "r.state", "currency": "r.currency", "holder": "r.holder", "kind": "r.kind",
            "bank": "r.bank", "number": "r.number_masked", "proposed_at": "r.proposed_at",
            "usable_from": "r.usable_from", "party_name": PARTY_NAME, "party_code": "p.code",
        }  # fmt: skip
        return SqlSource(select=RECEIVERS, fields=fields, params=language_params())

    def get_filters(self) -> Sequence[Any]:
        """By merchant, holder, bank."""
        return [
            TextFilter("q", _("Merchant, holder or bank"), starts=["party_code"],
                       contains=["party_name", "holder", "bank"]),
            SelectFilter("kind", _("Kind"), list(RECEIVER_KINDS.items())),
            DateRangeFilter("proposed", _("Proposed"), field="proposed_at"),
            *self.currency_filters(),
        ]  # fmt: skip

    def get_columns(self) -> Sequence[Column]:
        """Whose, where, since when."""
        return [
            LinkColumn("id", _("Receiver"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:receiver", args=[r.id])),
            StatusColumn("state", _("Status"), badges=RECEIVER_STATES),
            PartyColumn("party_name", _("Merchant or receipt")),
            TextColumn("holder", _("Holder")),
            TextColumn("number", _("Account number"), code=True),
            TextColumn("bank", _("Bank"), phone=""),
            TextColumn("kind", _("Kind"), value=lambda r: RECEIVER_KINDS.get(r.kind, r.kind), phone=""),
            TextColumn("proposed_by", _("Proposed by"), value=lambda r: actor_name(r.proposed_by)),
            DateTimeColumn("proposed_at", _("Proposed"), sort="proposed_at"),
            DateTimeColumn("usable_from", _("Money from"), sort="usable_from", nullable=True, phone=""),
        ]  # fmt: skip


class AnswerList(MoneyList):
    """What banks said, payment by payment; what could not be applied is for a person to look at."""

    name = "platform.payout_answers"
    title = _("Bank answers")
    permission = "payouts.view"
    sort = "-at"
    tabs = StatusTabs.of("effect", EFFECTS)
    empty = _("Answers appear here when a bank's file is read.")

    def get_source(self) -> SqlSource:
        """Answers."""
        fields = {
            "id": "n.id", "effect": "n.effect", "currency": "coalesce(nullif(n.currency, ''), a.currency)",
            "at": "n.at", "end_to_end": "n.end_to_end", "payout": "p.number", "amount": "n.amount_minor",
        }  # fmt: skip
        return SqlSource(select=ANSWERS, fields=fields)

    def page_actions(self) -> list[Action]:
        """A file of the bank."""
        if not may(self.user, "payouts.make"):
            return []
        return [Action(_("Take in a bank's answer"), reverse("platform:answer_upload"), kind="primary")]

    def get_filters(self) -> Sequence[Any]:
        """By number and day."""
        return [
            TextFilter("q", _("Payout number or number at the bank"), starts=["end_to_end", "payout"]),
            DateRangeFilter("at", _("Read"), field="at"),
            *self.currency_filters(),
        ]

    def get_columns(self) -> Sequence[Column]:
        """What was said of what."""
        return [
            LinkColumn("end_to_end", _("Number at the bank"),
                       href=lambda r: reverse("platform:payout", args=[r.payout]) if r.payout else None),
            StatusColumn("effect", _("Effect"), badges=EFFECTS),
            TextColumn("outcome", _("The bank says"), value=lambda r: OUTCOMES.get(r.outcome, r.outcome)),
            MoneyColumn("amount", _("Amount"), currency=self.currency, sort="amount", phone="amount"),
            TextColumn("reason_code", _("Reason"), value=lambda r: reason_name(r.reason_code), wrap=True),
            TextColumn("file", _("File"), code=True, phone="",
                       href=lambda r: reverse("platform:answer_file", args=[r.file_id]) if r.file_id else None),
            TextColumn("account", _("Account"), code=True, phone=""),
            DateTimeColumn("at", _("Read"), sort="at"),
        ]  # fmt: skip

"""The mall's first month ends: statements close over what was split, members get their rebate, and what statements
still owe is paid by our bank, a sandbox in a folder."""

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.members_rebated import members_rebated
from zhanggui.journeys.payouts_proposed import payouts_proposed
from zhanggui.journeys.payouts_sent import approved_batches_sent
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statements_confirmed
from zhanggui.parties.models import Party, PartyKind, Role
from zhanggui.portals.shell.demonstration.mall.first_month import (
    WITHDRAWN_MINOR,
    first_day,
    next_month,
)
from zhanggui.portals.shell.demonstration.mall.opening import TARIFFS
from zhanggui.portals.shell.demonstration.mall.reading import mall_data
from zhanggui.portals.shell.demonstration.reconciling import take_bank_statement
from zhanggui.portals.shell.moments import zone
from zhanggui.rails.bank_sandbox.bank import SandboxBank
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.payouts.models import BatchState, PayoutBatch, Receiver
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.statements.models import Statement, StatementState

ACCOUNT, CURRENCY = "bank-cny", "CNY"
WITHDRAWN = (10, 9)
"""Day of the month after, and hour, at which money leaves the channel; it is at the bank a day later."""
OPENING_MINOR = 10_000_000
CASHIER, CONTROLLER, FINANCE = "cashier", "controller", "finance"


def _parties() -> list[Party]:
    """The shops, suppliers and carriers of the mall."""
    codes = [*(vendor.code for vendor in mall_data().vendors), *TARIFFS]
    return list(Party.objects.filter(code__in=codes).order_by("id"))


def close(at: datetime) -> None:
    """The first month's statements close."""
    _close(next_month() - timedelta(days=1), at)


def close_second(at: datetime) -> None:
    """Nothing was sold in the month after: what a shop still owes is carried on."""
    _close((next_month() + timedelta(days=32)).replace(day=1) - timedelta(days=1), at)


def _close(through: date, at: datetime) -> None:
    period_ended(
        through=through, clock=lambda: at, zone=zone(), actor=FINANCE,
        parties=[party.id for party in _parties()],
    )  # fmt: skip


def rebate_members(at: datetime) -> None:
    """Members get their coupon over what was completed in the first month."""
    members_rebated(month=first_day(), clock=lambda: at, zone=zone(), actor="clockwork")


def open_accounts(at: datetime) -> None:
    """Our account at the bank, and where shops want their money that are owed something: each verified by finance.
    The carrier has not said it yet."""
    line = business_line("mall")
    entity = SettlementEntity.objects.get(id=line.settlementterms_set.order_by("id")[0].entity_id)
    open_own_account(
        code=ACCOUNT, name={"zh": "商城付款账户", "en": "Paying account of the mall"}, kind=OwnAccountKind.BANK,
        entity=entity, currency=CURRENCY, rail="iso20022", number="310000000000000001",
        holder=entity.name["zh"], details={"bic": "MALLCNBJ", "country": "CN"}, at=at, actor=FINANCE,
    )  # fmt: skip
    for party in _parties():
        if (
            party.kind == PartyKind.CARRIER
            or not Statement.objects.filter(party_id=party.id, net_minor__gt=0).exists()
        ):
            continue
        given = ReceiverDetails(
            holder=f"{party.name['zh']}有限公司", number=f"62{party.id:014d}", bank="江南商业银行",
            details={"bic": "SHOPCNSH", "country": "CN"},
        )  # fmt: skip
        row = propose_receiver(
            party_id=party.id, currency=CURRENCY, given=given, at=at, actor=f"{party.code} owner"
        )
        verify_receiver(
            receiver_id=row.id,
            at=at + timedelta(hours=2),
            cool_down=settings.RECEIVER_COOL_DOWN,
            actor=FINANCE,
        )


def confirm(at: datetime) -> None:
    """The shops agree."""
    waiting = Statement.objects.filter(
        state=StatementState.CONFIRMING, party_id__in=[party.id for party in _parties()]
    )
    statements_confirmed(
        keys=list(waiting.order_by("id").values_list("party_id", "id")), clock=lambda: at, zone=zone(),
        actor=FINANCE, reason="checked with the merchants",
    )  # fmt: skip


def pay(at: datetime) -> None:
    """What is due is proposed, approved by a second person, sent, and answered by the bank the same evening."""
    have = Receiver.objects.filter(currency=CURRENCY).values("party_id")
    due = Statement.objects.filter(state=StatementState.CONFIRMED, currency=CURRENCY, party_id__in=have)
    payouts_proposed(
        at=at, zone=zone(), actor=CASHIER, keys=list(due.order_by("id").values_list("party_id", "id"))
    )
    own = OwnAccount.objects.get(code=ACCOUNT)
    for batch in PayoutBatch.objects.filter(state=BatchState.PROPOSED, own_account_id=own.id).order_by("id"):
        approval = latest_approval("payout_batch", batch.number)
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=True, checker=CONTROLLER, roles=(Role.PLATFORM_CONTROLLER,),
            proof=Proof(retyped_minor=batch.total_minor), at=at + timedelta(hours=1), zone=zone(),
        )  # fmt: skip
    sent, booked = at + timedelta(hours=2), at + timedelta(hours=8)
    approved_batches_sent(clock=lambda: sent, zone=zone(), actor=CASHIER)
    bank = SandboxBank(Path(settings.BANK_FOLDER) / ACCOUNT, currency=CURRENCY, opening_minor=OPENING_MINOR)
    bank.take_in(sent)
    bank.book(booked.date(), booked)
    inboxes_read(clock=lambda: booked, zone=zone(), actor=CASHIER)


def take_statement(at: datetime) -> None:
    """The bank's statement of that month: what came from the channel, and what we paid."""
    bank = OwnAccount.objects.filter(code=ACCOUNT).first()
    if bank is not None:
        day = next_month() + timedelta(days=WITHDRAWN[0])
        take_bank_statement(bank, day.year, day.month, [(day, WITHDRAWN_MINOR)], at)

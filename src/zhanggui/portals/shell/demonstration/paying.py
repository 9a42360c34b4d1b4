"""Paying in the demonstration: receivers of every shop, September's pay run with one payment that fails and is paid
again, October's with one that comes back days later. The bank is our own one, in a folder."""

from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import approved_batches_sent
from zhanggui.parties.models import Party, PartyKind, Role
from zhanggui.portals.shell.moments import zone
from zhanggui.rails.bank_sandbox.bank import Faults, SandboxBank
from zhanggui.settlement.entities.models import OwnAccountKind, SettlementTerms
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.payouts.models import (
    BatchState,
    Payout,
    PayoutAttempt,
    PayoutBatch,
    PayoutState,
    Receiver,
)
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver

MALL, ACCOUNT, CURRENCY = "online-retail", "bank-gbp", "GBP"
CASHIER, CONTROLLER, FINANCE = "cashier", "controller", "finance"
OPENING_MINOR = 50_000_000
CLOSED_ACCOUNT, COMES_BACK = "shop-07", "shop-11"
"""The first gave the number of an account that is closed, the second one that takes no transfers: the bank finds out
at once, and days later."""


def iban(bank: str, number: int) -> str:
    """A number that no bank has but that holds its check digits."""
    rest = f"{bank}{number:014d}"
    turned = "".join(str(int(sign, 36)) for sign in f"{rest}GB00")
    return f"GB{98 - int(turned) % 97:02d}{rest}"


def open_accounts(at: datetime) -> None:
    """Our account at the bank, and where each shop wants its money: proposed by the shop, verified by finance."""
    terms = SettlementTerms.objects.filter(business_line=business_line(MALL), party_id=0).earliest(
        "effective_from"
    )
    open_own_account(
        code=ACCOUNT, name={"zh": "付款账户", "en": "Paying account"}, kind=OwnAccountKind.BANK,
        entity=terms.entity, currency=CURRENCY, rail="iso20022", number=iban("MALL", 1), holder="Online Retail Ltd",
        details={"iban": "yes", "bic": "MALLGB2L", "country": "GB"}, at=at, actor=FINANCE,
    )  # fmt: skip
    set_limit(role=Role.PLATFORM_CONTROLLER, max_minor=None, at=at, actor="admin")
    receivers_of_new_shops(at)


def receivers_of_new_shops(at: datetime) -> None:
    """Every shop that has no receiver yet gives one."""
    known = set(Receiver.objects.values_list("party_id", flat=True))
    shops = Party.objects.filter(kind=PartyKind.MERCHANT, code__startswith="shop-")
    for party in shops.exclude(id__in=known).order_by("id"):
        _receiver(party, party.id, at)


@transaction.atomic
def _receiver(party: Party, number: int, at: datetime) -> None:
    given = ReceiverDetails(
        holder=party.name_in("en"), number=iban("SHOP", number), bank="Shopkeepers' Bank",
        details={"iban": "yes", "bic": "SHOPGB2L", "country": "GB"},
    )  # fmt: skip
    row = propose_receiver(
        party_id=party.id, currency=CURRENCY, given=given, at=at, actor=f"{party.code} owner"
    )
    verify_receiver(
        receiver_id=row.id, at=at + timedelta(hours=2), cool_down=settings.RECEIVER_COOL_DOWN, actor=FINANCE
    )


def pay(at: datetime) -> None:
    """What is due is proposed, approved by a second person, sent, answered by the bank the same evening."""
    payouts_proposed(at=at, zone=zone(), actor=CASHIER)
    _through_the_bank(at)


def pay_again(at: datetime) -> None:
    """The shop whose account was closed gives another one; its payment goes out anew, for the same statement."""
    party = Party.objects.get(code=CLOSED_ACCOUNT)
    _receiver(party, 7000 + party.id, at - timedelta(days=2))
    failed = Payout.objects.filter(party_id=party.id, state=PayoutState.FAILED).latest("id")
    payouts_retried(numbers=[failed.number], at=at, zone=zone(), actor=CASHIER)
    _through_the_bank(at)


def come_back(at: datetime) -> None:
    """Days after it was paid, the bank returns a payment (退票): the money is the shop's to claim again."""
    attempt = PayoutAttempt.objects.filter(
        payout__party_id=Party.objects.get(code=COMES_BACK).id, payout__state=PayoutState.PAID
    ).latest("id")
    _bank().send_back(attempt.end_to_end, reason="AC06", on=at.date(), at=at)
    inboxes_read(clock=lambda: at, zone=zone(), actor=CASHIER)


def _through_the_bank(at: datetime) -> None:
    checked, sent, booked = at + timedelta(hours=1), at + timedelta(hours=2), at + timedelta(hours=8)
    for batch in PayoutBatch.objects.filter(state=BatchState.PROPOSED).order_by("id"):
        approval = latest_approval("payout_batch", batch.number)
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=True, checker=CONTROLLER, roles=(Role.PLATFORM_CONTROLLER,),
            proof=Proof(retyped_minor=batch.total_minor), at=checked, zone=zone(),
        )  # fmt: skip
    approved_batches_sent(clock=lambda: sent, zone=zone(), actor=CASHIER)
    bank = _bank()
    bank.take_in(sent)
    bank.book(booked.date(), booked)
    inboxes_read(clock=lambda: booked, zone=zone(), actor=CASHIER)


def _bank() -> SandboxBank:
    folder = Path(settings.BANK_FOLDER) / ACCOUNT
    closed = iban("SHOP", Party.objects.get(code=CLOSED_ACCOUNT).id)
    return SandboxBank(
        folder, currency=CURRENCY, opening_minor=OPENING_MINOR, faults=Faults(rejects={closed: "AC04"})
    )

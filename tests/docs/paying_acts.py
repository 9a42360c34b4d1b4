"""Acts of money-flow pages about payouts: a receiver and an account of ours, then the way through a bank.

`receiver PARTY` (and the account it is paid from; an earlier `channel` opens one at a channel instead), `pay` (propose, approve, send), `bank OUTCOME PARTY` (executed,
rejected or returned), `evidence OUTCOME PARTY AMOUNT` (brought by one, approved by another), `again PARTY` (a new payout in the place of the one that failed, approved and sent).
"""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.settlement.payouts.story import ScriptedRail
from tests.settlement.story import fen
from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import bank_answered
from zhanggui.journeys.payout_evidenced import payout_evidenced
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import batch_sent
from zhanggui.parties.models import Party, Role
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt, PayoutBatch
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.settle_by_evidence import Evidence
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.rail import Answer, Outcome, register_rail

NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
RAIL = ScriptedRail()


def _zone() -> Any:
    return timezone.get_default_timezone()


def _receiver(own: BusinessLine, folder: Path, party: str) -> None:
    register_rail("scripted", RAIL)
    ApprovalLimit.objects.get_or_create(role=Role.PLATFORM_CONTROLLER, kind="*", currency="*")
    if not OwnAccount.objects.exists():
        open_own_account(
            code="bank-1", name={}, kind=OwnAccountKind.BANK, entity=SettlementEntity.objects.get(),
            currency="CNY", rail="scripted", number="6222021234567890", holder="Mall", details={}, at=NOW, actor="docs",
        )  # fmt: skip
    row = propose_receiver(
        party_id=Party.objects.get(code=party).id, currency="CNY",
        given=ReceiverDetails(party, "6217001234567890123"), at=NOW, actor=party,
    )  # fmt: skip
    verify_receiver(receiver_id=row.id, at=NOW, cool_down=timedelta(0), actor="docs")


def _channel(own: BusinessLine, folder: Path) -> None:
    open_own_account(
        code="wechat-main", name={}, kind=OwnAccountKind.CHANNEL, entity=SettlementEntity.objects.get(),
        currency="CNY", rail="wechat_pay", number="", holder="", details={"merchant_number": "1"}, at=NOW, actor="docs",
    )  # fmt: skip
    OwnAccount.objects.update(rail="scripted")


def _pay(own: BusinessLine, folder: Path) -> None:
    payouts_proposed(at=NOW, zone=_zone(), actor="cashier")
    _through()


def _through() -> None:
    for batch in PayoutBatch.objects.filter(state="proposed"):
        approval = latest_approval("payout_batch", batch.number)
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=True, checker="controller", roles=(Role.PLATFORM_CONTROLLER,),
            proof=Proof(retyped_minor=batch.total_minor), at=NOW, zone=_zone(),
        )  # fmt: skip
        batch_sent(number=batch.number, clock=lambda: NOW, zone=_zone(), actor="cashier")


def _latest(party: str) -> Payout:
    return Payout.objects.filter(party_id=Party.objects.get(code=party).id).latest("id")


def _bank(own: BusinessLine, folder: Path, outcome: str, party: str) -> None:
    attempt = PayoutAttempt.objects.get(payout=_latest(party))
    RAIL.says = [Answer(attempt.end_to_end, Outcome(outcome), attempt.amount_minor)]
    bank_answered(
        own_account=OwnAccount.objects.get(rail="scripted").code, name=outcome, content=f"{outcome} {attempt.end_to_end}".encode(), clock=lambda: NOW,
        zone=_zone(), actor="docs",
    )  # fmt: skip


def _evidence(own: BusinessLine, folder: Path, outcome: str, party: str, amount: str) -> None:
    paper = Evidence(
        outcome, "B-77", NOW.date(), "letter.txt", b"the bank's letter", "by letter", amount_minor=fen(amount)
    )
    row = payout_evidenced(
        number=_latest(party).number, evidence=paper, at=NOW, zone=_zone(), maker="cashier"
    )
    approval_decided(
        approval_id=row.id, approve=True, checker="controller", roles=(Role.PLATFORM_CONTROLLER,),
        proof=Proof(retyped_minor=row.amount_minor), at=NOW, zone=_zone(),
    )  # fmt: skip


def _again(own: BusinessLine, folder: Path, party: str) -> None:
    payouts_retried(numbers=[_latest(party).number], at=NOW, zone=_zone(), actor="cashier")
    _through()


PAYING_ACTS: dict[str, Any] = {"channel": _channel, "receiver": _receiver, "pay": _pay, "bank": _bank, "evidence": _evidence,
                               "again": _again}  # fmt: skip

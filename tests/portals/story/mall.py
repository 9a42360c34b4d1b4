"""The fair as a going concern: rules of billing, people who work there, WeChat Pay at a sandbox, a bank, later days."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from tests.isolation.market import ZONE, preset
from tests.portals.storefront.fair import Fair, open_fair
from tests.rails.sandboxes import Sandbox
from tests.settlement.payouts.story import ScriptedRail
from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import latest_approval
from zhanggui.clockwork.mind_payments import send_refunds
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import bank_answered
from zhanggui.journeys.bill_received import bill_received
from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.payouts_proposed import payouts_proposed
from zhanggui.journeys.payouts_sent import batch_sent
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statements_confirmed
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.payments.models import Charge, PaymentChannel
from zhanggui.payments.operations.keep_channel import keep_channel
from zhanggui.payments.wired import adapter
from zhanggui.settlement.entities.models import BusinessLine, OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import PayoutAttempt, PayoutBatch
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.rail import Answer, Outcome, register_rail
from zhanggui.settlement.reconciliation.models import ReconciliationRun
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.trade.buyers.models import Buyer

PASSWORD = "correct-horse-9"
MERCHANT_NUMBER = "1900000001"


@dataclass
class GoingConcern:
    """The mall of the story, served at `address`. `clock` is the real time until somebody lets days pass."""

    fair: Fair
    line: BusinessLine
    buyer: Buyer
    sandbox: Sandbox
    address: str
    bank: ScriptedRail = field(default_factory=ScriptedRail)
    ahead: timedelta = timedelta()

    def clock(self) -> datetime:
        """Now, in the story."""
        return timezone.now() + self.ahead

    def speak(self, language: str) -> None:
        """Everybody has chosen the language."""
        User.objects.update(language=language)

    def settle(self) -> None:
        """What clockwork does meanwhile: ask for refunds, tell the settlement centre, bill what is billable."""
        send_refunds(clock=self.clock, notify_url=lambda code: f"{self.address}/notices/{code}/")
        tell_settlement(clock=self.clock, zone=ZONE)
        goods_billable(
            business_line=self.line, as_of=self.clock(), clock=self.clock, zone=ZONE, actor="clockwork"
        )

    def end_month(self) -> None:
        """The month ends; its statements are closed and confirmed."""
        today = self.clock().astimezone(ZONE).date()
        last = date(today.year, today.month, monthrange(today.year, today.month)[1])
        self.ahead += timedelta(days=(last - today).days + 1)
        period_ended(through=last, clock=self.clock, zone=ZONE, actor="clockwork")
        waiting = Statement.objects.filter(state=StatementState.CONFIRMING).order_by("id")
        statements_confirmed(
            keys=list(waiting.values_list("party_id", "id")), clock=self.clock, zone=ZONE, actor="finance",
            reason="checked",
        )  # fmt: skip

    def pay_out(self) -> None:
        """What is due goes to the bank, approved by a second person, and the bank says that it arrived."""
        self.ahead += timedelta(days=14)
        payouts_proposed(at=self.clock(), zone=ZONE, actor="cashier")
        batch = PayoutBatch.objects.get()
        approval = latest_approval("payout_batch", batch.number)
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=True, checker="controller", roles=(Role.PLATFORM_CONTROLLER,),
            proof=Proof(retyped_minor=batch.total_minor), at=self.clock(), zone=ZONE,
        )  # fmt: skip
        batch_sent(number=batch.number, clock=self.clock, zone=ZONE, actor="cashier")
        self.bank.says = [
            Answer(one.end_to_end, Outcome.EXECUTED, one.amount_minor)
            for one in PayoutAttempt.objects.order_by("id")
        ]
        bank_answered(
            own_account="bank-1",
            name="answer",
            content=b"all arrived",
            clock=self.clock,
            zone=ZONE,
            actor="cashier",
        )

    def reconcile(self, folder: Path) -> list[ReconciliationRun]:
        """The channel's own bill of the day of payment is fetched from the sandbox and laid beside the books."""
        today = Charge.objects.get().charged_at.astimezone(ZONE).date()
        tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), ZONE) + timedelta(
            hours=11
        )
        self.sandbox.set_clock(tomorrow.isoformat())
        channel = PaymentChannel.objects.get(code="wechat")
        bill = adapter(channel).fetch_bill(kind="trade", day=today, now=tomorrow)
        path = folder / bill.name
        path.write_bytes(bill.content)
        received = bill_received(
            own_account=_account_at_the_channel(self.clock()), channel="wechat", path=path,
            clock=lambda: max(tomorrow, self.clock()), actor="finance", day=today,
        )  # fmt: skip
        return received.runs


@transaction.atomic
def open_mall(sandbox: Sandbox, address: str) -> GoingConcern:
    """Everything as it stands before the first buyer comes."""
    fair = open_fair()
    at = fair.at - timedelta(days=3)
    line = business_line_opened(
        preset=preset() | {"code": "mall", "name": {"zh": "商城", "en": "Mall"}}, at=at, actor="tests"
    )
    Party.objects.create(kind=PartyKind.CARRIER, code="heron", name={"zh": "鹭羽速运", "en": "Heron Express"})
    buyer = fair.buyer()
    fair.address(buyer)
    mall = GoingConcern(fair, line, buyer, sandbox, address)
    _staff(mall)
    _channel(mall, at)
    _bank(mall, at)
    return mall


def _staff(mall: GoingConcern) -> None:
    platform, _made = Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"zh": "平台", "en": "Mall"}}
    )
    people = [(f"{code}-owner", party, Role.MERCHANT_OWNER) for code, party in mall.fair.parties.items()]
    for name, party, role in [*people, ("office", platform, Role.PLATFORM_ADMIN)]:
        user = User.objects.create_user(name, password=PASSWORD)
        Membership.objects.create(user=user, party=party, role=role)


def _channel(mall: GoingConcern, at: datetime) -> None:
    client = mall.sandbox.client
    mall.sandbox.set_clock(timezone.now().isoformat(), frozen=False)
    keep_channel(
        code="wechat", name={"zh": "微信支付", "en": "WeChat Pay"}, rail="wechat_pay", currency="CNY",
        account=client["settings"]["mchid"], settings=client["settings"] | {"combines": "yes"},
        secrets=client["secrets"], at=at, actor="tests",
    )  # fmt: skip


def _bank(mall: GoingConcern, at: datetime) -> None:
    register_rail("scripted", mall.bank)
    ApprovalLimit.objects.get_or_create(role=Role.PLATFORM_CONTROLLER, kind="*", currency="*")
    open_own_account(
        code="bank-1", name={"zh": "基本户", "en": "Main account"}, kind=OwnAccountKind.BANK,
        entity=SettlementEntity.objects.get(), currency="CNY", rail="scripted", number="6222021234567890",
        holder="Mall", details={}, at=at, actor="tests",
    )  # fmt: skip
    for code, party in mall.fair.parties.items():
        row = propose_receiver(
            party_id=party.id,
            currency="CNY",
            given=ReceiverDetails(code, "6217001234567890123"),
            at=at,
            actor=code,
        )
        verify_receiver(receiver_id=row.id, at=at, cool_down=timedelta(0), actor="tests")


def _account_at_the_channel(at: datetime) -> OwnAccount:
    """Opened once orders have brought the payment method that it is told of."""
    return open_own_account(
        code="wechat-mall", name={"zh": "微信商户号", "en": "WeChat merchant account"}, kind=OwnAccountKind.CHANNEL,
        entity=SettlementEntity.objects.get(), currency="CNY", rail="wechat_pay", number=MERCHANT_NUMBER,
        holder="Mall", details={"merchant_number": MERCHANT_NUMBER, "payment_methods": ["wechat"]}, at=at,
        actor="tests",
    )  # fmt: skip

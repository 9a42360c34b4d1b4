"""A mall whose statements are confirmed and paid: receivers, batches, a bank that answers what the test wants."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import transaction

from tests.settlement.story import ZONE, Story, noon
from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import Answered, bank_answered
from zhanggui.journeys.payouts_proposed import Proposal, payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import Sent, batch_sent, payouts_asked
from zhanggui.parties.models import Role
from zhanggui.rails.iso20022.rail import Iso20022
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt, PayoutBatch, Receiver, ReceiverKind
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.rail import Answer, Message, Outcome, Read, Written, register_rail

CHECKER, ROLES = "controller", (Role.PLATFORM_CONTROLLER,)


@dataclass
class ScriptedRail:
    """A rail that does what a test says: what it got is in `got`, what it says of it in `says`."""

    max_payment_minor: int | None = None
    pays: frozenset[str] = frozenset({"bank"})
    title: dict[str, str] = field(default_factory=lambda: {"zh": "脚本通道", "en": "Scripted"})
    got: list[tuple[str, bytes]] = field(default_factory=list)
    fails: list[Exception | None] = field(default_factory=list)
    keeps_when_failing: bool = True
    says: list[Answer] = field(default_factory=list)
    written_messages: list[Message] = field(default_factory=list)

    def written(self, message: Message) -> Written:
        self.written_messages.append(message)
        lines = [f"{one.end_to_end} {one.amount_minor} {one.to.number}" for one in message.instructions]
        return Written(f"{message.number}.txt", "scripted", "\n".join([message.number, *lines]).encode())

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        problem = self.fails.pop(0) if self.fails else None
        if problem is None or self.keeps_when_failing:
            self.got.append((number, written.content))
        if problem is not None:
            raise problem

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        known = any(number == got for got, _ in self.got)
        outcome = Outcome.SUBMITTED if known else Outcome.NOT_KNOWN
        return [Answer(one, outcome) for one in end_to_ends]

    def read(self, *, name: str, content: bytes) -> Read:
        return Read("scripted", list(self.says))

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        return []

    def put_aside(self, *, account_code: str, name: str) -> None:
        return


class PayoutStory(Story):
    """A story with January closed and confirmed for its merchants, an account of ours, and receivers."""

    def __init__(self, *rules: Any, rail: str = "scripted", folder: Path | None = None, **more: Any) -> None:
        super().__init__(*rules, **more)
        self.files = 0
        self.rail = ScriptedRail()
        register_rail("scripted", self.rail)
        if folder is not None:
            register_rail("iso20022", Iso20022(folder, version="09"))
            register_rail("iso20022-03", Iso20022(folder, version="03"))
        ApprovalLimit.objects.get_or_create(role=Role.PLATFORM_CONTROLLER, kind="*", currency="*")
        self.own: OwnAccount = open_own_account(
            code="bank-1", name={"en": "Bank"}, kind=OwnAccountKind.BANK,
            entity=SettlementEntity.objects.get(code="e1"), currency=self.currency, rail=rail,
            number="6222021234567890", holder="Mall Ltd", details={}, at=self.clock(), actor="story",
        )  # fmt: skip

    def month(self, table: str, *parties: str) -> None:
        """Orders of January, billed, closed, confirmed for the parties."""
        self.orders(table)
        self.bill()
        self.close("2026-01-31")
        for party in parties:
            self.confirm(party, "2026-01-01")

    @transaction.atomic
    def receiver(self, party: str, number: str = "6217001234567890123", *, verified: bool = True,
                 cooled: bool = True, kind: ReceiverKind = ReceiverKind.BANK, **details: Any) -> Receiver:  # fmt: skip
        """A receiver of a party, verified and cooled down unless told otherwise."""
        given = ReceiverDetails(holder=f"{party} Ltd", number=number, kind=kind, bank="ICBC", details=details)
        row = propose_receiver(
            party_id=self.party(party), currency=self.currency, given=given, at=self.clock(), actor=party
        )
        if verified:
            wait = timedelta(0) if cooled else timedelta(hours=24)
            row = verify_receiver(receiver_id=row.id, at=self.clock(), cool_down=wait, actor="finance")
        return row

    def propose(self) -> Proposal:
        """Propose what is due."""
        return payouts_proposed(at=self.clock(), zone=ZONE, actor="cashier")

    def batch(self) -> PayoutBatch:
        """Propose what is due and return the one batch."""
        [batch] = self.propose().batches
        return batch

    def approve(self, batch: PayoutBatch, *, checker: str = CHECKER, approve: bool = True) -> PayoutBatch:
        """The second person decides, with the amount typed once more."""
        approval = latest_approval("payout_batch", batch.number)
        assert approval is not None
        approval_decided(
            approval_id=approval.id, approve=approve, checker=checker, roles=ROLES,
            proof=Proof(retyped_minor=batch.total_minor), at=self.clock(), zone=ZONE,
        )  # fmt: skip
        batch.refresh_from_db()
        return batch

    def send(self, batch: PayoutBatch) -> Sent:
        """Send an approved batch."""
        return batch_sent(number=batch.number, clock=self.clock, zone=ZONE, actor="cashier")

    def sent_batch(self) -> PayoutBatch:
        """Propose, approve and send what is due."""
        batch = self.approve(self.batch())
        self.send(batch)
        return batch

    def retry(self, *numbers: str) -> list[PayoutBatch]:
        """Propose payouts in the place of failed ones."""
        return payouts_retried(numbers=numbers, at=self.clock(), zone=ZONE, actor="cashier")

    def ask(self) -> int:
        """Ask after what nobody knows."""
        return payouts_asked(clock=self.clock, zone=ZONE, actor="clock", patience=timedelta(0))

    def answers(self, *answers: Answer, content: bytes = b"") -> Answered:
        """The bank says this, in a file."""
        self.rail.says = list(answers)
        self.files += 1
        content = content or f"file {self.files}".encode()
        return self.file(f"answer-{self.files}", content)

    def file(self, name: str, content: bytes) -> Answered:
        """A file of the bank comes in."""
        return bank_answered(
            own_account="bank-1", name=name, content=content, clock=self.clock, zone=ZONE, actor="cashier"
        )

    def says(self, payout: Payout, outcome: Outcome, **more: Any) -> Answer:
        """An answer about the latest attempt of a payout."""
        latest = PayoutAttempt.objects.filter(payout=payout).latest("attempt")
        return Answer(latest.end_to_end, outcome, **{"amount_minor": payout.amount_minor, **more})

    def payout(self, party: str) -> Payout:
        """A party's latest payout."""
        return Payout.objects.filter(party_id=self.party(party)).latest("id")

    def payouts(self) -> str:
        """Every payout: party, part, state, amount, reason code."""
        names = {self.party(code): code for code in ("m1", "m2", "m3")}
        return "\n".join(
            f"{names[row.party_id]} {row.part} {row.state} {row.amount_minor / 100:.2f} {row.reason_code or '-'}"
            for row in Payout.objects.order_by("id")
        )

    def station(self, party: str) -> str:
        """Where a party's statement of January stands."""
        return str(self.statement(party, "2026-01-01").state)


TWO = """
    order merchant goods  day
    A1    m1       100.00 2026-01-05
    A2    m2       200.00 2026-01-06
"""


def two_confirmed(**more: Any) -> PayoutStory:
    """m1 is owed 95.00 and m2 190.00; both can be paid."""
    story = PayoutStory(**more)
    story.month(TWO, "m1", "m2")
    story.receiver("m1")
    story.receiver("m2", "6217009999999999999")
    return story


__all__ = ["TWO", "ZONE", "PayoutStory", "ScriptedRail", "noon", "two_confirmed"]

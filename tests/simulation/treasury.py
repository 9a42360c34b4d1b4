"""A mall that also pays: batches made, checked and sent to a wild bank, with the process killed anywhere.

What must hold beside the invariants: no statement is ever paid twice, and once the bank has told everything, the
books say of every payment what the bank did.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import connection

from tests.settlement.story import ZONE
from tests.simulation import mall as plain
from tests.simulation.bank import Killed, WildBank
from tests.simulation.mall import MERCHANTS, Mall
from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.operations.set_limit import set_limit
from zhanggui.journeys.approval_decided import approval_decided, approval_withdrawn
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.payouts_proposed import payouts_proposed, payouts_retried
from zhanggui.journeys.payouts_sent import approved_batches_sent, payouts_asked
from zhanggui.parties.models import Role
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import OwnAccountKind, SettlementEntity
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.payouts.models import (
    Cause,
    Payout,
    PayoutAttempt,
    PayoutState,
    Receiver,
    ReceiverState,
)
from zhanggui.settlement.payouts.operations.close_receiver import close_receiver
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.rail import register_rail

PARTIES = (*MERCHANTS, "sup", "car", "both")
LONG_AGO = timedelta(0)
UNDOING = ("ROLLBACK TO SAVEPOINT", "RELEASE SAVEPOINT")
"""A test's commit is a savepoint: to undo it, these must still get through."""


@contextmanager
def killed_after(statements: int) -> Iterator[None]:
    """The process dies at the n-th statement it sends to the database from here on; what it had not committed is
    undone, as the database does when a connection breaks off."""
    left = statements
    dead = False

    def count(execute: Callable[..., Any], sql: str, *given: Any) -> Any:
        nonlocal left, dead
        left -= 1
        if dead and sql.startswith(UNDOING):
            return execute(sql, *given)
        if left < 0:
            dead = True
            raise Killed
        return execute(sql, *given)

    with connection.execute_wrapper(count):
        yield


@dataclass
class Treasury(Mall):
    """The mall with an account at a wild bank, and people who pay from it."""

    bank: WildBank = field(init=False)
    kills: int = 0
    deadly: float = 0.15

    def __post_init__(self) -> None:
        super().__post_init__()
        self.bank = self.found_bank(random.Random(self.seed), self.chance.choice([None, 2_000, 20_000]))
        register_rail("wild", self.bank)
        set_limit(role=Role.PLATFORM_CONTROLLER, max_minor=None, at=self.story.clock(), actor="sim")
        for code in ("e1", "e2"):
            entity, _ = SettlementEntity.objects.get_or_create(code=code, defaults={"name": {}})
            open_own_account(
                code=f"bank-{code}", name={"en": code}, kind=OwnAccountKind.BANK, entity=entity, currency="CNY",
                rail="wild", number="6222021234567890", holder="Mall", details={}, at=self.story.clock(), actor="sim",
            )  # fmt: skip
        for code in PARTIES[:-1]:
            _new_receiver(self, code, verified=True)

    def found_bank(self, chance: random.Random, limit: int | None) -> WildBank:
        """The bank that our accounts are at."""
        return WildBank(chance, limit)

    def acts(self) -> dict[Callable[[Any], None], int]:
        """What may happen, and how often."""
        return plain.WEIGHTS | PAYING

    def perform(self, act: Callable[[Any], None]) -> None:
        """Do it, or die somewhere in the middle of it."""
        deadly = act not in plain.WEIGHTS and self.chance.random() < self.deadly
        try:
            if deadly:
                with killed_after(self.chance.randint(0, 60)):
                    act(self)
            else:
                act(self)
        except Killed:
            self.kills += 1
            self.steps[-1] += " killed"

    def check(self) -> None:
        """What the mall checks, and that the bank never took more for a statement than it owes."""
        super().check()
        taken: dict[tuple[int, int], int] = {}
        rows = PayoutAttempt.objects.select_related("payout").filter(
            end_to_end__in=list(self.bank.orders), payout__cause=Cause.STATEMENT
        )
        for attempt in rows:
            if self.bank.orders[attempt.end_to_end].state in ("submitted", "accepted", "executed"):
                key = (attempt.payout.party_id, attempt.payout.statement_id)
                taken[key] = taken.get(key, 0) + attempt.amount_minor
        for key, amount in taken.items():
            [row] = rows_of(
                "select net_minor - carried_minor as owed from settlement_statement where party_id = %s and id = %s",
                list(key),
            )
            assert amount <= row["owed"], f"statement {key} was paid {amount} of {row['owed']}"

    def end(self) -> None:
        """The bank tells everything; then the books and the bank say the same of every payment."""
        super().end()
        self.last_payouts()
        self.bank.end_the_day()
        for _ in range(2):
            payouts_asked(clock=self.story.clock, zone=ZONE, actor="sim", patience=LONG_AGO)
            _read(self)
        self.bank.end_the_day()
        _read(self)
        self.check()
        said = {
            "executed": PayoutState.PAID,
            "rejected": PayoutState.FAILED,
            "returned": PayoutState.RETURNED,
        }
        for number, order in self.bank.orders.items():
            attempt = PayoutAttempt.objects.select_related("payout").get(end_to_end=number)
            latest = attempt.payout.attempts.latest("attempt")
            if latest.id == attempt.id:
                assert attempt.payout.state == said[order.state], (number, order, attempt.payout.state)
        assert not Payout.objects.filter(state=PayoutState.SENT).exists()
        assert -sum(self.booked_at_the_bank().values()) == self.bank.left() - self.received()

    def last_payouts(self) -> None:
        """What is still sent before the bank is asked for the last time."""

    def received(self) -> int:
        """Minor units that came to our accounts from others and are in the books."""
        return 0

    def booked_at_the_bank(self) -> dict[str, int]:
        """What the ledger says lies on each account of ours at the bank, minor units."""
        rows = rows_of(
            "select o.code, sum(d.amount)::bigint as amount from ledger_delta d join ledger_account a"
            " on a.id = d.account_id join settlement_own_account o on o.id = a.reference"
            " where a.purpose = '1002' group by 1", [],
        )  # fmt: skip
        return {row["code"]: row["amount"] for row in rows}


def _new_receiver(mall: Treasury, party: str, *, verified: bool) -> None:
    row = propose_receiver(
        party_id=mall.story.party(party), currency="CNY", at=mall.story.clock(), actor=party,
        given=ReceiverDetails(holder=party, number=f"62170012345678{mall.chance.randint(10_000, 99_999)}", bank="ICBC"),
    )  # fmt: skip
    if verified:
        verify_receiver(receiver_id=row.id, at=mall.story.clock(), cool_down=LONG_AGO, actor="finance")


def propose(mall: Treasury) -> None:
    payouts_proposed(at=mall.story.clock(), zone=ZONE, actor="cashier")


def decide(mall: Treasury) -> None:
    """Somebody decides about what waits: a controller, the maker (refused), or nobody, who takes it back."""
    waiting = list(Approval.objects.filter(state=ApprovalState.PENDING).order_by("id"))
    if not waiting:
        return
    row, chance = mall.chance.choice(waiting), mall.chance.random()
    if chance < 0.1:
        approval_withdrawn(approval_id=row.id, maker=row.maker, at=mall.story.clock(), zone=ZONE)
        return
    approve(mall, row, row.maker if chance < 0.2 else "controller", yes=chance < 0.9)


def approve(mall: Treasury, row: Approval, checker: str, *, yes: bool = True) -> None:
    """A controller (or whoever says so) decides."""
    approval_decided(
        approval_id=row.id, approve=yes, checker=checker, roles=(Role.PLATFORM_CONTROLLER,),
        proof=Proof(retyped_minor=row.amount_minor), at=mall.story.clock(), zone=ZONE,
    )  # fmt: skip


def send(mall: Treasury) -> None:
    approved_batches_sent(clock=mall.story.clock, zone=ZONE, actor="cashier")


def ask(mall: Treasury) -> None:
    payouts_asked(clock=mall.story.clock, zone=ZONE, actor="clock", patience=LONG_AGO)


def bank_works(mall: Treasury) -> None:
    mall.bank.work()


def _read(mall: Treasury) -> None:
    _done, refused = inboxes_read(clock=mall.story.clock, zone=ZONE, actor="clock")
    assert refused == []


def retry(mall: Treasury) -> None:
    ended = list(Payout.objects.filter(state__in=(PayoutState.FAILED, PayoutState.RETURNED)).order_by("id"))
    if ended:
        chosen = mall.chance.sample(ended, min(len(ended), 2))
        payouts_retried(
            numbers=[one.number for one in chosen], at=mall.story.clock(), zone=ZONE, actor="cashier"
        )


def change_receiver(mall: Treasury) -> None:
    """A party names another account, perhaps between an approval and the sending; or closes the one it has."""
    party = mall.chance.choice(PARTIES)
    if mall.chance.random() < 0.3:
        row = Receiver.objects.filter(party_id=mall.story.party(party), state=ReceiverState.VERIFIED).first()
        if row:
            close_receiver(receiver_id=row.id, at=mall.story.clock(), actor="finance", reason="closed")
        return
    _new_receiver(mall, party, verified=mall.chance.random() < 0.8)


PAYING: dict[Callable[[Any], None], int] = {
    propose: 4, decide: 6, send: 5, ask: 3, bank_works: 6, _read: 5, retry: 3, change_receiver: 1,
}  # fmt: skip

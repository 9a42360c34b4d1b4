"""A bank that does everything a bank can do wrong: loses requests and answers, answers twice, late, out of order, and
sends money back days later. It never executes one of our numbers twice, as no bank does; that is all it promises."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass, field

from zhanggui.settlement.payouts.rail import Answer, Message, NotTaken, Outcome, Read, Written


class Killed(BaseException):
    """The process dies here; nothing after it runs."""


@dataclass
class Ordered:
    """A payment the bank knows: what was ordered and how far it is."""

    amount: int
    currency: str
    to: str
    account: str
    state: Outcome = Outcome.SUBMITTED


@dataclass
class WildBank:
    """The bank as a rail. `orders` is the truth about where money went; `waiting` is the inbox of each account."""

    chance: random.Random
    max_payment_minor: int | None = None
    pays: frozenset[str] = frozenset({"bank"})
    orders: dict[str, Ordered] = field(default_factory=dict)
    messages: dict[str, bytes] = field(default_factory=dict)
    waiting: dict[str, list[tuple[str, bytes]]] = field(default_factory=dict)
    files: int = 0
    calm: bool = False

    def written(self, message: Message) -> Written:
        """The message as JSON lines."""
        rows = [
            (one.end_to_end, one.amount_minor, one.currency, one.to.number) for one in message.instructions
        ]
        return Written(f"{message.number}.json", "wild", json.dumps(rows).encode())

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Take it, refuse it, lose it, or take it and lose the answer."""
        roll = 1.0 if self.calm else self.chance.random()
        if roll < 0.08:
            raise NotTaken("closed for maintenance")
        if roll < 0.16:
            raise TimeoutError("the request was lost")
        if roll < 0.22:
            raise Killed
        assert self.messages.setdefault(number, written.content) == written.content, (
            "same number, other content"
        )
        for end_to_end, amount, currency, to in json.loads(written.content):
            self.orders.setdefault(end_to_end, Ordered(amount, currency, to, account_code))
        if roll < 0.34:
            raise TimeoutError("the answer was lost")
        if roll < 0.42:
            raise Killed

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """Say what is known of these payments, if anybody answers at all."""
        if not self.calm and self.chance.random() < 0.2:
            raise TimeoutError("nobody answers")
        return [
            self._answer(one) if one in self.orders else Answer(one, Outcome.NOT_KNOWN) for one in end_to_ends
        ]

    def read(self, *, name: str, content: bytes) -> Read:
        """Answers as this bank writes them."""
        rows = json.loads(content.splitlines()[1])
        return Read(
            "wild", [Answer(row[0], Outcome(row[1]), row[2], row[3], reason_code=row[4]) for row in rows]
        )

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """What lies in the account's inbox."""
        return list(self.waiting.get(account_code, []))

    def put_aside(self, *, account_code: str, name: str) -> None:
        """It is in the books; a wild bank may still send it once more."""
        inbox = self.waiting[account_code]
        kept = [one for one in inbox if one[0] != name]
        again = [one for one in inbox if one[0] == name]
        self.waiting[account_code] = kept + (again if not self.calm and self.chance.random() < 0.1 else [])

    def work(self) -> None:
        """Execute, reject, send back; and write files about it, some of them lost, some of them late."""
        news = []
        for number, order in self.orders.items():
            before = order.state
            if before in (Outcome.SUBMITTED, Outcome.ACCEPTED) and self.chance.random() < 0.6:
                order.state = self.chance.choice(
                    [Outcome.ACCEPTED, Outcome.EXECUTED, Outcome.EXECUTED, Outcome.EXECUTED, Outcome.REJECTED]
                )
            elif before == Outcome.EXECUTED and self.chance.random() < 0.06:
                order.state = Outcome.RETURNED
            if order.state != before:
                news.append(number)
        self.chance.shuffle(news)
        told = [one for one in news if self.chance.random() < 0.8]
        strange = [("never-sent", Outcome.EXECUTED, 1, "CNY", "")] if self.chance.random() < 0.05 else []
        self._write(told, strange)
        for inbox in self.waiting.values():
            self.chance.shuffle(inbox)

    def end_the_day(self) -> None:
        """Whatever is still open is executed, and one statement tells everything that ever happened."""
        self.calm = True
        for order in self.orders.values():
            if order.state in (Outcome.SUBMITTED, Outcome.ACCEPTED):
                order.state = Outcome.EXECUTED
        self._write(list(self.orders), [])

    def left(self) -> int:
        """Minor units that left our account and did not come back."""
        return sum(one.amount for one in self.orders.values() if one.state == Outcome.EXECUTED)

    def _write(self, numbers: Sequence[str], more: Sequence[tuple[str, Outcome, int, str, str]]) -> None:
        """One file an account: a bank tells nobody about the account of another."""
        files: dict[str, list[tuple[str, Outcome, int, str, str]]] = {}
        for number in numbers:
            order = self.orders[number]
            row = (number, order.state, order.amount, order.currency, "AC04")
            files.setdefault(order.account, []).append(row)
        if more and self.orders:
            anybody = self.chance.choice(sorted({one.account for one in self.orders.values()}))
            files.setdefault(anybody, []).extend(more)
        for account, rows in files.items():
            self.files += 1
            self.waiting.setdefault(account, []).append(
                (f"answers-{self.files}", f"{self.files}\n{json.dumps(rows)}".encode())
            )

    def _answer(self, number: str) -> Answer:
        order = self.orders[number]
        return Answer(number, order.state, order.amount, order.currency)

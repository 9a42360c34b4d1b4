"""Payouts of a gateway that pays one by one: each payment of a message is one request under a number of its own.

Such a gateway sends no files, so what is waited for is kept in the account's folder and asked after: a payment's last
word is then offered like a bank's file.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.settlement.payouts.rail import Answer, Instruction, Message, NotTaken, Outcome, Read, Written

_LAST = (Outcome.EXECUTED, Outcome.REJECTED, Outcome.RETURNED)
WATCHED_EVERY = timedelta(days=1)

type Document = dict[str, Any]


class OneByOne(ABC):
    """What such rails share. Of an account's folder `waiting` holds what was asked for and has no last word; `never`
    what the gateway refused beside others of its message, which is never asked for again; `paid` what may come back
    yet, for `watched_for`; `in` last words until they are in the books.

    `name` is what people call the gateway, `currency` what it pays.
    """

    name: str
    currency: str
    watched_for = timedelta(0)

    def __init__(self, folder: AnswerFolder, *, clock: Callable[[], datetime]) -> None:
        self._folder = folder
        self._clock = clock

    @abstractmethod
    def ask_for(self, number: str, one: Document) -> Answer:
        """Ask the gateway to pay one, under our number; asked again it is the same payment. Raises ChannelRefused,
        ChannelUnclear."""

    @abstractmethod
    def ask_after(self, number: str, end_to_end: str) -> Answer:
        """What the gateway says of one. Raises ChannelRefused, ChannelUnclear."""

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Ask for every payment; asked again they are the same ones. Raises NotTaken when all that the gateway does
        not have were refused, ChannelUnclear when nobody knows of some."""
        del number
        refused: list[tuple[Document, ChannelRefused]] = []
        unclear: ChannelUnclear | None = None
        taken = 0
        asked: list[Document] = json.loads(written.content)["transfers"]
        if foreign := {one["currency"] for one in asked} - {self.currency}:
            raise NotTaken(f"{self.name} transfers {self.currency} alone, not {', '.join(sorted(foreign))}")
        for one in asked:
            name = plain_number(one["end_to_end"])
            if self._folder.kept(account_code, "never", name):
                continue
            if not self._folder.kept(account_code, "waiting", name):
                self._folder.keep(account_code, "waiting", name, one)
            try:
                said = self.ask_for(name, one)
            except ChannelRefused as no:
                self._folder.drop(account_code, "waiting", name)
                refused.append((one, no))
            except ChannelUnclear as nobody_knows:
                unclear = nobody_knows
            else:
                taken += said.outcome is not Outcome.REJECTED
        if refused and not taken and unclear is None:
            raise NotTaken("; ".join(sorted({f"{said.code} {said.message}" for _, said in refused})))
        for one, said_no in refused:
            self._refuse(account_code, one, said_no)
        if unclear is not None:
            raise unclear

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """What the gateway says of these payments."""
        del number
        answers = []
        for end_to_end in end_to_ends:
            name = plain_number(end_to_end)
            if self._folder.kept(account_code, "never", name):
                answers.append(Answer(end_to_end, Outcome.REJECTED, reason_code="REFUSED"))
            else:
                answers.append(self.ask_after(name, end_to_end))
        return answers

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """The last words of payments that were waited for, and refusals; asked of the gateway now."""
        for name in self._folder.names(account_code, "waiting"):
            waiting = self._folder.kept(account_code, "waiting", name)
            said = self._said(name, waiting)
            if waiting is None or said is None or said.outcome not in _LAST:
                continue
            if said.outcome is Outcome.EXECUTED and self.watched_for:
                watched = {"end_to_end": waiting["end_to_end"], "paid_at": self._clock().isoformat()}
                self._folder.keep(account_code, "paid", name, watched | {"asked_at": watched["paid_at"]})
            self._folder.offer(account_code, name, [said])
            self._folder.drop(account_code, "waiting", name)
        self._watch(account_code)
        return self._folder.offered(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answer is in the books."""
        self._folder.put_aside(account_code, name)

    def read(self, *, name: str, content: bytes) -> Read:
        """An answer that this rail offered. Raises AnswerFileUnreadable for anything else."""
        return self._folder.read(name=name, content=content)

    def _watch(self, account_code: str) -> None:
        """Ask once a day, for as long as money may come back, after what was paid."""
        now = self._clock()
        for name in self._folder.names(account_code, "paid"):
            paid = self._folder.kept(account_code, "paid", name)
            if paid is None or now - datetime.fromisoformat(paid["asked_at"]) < WATCHED_EVERY:
                continue
            said = self._said(name, paid)
            back = said is not None and said.outcome is Outcome.RETURNED
            if said is not None and back:
                self._folder.offer(account_code, f"{name}.back", [said])
            if back or now - datetime.fromisoformat(paid["paid_at"]) >= self.watched_for:
                self._folder.drop(account_code, "paid", name)
            else:
                self._folder.keep(account_code, "paid", name, paid | {"asked_at": now.isoformat()})

    def _said(self, name: str, kept: Document | None) -> Answer | None:
        """What the gateway says of one that is kept; None where it does not say, and is asked again."""
        try:
            return self.ask_after(name, kept["end_to_end"]) if kept else None
        except (ChannelRefused, ChannelUnclear):
            return None

    def _refuse(self, account_code: str, one: Document, said: ChannelRefused) -> None:
        name = plain_number(one["end_to_end"])
        self._folder.keep(account_code, "never", name, one)
        answer = Answer(one["end_to_end"], Outcome.REJECTED, reason_code=said.code[:48], reason=said.message)
        self._folder.offer(account_code, name, [answer])


def transfers_written(message: Message, kind: str, document: Callable[[Instruction], Document]) -> Written:
    """This function will return a message as it is kept: the transfers it asks for. No account's keys are needed."""
    asked = {"message": message.number, "transfers": [document(one) for one in message.instructions]}
    content = json.dumps(asked, ensure_ascii=False, sort_keys=True).encode()
    return Written(f"{message.number}.json", kind, content)


def plain_number(end_to_end: str) -> str:
    """Our number of a try for gateways that take letters and digits alone. PO26100300000001-2 becomes
    PO26100300000001T2."""
    return end_to_end.replace("-", "T")

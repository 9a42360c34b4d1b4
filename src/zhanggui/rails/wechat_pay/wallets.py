"""Payouts to WeChat wallets: a rail of `settlement.payouts` over merchant transfers.

WeChat sends no files, so this rail keeps what it waits for in the account's folder and asks after it: a transfer's
last word is then offered like a bank's file. Each payment of a message is one transfer under a number of its own.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.rails.wechat_pay.transfers import TransferAsked, TransferOutcome, Transfers, TransferState
from zhanggui.rails.wechat_pay.values import CURRENCY
from zhanggui.settlement.payouts.rail import (
    Answer,
    Confirmation,
    Instruction,
    Message,
    NotTaken,
    Outcome,
    Read,
    Written,
)

KIND = "wechat.transfer"
_OUTCOMES = {
    TransferState.WAITING: Outcome.SUBMITTED, TransferState.SUCCEEDED: Outcome.EXECUTED,
    TransferState.FAILED: Outcome.REJECTED, TransferState.UNKNOWN: Outcome.NOT_KNOWN,
}  # fmt: skip

type Document = dict[str, Any]


class WechatWallets:
    """The rail. `root/ACCOUNT/waiting` holds what was asked for and has no last word; `never` what WeChat refused
    beside others of its message, which is never asked for again; `in` last words until they are in the books.

    `scene` and `reports` are what the mall has agreed with WeChat (转账场景); `key` seals what is offered as an
    answer, so that no other file passes for one; `page` is where persons confirm outside WeChat (sandboxes alone).
    """

    pays = frozenset({"wallet"})

    def __init__(
        self, transfers: Transfers, root: Path, *, scene: str, reports: Mapping[str, str], key: str,
        clock: Callable[[], datetime], max_payment_minor: int | None = None, notify_url: str = "",
        page: str = "",
    ) -> None:  # fmt: skip
        self.max_payment_minor = max_payment_minor
        self._transfers = transfers
        self._folder = AnswerFolder(root, kind=KIND, key=key.encode())
        self._scene = scene
        self._reports = reports
        self._clock = clock
        self._notify_url = notify_url
        self._page = page
        self.close = transfers.close

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Ask for every transfer; asked again they are the same ones. Raises NotTaken when WeChat refused all that
        it has not, ChannelUnclear when nobody knows of some."""
        del number
        refused: list[tuple[Document, ChannelRefused]] = []
        unclear: ChannelUnclear | None = None
        taken = 0
        asked: list[Document] = json.loads(written.content)["transfers"]
        if foreign := {one["currency"] for one in asked} - {CURRENCY}:
            raise NotTaken(f"WeChat Pay transfers {CURRENCY} alone, not {', '.join(sorted(foreign))}")
        for one in asked:
            name = bill_number(one["end_to_end"])
            if self._folder.kept(account_code, "never", name):
                continue
            if not self._folder.kept(account_code, "waiting", name):
                self._folder.keep(account_code, "waiting", name, one)
            try:
                found = self._transfers.transfer(self._asked(one), now=self._clock())
            except ChannelRefused as no:
                self._folder.drop(account_code, "waiting", name)
                refused.append((one, no))
            except ChannelUnclear as nobody_knows:
                unclear = nobody_knows
            else:
                taken += found.state is TransferState.WAITING
        if refused and not taken and unclear is None:
            raise NotTaken("; ".join(sorted({f"{said.code} {said.message}" for _, said in refused})))
        for one, said in refused:
            self._refuse(account_code, one, said)
        if unclear is not None:
            raise unclear

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """What WeChat says of these payments."""
        del number
        answers = []
        for end_to_end in end_to_ends:
            if self._folder.kept(account_code, "never", bill_number(end_to_end)):
                answers.append(Answer(end_to_end, Outcome.REJECTED, reason_code="REFUSED"))
                continue
            found = self._transfers.query_transfer(bill_number(end_to_end), now=self._clock())
            answers.append(_answer(end_to_end, found))
        return answers

    def read(self, *, name: str, content: bytes) -> Read:
        """An answer that this rail offered. Raises AnswerFileUnreadable for anything else."""
        return self._folder.read(name=name, content=content)

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """The last words of transfers that were waited for, and refusals; asked of WeChat now."""
        for name in self._folder.names(account_code, "waiting"):
            waiting = self._folder.kept(account_code, "waiting", name)
            if waiting is None:
                continue
            try:
                said = self._transfers.query_transfer(name, now=self._clock())
            except (ChannelRefused, ChannelUnclear):
                continue  # it is asked again
            if said.state in (TransferState.SUCCEEDED, TransferState.FAILED):
                self._folder.offer(account_code, name, [_answer(waiting["end_to_end"], said)])
                self._folder.drop(account_code, "waiting", name)
        return self._folder.offered(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answer is in the books."""
        self._folder.put_aside(account_code, name)

    def confirmation(self, *, account_code: str, end_to_end: str) -> Confirmation | None:
        """What the person's WeChat needs to show the page for confirming; None when the payment is not waited for, or
        WeChat waits for nobody. Raises ChannelRefused, ChannelUnclear."""
        waiting = self._folder.kept(account_code, "waiting", bill_number(end_to_end))
        if waiting is None:
            return None
        found = self._transfers.transfer(self._asked(waiting), now=self._clock())
        if not found.package_info:
            return None
        return Confirmation(
            merchant=self._transfers.mchid, app=self._transfers.appid, package_info=found.package_info,
            address=f"{self._page}/{found.package_info}" if self._page else "",
        )  # fmt: skip

    def _asked(self, one: Document) -> TransferAsked:
        return TransferAsked(
            number=bill_number(one["end_to_end"]), amount_minor=one["amount_minor"], openid=one["openid"],
            name=one["name"], remark=one["remark"], scene=self._scene, reports=self._reports,
            notify_url=self._notify_url,
        )  # fmt: skip

    def _refuse(self, account_code: str, one: Document, said: ChannelRefused) -> None:
        name = bill_number(one["end_to_end"])
        self._folder.keep(account_code, "never", name, one)
        answer = Answer(one["end_to_end"], Outcome.REJECTED, reason_code=said.code[:48], reason=said.message)
        self._folder.offer(account_code, name, [answer])


def transfers_of(message: Message) -> Written:
    """This function will return a message as it is kept: the transfers it asks for. No account's keys are needed."""
    document = {"message": message.number, "transfers": [_document(one) for one in message.instructions]}
    content = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    return Written(f"{message.number}.json", "wechat.transfers", content)


def bill_number(end_to_end: str) -> str:
    """Our number of a try as WeChat takes it: letters and digits alone. PO26100300000001-2 becomes
    PO26100300000001T2."""
    return end_to_end.replace("-", "T")


def _document(one: Instruction) -> Document:
    return {
        "end_to_end": one.end_to_end, "amount_minor": one.amount_minor, "currency": one.currency,
        "openid": one.to.number, "name": one.to.holder, "remark": one.purpose,
    }  # fmt: skip


def _answer(end_to_end: str, found: TransferOutcome) -> Answer:
    known = found.state is not TransferState.UNKNOWN
    return Answer(
        end_to_end, _OUTCOMES[found.state], amount_minor=found.amount_minor if known else None,
        currency=CURRENCY if known else "", at=found.at.date() if found.at else None,
        reference=found.channel_number, reason_code=found.reason[:48], reason=found.said,
    )  # fmt: skip

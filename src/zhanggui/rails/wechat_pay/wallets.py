"""Payouts to WeChat wallets: a rail of `settlement.payouts` over merchant transfers, one for each payment."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.rails.answer_folder.one_by_one import Document, OneByOne, plain_number, transfers_written
from zhanggui.rails.wechat_pay.transfers import TransferAsked, TransferOutcome, Transfers, TransferState
from zhanggui.rails.wechat_pay.values import CURRENCY
from zhanggui.settlement.payouts.rail import (
    Answer,
    Confirmation,
    Instruction,
    Message,
    Outcome,
    Written,
)

KIND = "wechat.transfer"
_OUTCOMES = {
    TransferState.WAITING: Outcome.SUBMITTED, TransferState.SUCCEEDED: Outcome.EXECUTED,
    TransferState.FAILED: Outcome.REJECTED, TransferState.UNKNOWN: Outcome.NOT_KNOWN,
}  # fmt: skip


class WechatWallets(OneByOne):
    """The rail.

    `scene` and `reports` are what the mall has agreed with WeChat (转账场景); `key` seals what is offered as an
    answer, so that no other file passes for one; `page` is where persons confirm outside WeChat (sandboxes alone).
    """

    pays = frozenset({"wallet"})
    name, currency = "WeChat Pay", CURRENCY

    def __init__(
        self, transfers: Transfers, root: Path, *, scene: str, reports: Mapping[str, str], key: str,
        clock: Callable[[], datetime], max_payment_minor: int | None = None, notify_url: str = "",
        page: str = "",
    ) -> None:  # fmt: skip
        self.max_payment_minor = max_payment_minor
        self._transfers = transfers
        super().__init__(AnswerFolder(root, kind=KIND, key=key.encode()), clock=clock)
        self._scene = scene
        self._reports = reports
        self._notify_url = notify_url
        self._page = page
        self.close = transfers.close

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def ask_for(self, number: str, one: Document) -> Answer:
        """Ask for one transfer."""
        return _answer(
            one["end_to_end"], self._transfers.transfer(self._asked(number, one), now=self._clock())
        )

    def ask_after(self, number: str, end_to_end: str) -> Answer:
        """What WeChat says of one transfer."""
        return _answer(end_to_end, self._transfers.query_transfer(number, now=self._clock()))

    def confirmation(self, *, account_code: str, end_to_end: str) -> Confirmation | None:
        """What the person's WeChat needs to show the page for confirming; None when the payment is not waited for, or
        WeChat waits for nobody. Raises ChannelRefused, ChannelUnclear."""
        number = plain_number(end_to_end)
        waiting = self._folder.kept(account_code, "waiting", number)
        if waiting is None:
            return None
        found = self._transfers.transfer(self._asked(number, waiting), now=self._clock())
        if not found.package_info:
            return None
        return Confirmation(
            merchant=self._transfers.mchid, app=self._transfers.appid, package_info=found.package_info,
            address=f"{self._page}/{found.package_info}" if self._page else "",
        )  # fmt: skip

    def _asked(self, number: str, one: Document) -> TransferAsked:
        return TransferAsked(
            number=number, amount_minor=one["amount_minor"], openid=one["openid"],
            name=one["name"], remark=one["remark"], scene=self._scene, reports=self._reports,
            notify_url=self._notify_url,
        )  # fmt: skip


def transfers_of(message: Message) -> Written:
    """This function will return a message as it is kept: the transfers it asks for. No account's keys are needed."""
    return transfers_written(message, "wechat.transfers", _document)


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

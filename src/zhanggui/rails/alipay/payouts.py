"""Payouts to Alipay accounts: a rail of `settlement.payouts` over transfers, one for each payment."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from zhanggui.payments.channel import ChannelRefused
from zhanggui.rails.alipay.gateway import CURRENCY, ZONE
from zhanggui.rails.alipay.transfers import (
    Agreed,
    TransferAsked,
    TransferOutcome,
    Transfers,
    TransferState,
)
from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.rails.answer_folder.one_by_one import Document, OneByOne, transfers_written
from zhanggui.settlement.payouts.rail import Answer, Instruction, Message, Outcome, Written

KIND = "alipay.transfer"
LEAST_MINOR = 10
_OUTCOMES = {
    TransferState.DEALING: Outcome.SUBMITTED, TransferState.SUCCEEDED: Outcome.EXECUTED,
    TransferState.FAILED: Outcome.REJECTED, TransferState.RETURNED: Outcome.RETURNED,
    TransferState.UNKNOWN: Outcome.NOT_KNOWN,
}  # fmt: skip


class AlipayPayouts(OneByOne):
    """The rail. `agreed` is the scene that the mall has agreed with Alipay (转账场景), `title` what a person reads of
    every transfer; `key` seals what is offered as an answer. Money that was paid may come back for a week (退票)."""

    pays = frozenset({"alipay"})
    name, currency = "Alipay", CURRENCY
    min_payment_minor = LEAST_MINOR
    watched_for = timedelta(days=7)

    def __init__(
        self, transfers: Transfers, root: Path, *, agreed: Agreed, title: str, key: bytes,
        clock: Callable[[], datetime], max_payment_minor: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__(AnswerFolder(root, kind=KIND, key=key), clock=clock)
        self.max_payment_minor = max_payment_minor
        self._transfers = transfers
        self._agreed, self._title = agreed, title
        self.close = transfers.gateway.close

    def written(self, message: Message) -> Written:
        """The transfers that the message asks for."""
        return transfers_of(message)

    def ask_for(self, number: str, one: Document) -> Answer:
        """Ask for one transfer."""
        if one["amount_minor"] < LEAST_MINOR:
            raise ChannelRefused("UNFIT", "支付宝单笔转账不低于 0.10 元 / a transfer is of 0.10 at least")
        asked = TransferAsked(
            number, one["amount_minor"], one["account"], one["name"], title=self._title, remark=one["remark"],
            agreed=self._agreed,
        )  # fmt: skip
        return _answer(one["end_to_end"], self._transfers.transfer(asked, now=self._clock()))

    def ask_after(self, number: str, end_to_end: str) -> Answer:
        """What Alipay says of one transfer."""
        return _answer(end_to_end, self._transfers.query_transfer(number, now=self._clock()))


def transfers_of(message: Message) -> Written:
    """This function will return a message as it is kept: the transfers it asks for. No account's keys are needed."""
    return transfers_written(message, "alipay.transfers", _document)


def _document(one: Instruction) -> Document:
    return {
        "end_to_end": one.end_to_end, "amount_minor": one.amount_minor, "currency": one.currency,
        "account": one.to.number, "name": one.to.holder, "remark": one.purpose,
    }  # fmt: skip


def _answer(end_to_end: str, found: TransferOutcome) -> Answer:
    known = found.state is not TransferState.UNKNOWN
    return Answer(
        end_to_end, _OUTCOMES[found.state], amount_minor=(found.amount_minor or None) if known else None,
        currency=CURRENCY if known else "", at=found.paid_at.astimezone(ZONE).date() if found.paid_at else None,
        reference=found.channel_number, reason_code=found.reason[:48], reason=found.said,
    )  # fmt: skip

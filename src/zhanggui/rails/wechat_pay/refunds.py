"""Refunds at WeChat Pay, and those that the buyer's card refused (异常退款)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    RefundAsked,
    RefundOutcome,
    RefundState,
)
from zhanggui.payments.repairing import RepairAsked, RepairTo
from zhanggui.rails.wechat_pay.charges import NOT_THERE
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.values import CURRENCY, cut, moment, must_be_cny

_STATES = {
    "SUCCESS": RefundState.SUCCEEDED, "CLOSED": RefundState.CLOSED, "PROCESSING": RefundState.PROCESSING,
    "ABNORMAL": RefundState.ABNORMAL,
}  # fmt: skip
_PLACE = "/v3/refund/domestic/refunds"


class Refunds:
    """The part of the channel that gives money back."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Give money back; the same number again is the same refund."""
        must_be_cny(asked.currency)
        document: dict[str, Any] = {
            "out_refund_no": asked.number, "reason": cut(asked.reason, octets=80),
            "amount": {"refund": asked.amount_minor, "total": asked.charge_minor, "currency": CURRENCY},
        }  # fmt: skip
        if asked.charge_channel_number:
            document["transaction_id"] = asked.charge_channel_number
        else:
            document["out_trade_no"] = asked.charge_number
        if asked.notify_url:
            document["notify_url"] = asked.notify_url
        if asked.account and asked.account != self._transport.mchid:
            document["sub_mchid"] = asked.account
        return self._outcome(self._transport.post(_PLACE, document, now=now), asked.number)

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """What WeChat says of a refund; `account` is the sub-merchant's, where the charge had parts."""
        del charge_number
        other = account and account != self._transport.mchid
        target = f"{_PLACE}/{quote(number)}" + (f"?sub_mchid={account}" if other else "")
        try:
            told = self._transport.get(target, now=now)
        except ChannelRefused as refused:
            if refused.code not in NOT_THERE:
                raise
            return RefundOutcome(number, RefundState.UNKNOWN, said=refused.code)
        return self._outcome(told, number)

    def repair_refund(self, asked: RepairAsked, *, now: datetime) -> RefundOutcome:
        """Send an abnormal refund to a bank card of the buyer, or back to our own bank account."""
        document: dict[str, Any] = {"out_refund_no": asked.number, "type": "MERCHANT_BANK_CARD"}
        if asked.to is RepairTo.CARD:
            document |= {
                "type": "USER_BANK_CARD", "bank_type": asked.bank,
                "bank_account": self._transport.veil(asked.card, now=now),
                "real_name": self._transport.veil(asked.holder, now=now),
            }  # fmt: skip
        if asked.account and asked.account != self._transport.mchid:
            document["sub_mchid"] = asked.account
        target = f"{_PLACE}/{quote(asked.channel_number)}/apply-abnormal-refund"
        return self._outcome(self._transport.post(target, document, now=now), asked.number)

    def _outcome(self, told: Mapping[str, Any], asked: str) -> RefundOutcome:
        found = refund_of(told, account=self._transport.mchid)
        if found.number != asked:
            raise ChannelUnclear(f"asked for {asked}, WeChat Pay answered of {found.number!r}")
        return found


def refund_of(told: Mapping[str, Any], *, account: str) -> RefundOutcome:
    """A refund as WeChat tells it; a notice calls its state `refund_status`."""
    said = str(told.get("status") or told.get("refund_status") or "")
    amount = told.get("amount", {})
    return RefundOutcome(
        number=str(told.get("out_refund_no", "")), state=_STATES.get(said, RefundState.PROCESSING),
        channel_number=str(told.get("refund_id", "")), amount_minor=int(amount.get("refund", 0)),
        currency=str(amount.get("currency", CURRENCY)), refunded_at=moment(told.get("success_time")),
        account=str(told.get("mchid") or account), said=said,
    )  # fmt: skip

"""Subsidies (补差): what the platform promised to add to a sub-merchant's part of a combined order. It is paid before
the part is split, taken back when the buyer gets money back, or called off. WeChat answers at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zhanggui.payments.channel import ChannelUnclear
from zhanggui.payments.subsidizing import SubsidyAsked, SubsidyOutcome
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.values import cut, moment

_PLACE = "/v3/ecommerce/subsidies"
SUBSIDY_MOST = 500_000
"""The most of one subsidy, cents."""


class Subsidies:
    """The part of the channel that moves the platform's money into sub-merchants' orders."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def pay(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        """Pay what was promised; less only when the order was given back in part."""
        document = _document(asked) | {"amount": asked.amount_minor, "out_subsidy_no": asked.number}
        if asked.refund_channel_number:
            document["refund_id"] = asked.refund_channel_number
        told = self._transport.post(f"{_PLACE}/create", document, now=now)
        return _outcome(told, asked, number="subsidy_id")

    def take_back(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        """Take a paid subsidy back, or part of it, after a refund."""
        document = _document(asked) | {
            "amount": asked.amount_minor, "out_order_no": asked.number, "refund_id": asked.refund_channel_number,
        }  # fmt: skip
        told = self._transport.post(f"{_PLACE}/return", document, now=now)
        return _outcome(told, asked, number="subsidy_refund_id")

    def call_off(self, asked: SubsidyAsked, *, now: datetime) -> SubsidyOutcome:
        """Promise no more: the order can be split without it."""
        told = self._transport.post(f"{_PLACE}/cancel", _document(asked), now=now)
        return _outcome(told, asked, number="transaction_id")


def _document(asked: SubsidyAsked) -> dict[str, Any]:
    return {
        "sub_mchid": asked.account, "transaction_id": asked.charge_channel_number,
        "description": cut(asked.reason, characters=80),
    }  # fmt: skip


def _outcome(told: Mapping[str, Any], asked: SubsidyAsked, *, number: str) -> SubsidyOutcome:
    if told.get("transaction_id") != asked.charge_channel_number:
        raise ChannelUnclear(f"WeChat Pay answered of {told.get('transaction_id')!r}")
    said = str(told.get("result", ""))
    return SubsidyOutcome(
        said == "SUCCESS",
        str(told.get(number, "")),
        int(told.get("amount", 0)),
        moment(told.get("success_time")),
        said,
    )

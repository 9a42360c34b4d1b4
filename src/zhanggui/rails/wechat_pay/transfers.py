"""Merchant transfers (商家转账): money to a person's WeChat wallet, which the person has to confirm.

A transfer that was not answered is queried under its number and never asked for under a new one; WeChat says so
itself of every answer but a signed 200.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.wechat_pay.charges import NOT_THERE
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.values import cut, moment

NAME_FROM_MINOR, NAME_MUST_FROM_MINOR = 30, 200_000
_PLACE = "/v3/fund-app/mch-transfer/transfer-bills"


class TransferState(StrEnum):
    """What WeChat says of a transfer."""

    WAITING = "waiting"  # taken from our account; the person has not confirmed, or it is on its way
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # nothing was paid, and nothing will under this number: it came back to us
    UNKNOWN = "unknown"  # WeChat never got it


@dataclass(frozen=True)
class TransferAsked:
    """Money to pay to a person. `number` is ours: letters and digits, 32 at most. WeChat compares `name` with the
    person's, from 0.30 on, and wants it from 2000.00 on. `scene` and `reports` are what the mall has agreed with
    WeChat: e.g. 1005 with 岗位类型 and 报酬说明."""

    number: str
    amount_minor: int
    openid: str
    remark: str
    scene: str
    reports: Mapping[str, str]
    name: str = ""
    notify_url: str = ""


@dataclass(frozen=True)
class TransferOutcome:
    """A transfer as WeChat sees it. `package_info` opens the page on which the person confirms; WeChat gives it only
    to whoever asks for the transfer, and gives it again to whoever asks again the same."""

    number: str
    state: TransferState
    channel_number: str = ""
    amount_minor: int | None = None
    at: datetime | None = None
    reason: str = ""
    said: str = ""
    package_info: str = ""


_STATES = {
    "SUCCESS": TransferState.SUCCEEDED,
    "FAIL": TransferState.FAILED,
    "CANCELLED": TransferState.FAILED,
}


class Transfers:
    """The part of the channel that pays people."""

    def __init__(self, transport: Transport, *, appid: str) -> None:
        self._transport = transport
        self.appid = appid
        self.mchid = transport.mchid
        self.close = transport.close

    def transfer(self, asked: TransferAsked, *, now: datetime) -> TransferOutcome:
        """Pay a person. The same number again is the same transfer.

        Raises ChannelRefused only when WeChat has said no and, asked afterwards, knows no such transfer.
        """
        document: dict[str, Any] = {
            "appid": self.appid, "out_bill_no": asked.number, "transfer_scene_id": asked.scene,
            "openid": asked.openid, "transfer_amount": asked.amount_minor,
            "transfer_remark": cut(asked.remark, characters=32),
            "transfer_scene_report_infos": [
                {"info_type": name, "info_content": said} for name, said in asked.reports.items()
            ],
        }  # fmt: skip
        if asked.notify_url:
            document["notify_url"] = asked.notify_url
        if asked.name and asked.amount_minor >= NAME_FROM_MINOR:
            document["user_name"] = self._transport.veil(asked.name, now=now)
        try:
            told = self._transport.post(_PLACE, document, now=now)
        except ChannelRefused as refused:
            found = self.query_transfer(asked.number, now=now)
            if found.state is TransferState.UNKNOWN:
                raise
            if refused.code == "ALREADY_EXISTS" and found.amount_minor != asked.amount_minor:
                raise ChannelUnclear(
                    f"{asked.number} is a transfer of another amount at WeChat Pay"
                ) from refused
            return found
        return _outcome(told, asked.number)

    def query_transfer(self, number: str, *, now: datetime) -> TransferOutcome:
        """What WeChat says of a transfer."""
        try:
            told = self._transport.get(f"{_PLACE}/out-bill-no/{quote(number)}", now=now)
        except ChannelRefused as refused:
            if refused.code not in NOT_THERE:
                raise
            return TransferOutcome(number, TransferState.UNKNOWN, said=refused.code)
        return _outcome(told, number)

    def cancel_transfer(self, number: str, *, now: datetime) -> TransferOutcome:
        """Take a transfer back that nobody confirmed yet."""
        return _outcome(
            self._transport.post(f"{_PLACE}/out-bill-no/{quote(number)}/cancel", None, now=now), number
        )


def _outcome(told: Mapping[str, Any], asked: str) -> TransferOutcome:
    number, said = str(told.get("out_bill_no", "")), str(told.get("state", ""))
    if number != asked:
        raise ChannelUnclear(f"asked for {asked}, WeChat Pay answered of {number!r}")
    return TransferOutcome(
        number, _STATES.get(said, TransferState.WAITING), channel_number=str(told.get("transfer_bill_no", "")),
        amount_minor=told.get("transfer_amount"), at=moment(told.get("update_time") or told.get("create_time")),
        reason=str(told.get("fail_reason", "")), said=said, package_info=str(told.get("package_info", "")),
    )  # fmt: skip

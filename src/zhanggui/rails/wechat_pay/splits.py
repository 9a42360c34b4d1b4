"""Profit sharing at WeChat Pay (分账): receivers, shares, what is left, and shares taken back."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote

from zhanggui.payments.channel import ChannelUnclear
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareAsked,
    ShareOutcome,
    ShareReturnAsked,
    ShareReturnOutcome,
    ShareReturnState,
    ShareState,
    SplitAsked,
    SplitLimits,
    SplitOutcome,
    SplitReceiver,
)
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.values import cut, moment

LIMITS = SplitLimits(
    ratio_ppm=300_000, requests_most=50, receivers_most=50, wait_seconds=60, window_days=30,
    returns_to=frozenset({ReceiverKind.MERCHANT}),
)  # fmt: skip
_TYPES = {ReceiverKind.MERCHANT: "MERCHANT_ID", ReceiverKind.PERSON: "PERSONAL_OPENID"}
_SHARES = {"PENDING": ShareState.PENDING, "SUCCESS": ShareState.SUCCEEDED, "CLOSED": ShareState.CLOSED}
_PLACE = "/v3/profitsharing"
_UNFROZEN = "解冻给分账方"


class Splits:
    """The part of the channel that divides charges."""

    def __init__(self, transport: Transport, *, appid: str) -> None:
        self._transport = transport
        self._appid = appid

    def add_receiver(self, receiver: SplitReceiver, *, now: datetime) -> None:
        """Let shares go to somebody; somebody who was added before is as good. A person's name is for WeChat only."""
        document: dict[str, Any] = {
            "appid": self._appid, "type": _TYPES[receiver.kind], "account": receiver.account,
            "relation_type": receiver.relation or "CUSTOM",
        }  # fmt: skip
        if document["relation_type"] == "CUSTOM":
            document["custom_relation"] = "合作"
        if receiver.name:
            document["name"] = self._transport.veil(receiver.name, now=now)
        self._transport.post(f"{_PLACE}/receivers/add", document, now=now)

    def split(self, asked: SplitAsked, *, now: datetime) -> SplitOutcome:
        """Divide a charge. It is taken at once and done later: query it."""
        document: dict[str, Any] = {
            "appid": self._appid, "transaction_id": asked.charge_channel_number, "out_order_no": asked.number,
            "unfreeze_unsplit": asked.last, "receivers": [
                {
                    "type": _TYPES[share.receiver.kind], "account": share.receiver.account,
                    "amount": share.amount_minor, "description": _described(share),
                } for share in asked.shares
            ],
        }  # fmt: skip
        if self._is_other(asked.account):
            document["sub_mchid"] = asked.account
        for told, share in zip(document["receivers"], asked.shares, strict=True):
            if share.receiver.kind is ReceiverKind.PERSON and share.receiver.name:
                told["name"] = self._transport.veil(share.receiver.name, now=now)
        return self._outcome(self._transport.post(f"{_PLACE}/orders", document, now=now), asked.number)

    def query_split(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        """What WeChat says of a division; `account` is the sub-merchant's, where the charge had parts. Raises
        ChannelRefused when it never got it."""
        target = f"{_PLACE}/orders/{quote(number)}?transaction_id={quote(charge_channel_number)}"
        if self._is_other(account):
            target += f"&sub_mchid={account}"
        return self._outcome(self._transport.get(target, now=now), number)

    def left_to_split(self, charge_channel_number: str, *, now: datetime) -> int:
        """What can still be split of a charge, cents."""
        target = f"{_PLACE}/transactions/{quote(charge_channel_number)}/amounts"
        return int(self._transport.get(target, now=now)["unsplit_amount"])

    def unfreeze(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        """Let the merchant have what is left; nothing more will be split."""
        document = {
            "transaction_id": charge_channel_number, "out_order_no": number, "description": "解冻全部剩余资金",
        }  # fmt: skip
        if self._is_other(account):
            document["sub_mchid"] = account
        return self._outcome(self._transport.post(f"{_PLACE}/orders/unfreeze", document, now=now), number)

    def return_share(self, asked: ShareReturnAsked, *, now: datetime) -> ShareReturnOutcome:
        """Take a share back from a merchant."""
        document = {
            "out_order_no": asked.split_number, "out_return_no": asked.number, "return_mchid": asked.account,
            "amount": asked.amount_minor, "description": cut(asked.reason, characters=80) or "退款",
        }  # fmt: skip
        if self._is_other(asked.payee):
            document["sub_mchid"] = asked.payee
        return self._returned(
            self._transport.post(f"{_PLACE}/return-orders", document, now=now), asked.number
        )

    def query_return(self, number: str, *, split_number: str, now: datetime) -> ShareReturnOutcome:
        """What WeChat says of a share that is taken back. Raises ChannelRefused when it never heard of it."""
        target = f"{_PLACE}/return-orders/{quote(number)}?out_order_no={quote(split_number)}"
        return self._returned(self._transport.get(target, now=now), number)

    def highest_ratio_ppm(self, *, now: datetime) -> int:
        """How much of a charge may be split at most, parts per million, as WeChat has agreed with us."""
        told = self._transport.get(f"{_PLACE}/merchant-configs/{self._transport.mchid}", now=now)
        return int(told["max_ratio"]) * 100

    def _is_other(self, account: str) -> bool:
        """Whether an account is a sub-merchant's and not our own."""
        return account not in ("", self._transport.mchid)

    def _outcome(self, told: Mapping[str, Any], asked: str) -> SplitOutcome:
        number = str(told.get("out_order_no", ""))
        if number != asked:
            raise ChannelUnclear(f"asked for {asked}, WeChat Pay answered of {number!r}")
        # What is unfrozen to whoever was paid stands among the receivers; it is no share.
        shares = [_share(one) for one in told.get("receivers", []) if one.get("description") != _UNFROZEN]
        return SplitOutcome(
            number, str(told.get("order_id", "")), finished=told.get("state") == "FINISHED", shares=shares
        )

    def _returned(self, told: Mapping[str, Any], asked: str) -> ShareReturnOutcome:
        number, result = str(told.get("out_return_no", "")), told.get("result")
        if number != asked:
            raise ChannelUnclear(f"asked for {asked}, WeChat Pay answered of {number!r}")
        reason = str(told.get("fail_reason", ""))
        if result == "FAILED":
            late = reason == "TIME_OUT_CLOSED"
            return ShareReturnOutcome(
                number, ShareReturnState.TIMED_OUT if late else ShareReturnState.FAILED, reason
            )
        done = result == "SUCCESS"
        return ShareReturnOutcome(number, ShareReturnState.SUCCEEDED if done else ShareReturnState.PROCESSING)


def _described(share: ShareAsked) -> str:
    """WeChat's own word for what it unfreezes is no description of a share."""
    text = cut(share.description, characters=80)
    return "分账" if text in ("", _UNFROZEN) else text


def _share(told: Mapping[str, Any]) -> ShareOutcome:
    return ShareOutcome(
        account=str(told["account"]), amount_minor=int(told["amount"]),
        state=_SHARES.get(str(told.get("result")), ShareState.PENDING), reason=str(told.get("fail_reason") or ""),
        finished_at=moment(told.get("finish_time")),
    )  # fmt: skip

"""Charges at WeChat Pay: Native, H5, JSAPI and App; over several sub-merchants as a combined order."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    ChargeAsked,
    ChargeOutcome,
    ChargeState,
    Invitation,
    Method,
)
from zhanggui.rails.wechat_pay.signing import sign, signed_text
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.values import CURRENCY, cut, moment, must_be_cny, written

WAYS = {Method.QR: "native", Method.PHONE: "h5", Method.BRIDGE: "jsapi", Method.APP: "app"}
_STATES = {
    "SUCCESS": ChargeState.PAID, "REFUND": ChargeState.PAID, "NOTPAY": ChargeState.WAITING,
    "USERPAYING": ChargeState.WAITING, "ACCEPT": ChargeState.WAITING, "CLOSED": ChargeState.CLOSED,
    "REVOKED": ChargeState.CLOSED, "PAYERROR": ChargeState.CLOSED,
}  # fmt: skip
NOT_THERE = frozenset({"ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND"})
_PARTS_MOST = 50


class Charges:
    """The part of the channel that takes money."""

    def __init__(self, transport: Transport, *, appid: str) -> None:
        self._transport = transport
        self._appid = appid

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        """Ask a buyer to pay. The same number and content again is the same order."""
        self._check(asked)
        way = WAYS[asked.method]
        document = self._combined(asked) if asked.parts else self._single(asked)
        if asked.method is Method.PHONE:
            document["scene_info"] = {"payer_client_ip": asked.payer_address, "h5_info": {"type": "Wap"}}
        place = "/v3/combine-transactions" if asked.parts else "/v3/pay/transactions"
        answer = self._transport.post(f"{place}/{way}", document, now=now)
        return self._invitation(asked, answer, now)

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        """What WeChat says of a charge. It is looked for among single orders, then among combined ones."""
        target = f"/v3/pay/transactions/out-trade-no/{quote(number)}?mchid={self._transport.mchid}"
        try:
            return outcome_of(self._transport.get(target, now=now), asked=number)
        except ChannelRefused as refused:
            if refused.code not in NOT_THERE:
                raise
            said = refused.code
        try:
            told = self._transport.get(f"/v3/combine-transactions/out-trade-no/{quote(number)}", now=now)
        except ChannelRefused as refused:
            if refused.code not in NOT_THERE:
                raise
            return ChargeOutcome(number, ChargeState.UNKNOWN, account=self._transport.mchid, said=said)
        return combined_outcome_of(told, asked=number)

    def close_charge(self, number: str, *, now: datetime) -> None:
        """Close an unpaid charge; one that WeChat does not know, or closed already, is as it should be."""
        found = self.query_charge(number, now=now)
        if found.state in (ChargeState.UNKNOWN, ChargeState.CLOSED):
            return
        if found.parts:
            told = self._transport.get(f"/v3/combine-transactions/out-trade-no/{quote(number)}", now=now)
            orders = [
                {name: one[name] for name in ("mchid", "sub_mchid", "out_trade_no") if one.get(name)}
                for one in told["sub_orders"]
            ]
            self._transport.post(
                f"/v3/combine-transactions/out-trade-no/{quote(number)}/close",
                {"combine_appid": self._appid, "sub_orders": orders},
                now=now,
            )
            return
        self._transport.post(
            f"/v3/pay/transactions/out-trade-no/{quote(number)}/close",
            {"mchid": self._transport.mchid},
            now=now,
        )

    def _check(self, asked: ChargeAsked) -> None:
        must_be_cny(asked.currency)
        if asked.method not in WAYS:
            raise ChannelRefused("METHOD_NOT_OFFERED", f"WeChat Pay cannot be paid by {asked.method}")
        if asked.method is Method.BRIDGE and not asked.payer:
            raise ChannelRefused(
                "PAYER_NEEDED", "paying inside WeChat needs the buyer's openid; log in with WeChat"
            )
        if asked.parts and sum(part.amount_minor for part in asked.parts) != asked.amount_minor:
            raise ChannelRefused("PARTS_DIFFER", "the parts of the charge are not the charge")
        if len(asked.parts) > _PARTS_MOST:
            raise ChannelRefused("TOO_MANY_PARTS", f"a combined order has at most {_PARTS_MOST} parts")

    def _single(self, asked: ChargeAsked) -> dict[str, Any]:
        document: dict[str, Any] = {
            "appid": self._appid, "mchid": self._transport.mchid, "description": cut(asked.title, characters=127),
            "out_trade_no": asked.number, "time_expire": written(asked.expires_at), "notify_url": asked.notify_url,
            "amount": {"total": asked.amount_minor, "currency": CURRENCY},
            "settle_info": {"profit_sharing": asked.splits},
        }  # fmt: skip
        if asked.method is Method.BRIDGE:
            document["payer"] = {"openid": asked.payer}
        return document

    def _combined(self, asked: ChargeAsked) -> dict[str, Any]:
        document: dict[str, Any] = {
            "combine_appid": self._appid, "combine_mchid": self._transport.mchid,
            "combine_out_trade_no": asked.number, "time_expire": written(asked.expires_at),
            "notify_url": asked.notify_url,
            "sub_orders": [
                {
                    "mchid": self._transport.mchid, "sub_mchid": part.account, "out_trade_no": part.number,
                    "attach": asked.number, "description": cut(part.title or asked.title, characters=127),
                    "amount": {"total_amount": part.amount_minor, "currency": CURRENCY},
                    "settle_info": {"profit_sharing": asked.splits} | (
                        {"subsidy_amount": part.subsidy_minor} if part.subsidy_minor else {}
                    ),
                } for part in asked.parts
            ],
        }  # fmt: skip
        for order in document["sub_orders"]:
            if order["sub_mchid"] == self._transport.mchid:
                del order["sub_mchid"]
        if asked.method is Method.BRIDGE:
            document["combine_payer_info"] = {"openid": asked.payer}
        return document

    def _invitation(self, asked: ChargeAsked, answer: Mapping[str, Any], now: datetime) -> Invitation:
        wanted = {Method.QR: "code_url", Method.PHONE: "h5_url"}.get(asked.method, "prepay_id")
        value = str(answer.get(wanted, ""))
        if not value:
            raise ChannelUnclear(f"WeChat Pay answered without {wanted}")
        if asked.method is Method.QR:
            return Invitation("qr", value)
        if asked.method is Method.PHONE:
            back = f"&redirect_url={quote(asked.return_url, safe='')}" if asked.return_url else ""
            return Invitation("redirect", value + back)
        nonce, stamp = secrets.token_hex(16), str(int(now.timestamp()))
        if asked.method is Method.APP:
            text = signed_text(self._appid, stamp, nonce, value)
            return Invitation("app", value, {
                "appid": self._appid, "partnerid": self._transport.mchid, "prepayid": value, "package": "Sign=WXPay",
                "noncestr": nonce, "timestamp": stamp, "sign": sign(self._transport.private_key, text),
            })  # fmt: skip
        package = f"prepay_id={value}"
        text = signed_text(self._appid, stamp, nonce, package)
        return Invitation("bridge", value, {
            "appId": self._appid, "timeStamp": stamp, "nonceStr": nonce, "package": package, "signType": "RSA",
            "paySign": sign(self._transport.private_key, text),
        })  # fmt: skip


def outcome_of(told: Mapping[str, Any], *, asked: str = "") -> ChargeOutcome:
    """A single order as WeChat tells it. Raises ChannelUnclear when it is about another one."""
    number, said = str(told.get("out_trade_no", "")), str(told.get("trade_state", ""))
    _must_be(number, asked)
    state = _STATES.get(said, ChargeState.WAITING)
    outcome = ChargeOutcome(number, state, account=str(told.get("mchid", "")), said=said)
    if state is not ChargeState.PAID:
        return outcome
    amount = told.get("amount", {})
    return ChargeOutcome(
        number, state, channel_number=str(told.get("transaction_id", "")), amount_minor=int(amount.get("total", 0)),
        currency=str(amount.get("currency", CURRENCY)), paid_at=moment(told.get("success_time")),
        payer=str(told.get("payer", {}).get("openid", "")), account=str(told.get("mchid", "")), said=said,
    )  # fmt: skip


def combined_outcome_of(told: Mapping[str, Any], *, asked: str = "") -> ChargeOutcome:
    """A combined order as WeChat tells it: paid when every part is. WeChat gives the whole no number of its own, so
    its channel number is ours; each part has one."""
    number = str(told.get("combine_out_trade_no", ""))
    _must_be(number, asked)
    orders: Sequence[Mapping[str, Any]] = told.get("sub_orders", [])
    states = {_STATES.get(str(one.get("trade_state")), ChargeState.WAITING) for one in orders}
    said = ",".join(str(one.get("trade_state", "")) for one in orders)
    parts = {str(one["out_trade_no"]): str(one.get("transaction_id", "")) for one in orders}
    account = str(told.get("combine_mchid", ""))
    if states != {ChargeState.PAID}:
        state = ChargeState.CLOSED if states == {ChargeState.CLOSED} else ChargeState.WAITING
        return ChargeOutcome(number, state, account=account, parts=parts, said=said)
    return ChargeOutcome(
        number, ChargeState.PAID, channel_number=number,
        amount_minor=sum(int(one["amount"]["total_amount"]) for one in orders),
        currency=str(orders[0]["amount"].get("currency", CURRENCY)),
        paid_at=max(filter(None, (moment(one.get("success_time")) for one in orders)), default=None),
        payer=str(told.get("combine_payer_info", {}).get("openid", "")), account=account, parts=parts, said=said,
    )  # fmt: skip


def _must_be(number: str, asked: str) -> None:
    if asked and number != asked:
        raise ChannelUnclear(f"asked for {asked}, WeChat Pay answered of {number!r}")

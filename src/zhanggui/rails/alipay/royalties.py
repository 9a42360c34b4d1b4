"""Dividing charges at Alipay (分账): relations, order.settle, and what is left to divide.

Shares come back only inside a refund (`RefundAsked.shares_back`); Alipay has no return of its own. Refunds of what
was paid by a code take shares back by themselves, each its part: such charges are not divided.
"""

import hashlib
from datetime import datetime
from typing import Any

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, Method
from zhanggui.payments.splitting import (
    ReceiverKind,
    ShareOutcome,
    ShareReturnAsked,
    ShareReturnOutcome,
    ShareState,
    SplitAsked,
    SplitLimits,
    SplitOutcome,
    SplitReceiver,
)
from zhanggui.rails.alipay.gateway import Gateway, minor_of, moment_of, yuan

# Thirty per cent unless Alipay agreed to more; all or nothing at once, or piecemeal and later.
_BOTH = frozenset(ReceiverKind)
METHODS = frozenset({Method.PAGE, Method.PHONE, Method.APP})
AT_ONCE = SplitLimits(300_000, 50, 5, 0, 30, returns_to=_BOTH, returns_with_refunds=True, methods=METHODS)
LATER = SplitLimits(300_000, 300, 50, 0, 30, returns_to=_BOTH, returns_with_refunds=True, methods=METHODS)
_STATES = {
    "SUCCESS": ShareState.SUCCEEDED,
    "FAIL": ShareState.CLOSED,
    "PROCESSING": ShareState.PENDING,
}


class Royalties:
    """The part of the channel that divides charges; all at once by default, `asynchronous` where Alipay agreed."""

    def __init__(self, gateway: Gateway, *, seller_id: str, asynchronous: bool) -> None:
        self.gateway, self.seller_id = gateway, seller_id
        self.asynchronous = asynchronous
        self.limits = LATER if asynchronous else AT_ONCE

    def add_receiver(self, receiver: SplitReceiver, *, now: datetime) -> None:
        """Bind a receiver; one that is bound already stays so."""
        self._relate("bind", receiver, now)

    def remove_receiver(self, receiver: SplitReceiver, *, now: datetime) -> None:
        """Unbind a receiver."""
        self._relate("unbind", receiver, now)

    def _relate(self, verb: str, receiver: SplitReceiver, now: datetime) -> None:
        one = {
            "type": account_type(receiver.account),
            "account": receiver.account,
            "memo": receiver.relation[:64],
        }
        if receiver.name:
            one["name"] = receiver.name
        # Each request needs a number of its own; the same relation at the same second is the same request.
        seed = f"{verb} {receiver.account} {now.timestamp():.0f}"
        number = hashlib.sha256(seed.encode()).hexdigest()[:32]
        answer = self.gateway.ask(
            f"alipay.trade.royalty.relation.{verb}",
            {"receiver_list": [one], "out_request_no": number},
            now=now,
        )
        if answer.get("result_code") != "SUCCESS":
            raise ChannelRefused(
                str(answer.get("result_code", "FAIL")), f"Alipay did not {verb} {receiver.account}"
            )

    def split(self, asked: SplitAsked, *, now: datetime) -> SplitOutcome:
        """Divide a charge."""
        business: dict[str, Any] = {
            "out_request_no": asked.number, "trade_no": asked.charge_channel_number,
            "royalty_mode": "async" if self.asynchronous else "sync",
            "royalty_parameters": [
                {
                    "royalty_type": "transfer", "trans_out": self.seller_id, "trans_out_type": "userId",
                    "trans_in": share.receiver.account, "trans_in_type": account_type(share.receiver.account),
                    "amount": yuan(share.amount_minor), "desc": share.description[:128],
                    **({"trans_in_name": share.receiver.name} if share.receiver.name else {}),
                } for share in asked.shares
            ],
        }  # fmt: skip
        if asked.last:
            business["extend_params"] = {"royalty_finish": "true"}
        answer = self.gateway.ask("alipay.trade.order.settle", business, now=now)
        if answer.get("trade_no") != asked.charge_channel_number:
            raise ChannelUnclear(
                f"asked about {asked.charge_channel_number}, Alipay answered of {answer.get('trade_no')!r}"
            )
        state = ShareState.PENDING if self.asynchronous else ShareState.SUCCEEDED
        shares = [
            ShareOutcome(
                share.receiver.account,
                share.amount_minor,
                state,
                finished_at=None if self.asynchronous else now,
            )
            for share in asked.shares
        ]
        return SplitOutcome(asked.number, str(answer.get("settle_no", "")), not self.asynchronous, shares)

    def query_split(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        """How far a division is, share by share."""
        answer = self.gateway.ask(
            "alipay.trade.order.settle.query",
            {"out_request_no": number, "trade_no": charge_channel_number},
            now=now,
        )
        if answer.get("out_request_no") != number:
            raise ChannelUnclear(f"asked for {number}, Alipay answered of {answer.get('out_request_no')!r}")
        shares = [
            ShareOutcome(
                account=str(one.get("trans_in", "")), amount_minor=minor_of(one.get("amount", "")),
                state=_STATES.get(str(one.get("state")), ShareState.PENDING), reason=str(one.get("error_code") or ""),
                finished_at=moment_of(one.get("execute_dt")),
            )
            for one in answer.get("royalty_detail_list") or []
            if one.get("operation_type") == "transfer"
        ]  # fmt: skip
        finished = all(share.state is not ShareState.PENDING for share in shares)
        return SplitOutcome(number, str(answer.get("settle_no", "")), finished, shares)

    def left_to_split(self, charge_channel_number: str, *, now: datetime) -> int:
        """Minor units of a charge that may still be divided."""
        answer = self.gateway.ask(
            "alipay.trade.order.onsettle.query", {"trade_no": charge_channel_number}, now=now
        )
        return minor_of(answer.get("unsettled_amount", ""))

    def unfreeze(
        self, number: str, *, charge_channel_number: str, now: datetime, account: str = ""
    ) -> SplitOutcome:
        """End the dividing of a charge: what is left is the merchant's."""
        asked = SplitAsked(number=number, charge_channel_number=charge_channel_number, shares=(), last=True)
        return self.split(asked, now=now)

    def return_share(self, asked: ShareReturnAsked, *, now: datetime) -> ShareReturnOutcome:
        """Not offered: see `limits.returns_with_refunds`."""
        del now
        raise ChannelRefused("NOT_OFFERED", f"Alipay takes the share {asked.account} back with a refund only")

    def query_return(self, number: str, *, split_number: str, now: datetime) -> ShareReturnOutcome:
        """Not offered: see `limits.returns_with_refunds`."""
        del split_number, now
        raise ChannelRefused(
            "NOT_OFFERED", f"Alipay has no return {number}: shares come back with a refund only"
        )


def account_type(account: str) -> str:
    """User numbers are sixteen digits that begin with 2088; anything else is a name somebody logs in by."""
    return (
        "userId" if account.startswith("2088") and account.isdigit() and len(account) == 16 else "loginName"
    )

"""Giving a combined charge back as a whole: WeChat takes refunds of its parts alone, so each part is one refund under
a number made of ours (`R...S1`, `R...S2`), and the whole is what they are together."""

from collections.abc import Sequence
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
from zhanggui.rails.wechat_pay.charges import NOT_THERE
from zhanggui.rails.wechat_pay.refunds import Refunds
from zhanggui.rails.wechat_pay.transport import Transport


class WholeRefunds:
    """Refunds of combined charges that pay for nothing: late, double, of another amount."""

    def __init__(self, transport: Transport, refunds: Refunds) -> None:
        self._transport = transport
        self._refunds = refunds

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Give every part back. Asked again, what is done stays done and the rest is done.

        Raises ChannelRefused only when the first part was refused, and so nothing moved; later it is ChannelUnclear.
        Nobody is notified of parts: query the whole.
        """
        orders = self._orders(asked.charge_number, now)
        if sum(int(one["amount"]["total_amount"]) for one in orders) != asked.amount_minor:
            raise ChannelRefused(
                "PARTS_NEEDED", "a combined charge is given back as a whole, or part by part: name the part"
            )
        outcomes: list[RefundOutcome] = []
        for place, one in enumerate(orders, 1):
            amount = int(one["amount"]["total_amount"])
            part = RefundAsked(
                number=_number(asked.number, place), charge_number=one["out_trade_no"],
                charge_channel_number=one["transaction_id"], charge_minor=amount, amount_minor=amount,
                currency=asked.currency, reason=asked.reason, account=str(one.get("sub_mchid", "")),
            )  # fmt: skip
            try:
                outcomes.append(self._refunds.refund(part, now=now))
            except ChannelRefused as refused:
                if not outcomes:
                    raise
                raise ChannelUnclear(
                    f"part {place} of {len(orders)} was refused ({refused.code} {refused.message}); those before it"
                    " are given back"
                ) from refused
        return _together(asked.number, outcomes)

    def query_refund(self, number: str, *, charge_number: str, now: datetime) -> RefundOutcome:
        """What WeChat says of all parts together; UNKNOWN while one of them was never asked for."""
        try:
            orders = self._orders(charge_number, now)
        except ChannelRefused as refused:
            if refused.code not in NOT_THERE:
                raise
            return RefundOutcome(number, RefundState.UNKNOWN, said=refused.code)
        return _together(number, [
            self._refunds.query_refund(
                _number(number, place), charge_number="", now=now, account=str(one.get("sub_mchid", ""))
            ) for place, one in enumerate(orders, 1)
        ])  # fmt: skip

    def _orders(self, number: str, now: datetime) -> Sequence[dict[str, Any]]:
        told = self._transport.get(f"/v3/combine-transactions/out-trade-no/{quote(number)}", now=now)
        orders: Sequence[dict[str, Any]] = told.get("sub_orders", [])
        if not orders:
            raise ChannelUnclear(f"WeChat Pay told of no parts of {number}")
        return orders


def _number(number: str, place: int) -> str:
    return f"{number}S{place}"


def _together(number: str, outcomes: Sequence[RefundOutcome]) -> RefundOutcome:
    states = {one.state for one in outcomes}
    if len(states) == 1:
        [state] = states
    elif RefundState.UNKNOWN in states:
        state = RefundState.UNKNOWN
    elif RefundState.PROCESSING in states:
        state = RefundState.PROCESSING
    else:  # a part did not come through while others did: somebody has to look
        state = RefundState.ABNORMAL
    times = [one.refunded_at for one in outcomes if one.refunded_at is not None]
    return RefundOutcome(
        number, state, channel_number=outcomes[0].channel_number,
        amount_minor=sum(one.amount_minor for one in outcomes), currency=outcomes[0].currency,
        refunded_at=max(times, default=None), account=outcomes[0].account,
        said=",".join(one.said for one in outcomes),
    )  # fmt: skip

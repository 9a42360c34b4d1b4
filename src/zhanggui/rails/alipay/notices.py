"""Reading Alipay's notices (异步通知): forms, signed over their parameters without `sign` and `sign_type`.

Sources disagree on whether empty parameters count (python-alipay-sdk counts them, Alipay's own text leaves them out),
so both texts are tried: neither can be signed by anybody but Alipay.
"""

import urllib.parse
from datetime import datetime, timedelta

from zhanggui.payments.channel import (
    ChannelUnclear,
    ChargeOutcome,
    ChargeState,
    Notice,
    NoticeForged,
    NoticeStale,
    RefundOutcome,
    RefundState,
)
from zhanggui.rails.alipay import signing
from zhanggui.rails.alipay.gateway import CURRENCY, minor_of, moment_of
from zhanggui.rails.alipay.keys import Keys

# Alipay repeats a notice for about 25 hours; whether a repetition bears its own time is not documented.
OLDEST = timedelta(hours=26)
NEWEST = timedelta(minutes=10)
_FIELDS_MOST = 200


def read_notice(body: bytes, *, keys: Keys, app_id: str, now: datetime) -> Notice:
    """This function will return what a notice says. Raises NoticeForged, NoticeStale."""
    try:
        pairs = urllib.parse.parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS_MOST
        )
    except ValueError as fault:
        raise NoticeForged("the notice is no form") from fault
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NoticeForged("a parameter of the notice is there twice")
    _verify(form, keys)
    if form.get("app_id") != app_id:
        raise NoticeForged(f"the notice is for the application {form.get('app_id')!r}, not for ours")
    try:
        sent = moment_of(form.get("notify_time"))
        if sent is None:
            raise NoticeForged("the notice has no notify_time")
        if not now - OLDEST <= sent <= now + NEWEST:
            raise NoticeStale(f"the notice was sent at {form['notify_time']}")
        return Notice(form.get("notify_id", ""), charge=charge_in(form), refund=_refund_in(form))
    except ChannelUnclear as fault:
        raise NoticeForged(str(fault)) from fault


def _verify(form: dict[str, str], keys: Keys) -> None:
    signed = form.get("sign", "")
    counted = {name: value for name, value in form.items() if name not in ("sign", "sign_type")}
    filled = {name: value for name, value in counted.items() if value}
    if form.get("sign_type", "RSA2") != "RSA2":
        raise NoticeForged(f"the notice is signed with {form['sign_type']!r}")
    if not any(signing.holds(signing.joined(one), signed, keys.theirs) for one in (filled, counted)):
        raise NoticeForged("the signature of the notice does not hold")


def state_of(status: str, *, paid: bool) -> ChargeState:
    """A trade's state. TRADE_CLOSED is said both of a trade that was never paid and of one wholly refunded: the
    second was `paid`, and what was given back of it is told by its refunds."""
    if status == "TRADE_CLOSED":
        return ChargeState.PAID if paid else ChargeState.CLOSED
    return {
        "WAIT_BUYER_PAY": ChargeState.WAITING,
        "TRADE_SUCCESS": ChargeState.PAID,
        "TRADE_FINISHED": ChargeState.PAID,
    }.get(status, ChargeState.UNKNOWN)


def charge_in(form: dict[str, str]) -> ChargeOutcome:
    """The charge that a notice speaks of."""
    paid_at = moment_of(form.get("gmt_payment"))
    state = state_of(form.get("trade_status", ""), paid=paid_at is not None)
    paid = state is ChargeState.PAID
    return ChargeOutcome(
        number=form.get("out_trade_no", ""), state=state, channel_number=form.get("trade_no", ""),
        amount_minor=minor_of(form.get("total_amount", "")) if paid else 0, currency=CURRENCY if paid else "",
        paid_at=paid_at, payer=form.get("buyer_id") or form.get("buyer_open_id", ""),
        account=form.get("seller_id", ""), said=form.get("trade_status", ""),
    )  # fmt: skip


def _refund_in(form: dict[str, str]) -> RefundOutcome | None:
    """The refund that a notice speaks of, if it does. `refund_fee` is what all refunds of the trade come to, so how
    much this one was is to be queried."""
    if not (form.get("gmt_refund") and form.get("out_biz_no")):
        return None
    return RefundOutcome(
        number=form["out_biz_no"], state=RefundState.PROCESSING, channel_number=form.get("trade_no", ""),
        account=form.get("seller_id", ""), said=f"refund_fee {form.get('refund_fee', '')} in all",
    )  # fmt: skip

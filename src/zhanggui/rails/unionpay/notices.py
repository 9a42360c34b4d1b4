"""Reading UnionPay's answers and notices (后台通知): what became of a charge or a refund."""

import urllib.parse
from collections.abc import Mapping
from datetime import datetime, timedelta

from zhanggui.payments.channel import (
    ChargeOutcome,
    ChargeState,
    Notice,
    NoticeForged,
    NoticeStale,
    RefundOutcome,
    RefundState,
)
from zhanggui.rails.unionpay.gateway import Gateway
from zhanggui.rails.unionpay.numbering import ZONE

DONE = frozenset({"00", "A6"})  # A6 is a success with a flaw that UnionPay mends by itself
UNDERWAY = frozenset({"03", "04", "05", "06"})
# A notice goes out five times within a quarter of an hour of the trade that it tells of.
OLDEST = timedelta(hours=24)
NEWEST = timedelta(minutes=10)
_FIELDS_MOST = 100


def read_notice(body: bytes, *, gateway: Gateway, now: datetime) -> Notice:
    """This function will return what a notice says. Raises NoticeForged, NoticeStale."""
    try:
        pairs = urllib.parse.parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, strict_parsing=True, max_num_fields=_FIELDS_MOST
        )
    except ValueError as fault:
        raise NoticeForged("the notice is no form") from fault
    form = dict(pairs)
    if len(form) != len(pairs):
        raise NoticeForged("a field of the notice is there twice")
    if fault_found := gateway.distrust(form, now=now):
        raise NoticeForged(f"the notice is not believed: {fault_found}")
    at = traced_at(form)
    if at is None:
        raise NoticeForged("the notice has no traceTime")
    if not now - OLDEST <= at <= now + NEWEST:
        raise NoticeStale(f"the notice tells of a trade at {at.isoformat()}")
    code, kind = form.get("respCode", ""), form.get("txnType", "")
    number = f"{kind}-{form.get('queryId', '')}-{code}"
    if kind == "01":
        return Notice(number, charge=charge_of(form, code=code, over=False))
    if kind in ("04", "31"):
        return Notice(number, refund=refund_of(form, code=code))
    raise NoticeForged(f"the notice is of type {kind!r}, which we never ask for")


def traced_at(fields: Mapping[str, str]) -> datetime | None:
    """When UnionPay did it. It writes no year: the one that is nearest to the time of our number."""
    try:
        sent = datetime.strptime(fields.get("txnTime", ""), "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
        traced = fields.get("traceTime", "")
        if len(traced) != 10:
            return None
        return min(
            (
                datetime.strptime(f"{year}{traced}", "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
                for year in (sent.year - 1, sent.year, sent.year + 1)
                if traced[:4] != "0229" or year % 4 == 0
            ),
            key=lambda at: abs(at - sent),
        )
    except ValueError:
        return None


def charge_of(fields: Mapping[str, str], *, code: str, over: bool) -> ChargeOutcome:
    """A charge that UnionPay speaks of. Until its time is `over` a buyer may try another card, so that a try that
    failed says nothing yet."""
    if code in DONE:
        state = ChargeState.PAID
    else:
        state = ChargeState.CLOSED if over and code not in UNDERWAY else ChargeState.WAITING
    paid = state is ChargeState.PAID
    return ChargeOutcome(
        number=fields.get("orderId", ""), state=state, channel_number=fields.get("queryId", ""),
        amount_minor=_cents(fields) if paid else 0,
        # Another currency than ours is told by its number.
        currency={"156": "CNY"}.get(fields.get("currencyCode", ""), fields.get("currencyCode", "")) if paid else "",
        paid_at=traced_at(fields) if paid else None, payer=fields.get("accNo", ""), account=fields.get("merId", ""),
        said=f"{code} {fields.get('origRespMsg') or fields.get('respMsg', '')}".strip(),
    )  # fmt: skip


def refund_of(fields: Mapping[str, str], *, code: str) -> RefundOutcome:
    """A refund or revocation that UnionPay speaks of."""
    if code in DONE:
        state = RefundState.SUCCEEDED
    else:
        state = RefundState.PROCESSING if code in UNDERWAY else RefundState.CLOSED
    return RefundOutcome(
        number=fields.get("orderId", ""), state=state, channel_number=fields.get("queryId", ""),
        amount_minor=_cents(fields), currency="CNY",
        refunded_at=traced_at(fields) if state is RefundState.SUCCEEDED else None, account=fields.get("merId", ""),
        said=f"{code} {fields.get('origRespMsg') or fields.get('respMsg', '')}".strip(),
    )  # fmt: skip


def _cents(fields: Mapping[str, str]) -> int:
    text = fields.get("txnAmt", "")
    return int(text) if text.isascii() and text.isdigit() else 0

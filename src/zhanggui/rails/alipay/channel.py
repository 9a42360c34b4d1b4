"""Alipay as a channel: charges, refunds, notices and bills."""

import re
import urllib.parse
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from zhanggui.payments.channel import (
    ChannelRefused,
    ChannelUnclear,
    ChargeAsked,
    ChargeOutcome,
    ChargeState,
    FetchedBill,
    Invitation,
    Method,
    Notice,
    NoticeAnswer,
    RefundAsked,
    RefundOutcome,
    RefundState,
)
from zhanggui.rails.alipay.gateway import CURRENCY, Gateway, beijing, minor_of, moment_of, yuan
from zhanggui.rails.alipay.notices import read_notice, state_of
from zhanggui.rails.alipay.royalties import METHODS, Royalties, account_type
from zhanggui.rails.alipay.transfers import Transfers

_PRODUCTS = {
    Method.PAGE: ("alipay.trade.page.pay", "FAST_INSTANT_TRADE_PAY"),
    Method.PHONE: ("alipay.trade.wap.pay", "QUICK_WAP_PAY"),
    Method.APP: ("alipay.trade.app.pay", "QUICK_MSECURITY_PAY"),
    Method.QR: ("alipay.trade.precreate", "FACE_TO_FACE_PAYMENT"),
}
_BILLS = {"trade": "trade", "fund": "signcustomer"}
_NUMBER = re.compile(r"[0-9A-Za-z_]{1,64}")
_NOT_IN_TITLES = str.maketrans("/=&", "   ")
NOT_THERE = "ACQ.TRADE_NOT_EXIST"


class AlipayChannel(Royalties, Transfers):
    """One application at Alipay: implements `Channel` and `SplittingChannel`, and pays out in certificate mode.

    A charge that a page asks for exists at Alipay only once the buyer has opened it: until then queries find it
    UNKNOWN and closing it changes nothing, and the link goes stale by itself at `expires_at`. An account whose
    charges are `divided` offers no codes: what is paid by one cannot be divided (see `royalties`).
    """

    splits = True

    def __init__(
        self, gateway: Gateway, *, seller_id: str, asynchronous: bool = False, divided: bool = False
    ) -> None:
        Royalties.__init__(self, gateway, seller_id=seller_id, asynchronous=asynchronous)
        self.methods = METHODS if divided else frozenset(_PRODUCTS)
        self.close = gateway.close

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        """Ask a buyer to pay. QR codes are made at Alipay; the other ways are signed links alone."""
        self._check(asked)
        method, product = _PRODUCTS[asked.method]
        business: dict[str, Any] = {
            "out_trade_no": asked.number, "total_amount": yuan(asked.amount_minor), "product_code": product,
            "subject": asked.title.translate(_NOT_IN_TITLES).strip()[:256] or asked.number,
            "time_expire": beijing(asked.expires_at), "seller_id": self.seller_id,
        }  # fmt: skip
        if asked.splits and asked.method in METHODS:
            business["extend_params"] = {"royalty_freeze": "true"}
        common = {"notify_url": asked.notify_url}
        if asked.method is Method.QR:
            answer = self.gateway.ask(method, business, now=now, common=common)
            return Invitation("qr", str(answer.get("qr_code", "")))
        if asked.method is Method.APP:
            signed = self.gateway.parameters(method, business, now=now, common=common)
            return Invitation("app", urllib.parse.urlencode(signed))
        common["return_url"] = asked.return_url
        if asked.method is Method.PHONE and asked.return_url:
            business["quit_url"] = asked.return_url
        return Invitation("redirect", self.gateway.link(method, business, now=now, common=common))

    def _check(self, asked: ChargeAsked) -> None:
        if asked.method not in _PRODUCTS:
            raise ChannelRefused("METHOD_NOT_OFFERED", f"Alipay cannot be paid by {asked.method}")
        if asked.currency != CURRENCY:
            raise ChannelRefused("CURRENCY_NOT_OFFERED", f"Alipay takes {CURRENCY}, not {asked.currency}")
        if asked.parts:
            raise ChannelRefused(
                "PARTS_NOT_OFFERED", "a charge of Alipay's has no parts; it is split afterwards"
            )
        if not _NUMBER.fullmatch(asked.number):
            raise ChannelRefused("NUMBER_REFUSED", "a number at Alipay has letters, digits and _ alone")
        if not 1 <= asked.amount_minor <= 10_000_000_000:
            raise ChannelRefused("AMOUNT_REFUSED", "Alipay takes 0.01 to 100000000.00")

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        """What Alipay says of a charge."""
        try:
            answer = self.gateway.ask("alipay.trade.query", {"out_trade_no": number}, now=now)
        except ChannelRefused as refused:
            if refused.code != NOT_THERE:
                raise
            return ChargeOutcome(number, ChargeState.UNKNOWN, account=self.seller_id, said=refused.code)
        if answer.get("out_trade_no") != number:
            raise ChannelUnclear(f"asked for {number}, Alipay answered of {answer.get('out_trade_no')!r}")
        status = str(answer.get("trade_status", ""))
        paid_at = moment_of(answer.get("send_pay_date"))
        state = state_of(status, paid=paid_at is not None)
        paid = state is ChargeState.PAID
        return ChargeOutcome(
            number=number, state=state, channel_number=str(answer.get("trade_no", "")),
            amount_minor=minor_of(answer.get("total_amount", "")) if paid else 0, currency=CURRENCY if paid else "",
            paid_at=paid_at, payer=str(answer.get("buyer_user_id") or answer.get("buyer_open_id") or ""),
            # A query finds trades of our own application alone; Alipay repeats the seller only where it differs.
            account=str(answer.get("seller_id") or self.seller_id), said=status,
        )  # fmt: skip

    def close_charge(self, number: str, *, now: datetime) -> None:
        """Close an unpaid charge. One that Alipay does not know, or closed already, is as it should be."""
        try:
            self.gateway.ask("alipay.trade.close", {"out_trade_no": number}, now=now)
        except ChannelRefused as refused:
            if refused.code == NOT_THERE:
                return
            if "TRADE_STATUS_ERROR" in refused.code and self._closed(number, now):
                return
            raise

    def _closed(self, number: str, now: datetime) -> bool:
        return self.query_charge(number, now=now).state is ChargeState.CLOSED

    def cancel_charge(self, number: str, *, now: datetime) -> bool:
        """Undo a charge whose outcome is unclear (撤销): unpaid it is closed, paid today it is given back wholly.
        Returns whether money was given back."""
        answer = self.gateway.ask("alipay.trade.cancel", {"out_trade_no": number}, now=now)
        if answer.get("retry_flag") == "Y":
            raise ChannelUnclear(f"Alipay could not cancel {number} now; ask again")
        return answer.get("action") == "refund"

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Give money back, together with the shares that are to come back for it."""
        if asked.currency != CURRENCY:
            raise ChannelRefused(
                "CURRENCY_NOT_OFFERED", f"Alipay gives back {CURRENCY}, not {asked.currency}"
            )
        business: dict[str, Any] = {
            "out_trade_no": asked.charge_number, "refund_amount": yuan(asked.amount_minor),
            "out_request_no": asked.number, "refund_reason": asked.reason[:256],
        }  # fmt: skip
        if asked.charge_channel_number:
            business["trade_no"] = asked.charge_channel_number
        if asked.shares_back:
            business["refund_royalty_parameters"] = [
                {
                    "royalty_type": "transfer", "trans_out": share.account,
                    "trans_out_type": account_type(share.account),
                    "trans_in": self.seller_id, "trans_in_type": "userId", "amount": yuan(share.amount_minor),
                    "desc": share.description[:128],
                } for share in asked.shares_back
            ]  # fmt: skip
        answer = self.gateway.ask("alipay.trade.refund", business, now=now)
        if answer.get("out_trade_no") != asked.charge_number:
            raise ChannelUnclear(
                f"asked about {asked.charge_number}, Alipay answered of {answer.get('out_trade_no')!r}"
            )
        if answer.get("fund_change") != "Y":
            # Nothing moved this time: the refund was made before under the same number, or is not made yet.
            found = self.query_refund(asked.number, charge_number=asked.charge_number, now=now)
            if found.state is RefundState.UNKNOWN:
                raise ChannelUnclear(f"Alipay took the refund {asked.number} but has not made it")
            return found
        # `refund_fee` is the sum of all refunds of the trade, so it says nothing of this one.
        return RefundOutcome(
            number=asked.number, state=RefundState.SUCCEEDED, channel_number=str(answer.get("trade_no", "")),
            amount_minor=asked.amount_minor, currency=CURRENCY,
            refunded_at=moment_of(answer.get("gmt_refund_pay")) or now, account=self.seller_id, said="fund_change Y",
        )  # fmt: skip

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """What Alipay says of a refund; one that it does not find is UNKNOWN and may be asked for again."""
        try:
            answer = self.gateway.ask(
                "alipay.trade.fastpay.refund.query",
                {
                    "out_trade_no": charge_number,
                    "out_request_no": number,
                    "query_options": ["gmt_refund_pay"],
                },
                now=now,
            )
        except ChannelRefused as refused:
            if refused.code != NOT_THERE:
                raise
            return RefundOutcome(number, RefundState.UNKNOWN, said=refused.code)
        status = str(answer.get("refund_status", ""))
        if status != "REFUND_SUCCESS":
            return RefundOutcome(number, RefundState.UNKNOWN, said=status or "not found")
        if answer.get("out_request_no") != number:
            raise ChannelUnclear(f"asked for {number}, Alipay answered of {answer.get('out_request_no')!r}")
        return RefundOutcome(
            number=number, state=RefundState.SUCCEEDED, channel_number=str(answer.get("trade_no", "")),
            amount_minor=minor_of(answer.get("refund_amount", "")), currency=CURRENCY,
            refunded_at=moment_of(answer.get("gmt_refund_pay")), account=self.seller_id, said=status,
        )  # fmt: skip

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """What a notice says; everything that is signed stands in its body."""
        del headers
        return read_notice(body, keys=self.gateway.keys, app_id=self.gateway.app_id, now=now)

    def answer_notice(self, *, taken: bool) -> NoticeAnswer:
        """`success`, these seven letters alone, ends the repetitions."""
        return NoticeAnswer(200 if taken else 500, "text/plain", b"success" if taken else b"fail")

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        """The bill of a day: `trade`, or `fund` for the moves of our balance. Its link lives for 30 seconds."""
        if kind not in _BILLS:
            raise ChannelRefused("BILL_NOT_OFFERED", f"Alipay has no bill {kind!r}, only {', '.join(_BILLS)}")
        answer = self.gateway.ask(
            "alipay.data.dataservice.bill.downloadurl.query",
            {"bill_type": _BILLS[kind], "bill_date": f"{day:%Y-%m-%d}"},
            now=now,
        )
        content = self.gateway.download(str(answer.get("bill_download_url", "")))
        return FetchedBill(kind, day, f"{self.seller_id}_{day:%Y%m%d}_{kind}.zip", content)

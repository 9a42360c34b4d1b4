"""UnionPay as a channel: charges over the front gateway, refunds, revocations, notices and files."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

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
from zhanggui.rails.unionpay.gateway import APP, BACK, FRONT, QUERY, Gateway
from zhanggui.rails.unionpay.notices import DONE, UNDERWAY, charge_of, read_notice, refund_of
from zhanggui.rails.unionpay.numbering import ZONE, sent_at, stamp
from zhanggui.rails.unionpay.packed_files import unpacked

_CHANNELS = {Method.PAGE: "07", Method.PHONE: "08", Method.APP: "08"}
_BUSINESS = "000201"
_NOT_FOUND, _AGAIN, _NO_FILE = "34", "12", "98"


class UnionpayChannel:
    """One merchant at UnionPay: implements `Channel`; its charges are not split.

    UnionPay cannot close a charge: one that nobody paid ends by itself at its payTimeout. A charge lives at most
    `pay_minutes` from the time that its number bears; what is not paid then is CLOSED, whatever its last try said.
    """

    methods = frozenset(_CHANNELS)
    splits = False

    def __init__(self, gateway: Gateway, *, pay_minutes: int) -> None:
        self.gateway = gateway
        self.pay_minutes = pay_minutes
        self.close = gateway.close

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        """Ask a buyer to pay: a form for the browser, or for an app the number (tn) that UnionPay gives."""
        if asked.method not in _CHANNELS:
            raise ChannelRefused("METHOD_NOT_OFFERED", f"UnionPay cannot be paid by {asked.method}")
        if asked.currency != "CNY":
            raise ChannelRefused("CURRENCY_NOT_OFFERED", f"UnionPay takes CNY, not {asked.currency}")
        if asked.splits or asked.parts:
            raise ChannelRefused("SPLITS_NOT_OFFERED", "a charge of UnionPay's is neither split nor in parts")
        if not 1 <= asked.amount_minor < 10**12:
            raise ChannelRefused("AMOUNT_REFUSED", "UnionPay takes 1 to 999999999999 cents")
        sent = sent_at(asked.number)
        fields = {
            "txnType": "01", "txnSubType": "01", "bizType": _BUSINESS, "channelType": _CHANNELS[asked.method],
            "orderId": asked.number, "txnTime": stamp(sent), "txnAmt": str(asked.amount_minor), "currencyCode": "156",
            "backUrl": asked.notify_url, "frontUrl": asked.return_url,
            "payTimeout": stamp(min(asked.expires_at, self._ends(sent))),
        }  # fmt: skip
        if asked.method is not Method.APP:
            return Invitation("form", self.gateway.address + FRONT, self.gateway.message(fields))
        answer = self.gateway.ask(self.gateway.address + APP, fields, now=now)
        self._require(answer, asked.number)
        return Invitation("app", answer.get("tn", ""))

    def _ends(self, sent: datetime) -> datetime:
        return sent + timedelta(minutes=self.pay_minutes)

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        """What UnionPay says of a charge."""
        answer = self._query(number, now)
        over = now > self._ends(sent_at(number)) + timedelta(minutes=5)
        if answer.get("respCode") == _NOT_FOUND:
            state = ChargeState.CLOSED if over else ChargeState.UNKNOWN
            return ChargeOutcome(number, state, account=self.gateway.merchant, said=_NOT_FOUND)
        if answer.get("txnType", "01") != "01":
            raise ChannelUnclear(f"{number} is no charge at UnionPay, but of type {answer.get('txnType')!r}")
        return charge_of(answer, code=answer.get("origRespCode", ""), over=over)

    def _query(self, number: str, now: datetime) -> dict[str, str]:
        """What is found of a number; UnionPay's own code says whether something was."""
        fields = {
            "txnType": "00", "txnSubType": "00", "bizType": "000000", "orderId": number,
            "txnTime": stamp(sent_at(number)),
        }  # fmt: skip
        answer = self.gateway.ask(self.gateway.address + QUERY, fields, now=now)
        code = answer.get("respCode", "")
        if code not in ("00", _NOT_FOUND):
            raise ChannelUnclear(
                f"UnionPay does not say what became of {number}: {code} {answer.get('respMsg')}"
            )
        if answer.get("orderId") != number:
            raise ChannelUnclear(f"asked for {number}, UnionPay answered of {answer.get('orderId')!r}")
        return answer

    def close_charge(self, number: str, *, now: datetime) -> None:
        """Nothing to ask for: see the class. Refused where the charge is paid."""
        if self.query_charge(number, now=now).state is ChargeState.PAID:
            raise ChannelRefused("PAID", f"{number} is paid; give the money back instead")

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Give money back, on any day, in pieces (退货). UnionPay takes the order and makes it later."""
        return self._give_back(asked, "04", now)

    def revoke(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Undo a whole charge on its own clearing day (消费撤销), which ends at 23:00; costs no fee."""
        if asked.amount_minor != asked.charge_minor:
            raise ChannelRefused("AMOUNT_REFUSED", "a charge is revoked as a whole; refund a part of it")
        return self._give_back(asked, "31", now)

    def _give_back(self, asked: RefundAsked, kind: str, now: datetime) -> RefundOutcome:
        if asked.currency != "CNY":
            raise ChannelRefused("CURRENCY_NOT_OFFERED", f"UnionPay gives back CNY, not {asked.currency}")
        if not asked.charge_channel_number:
            raise ChannelRefused(
                "CHARGE_UNKNOWN", "UnionPay gives back by its own number (queryId) of the charge"
            )
        fields = {
            "txnType": kind, "txnSubType": "00", "bizType": _BUSINESS, "channelType": "07", "orderId": asked.number,
            "txnTime": stamp(sent_at(asked.number)), "txnAmt": str(asked.amount_minor),
            "origQryId": asked.charge_channel_number, "backUrl": asked.notify_url,
        }  # fmt: skip
        answer = self.gateway.ask(self.gateway.address + BACK, fields, now=now)
        if answer.get("respCode") == _AGAIN:
            found = self.query_refund(asked.number, charge_number=asked.charge_number, now=now)
            if found.amount_minor not in (0, asked.amount_minor):
                raise ChannelRefused(_AGAIN, f"{asked.number} was used before, for another amount")
            return found
        self._require(answer, asked.number)
        return RefundOutcome(
            number=asked.number, state=RefundState.PROCESSING, channel_number=answer.get("queryId", ""),
            amount_minor=asked.amount_minor, currency="CNY", account=self.gateway.merchant,
            said=answer.get("respCode", ""),
        )  # fmt: skip

    @staticmethod
    def _require(answer: Mapping[str, str], number: str) -> None:
        """Raises unless an order was taken."""
        code, said = answer.get("respCode", ""), answer.get("respMsg", "")
        if code in UNDERWAY or not code:
            raise ChannelUnclear(f"UnionPay does not know the outcome of {number} yet: {code} {said}")
        if code not in DONE:
            raise ChannelRefused(code, said or code)
        if answer.get("orderId") != number:
            raise ChannelUnclear(f"asked for {number}, UnionPay answered of {answer.get('orderId')!r}")

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """What UnionPay says of a refund or a revocation; one that it never got may be asked for again."""
        answer = self._query(number, now)
        if answer.get("respCode") == _NOT_FOUND:
            return RefundOutcome(number, RefundState.UNKNOWN, account=self.gateway.merchant, said=_NOT_FOUND)
        return refund_of(answer, code=answer.get("origRespCode", ""))

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """What a notice says; everything that is signed stands in its body."""
        del headers
        return read_notice(body, gateway=self.gateway, now=now)

    def answer_notice(self, *, taken: bool) -> NoticeAnswer:
        """Status 200 ends the repetitions."""
        return NoticeAnswer(200 if taken else 500, "text/plain", b"ok" if taken else b"fail")

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        """The files of a clearing day (23:00 to 23:00) as the ZIP that they come in."""
        if kind != "trade":
            raise ChannelRefused("BILL_NOT_OFFERED", f"UnionPay has no bill {kind!r}, only trade")
        today = now.astimezone(ZONE).date()
        if not today - timedelta(days=360) < day <= today:
            # The day is asked for without its year.
            raise ChannelRefused("DAY_REFUSED", f"UnionPay has files of the last year alone, not of {day}")
        fields = {
            "txnType": "76", "txnSubType": "01", "bizType": "000000", "fileType": "00", "settleDate": f"{day:%m%d}",
            "txnTime": stamp(now),
        }  # fmt: skip
        answer = self.gateway.ask(self.gateway.files, fields, now=now)
        if answer.get("respCode") != "00":
            code = answer.get("respCode", "")
            if code in UNDERWAY or not code:
                raise ChannelUnclear(f"UnionPay cannot give the files of {day} now: {code}")
            raise ChannelRefused("NO_FILE" if code == _NO_FILE else code, answer.get("respMsg", code))
        if answer.get("settleDate") != f"{day:%m%d}":
            raise ChannelUnclear(f"asked for {day}, UnionPay answered of {answer.get('settleDate')!r}")
        name = answer.get("fileName") or f"{self.gateway.merchant}_{day:%Y%m%d}.zip"
        try:
            return FetchedBill(kind, day, name, unpacked(answer.get("fileContent", "")))
        except ValueError as fault:
            raise ChannelUnclear(f"UnionPay's file {fault}") from fault

"""WeChat Pay as a channel: one merchant number with one appid."""

from collections.abc import Mapping
from datetime import date, datetime

from zhanggui.payments.channel import (
    ChargeAsked,
    ChargeOutcome,
    FetchedBill,
    Invitation,
    Notice,
    NoticeAnswer,
    RefundAsked,
    RefundOutcome,
    RefundState,
)
from zhanggui.payments.repairing import RepairAsked
from zhanggui.rails.wechat_pay.bill_download import BillDownload
from zhanggui.rails.wechat_pay.charges import WAYS, Charges
from zhanggui.rails.wechat_pay.notices import answer_to, notice_of, open_notice
from zhanggui.rails.wechat_pay.refunds import Refunds
from zhanggui.rails.wechat_pay.splits import LIMITS, Splits
from zhanggui.rails.wechat_pay.subsidies import SUBSIDY_MOST, Subsidies
from zhanggui.rails.wechat_pay.transfers import Transfers
from zhanggui.rails.wechat_pay.transport import Transport
from zhanggui.rails.wechat_pay.whole_refunds import WholeRefunds


class WechatPay(Splits):
    """Implements `Channel`, `SplittingChannel`, `SubsidizingChannel` and `RepairingChannel`; `transfers` pays
    people."""

    methods = frozenset(WAYS)
    splits = True
    limits = LIMITS
    subsidy_most_minor = SUBSIDY_MOST

    def __init__(self, transport: Transport, *, appid: str) -> None:
        super().__init__(transport, appid=appid)
        self.transport = transport
        self.appid = appid
        self._charges = Charges(transport, appid=appid)
        self._refunds = Refunds(transport)
        self._whole = WholeRefunds(transport, self._refunds)
        self._bills = BillDownload(transport)
        self.transfers = Transfers(transport, appid=appid)
        self.subsidies = Subsidies(transport)
        self.close = transport.close
        self.refresh_certificates = transport.refresh_certificates

    def begin_charge(self, asked: ChargeAsked, *, now: datetime) -> Invitation:
        """Ask a buyer to pay."""
        return self._charges.begin_charge(asked, now=now)

    def query_charge(self, number: str, *, now: datetime) -> ChargeOutcome:
        """What WeChat says of a charge."""
        return self._charges.query_charge(number, now=now)

    def close_charge(self, number: str, *, now: datetime) -> None:
        """Close an unpaid charge."""
        self._charges.close_charge(number, now=now)

    def refund(self, asked: RefundAsked, *, now: datetime) -> RefundOutcome:
        """Give money back; a combined charge, named by its own number, as a whole."""
        if asked.charge_channel_number == asked.charge_number:
            return self._whole.refund(asked, now=now)
        return self._refunds.refund(asked, now=now)

    def query_refund(
        self, number: str, *, charge_number: str, now: datetime, account: str = ""
    ) -> RefundOutcome:
        """What WeChat says of a refund; `account` is the sub-merchant's, where the charge had parts."""
        found = self._refunds.query_refund(number, charge_number=charge_number, now=now, account=account)
        if found.state is RefundState.UNKNOWN and charge_number:
            return self._whole.query_refund(number, charge_number=charge_number, now=now)
        return found

    def repair_refund(self, asked: RepairAsked, *, now: datetime) -> RefundOutcome:
        """Send an abnormal refund to another account."""
        return self._refunds.repair_refund(asked, now=now)

    def read_notice(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> Notice:
        """What a notice says. With certificates instead of a public key they have to be here already: every answer
        signed by a new one brings it, `refresh_certificates` too."""
        found = open_notice(
            headers=headers,
            body=body,
            keys=self.transport.keys,
            api_v3_key=self.transport.api_v3_key,
            now=now,
        )
        return notice_of(found, account=self.transport.mchid)

    def answer_notice(self, *, taken: bool) -> NoticeAnswer:
        """What WeChat wants to hear."""
        return answer_to(taken=taken)

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        """The bill of a day."""
        return self._bills.fetch_bill(kind=kind, day=day, now=now)

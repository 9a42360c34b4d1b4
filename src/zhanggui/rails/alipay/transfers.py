"""Paying out through Alipay (alipay.fund.trans.uni.transfer). Alipay allows it in certificate mode alone."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.alipay.gateway import Gateway, minor_of, moment_of, yuan


class TransferState(StrEnum):
    """What Alipay says of a transfer."""

    DEALING = "dealing"
    SUCCEEDED = "succeeded"
    FAILED = "failed"  # nothing was paid, and nothing will under this number
    RETURNED = "returned"  # paid, and came back (退票)
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Agreed:
    """What the mall has agreed with Alipay (转账场景): its name, and what Alipay wants to be told in it."""

    scene: str = ""
    reports: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class TransferAsked:
    """Money to pay to an Alipay account: a user number (2088...), an open id, or a log-in name (a telephone's or an
    e-mail's), which needs the owner's name."""

    number: str
    amount_minor: int
    account: str
    name: str
    title: str
    remark: str = ""
    agreed: Agreed = Agreed()


@dataclass(frozen=True)
class TransferOutcome:
    """A transfer as Alipay sees it."""

    number: str
    state: TransferState
    channel_number: str = ""
    amount_minor: int = 0
    paid_at: datetime | None = None
    reason: str = ""
    said: str = ""


_STATES = {
    "SUCCESS": TransferState.SUCCEEDED,
    "FAIL": TransferState.FAILED,
    "CLOSED": TransferState.FAILED,
    "REFUND": TransferState.RETURNED,
    "DEALING": TransferState.DEALING,
    "WAIT_PAY": TransferState.DEALING,
}
_OPEN_ID_LEAST = 24


class Transfers:
    """The part of the channel that pays out."""

    gateway: Gateway

    def transfer(self, asked: TransferAsked, *, now: datetime) -> TransferOutcome:
        """Pay out. The same number again is the same transfer. Raises ChannelRefused, ChannelUnclear."""
        if not self.gateway.keys.certified:
            raise ChannelRefused(
                "CERTIFICATE_MODE_NEEDED",
                "Alipay pays out in certificate mode only; give the channel its three certificates",
            )
        answer = self.gateway.ask("alipay.fund.trans.uni.transfer", _business(asked), now=now)
        if answer.get("out_biz_no") != asked.number:
            raise ChannelUnclear(
                f"asked to pay {asked.number}, Alipay answered of {answer.get('out_biz_no')!r}"
            )
        return TransferOutcome(
            asked.number, _STATES.get(str(answer.get("status")), TransferState.DEALING),
            channel_number=str(answer.get("order_id", "")), amount_minor=asked.amount_minor,
            paid_at=moment_of(answer.get("trans_date")),
        )  # fmt: skip

    def query_transfer(self, number: str, *, now: datetime) -> TransferOutcome:
        """What Alipay says of a transfer; one that it does not know may be asked for again under its number."""
        business = {
            "out_biz_no": number,
            "product_code": "TRANS_ACCOUNT_NO_PWD",
            "biz_scene": "DIRECT_TRANSFER",
        }
        try:
            answer = self.gateway.ask("alipay.fund.trans.common.query", business, now=now)
        except ChannelRefused as refused:
            if "ORDER_NOT_EXIST" not in refused.code:
                raise
            return TransferOutcome(number, TransferState.UNKNOWN, reason=refused.code)
        amount = answer.get("trans_amount")
        return TransferOutcome(
            number, _STATES.get(str(answer.get("status")), TransferState.DEALING),
            channel_number=str(answer.get("order_id", "")), amount_minor=minor_of(amount) if amount else 0,
            paid_at=moment_of(answer.get("pay_date")), reason=str(answer.get("error_code") or ""),
            said=str(answer.get("fail_reason") or ""),
        )  # fmt: skip


def _business(asked: TransferAsked) -> dict[str, object]:
    payee = {"identity": asked.account, "identity_type": identity_type(asked.account)}
    if asked.name:
        payee["name"] = asked.name
    business: dict[str, object] = {
        "out_biz_no": asked.number, "trans_amount": yuan(asked.amount_minor), "product_code": "TRANS_ACCOUNT_NO_PWD",
        "biz_scene": "DIRECT_TRANSFER", "order_title": asked.title[:128], "payee_info": payee,
        "remark": asked.remark[:200],
    }  # fmt: skip
    if asked.agreed.scene:
        business["transfer_scene_name"] = asked.agreed.scene
    if asked.agreed.reports:
        business["transfer_scene_report_infos"] = [
            {"info_type": kind, "info_content": said} for kind, said in asked.agreed.reports
        ]
    return business


def identity_type(account: str) -> str:
    """How Alipay calls an account like this: a user number, a log-in name, or the open id of one of our apps."""
    if len(account) == 16 and account.isdigit() and account.startswith("2088"):
        return "ALIPAY_USER_ID"
    if "@" in account or len(account) < _OPEN_ID_LEAST:
        return "ALIPAY_LOGON_ID"
    return "ALIPAY_OPEN_ID"

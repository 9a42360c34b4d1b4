"""Notices of WeChat Pay (回调): whether one is theirs, whether it is of today, and what it says."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhanggui.payments.channel import Notice, NoticeAnswer, NoticeForged, NoticeStale
from zhanggui.rails.wechat_pay.certificates import PlatformKeys
from zhanggui.rails.wechat_pay.charges import combined_outcome_of, outcome_of
from zhanggui.rails.wechat_pay.refunds import refund_of
from zhanggui.rails.wechat_pay.signing import holds, opened, signed_text
from zhanggui.rails.wechat_pay.transport import WINDOW

PROBE = "WECHATPAY/SIGNTEST/"


@dataclass(frozen=True)
class Opened:
    """A notice that is believed: its number, what happened, and the resource it hid."""

    id: str
    event: str
    resource: Mapping[str, Any]


def open_notice(
    *, headers: Mapping[str, str], body: bytes, keys: PlatformKeys, api_v3_key: str, now: datetime
) -> Opened:
    """What stands in a notice. Its signature is checked first, then its age, then what is hidden is opened.

    Raises NoticeForged, also for the wrong signatures with which WeChat tries us; NoticeStale.
    """
    given = {name.lower(): value for name, value in headers.items()}
    signature, stamp = given.get("wechatpay-signature", ""), given.get("wechatpay-timestamp", "")
    if signature.startswith(PROBE):
        raise NoticeForged("WeChat tries whether signatures are checked: this one cannot hold")
    key = keys.key(given.get("wechatpay-serial", ""))
    if key is None:
        raise NoticeForged(f"no key of WeChat's has the number {given.get('wechatpay-serial', '')!r}")
    text = signed_text(stamp, given.get("wechatpay-nonce", ""), body.decode("utf-8", "replace"))
    if not holds(key, text, signature):
        raise NoticeForged("the signature does not hold")
    if not stamp.isdigit() or abs(int(stamp) - now.timestamp()) > WINDOW.total_seconds():
        raise NoticeStale(f"signed at {stamp}, more than five minutes from now")
    try:
        notice = json.loads(body)
        hidden = notice["resource"]
        if hidden.get("algorithm") != "AEAD_AES_256_GCM":
            raise ValueError(f"algorithm {hidden.get('algorithm')!r}")
        resource = json.loads(
            opened(
                api_v3_key, nonce=hidden["nonce"], associated_data=hidden.get("associated_data") or "",
                ciphertext=hidden["ciphertext"],
            )
        )  # fmt: skip
        return Opened(str(notice["id"]), str(notice["event_type"]), resource)
    except (ValueError, KeyError, TypeError, AttributeError) as broken:
        raise NoticeForged(f"what the notice hides cannot be read: {broken}") from broken


def notice_of(found: Opened, *, account: str) -> Notice:
    """A believed notice in our words; one about neither a charge nor a refund bears its number alone."""
    if found.event.startswith("REFUND."):
        return Notice(found.id, refund=refund_of(found.resource, account=account))
    if "combine_out_trade_no" in found.resource:
        return Notice(found.id, charge=combined_outcome_of(found.resource))
    if found.event.startswith("TRANSACTION.") and "out_trade_no" in found.resource:
        return Notice(found.id, charge=outcome_of(found.resource))
    return Notice(found.id)


def answer_to(*, taken: bool) -> NoticeAnswer:
    """What WeChat wants to hear: nothing with 204, else it tells us again."""
    if taken:
        return NoticeAnswer(204, "application/json", b"")
    return NoticeAnswer(500, "application/json", '{"code":"FAIL","message":"请再次通知"}'.encode())

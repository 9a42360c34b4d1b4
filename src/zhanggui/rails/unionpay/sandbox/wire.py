"""What goes over the wire: signatures and answers as the gateway writes them. Its own, not ours."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from zhanggui.rails.sandbox_server.messages import Answered

ZONE = ZoneInfo("Asia/Shanghai")
# The fields of an answer that is to be signed; never sent.
SIGNS = "x-signs"
CLEARING_ENDS = time(23)
SAID = {
    "00": "成功[0000000]", "03": "交易通讯超时，请发起查询交易", "04": "交易状态未明，请查询对账结果",
    "05": "交易已受理，请稍后查询交易结果", "10": "报文格式错误", "11": "验证签名失败", "12": "重复交易",
    "13": "报文交易要素缺失", "14": "无效卡号", "30": "交易未通过，请尝试使用其他银联卡支付", "31": "商户状态不正确",
    "32": "无此交易权限", "34": "查无此交易", "35": "原交易不存在或状态不正确", "36": "与原交易信息不符",
    "39": "交易不在受理时间范围内", "64": "余额不足", "98": "文件不存在",
}  # fmt: skip


class Refused(Exception):
    """The gateway says no, by its code."""

    def __init__(self, code: str, said: str = "") -> None:
        super().__init__(said or SAID.get(code, code))
        self.code, self.said = code, said or SAID.get(code, code)


def _hashed(fields: Mapping[str, str]) -> bytes:
    pairs = sorted((name, value) for name, value in fields.items() if value and name != "signature")
    text = "&".join("=".join(pair) for pair in pairs)
    return hashlib.sha256(text.encode()).hexdigest().encode()


def sign(fields: Mapping[str, str], key: rsa.RSAPrivateKey) -> str:
    """A signature, base64."""
    return base64.b64encode(key.sign(_hashed(fields), padding.PKCS1v15(), hashes.SHA256())).decode()


def verifies(fields: Mapping[str, str], key: rsa.RSAPublicKey) -> bool:
    """Whether the signature holds."""
    try:
        signed = base64.b64decode(fields.get("signature", ""))
        key.verify(signed, _hashed(fields), padding.PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def raw(fields: Mapping[str, str]) -> bytes:
    """The fields of an answer: joined, nothing escaped."""
    return "&".join(f"{name}={fields[name]}" for name in sorted(fields) if fields[name]).encode()


def answer(fields: Mapping[str, str]) -> Answered:
    """An answer, to be signed by `sealed`."""
    kept = json.dumps({**fields})
    return Answered(200, raw(fields), {"content-type": "text/html;charset=UTF-8", SIGNS: kept})


def stamp(at: datetime) -> str:
    """A time as the gateway writes it."""
    return f"{at.astimezone(ZONE):%Y%m%d%H%M%S}"


def read_stamp(text: str) -> datetime:
    """A time that the gateway was told. Raises Refused."""
    try:
        return datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=ZONE)
    except ValueError:
        raise Refused("10", f"{text!r} is not YYYYMMDDhhmmss") from None


def clearing_day(at: datetime) -> str:
    """The clearing day of a moment: it begins at 23:00 of the evening before."""
    local = at.astimezone(ZONE)
    day = local.date() + timedelta(days=1) if local.time() >= CLEARING_ENDS else local.date()
    return day.isoformat()

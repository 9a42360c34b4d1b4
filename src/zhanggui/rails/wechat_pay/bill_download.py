"""Fetching the bills of a day: asked for, downloaded, unpacked, and compared with the hash that was signed."""

import hashlib
import zlib
from datetime import date, datetime

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear, FetchedBill
from zhanggui.rails.wechat_pay.transport import BILL_MOST, Transport

_KINDS = {
    "trade": "/v3/bill/tradebill?bill_date={day}&bill_type=ALL&tar_type=GZIP",
    "fund": "/v3/bill/fundflowbill?bill_date={day}&account_type=BASIC&tar_type=GZIP",
    "split": "/v3/profitsharing/bills?bill_date={day}&tar_type=GZIP",
}


class BillDownload:
    """The part of the channel that fetches bills: `trade`, `fund`, `split`."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def fetch_bill(self, *, kind: str, day: date, now: datetime) -> FetchedBill:
        """The bill of a Beijing day, unpacked. Raises ChannelRefused when there is none (NO_STATEMENT_EXIST: nothing
        happened that day), ChannelUnclear when it is not ready yet or came damaged."""
        if kind not in _KINDS:
            raise ChannelRefused(
                "BILL_NOT_OFFERED", f"WeChat Pay has no bill {kind!r}, only {', '.join(_KINDS)}"
            )
        told = self._transport.get(_KINDS[kind].format(day=day.isoformat()), now=now)
        content = _unpacked(self._transport.download(str(told.get("download_url", "")), now=now))
        if told.get("hash_type") != "SHA1":
            raise ChannelUnclear(f"the bill's hash is by {told.get('hash_type')!r}; only SHA1 is known")
        if (
            hashlib.sha1(content, usedforsecurity=False).hexdigest()
            != str(told.get("hash_value", "")).lower()
        ):
            raise ChannelUnclear(f"the {kind} bill of {day} is not what WeChat Pay hashed; fetch it again")
        return FetchedBill(kind, day, f"{self._transport.mchid}-{kind}-{day.isoformat()}.csv", content)


def _unpacked(packed: bytes) -> bytes:
    machine = zlib.decompressobj(wbits=31)
    try:
        content = machine.decompress(packed, BILL_MOST)
    except zlib.error as broken:
        raise ChannelUnclear(f"the bill cannot be unpacked: {broken}") from broken
    if not machine.eof or machine.unconsumed_tail:
        raise ChannelUnclear("the bill breaks off, or is larger than a bill can be")
    return content

"""Payouts as WeChat red packets: a rail of `settlement.payouts` over cash red packets (现金红包).

Each payment of a message is one packet under a number of its own. WeChat sends no files: what is asked for is kept in
the account's folder (place `packets`, and `refused` what it refused beside others, which is never asked for again),
and a packet's last word is offered from there. What nobody opens within 24 hours comes back: a return, as from banks.
"""

import json
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from zhanggui.payments.channel import ChannelRefused, ChannelUnclear
from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.rails.wechat_pay.red_packet_calls import PacketAsked, PacketFound, PacketState, RedPackets
from zhanggui.rails.wechat_pay.values import BEIJING, CURRENCY
from zhanggui.settlement.payouts.rail import Answer, Message, NotTaken, Outcome, Read, Written

KIND = "wechat.red_packet"
LEAST_MINOR, MOST_MINOR, MOST_IN_A_SCENE_MINOR = 100, 20_000, 49_900
# WeChat finds packets of thirty days; a packet that it does not find after this is not taken for one it never got.
FOUND_FOR = timedelta(days=28)
_TRY = re.compile(r"PO(\d{6})(\d{8})-(\d{1,2})")
_OUTCOMES = {
    PacketState.SENDING: Outcome.SUBMITTED, PacketState.SENT: Outcome.ACCEPTED,
    PacketState.GOING_BACK: Outcome.ACCEPTED, PacketState.RECEIVED: Outcome.EXECUTED,
    PacketState.FAILED: Outcome.REJECTED, PacketState.BACK: Outcome.RETURNED,
    PacketState.UNKNOWN: Outcome.NOT_KNOWN,
}  # fmt: skip
_LAST = (Outcome.EXECUTED, Outcome.REJECTED, Outcome.RETURNED)

type Document = dict[str, Any]


class WechatRedPackets:
    """The rail. `key` seals what is offered as an answer, so that no other file passes for one."""

    pays = frozenset({"wallet"})

    def __init__(
        self, packets: RedPackets, root: Path, *, key: bytes, clock: Callable[[], datetime],
        most_minor: int | None = None,
    ) -> None:  # fmt: skip
        highest = MOST_IN_A_SCENE_MINOR if packets.look.scene else MOST_MINOR
        self.max_payment_minor: int | None = min(most_minor or highest, highest)
        self.min_payment_minor = 1 if packets.look.scene else LEAST_MINOR
        self._packets = packets
        self._folder = AnswerFolder(root, kind=KIND, key=key)
        self._clock = clock
        self.close = packets.close

    def written(self, message: Message) -> Written:
        """The packets that the message asks for."""
        return packets_of(message)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Send every packet; sent again they are the same ones. Raises NotTaken when all that there are were refused,
        ChannelUnclear when nobody knows of some."""
        refused: list[Answer] = []
        unclear: ChannelUnclear | None = None
        taken = 0
        for one in json.loads(written.content)["packets"]:
            name = self._number(one["end_to_end"])
            if self._folder.kept(account_code, "refused", name):
                continue
            try:
                self._send(account_code, name, one)
            except ChannelRefused as no:
                self._folder.drop(account_code, "packets", name)
                refused.append(
                    Answer(one["end_to_end"], Outcome.REJECTED, reason_code=no.code[:48], reason=no.message)
                )
            except ChannelUnclear as nobody_knows:
                unclear = nobody_knows
            else:
                taken += 1
        if refused and not taken and unclear is None:
            raise NotTaken("; ".join(sorted({f"{one.reason_code} {one.reason}" for one in refused})))
        for one in refused:
            name = self._number(one.end_to_end)
            self._folder.keep(account_code, "refused", name, {"code": one.reason_code, "said": one.reason})
            self._folder.offer(account_code, f"{number}.{name}", [one])
        if unclear is not None:
            raise unclear

    def _send(self, account_code: str, name: str, one: Document) -> None:
        """Send a packet, once it is written down. A refusal counts where WeChat has no packet under the number."""
        if problem := self._unfit(one, name):
            raise ChannelRefused("UNFIT", problem)
        asked = PacketAsked(name, one["amount_minor"], one["openid"], one["remark"][:256])
        if self._folder.kept(account_code, "packets", name) is None:
            kept = {"end_to_end": one["end_to_end"], "asked_at": self._clock().isoformat()}
            self._folder.keep(account_code, "packets", name, kept)
        try:
            self._packets.send(asked)
        except ChannelRefused:
            if self._packets.find(name).state is PacketState.UNKNOWN:
                raise

    def _unfit(self, one: Document, name: str) -> str:
        most = self.max_payment_minor or 0
        if one["currency"] != CURRENCY:
            return f"红包只能发人民币 / red packets are of {CURRENCY}, not {one['currency']}"
        if not self.min_payment_minor <= one["amount_minor"] <= most:
            least, highest = (f"{cents // 100}.{cents % 100:02d}" for cents in (self.min_payment_minor, most))
            return (
                f"单个红包须为 {least} 至 {highest} 元；其他金额须与微信约定场景并填写 red_packet_scene"
                f" / a red packet is of {least} to {highest}; other amounts need a red_packet_scene"
            )
        if len(name) != 28:
            return (
                "付款号无法写成 28 位红包单号 / this payment's number does not fit a packet's 28 characters"
            )
        return ""

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """What WeChat says of these packets. Raises ChannelUnclear."""
        del number
        answers = []
        for end_to_end in end_to_ends:
            name = self._number(end_to_end)
            if said := self._folder.kept(account_code, "refused", name):
                answers.append(
                    Answer(end_to_end, Outcome.REJECTED, reason_code=said["code"], reason=said["said"])
                )
                continue
            answer = _answer(end_to_end, self._packets.find(name))
            if (
                answer.outcome is Outcome.NOT_KNOWN
                and self._clock() - self._since(account_code, name) > FOUND_FOR
            ):
                answer = Answer(end_to_end, Outcome.UNKNOWN)
            answers.append(answer)
        return answers

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """The last words of packets that were waited for, asked of WeChat now, and refusals."""
        for name in self._folder.names(account_code, "packets"):
            kept = self._folder.kept(account_code, "packets", name)
            if kept is None:
                continue
            try:
                answer = _answer(kept["end_to_end"], self._packets.find(name))
            except ChannelUnclear:
                continue  # it is asked again
            if answer.outcome in _LAST:
                self._folder.offer(account_code, name, [answer])
                self._folder.drop(account_code, "packets", name)
        return self._folder.offered(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answer is in the books."""
        self._folder.put_aside(account_code, name)

    def read(self, *, name: str, content: bytes) -> Read:
        """An answer that this rail offered. Raises AnswerFileUnreadable for anything else."""
        return self._folder.read(name=name, content=content)

    def _number(self, end_to_end: str) -> str:
        return packet_number(self._packets.mchid, end_to_end)

    def _since(self, account_code: str, name: str) -> datetime:
        """When a packet was asked for; where that is not kept, the day its number bears, which is no later."""
        kept = self._folder.kept(account_code, "packets", name)
        if kept is not None:
            return datetime.fromisoformat(kept["asked_at"])
        try:
            return datetime.strptime(name[-18:-10], "%Y%m%d").replace(tzinfo=BEIJING)
        except ValueError:
            return datetime.min.replace(tzinfo=BEIJING)


def packets_of(message: Message) -> Written:
    """This function will return a message as it is kept: the packets it asks for. No account's keys are needed."""
    document = {
        "message": message.number,
        "packets": [
            {"end_to_end": one.end_to_end, "amount_minor": one.amount_minor, "currency": one.currency,
             "openid": one.to.number, "remark": one.purpose}
            for one in message.instructions
        ],
    }  # fmt: skip
    content = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    return Written(f"{message.number}.json", "wechat.red_packets", content)


def packet_number(mchid: str, end_to_end: str) -> str:
    """Our number of a try as WeChat wants it (mch_billno): the merchant, the day, ten digits. PO26100300000001-2 of
    1900000001 becomes 1900000001202610030000000102; any other number keeps its letters and digits, and fits none."""
    found = _TRY.fullmatch(end_to_end)
    if found is None:
        return "".join(sign for sign in end_to_end if sign.isalnum())
    return f"{mchid}20{found[1]}{found[2]}{int(found[3]):02d}"


def _answer(end_to_end: str, found: PacketFound) -> Answer:
    known = found.state is not PacketState.UNKNOWN
    failed = found.state in (PacketState.FAILED, PacketState.BACK)
    return Answer(
        end_to_end, _OUTCOMES[found.state], amount_minor=found.amount_minor if known else None,
        currency=CURRENCY if known else "", at=found.at.date() if found.at else None,
        reference=found.channel_number, reason_code=str(found.state) if failed else "",
        reason=found.reason or ("24 小时内无人领取，已退回 / nobody opened it within 24 hours" if failed else ""),
    )  # fmt: skip

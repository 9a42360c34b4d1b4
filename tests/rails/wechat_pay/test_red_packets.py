"""Red packets: the second version's XML over TLS with a certificate, WeChat's refusals, and nothing paid twice or lost."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.rails.wechat_pay.till import Till
from zhanggui.payments.channel import ChannelUnclear
from zhanggui.rails.sandbox_server.keys import KeyRing
from zhanggui.rails.wechat_pay.making import make_red_packets
from zhanggui.rails.wechat_pay.red_packet_calls import PacketAsked
from zhanggui.rails.wechat_pay.red_packet_messages import HMAC_SHA256, holds, read, signature, written
from zhanggui.rails.wechat_pay.red_packets import WechatRedPackets, packet_number
from zhanggui.settlement.payouts.rail import Answer, Instruction, Message, NotTaken, Outcome, Side

SEND, FIND = "/mmpaymkttransfers/sendredpack", "/mmpaymkttransfers/gethbinfo"
_numbers = itertools.count(1)


@pytest.fixture
def rail(till: Till, tmp_path: Path) -> Iterator[WechatRedPackets]:
    till.sandbox.steer("POST", "top_up", {"amount": 1_000_000})
    made = opened(till, tmp_path)
    yield made
    made.close()


def opened(
    till: Till, folder: Path, secrets: dict[str, str] | None = None, **settings: str
) -> WechatRedPackets:
    client = till.sandbox.client
    return make_red_packets(
        client["settings"] | {"red_packet_name": "掌柜", "red_packet_wish": "一月货款 & 谢谢 <3"} | settings,
        client["secrets"] | (secrets or {}), folder=folder, clock=lambda: till.now,
    )  # fmt: skip


def message(till: Till, *amounts: int, openid: str = "") -> Message:
    """So many packets of this many cents, each under a number and for a person of its own."""
    count = next(_numbers)
    return Message(
        f"PB{till.now:%y%m%d}{count:06d}", "wx-1", till.now, till.now.date(), Side("掌柜", "", "channel"),
        [
            Instruction(
                f"PO{till.now:%y%m%d}{count:06d}{place:02d}-1", amount, "CNY",
                Side("张三", openid or f"oPerson{count}x{place}", "wallet"), "ST-2026-01",
            )
            for place, amount in enumerate(amounts)
        ],
    )  # fmt: skip


def send(rail: WechatRedPackets, asked: Message) -> None:
    rail.submit(account_code="wx-1", number=asked.number, written=rail.written(asked))


def query(rail: WechatRedPackets, asked: Message) -> list[str]:
    numbers = [one.end_to_end for one in asked.instructions]
    found = rail.query(account_code="wx-1", number=asked.number, end_to_ends=numbers)
    return [one.outcome.value for one in found]


def arrive(rail: WechatRedPackets) -> list[Answer]:
    """What is offered now; it is put aside."""
    answers: list[Answer] = []
    for name, content in rail.arrived(account_code="wx-1"):
        answers += rail.read(name=name, content=content).answers
        rail.put_aside(account_code="wx-1", name=name)
    return answers


def billno(asked: Message, place: int = 0) -> str:
    return packet_number("1900000001", asked.instructions[place].end_to_end)


def test_messages_are_signed_as_wechat_documents_it_and_nothing_hidden_is_read() -> None:
    # The example of WeChat's own documentation
    told = {
        "appid": "wxd930ea5d5a258f4f", "mch_id": "10000100", "device_info": "1000", "body": "test",
        "nonce_str": "ibuaiVcKdpRxkhJA", "empty": "",
    }  # fmt: skip
    key = "192006250b4c09247ec02edce69f6a2d"
    assert signature(told, key=key, by="MD5") == "9A0A8659F005D6984697E2CA0A9CF3B7"
    by_hmac = signature(told, key=key, by=HMAC_SHA256)
    assert by_hmac == "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6"
    signed = told | {"sign": by_hmac}
    assert holds(signed, key=key, by=HMAC_SHA256)
    assert not holds(signed | {"mch_id": "1"}, key=key, by=HMAC_SHA256)
    assert read(written({"a": "<&>", "b": ""})) == {"a": "<&>"}
    assert read(b"<xml><a><![CDATA[x]]></a><hblist><hbinfo><a>2</a></hbinfo></hblist></xml>") == {"a": "x"}
    for evil in (
        b'<!DOCTYPE xml [<!ENTITY x SYSTEM "file:///etc/passwd">]><xml><a>&x;</a></xml>', b"<xml><a>1</a><a>2</a></xml>",
        b"<html/>", b"no", b"<xml>" + b" " * 1024 * 1024 + b"</xml>", "<xml/>".encode("utf-16"),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            read(evil)


def test_packets_are_opened_fail_or_come_back(till: Till, rail: WechatRedPackets) -> None:
    before = till.balance()["balance"]
    asked = message(till, 100, 20_000, 300)
    till.sandbox.fault("slow", of="packet", seconds=60)
    send(rail, asked)
    assert query(rail, asked) == ["submitted", "accepted", "accepted"]
    assert before - till.balance()["balance"] == 20_400
    till.step(minutes=2)
    send(rail, asked)  # the same packets
    assert before - till.balance()["balance"] == 20_400
    assert arrive(rail) == []
    till.sandbox.steer("POST", "open_packet", {"mch_billno": billno(asked, 1)})
    [taken] = arrive(rail)
    assert (taken.end_to_end, taken.outcome, taken.amount_minor) == (
        asked.instructions[1].end_to_end, Outcome.EXECUTED, 20_000,
    )  # fmt: skip
    till.step(hours=24)
    assert (query(rail, asked), arrive(rail)) == (["accepted", "executed", "accepted"], [])  # on its way back
    till.step(hours=2)
    back = arrive(rail)
    assert [(one.outcome, one.amount_minor, one.reason_code) for one in back] == [
        (Outcome.RETURNED, 100, "REFUND"), (Outcome.RETURNED, 300, "REFUND"),
    ]  # fmt: skip
    assert "24 小时" in back[0].reason and "24 hours" in back[0].reason
    assert before - till.balance()["balance"] == 20_000

    failing = message(till, 500)
    till.sandbox.fault("outcome", of="packet", value="RISK")
    send(rail, failing)
    [failed] = arrive(rail)
    assert (failed.outcome, failed.reason_code, failed.reason) == (Outcome.REJECTED, "FAILED", "RISK")


def test_a_lost_or_forged_answer_is_asked_after_and_the_packet_is_sent_once(
    till: Till, rail: WechatRedPackets
) -> None:
    before = till.balance()["balance"]
    for fault, found in (("lost", "accepted"), ("wrong_signature", "accepted"), ("broken", "not_known")):
        asked = message(till, 100)
        till.sandbox.fault(fault, path=SEND)
        with pytest.raises(ChannelUnclear):
            send(rail, asked)
        assert query(rail, asked) == [found]
        send(rail, asked)
        assert query(rail, asked) == ["accepted"]
    assert before - till.balance()["balance"] == 300
    # Nobody knows yet: the number stays
    asked = message(till, 100)
    till.sandbox.fault("outcome", of="sendredpack", value="SYSTEMERROR")
    with pytest.raises(ChannelUnclear, match="SYSTEMERROR"):
        send(rail, asked)
    # WeChat finds packets of thirty days: what it does not find later may have been sent
    till.step(days=29)
    assert query(rail, asked) == ["unknown"]


def test_what_wechat_refuses_is_refused_once_and_for_all(
    till: Till, rail: WechatRedPackets, tmp_path: Path
) -> None:
    for amount in (99, 20_001):
        with pytest.raises(NotTaken, match=r"1\.00 至 200\.00 元.*1\.00 to 200\.00"):
            send(rail, message(till, amount))
    with_scene = opened(till, tmp_path / "scene", red_packet_scene="PRODUCT_3", red_packet_sign=HMAC_SHA256)
    send(with_scene, message(till, 1, 49_900))
    with_scene.close()
    asked = message(till, 100)
    till.sandbox.fault("outcome", of="sendredpack", value="NOTENOUGH")
    with pytest.raises(NotTaken, match="NOTENOUGH"):
        send(rail, asked)
    assert query(rail, asked) == ["not_known"]
    # A refusal about a packet that is there says nothing of it
    send(rail, asked)
    till.sandbox.fault("outcome", of="sendredpack", value="NOTENOUGH")
    send(rail, asked)
    assert query(rail, asked) == ["accepted"]
    # Refused beside others: ten a day for one person
    many = message(till, *[100] * 11, openid="oGreedy")
    send(rail, many)
    [refused] = arrive(rail)
    assert (refused.end_to_end, refused.reason_code) == (many.instructions[10].end_to_end, "SENDNUM_LIMIT")
    assert query(rail, many) == ["accepted"] * 10 + ["rejected"]
    # Another sum under the same number is no second packet
    other = PacketAsked(billno(asked), 200, asked.instructions[0].to.number, "ST")
    with pytest.raises(ChannelUnclear, match="FATAL_ERROR"):
        rail._packets.send(other)


def test_only_the_merchants_certificate_opens_the_door_and_only_wechats_own_is_believed(
    till: Till, rail: WechatRedPackets, tmp_path: Path
) -> None:
    asked = message(till, 100)
    # No certificate at all, over plain HTTP: WeChat says that it wants one
    plain = till.sandbox.http.post(SEND, content=b"<xml/>")
    assert read(plain.content)["err_code"] == "CA_ERROR"
    # A stranger's certificate ends the handshake; a stranger's server is not believed; a wrong key signs nothing
    strangers = KeyRing(tmp_path / "strangers", root={"CN": "Nobody"})
    strangers.certificate("merchant")
    foreign = {
        "private_key": strangers.text("merchant_key.pem"),
        "merchant_certificate": strangers.text("merchant_cert.pem"),
    }
    cases: list[tuple[dict[str, str], dict[str, str]]] = [
        (foreign, {}), ({}, {"red_packet_root": strangers.text("root_cert.pem")}), ({"api_key": "k" * 32}, {}),
    ]  # fmt: skip
    for place, (secrets, settings) in enumerate(cases):
        wrong = opened(till, tmp_path / str(place), secrets, **settings)
        with pytest.raises(ChannelUnclear):
            send(wrong, asked)
        wrong.close()
    assert query(rail, asked) == ["not_known"]
    with pytest.raises(ValueError, match="merchant_certificate"):
        opened(till, tmp_path, {"private_key": foreign["private_key"]})


def test_what_is_on_the_disk_names_nobody_and_is_not_taken_from_others(
    till: Till, rail: WechatRedPackets, tmp_path: Path
) -> None:
    asked = message(till, 100)
    send(rail, asked)
    [kept] = (tmp_path / "wx-1" / "packets").iterdir()
    document: dict[str, Any] = json.loads(kept.read_bytes())
    assert set(document) == {"end_to_end", "asked_at"} and kept.stat().st_mode & 0o077 == 0
    assert len(billno(asked)) == 28

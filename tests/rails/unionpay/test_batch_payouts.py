"""Batch payouts: UnionPay's files, the sandbox's refusals, and the rail's promise that nothing is paid twice or lost."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.rails.unionpay.conftest import Shop
from zhanggui.payments.channel import ChannelUnclear
from zhanggui.rails.unionpay.batch_files import (
    BatchRow,
    ResultRow,
    read_result,
    request_text,
    written_postscript,
)
from zhanggui.rails.unionpay.batches import Batch, Standing
from zhanggui.rails.unionpay.making import make_payouts
from zhanggui.rails.unionpay.numbering import stamp
from zhanggui.rails.unionpay.payouts import UnionpayPayouts, batch_number
from zhanggui.settlement.payouts.errors import AnswerFileUnreadable
from zhanggui.settlement.payouts.rail import Answer, Instruction, Message, NotTaken, Outcome, Side

CARDS = ("6216261000000000018", "6216261000000000026", "6216261000000000034")
BATCHES = "/gateway/api/batchTrans.do"


@pytest.fixture
def rail(shop: Shop, tmp_path: Path) -> Iterator[UnionpayPayouts]:
    made = opened(shop, tmp_path)
    yield made
    made.close()


def opened(shop: Shop, folder: Path) -> UnionpayPayouts:
    client = shop.sandbox.client
    return make_payouts(
        client["settings"] | {"batch_payout": "yes"}, client["secrets"], folder=folder, clock=lambda: shop.now
    )


def message(shop: Shop, *amounts: int, number: str = "") -> Message:
    """So many payments of this many cents, under numbers that nobody used."""
    number = number or shop.number("PB")
    return Message(
        number, "up-1", shop.now, shop.now.date(), Side("掌柜", "", "channel"),
        [
            Instruction(f"PO{number[2:]}{place}-1", amount, "CNY", Side(f"张三{place}", CARDS[place]), "对账单|一月")
            for place, amount in enumerate(amounts)
        ],
    )  # fmt: skip


def send(rail: UnionpayPayouts, asked: Message) -> None:
    rail.submit(account_code="up-1", number=asked.number, written=rail.written(asked))


def query(rail: UnionpayPayouts, asked: Message) -> dict[int, str]:
    """What the rail says of each payment, by its place in the message."""
    numbers = [one.end_to_end for one in asked.instructions]
    found = rail.query(account_code="up-1", number=asked.number, end_to_ends=numbers)
    return {numbers.index(one.end_to_end): one.outcome.value for one in found}


def arrive(rail: UnionpayPayouts) -> list[Answer]:
    """What is offered now; it is put aside."""
    answers: list[Answer] = []
    for name, content in rail.arrived(account_code="up-1"):
        answers += rail.read(name=name, content=content).answers
        rail.put_aside(account_code="up-1", name=name)
    return answers


def outcomes(rail: UnionpayPayouts) -> list[tuple[str, int | None, str]]:
    return [(one.outcome.value, one.amount_minor, one.reason_code) for one in arrive(rail)]


def test_the_file_is_the_one_that_unionpay_reads_and_a_result_is_read_by_its_columns_names() -> None:
    row = BatchRow("PO1T1PO1", 1050, CARDS[0], "张三", written_postscript("对账单|一月\n"))
    assert request_text([row], business="000401").split("\r\n") == [
        "5.0.0|1050|1||",
        "orderId|currencyCode|txnAmt|accType|accNo|customerNm|bizType|certifTp|certifId|phoneNo|postscript",
        f"PO1T1PO1|156|1050|01|{CARDS[0]}|张三|000401||||对账单 一月 ",
    ]
    result = "5.0.0|1050|1||||0|0||\ntxnAmt|new|respCode|orderId|respMsg\n1050|x|14|PO1T1PO1|无效卡号\n"
    assert read_result(result).rows == [ResultRow("PO1T1PO1", "14", "无效卡号", 1050)]
    for broken in (
        "", "5.0.0|1|1", result.replace("respCode", "code"), result.replace("new", "txnAmt"),
        result.replace("|x|", "|"), result.replace("\n1050", "\n10.50"), result.replace("5.0.0|1050", "5.0.0|-"),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            read_result(broken)


def test_a_batch_is_paid_within_the_hour_and_what_fails_or_does_not_fit_is_refused(
    shop: Shop, rail: UnionpayPayouts
) -> None:
    asked = message(shop, 100, 200, 300)
    fits, broken, long = asked.instructions
    instructions = [
        fits, replace(broken, to=replace(broken.to, number="6216261000000000000")),
        replace(long, to=replace(long.to, holder="名" * 31)),
    ]  # fmt: skip
    send(rail, replace(asked, instructions=instructions))
    # What does not fit is said at once; UnionPay is asked after an hour
    [unfit] = arrive(rail)
    assert (unfit.end_to_end, unfit.reason_code) == (long.end_to_end, "UNFIT")
    assert "30 个字" in unfit.reason and "30 signs" in unfit.reason
    assert query(rail, asked) == {0: "submitted", 1: "submitted", 2: "rejected"}
    shop.step(hours=1)
    offered = rail.arrived(account_code="up-1")
    assert rail.arrived(account_code="up-1") == offered  # until they are put aside
    [paid, refused] = arrive(rail)
    assert (paid.end_to_end, paid.outcome, paid.amount_minor) == (fits.end_to_end, Outcome.EXECUTED, 100)
    assert len(paid.reference) == 21
    assert (refused.outcome, refused.reason_code, refused.reason) == (Outcome.REJECTED, "14", "无效卡号")
    shop.step(hours=2)
    assert arrive(rail) == []
    # Nobody else's file passes for one of ours
    altered = offered[0][1].replace(b"executed", b"rejected")
    with pytest.raises(AnswerFileUnreadable):
        rail.read(name="x.json", content=altered)


@pytest.mark.parametrize(
    ("fault", "where"),
    [("lost", "done"), ("broken", "nothing"), ("wrong_signature", "done"), ("unsigned", "done")],
)
def test_an_answer_that_is_lost_or_not_believed_is_asked_after_and_the_batch_is_there_once(
    shop: Shop, rail: UnionpayPayouts, fault: str, where: str
) -> None:
    asked = message(shop, 100, 200)
    shop.sandbox.fault(fault, path=BATCHES)
    with pytest.raises(ChannelUnclear):
        send(rail, asked)
    done = where == "done"
    assert set(query(rail, asked).values()) == {"submitted" if done else "not_known"}
    # Handed over again, much later, it is the same batch
    shop.step(minutes=30)
    send(rail, asked)
    shop.step(hours=1)
    assert outcomes(rail) == [("executed", 100, ""), ("executed", 200, "")]


def test_killed_before_the_call_or_with_its_folder_lost_it_is_the_same_batch(
    shop: Shop, rail: UnionpayPayouts, tmp_path: Path
) -> None:
    asked = message(shop, 100)
    assert query(rail, asked) == {0: "not_known"}  # recorded, never handed over
    written = rail.written(asked)
    send(rail, asked)
    shop.step(hours=2)
    # Another machine, with nothing but what the books keep
    other = opened(shop, tmp_path / "other")
    assert query(other, asked) == {0: "not_known"}
    other.submit(account_code="up-1", number=asked.number, written=written)
    assert outcomes(other) == outcomes(rail) == [("executed", 100, "")]
    # Even when it is too old to be handed over: UnionPay has it
    shop.step(days=2)
    third = opened(shop, tmp_path / "third")
    third.submit(account_code="up-1", number=asked.number, written=written)
    assert query(third, asked) == {0: "executed"}
    other.close()
    third.close()


def test_what_was_certainly_not_taken_may_go_again_under_another_number(
    shop: Shop, rail: UnionpayPayouts
) -> None:
    asked = message(shop, 100)
    shop.sandbox.fault("outcome", of="21", value="31")
    with pytest.raises(NotTaken, match="31"):
        send(rail, asked)
    assert query(rail, asked) == {0: "not_known"}
    # A batch of somebody else's has the number of the day: UnionPay has none of ours
    send(rail, asked)
    for place in range(20_000):
        other = message(shop, 100, number=f"PB{place}")
        if batch_number(other.number) == batch_number(asked.number):
            break
    shop.step(seconds=1)
    with pytest.raises(NotTaken, match="12"):
        send(rail, replace(other, made_at=shop.now))
    # Where nothing fits, nothing goes out
    with pytest.raises(NotTaken, match="CNY"):
        send(rail, replace(asked, instructions=[replace(asked.instructions[0], currency="USD")]))


def test_a_row_that_is_missing_or_unclear_is_asked_for_by_itself_and_stays_unknown_else(
    shop: Shop, rail: UnionpayPayouts
) -> None:
    asked = message(shop, 100, 200, 300)
    shop.sandbox.fault("outcome", of="payout", value="missing")
    shop.sandbox.fault("slow", of="payout", seconds=7200)
    send(rail, asked)
    shop.step(hours=1)
    assert outcomes(rail) == [("executed", 300, "")]
    assert query(rail, asked) == {0: "unknown", 1: "unknown", 2: "executed"}
    shop.step(hours=2)
    assert outcomes(rail) == [("executed", 200, "")]
    for _ in range(3):
        shop.step(hours=1)
        assert outcomes(rail) == []  # a person has to find out; nothing is said that is not known
    state = json.loads((rail._folder._root / "up-1" / "batches" / f"{asked.number}.json").read_bytes())
    assert state["queries"] == 1 and CARDS[0] not in json.dumps(state)


def test_once_the_five_results_are_given_out_single_payments_are_asked_for(
    shop: Shop, rail: UnionpayPayouts
) -> None:
    asked = message(shop, 100)
    send(rail, asked)
    batch = Batch(batch_number(asked.number), stamp(asked.made_at), 100, 1)
    shop.step(hours=1)
    for _ in range(5):
        assert rail._batches.ask(batch, now=shop.now).standing is Standing.ENDED
    assert rail._batches.ask(batch, now=shop.now).standing is Standing.SILENT
    assert query(rail, asked) == {0: "executed"}
    assert outcomes(rail) == [("executed", 100, "")]
    other = message(shop, 100)
    send(rail, other)
    shop.step(hours=1)
    not_ours = Batch(batch_number(other.number), stamp(other.made_at), 99, 1)
    with pytest.raises(ChannelUnclear, match="another batch"):
        rail._batches.ask(not_ours, now=shop.now)


def test_the_sandbox_refuses_what_unionpay_refuses(shop: Shop, rail: UnionpayPayouts) -> None:
    asked = message(shop, 100, 200)
    document = json.loads(rail.written(asked).content)
    batch = Batch(document["batch"], document["sent"], 300, 2)
    hand_over = rail._batches.hand_over
    text: str = document["file"]
    *_, first, second = text.split("\r\n")
    for wrong in (
        text.replace("|300|2", "|301|2"), text.removesuffix(f"\r\n{second}"), text.replace(second, first),
        text.replace("|accNo", "|card"), text.replace("|200|", "|2.00|"), second,
    ):  # fmt: skip
        assert hand_over(batch, wrong, now=shop.now)[0] == "10"
    assert hand_over(replace(batch, number="0000"), text, now=shop.now)[0] == "10"
    old = stamp(shop.now - timedelta(days=2))
    assert hand_over(replace(batch, sent=old), text, now=shop.now)[0] == "39"
    many = [BatchRow(f"PO{place:08d}", 1, CARDS[0], "张三", "") for place in range(5001)]
    too_many = Batch(batch.number, batch.sent, 5001, 5001)
    assert hand_over(too_many, request_text(many, business="000401"), now=shop.now)[0] == "10"
    assert rail._batches.ask(batch, now=shop.now).standing is Standing.NOT_THERE
    assert hand_over(batch, text, now=shop.now)[0] == "00"
    assert hand_over(batch, text, now=shop.now)[0] == "12"

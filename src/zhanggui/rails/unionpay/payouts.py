"""Payouts to bank cards over UnionPay: a rail of `settlement.payouts` over batch payouts (批量代付).

What is handed over bears its number and time at UnionPay, and is what the books keep: handed over again it is the
same batch, which UnionPay takes once. UnionPay sends no files: what is asked for is kept in the account's folder
(places `batches` and, once every payment has its last word, `done`), and the answers are offered from there.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from zhanggui.payments.channel import ChannelUnclear
from zhanggui.rails.answer_folder.folder import AnswerFolder
from zhanggui.rails.answer_folder.one_by_one import plain_number
from zhanggui.rails.unionpay.batch_files import (
    BatchRow,
    ResultRow,
    request_text,
    unfit,
    written_postscript,
)
from zhanggui.rails.unionpay.batches import (
    BUSINESS,
    QUERIES_MOST,
    TAKEN,
    UNCLEAR,
    USED_BEFORE,
    Batch,
    Batches,
    Standing,
    has_ended,
    is_paid,
)
from zhanggui.rails.unionpay.numbering import stamp
from zhanggui.settlement.payouts.rail import Answer, Message, NotTaken, Outcome, Read, Written

KIND = "unionpay.batch"
CURRENCY = "CNY"
# UnionPay wants to be asked after about an hour, and then rarely.
FIRST_ASKED, ASKED_AGAIN = timedelta(hours=1), timedelta(hours=1)
# Nobody hands a message over for the second time within this of writing it.
FIRST_TRY = timedelta(minutes=5)

type Document = dict[str, Any]


class UnionpayPayouts:
    """The rail. `key` seals what is offered as an answer, so that no other file passes for one."""

    pays = frozenset({"bank"})

    def __init__(
        self, batches: Batches, root: Path, *, key: bytes, clock: Callable[[], datetime],
        max_payment_minor: int | None = None,
    ) -> None:  # fmt: skip
        self.max_payment_minor = max_payment_minor
        self._batches = batches
        self._folder = AnswerFolder(root, kind=KIND, key=key)
        self._clock = clock
        self.close = batches.close

    def written(self, message: Message) -> Written:
        """The batch that the message asks for."""
        return batch_of(message)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Hand the batch over; payments that do not fit into it are refused beside it. Raises NotTaken, and
        ChannelUnclear when nobody knows."""
        asked: Document = json.loads(written.content)
        if not asked["orders"]:
            raise NotTaken("; ".join(sorted({one["reason"] for one in asked["unfit"]})))
        before = self._kept(account_code, number)
        sent_at = datetime.fromisoformat(asked["made_at"])
        first = before is None and self._clock() - sent_at < FIRST_TRY
        if before is None:
            self._folder.keep(account_code, "batches", number, _state(asked))
        batch = _batch(asked)
        code, said = self._batches.hand_over(batch, asked["file"], now=self._clock())
        if code not in TAKEN:
            self._taken_before(account_code, number, batch, first=first, code=code, said=said)
        if asked["unfit"]:
            self._folder.offer(account_code, f"{number}.0", [_unfit_answer(one) for one in asked["unfit"]])

    def _taken_before(
        self, account_code: str, number: str, batch: Batch, *, first: bool, code: str, said: str
    ) -> None:
        """A batch was not taken now: whether it was before. Raises NotTaken where it certainly never was."""
        if code in UNCLEAR - {USED_BEFORE}:
            raise ChannelUnclear(f"UnionPay does not know what became of batch {batch.number}: {code} {said}")
        if not first or code == USED_BEFORE:
            found = self._batches.ask(batch, now=self._clock())
            if found.standing in (Standing.UNDERWAY, Standing.ENDED):
                return
            if found.standing is Standing.SILENT:
                raise ChannelUnclear(
                    f"UnionPay does not say whether it has batch {batch.number}: {found.code}"
                )
        self._folder.drop(account_code, "batches", number)
        raise NotTaken(f"{code} {said}".strip())

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """What UnionPay says of these payments. A message that this folder does not know was never handed over from
        here; where the folder was lost, handing it over again is safe. Raises ChannelUnclear."""
        state = self._kept(account_code, number)
        if state is None:
            return [Answer(one, Outcome.NOT_KNOWN) for one in end_to_ends]
        rows: Mapping[str, ResultRow] = {}
        if not state["result"] and state["queries"] < QUERIES_MOST:
            found = self._batches.ask(_batch(state), now=self._clock())
            if found.standing is Standing.NOT_THERE:
                return [Answer(one, Outcome.NOT_KNOWN) for one in end_to_ends]
            if found.standing is Standing.UNDERWAY:
                return [*self._of_unfit(state, end_to_ends), *_on_the_way(state, end_to_ends)]
            if found.result is not None:
                state["queries"] += 1
                self._keep(account_code, number, state)
                rows = {row.order: row for row in found.result.rows}
        wanted = {order: one for order, one in state["orders"].items() if one["end_to_end"] in end_to_ends}
        answers = [self._said_of(order, rows.get(order), state) for order in wanted]
        return [*self._of_unfit(state, end_to_ends), *answers]

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """Answers that are not in the books yet; batches whose time has come are asked after now."""
        for number in self._folder.names(account_code, "batches"):
            state = self._folder.kept(account_code, "batches", number)
            if state is None or self._clock() < datetime.fromisoformat(state["ask_at"]):
                continue
            try:
                self._ask_after(account_code, number, state)
            except ChannelUnclear:
                continue  # it is asked again
        return self._folder.offered(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The answers are in the books."""
        self._folder.put_aside(account_code, name)

    def read(self, *, name: str, content: bytes) -> Read:
        """Answers that this rail offered. Raises AnswerFileUnreadable for anything else."""
        return self._folder.read(name=name, content=content)

    def _ask_after(self, account_code: str, number: str, state: Document) -> None:
        """Ask once for the result, then for single payments that have no last word in it, and offer what is new."""
        rows: list[ResultRow] = []
        state["ask_at"] = (self._clock() + ASKED_AGAIN).isoformat()
        if not state["result"] and state["queries"] < QUERIES_MOST:
            found = self._batches.ask(_batch(state), now=self._clock())
            state["queries"] += found.code == "00"
            if found.result is None and found.standing is not Standing.SILENT:
                self._keep(account_code, number, state)
                return
            if found.result is not None:
                state["result"], rows = True, [*found.result.rows]
        answers = [_answer(row, state) for row in rows if has_ended(row)]
        told = {*state["told"], *(row.order for row in rows if has_ended(row))}
        for order in sorted({*state["orders"]} - told):
            single = self._single(order, state)
            if single is not None and has_ended(single):
                answers.append(_answer(single, state))
                told.add(order)
        if answers:
            state["offers"] += 1
            self._folder.offer(account_code, f"{number}.{state['offers']}", answers)
        state["told"] = sorted(told)
        self._keep(account_code, number, state)
        if told >= {*state["orders"]}:
            self._folder.keep(account_code, "done", number, state)
            self._folder.drop(account_code, "batches", number)

    def _said_of(self, order: str, row: ResultRow | None, state: Document) -> Answer:
        """A payment's last word, out of the result or by the ordinary query; else that nobody knows."""
        if row is None or not has_ended(row):
            row = self._single(order, state)
        if row is None or not has_ended(row):
            return Answer(state["orders"][order]["end_to_end"], Outcome.UNKNOWN)
        return _answer(row, state)

    def _single(self, order: str, state: Document) -> ResultRow | None:
        try:
            return self._batches.ask_single(order, _batch(state), now=self._clock())
        except ChannelUnclear:
            return None

    @staticmethod
    def _of_unfit(state: Document, end_to_ends: Sequence[str]) -> list[Answer]:
        return [_unfit_answer(one) for one in state["unfit"] if one["end_to_end"] in end_to_ends]

    def _kept(self, account_code: str, number: str) -> Document | None:
        found = self._folder.kept(account_code, "batches", number)
        return found if found is not None else self._folder.kept(account_code, "done", number)

    def _keep(self, account_code: str, number: str, state: Document) -> None:
        place = "batches" if self._folder.kept(account_code, "batches", number) else "done"
        self._folder.keep(account_code, place, number, state)


def batch_of(message: Message) -> Written:
    """This function will return a message as it is kept: the batch it asks for, under which number and time at
    UnionPay, and what does not fit into it. No account's keys are needed."""
    orders: Document = {}
    rows, misfits = [], []
    for one in message.instructions:
        row = BatchRow(
            order=plain_number(one.end_to_end), amount_minor=one.amount_minor, number=one.to.number,
            holder=one.to.holder, postscript=written_postscript(one.purpose),
        )  # fmt: skip
        problem = unfit(row)
        if one.currency != CURRENCY:
            problem = f"银联只代付人民币 / UnionPay pays {CURRENCY} alone, not {one.currency}"
        elif one.to.details.get("business"):
            problem = (
                "银联批量代付只付个人银行卡 / batches of UnionPay's pay cards of persons, no business account"
            )
        if problem:
            misfits.append({"end_to_end": one.end_to_end, "reason": problem})
        else:
            rows.append(row)
            orders[row.order] = {"end_to_end": one.end_to_end, "amount_minor": one.amount_minor}
    document = {
        "message": message.number, "batch": batch_number(message.number), "sent": stamp(message.made_at),
        "made_at": message.made_at.isoformat(), "total_minor": sum(row.amount_minor for row in rows),
        "orders": orders, "unfit": misfits, "file": request_text(rows, business=BUSINESS),
    }  # fmt: skip
    content = json.dumps(document, ensure_ascii=False, sort_keys=True).encode()
    return Written(f"{message.number}.json", KIND, content)


def batch_number(message: str) -> str:
    """This function will return the number of a message's batch at UnionPay, 0001 to 9999. Two messages of a day that
    fall on one number do no harm: UnionPay refuses the second, which then has another number."""
    drawn = int.from_bytes(hashlib.blake2b(message.encode(), digest_size=8).digest())
    return f"{drawn % 9999 + 1:04d}"


def _state(asked: Document) -> Document:
    """What is kept of a batch that is on its way; the cards stay in what the books keep."""
    kept = ("message", "batch", "sent", "total_minor", "orders", "unfit")
    ask_at = datetime.fromisoformat(asked["made_at"]) + FIRST_ASKED
    return {name: asked[name] for name in kept} | {
        "ask_at": ask_at.isoformat(), "queries": 0, "result": False, "told": [], "offers": 0,
    }  # fmt: skip


def _batch(state: Document) -> Batch:
    return Batch(state["batch"], state["sent"], state["total_minor"], len(state["orders"]))


def _answer(row: ResultRow, state: Document) -> Answer:
    """A last word. One about a payment we never asked for keeps its number, for a person to look at."""
    known = state["orders"].get(row.order)
    paid = is_paid(row)
    return Answer(
        known["end_to_end"] if known else row.order, Outcome.EXECUTED if paid else Outcome.REJECTED,
        amount_minor=row.amount_minor, currency=CURRENCY, reference=row.reference,
        reason_code="" if paid else row.code[:48], reason="" if paid else row.said,
    )  # fmt: skip


def _unfit_answer(one: Document) -> Answer:
    return Answer(one["end_to_end"], Outcome.REJECTED, reason_code="UNFIT", reason=one["reason"])


def _on_the_way(state: Document, end_to_ends: Sequence[str]) -> list[Answer]:
    known = [one["end_to_end"] for one in state["orders"].values()]
    return [Answer(one, Outcome.SUBMITTED) for one in known if one in end_to_ends]

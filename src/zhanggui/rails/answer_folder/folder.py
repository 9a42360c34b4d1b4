"""Keep what is waited for, offer answers under a seal, read them back."""

import hashlib
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from zhanggui.settlement.payouts.errors import AnswerFileUnreadable
from zhanggui.settlement.payouts.rail import Answer, Outcome, Read

type Document = dict[str, Any]


class AnswerFolder:
    """`root/ACCOUNT/PLACE/NAME.json`, of which the place `in` holds answers that are not in the books yet.

    `kind` is what the books call such an answer; `key` seals what is offered, so that no other file passes for one.
    """

    def __init__(self, root: Path, *, kind: str, key: bytes) -> None:
        self._root, self._kind, self._key = root, kind, key

    def kept(self, account_code: str, place: str, name: str) -> Document | None:
        """A document, or None."""
        try:
            found: Document = json.loads((self._in(account_code, place) / f"{name}.json").read_bytes())
        except FileNotFoundError:
            return None
        return found

    def keep(self, account_code: str, place: str, name: str, document: Mapping[str, Any]) -> None:
        """Keep a document, in place of what was there: whole, and on the disk, when this returns."""
        _write(self._in(account_code, place) / f"{name}.json", _bytes(document))

    def drop(self, account_code: str, place: str, name: str) -> None:
        """Forget a document."""
        (self._in(account_code, place) / f"{name}.json").unlink(missing_ok=True)

    def names(self, account_code: str, place: str) -> list[str]:
        """What is kept in a place."""
        return sorted(path.stem for path in self._in(account_code, place).glob("*.json"))

    def offer(self, account_code: str, name: str, answers: Sequence[Answer]) -> None:
        """Offer answers to the books under a name; the same name again is the same offer."""
        told = [_told(one) for one in answers]
        self.keep(account_code, "in", name, {"answers": told, "seal": self._seal(told)})

    def offered(self, account_code: str) -> list[tuple[str, bytes]]:
        """The answers that are not in the books yet, by name."""
        return [
            (f"{name}.json", (self._in(account_code, "in") / f"{name}.json").read_bytes())
            for name in self.names(account_code, "in")
        ]

    def put_aside(self, account_code: str, name: str) -> None:
        """Answers are in the books."""
        (self._in(account_code, "in") / Path(name).name).unlink(missing_ok=True)

    def read(self, *, name: str, content: bytes) -> Read:
        """Answers that were offered here. Raises AnswerFileUnreadable for anything else."""
        try:
            document = json.loads(content)
            told = document["answers"]
            if not hmac.compare_digest(document["seal"], self._seal(told)):
                raise ValueError("it bears no seal of ours")
            answers = [_read(one) for one in told]
        except (ValueError, KeyError, TypeError) as broken:
            raise AnswerFileUnreadable(
                f"{name} is no answer that was offered here ({broken}); answers of this gateway are fetched by the"
                " payout run, there is nothing to hand in",
                name=name,
            ) from broken
        return Read(self._kind, answers)

    def _seal(self, told: Sequence[Document]) -> str:
        return hmac.new(self._key, _bytes({"answers": told}), hashlib.sha256).hexdigest()

    def _in(self, account_code: str, place: str) -> Path:
        folder = self._root / account_code / place
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _told(answer: Answer) -> Document:
    return {
        "end_to_end": answer.end_to_end, "outcome": str(answer.outcome), "amount_minor": answer.amount_minor,
        "currency": answer.currency, "at": answer.at.isoformat() if answer.at else "",
        "reference": answer.reference, "reason_code": answer.reason_code, "reason": answer.reason,
    }  # fmt: skip


def _read(told: Document) -> Answer:
    return Answer(
        told["end_to_end"], Outcome(told["outcome"]), amount_minor=told["amount_minor"], currency=told["currency"],
        at=date.fromisoformat(told["at"]) if told["at"] else None, reference=told["reference"],
        reason_code=told["reason_code"], reason=told["reason"],
    )  # fmt: skip


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True).encode()


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)

"""The bank: takes messages in, books, sends statements, and sends payments back when it is told to."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from zhanggui.files.safe_xml import Element
from zhanggui.rails.bank_sandbox.payment import Payment
from zhanggui.rails.bank_sandbox.writing import camt053, camt054, pacs004, pain002
from zhanggui.rails.iso20022.parsing import every, first, minor_units, opened, text

STATE = "bank.json"
DUPLICATE = "DU01"


@dataclass(frozen=True)
class Faults:
    """What goes wrong, by the end of the receiver's number: `rejects` maps it to an ISO reason code (AC04 ...);
    payments to one of `silent` are taken and never answered; `twice` sends every answer a second time."""

    rejects: Mapping[str, str] = field(default_factory=dict)
    silent: Iterable[str] = ()
    twice: bool = False
    lost: bool = False


@dataclass
class Ledger:
    """What the bank keeps: the balance (minor units), its payments, the numbers of its files."""

    balance_minor: int = 0
    files: int = 0
    messages: list[str] = field(default_factory=list)
    payments: list[Payment] = field(default_factory=list)


class SandboxBank:
    """The bank of one own account, in that account's folder."""

    def __init__(self, folder: Path, *, currency: str, opening_minor: int = 0, faults: Faults | None = None):
        self._folder = folder
        self._currency = currency
        self._faults = faults or Faults()
        self._books = self._read(opening_minor)

    def take_in(self, at: datetime) -> int:
        """Take the messages in `out`, answer each with a pain.002, and return how many payments are new. A message
        taken before is answered as a duplicate and moves nothing."""
        new = 0
        for path in sorted((self._folder / "out").glob("*.xml")):
            new += self._take(path.read_bytes(), at)
            path.unlink()
        self._keep()
        return new

    def book(self, on: date, at: datetime) -> int:
        """Execute what was accepted: debit the account, notify (camt.054) and send the day's statement (camt.053)."""
        due = [one for one in self._books.payments if one.status == "accepted" and not self._is_silent(one)]
        opening = self._books.balance_minor
        for one in due:
            one.status, one.booked_on = "booked", on.isoformat()
            self._books.balance_minor -= one.amount_minor
        if due:
            movements = [(one, False) for one in due]
            self._send("camt054", camt054(self._next("NTF"), at, on, self._currency, movements))
            self._send(
                "camt053",
                camt053(
                    self._next("STM"), at, on, self._currency, opening, self._books.balance_minor, movements
                ),
            )
        self._keep()
        return len(due)

    def send_back(self, end_to_end: str, *, reason: str, on: date, at: datetime) -> None:
        """A booked payment comes back: pacs.004, and a statement with the credit."""
        [one] = [each for each in self._books.payments if each.end_to_end == end_to_end]
        opening = self._books.balance_minor
        one.status, one.reason = "returned", reason
        self._books.balance_minor += one.amount_minor
        self._send("pacs004", pacs004(self._next("RTN"), at, on, one))
        self._send(
            "camt053",
            camt053(
                self._next("STM"), at, on, self._currency, opening, self._books.balance_minor, [(one, True)]
            ),
        )  # fmt: skip
        self._keep()

    @property
    def balance_minor(self) -> int:
        """What lies on the account, minor units."""
        return self._books.balance_minor

    def payments(self) -> list[Payment]:
        """Every payment the bank knows."""
        return list(self._books.payments)

    def _take(self, content: bytes, at: datetime) -> int:
        _, root = opened(content)
        message = text(root, "CstmrCdtTrfInitn/GrpHdr/MsgId")
        if message in self._books.messages:
            self._send(
                "pain002", pain002(self._next("STS"), at, message, [], group="RJCT", because=DUPLICATE)
            )
            return 0
        self._books.messages.append(message)
        taken = [self._payment(message, one) for one in every(root, "CstmrCdtTrfInitn/PmtInf/CdtTrfTxInf")]
        self._books.payments += taken
        told = [one for one in taken if not self._is_silent(one)]
        if told:
            group = "ACCP" if all(one.status == "accepted" for one in taken) else "PART"
            self._send("pain002", pain002(self._next("STS"), at, message, told, group=group))
        return len(taken)

    def _payment(self, message: str, node: Element) -> Payment:
        amount, currency = minor_units(first(node, "Amt/InstdAmt"))
        number = text(node, "CdtrAcct/Id/IBAN") or text(node, "CdtrAcct/Id/Othr/Id")
        one = Payment(
            message, text(node, "PmtId/EndToEndId"), amount, currency, text(node, "Cdtr/Nm"), number
        )
        reason = next((code for end, code in self._faults.rejects.items() if number.endswith(end)), "")
        if not reason and amount > self._books.balance_minor:
            reason = "AM04"
        if reason:
            one.status, one.reason = "rejected", reason
        return one

    def _is_silent(self, one: Payment) -> bool:
        return any(one.number.endswith(end) for end in self._faults.silent)

    def _send(self, kind: str, content: bytes) -> None:
        if self._faults.lost:
            return
        folder = self._folder / "in"
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self._books.files:06d}-{kind}.xml"
        (folder / name).write_bytes(content)
        if self._faults.twice:
            (folder / f"{self._books.files:06d}-{kind}-again.xml").write_bytes(content)

    def _next(self, prefix: str) -> str:
        self._books.files += 1
        return f"{prefix}{self._books.files:06d}"

    def _read(self, opening_minor: int) -> Ledger:
        path = self._folder / STATE
        if not path.exists():
            return Ledger(balance_minor=opening_minor)
        kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return Ledger(**{**kept, "payments": [Payment(**one) for one in kept["payments"]]})

    def _keep(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        (self._folder / STATE).write_text(json.dumps(asdict(self._books), indent=1), encoding="utf-8")

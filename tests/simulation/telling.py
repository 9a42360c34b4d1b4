"""A wild bank that also takes in money, charges for itself, and writes statements of our accounts: with rows left out,
written twice, or of another amount. What it got wrong it remembers, and nothing else may be found to differ."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from lxml import etree

from tests.settlement.story import ZONE
from tests.simulation.bank import WildBank
from zhanggui.settlement.payouts.rail import Outcome

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"
LONGEST = 30  # days of one statement


@dataclass(frozen=True)
class Movement:
    """A movement of one account of ours: what truly happened. `reference` is our number, or the bank's own."""

    account: str
    day: date
    amount: int
    reference: str
    ours: bool


@dataclass(frozen=True)
class Differs:
    """A difference that must be found, once: which account and number, what each side says."""

    account: str
    kind: str
    reference: str
    our_minor: int
    their_minor: int


@dataclass
class TellingBank(WildBank):
    """The bank with its books of our accounts: `movements` is the truth, `wrong` what its statements make of it."""

    clock: Callable[[], datetime] | None = None
    movements: list[Movement] = field(default_factory=list)
    noted: set[tuple[str, Outcome]] = field(default_factory=set)
    told_through: dict[str, date] = field(default_factory=dict)
    told: set[Movement] = field(default_factory=set)
    unread: list[tuple[str, bytes]] = field(default_factory=list)
    wrong: list[Differs] = field(default_factory=list)
    odd: int = 0

    def work(self) -> None:
        """What it did stands in its books at once."""
        super().work()
        self._note()

    def end_the_day(self) -> None:
        """The same on the last day."""
        super().end_the_day()
        self._note()

    def arrive(self, account: str) -> Movement:
        """Somebody pays us; no two pay the same amount."""
        self.odd += 1
        return self._move(account, self.chance.randint(1, 900) * 1_000 + self.odd, f"IN-{self.odd}")

    def charge(self, account: str) -> Movement:
        """The bank takes a fee, which nobody told us of: the statement will."""
        self.odd += 1
        found = self._move(account, -(1_000_000 + self.odd), f"FEE-{self.odd}")
        self.wrong.append(Differs(account, "missing_here", found.reference, 0, found.amount))
        return found

    def balance(self, account: str) -> int:
        """What lies on the account, minor units; it began with nothing."""
        return sum(one.amount for one in self.movements if one.account == account)

    def write_statement(self, account: str, through: date) -> None:
        """Tell everything up to a day that was not told yet."""
        begins = self.told_through.get(account, date(2026, 1, 1))
        while begins <= through:
            ends = min(through, begins + timedelta(days=LONGEST))
            rows = [one for one in self.movements if one.account == account and one.day <= ends]
            rows = [one for one in rows if one not in self.told]
            self.told.update(rows)
            written = [row for one in rows for row in self._written(one)]
            self.files += 1
            self.unread.append((account, camt053(f"S{self.files}", begins, ends, written)))
            self.told_through[account] = begins = ends + timedelta(days=1)

    def _written(self, one: Movement) -> list[Movement]:
        """The rows that a movement becomes. What nobody knows of but the bank is told rightly."""
        roll = 1.0 if self.calm or one.reference.startswith("FEE") else self.chance.random()
        if roll < 0.04:
            self._differs(one, "missing_there", one.amount, 0)
            return []
        if roll < 0.08:
            self._differs(one, "missing_here", 0, one.amount)
            return [one, one]
        if roll < 0.12 and abs(one.amount) > 1:
            self.odd += 1
            amount = one.amount + (2_000_000 + self.odd) * (1 if one.amount > 0 else -1)
            self._differs(one, "amount", one.amount, amount)
            return [Movement(one.account, one.day, amount, one.reference, one.ours)]
        return [one]

    def _differs(self, one: Movement, kind: str, ours: int, theirs: int) -> None:
        self.wrong.append(Differs(one.account, kind, one.reference, ours, theirs))

    def _note(self) -> None:
        """Money that left, or came back, since it was last noted."""
        for number, order in self.orders.items():
            left = order.state in (Outcome.EXECUTED, Outcome.RETURNED)
            if left and (number, Outcome.EXECUTED) not in self.noted:
                self.noted.add((number, Outcome.EXECUTED))
                self._move(order.account, -order.amount, number, ours=True)
            if order.state == Outcome.RETURNED and (number, Outcome.RETURNED) not in self.noted:
                self.noted.add((number, Outcome.RETURNED))
                self._move(order.account, order.amount, number, ours=True)

    def _move(self, account: str, amount: int, reference: str, *, ours: bool = False) -> Movement:
        assert self.clock is not None
        found = Movement(account, self.clock().astimezone(ZONE).date(), amount, reference, ours)
        self.movements.append(found)
        return found


def camt053(number: str, begins: date, ends: date, rows: list[Movement]) -> bytes:
    """A statement of these days without balances; an empty one of the first day says where it begins."""
    root = etree.Element(f"{{{NAMESPACE}}}Document", nsmap={None: NAMESPACE})
    body = _into(root, "BkToCstmrStmt")
    for place, (day, entries) in enumerate(((begins, []), (ends, rows)), start=1):
        statement = _into(body, "Stmt")
        _into(statement, "Id", f"{number}-{place}")
        _into(_into(_into(_into(statement, "Acct"), "Id"), "Othr"), "Id", "6222021234567890")
        balance = _into(statement, "Bal")
        _into(_into(_into(balance, "Tp"), "CdOrPrtry"), "Cd", "CLBD")
        _amount(balance, 0)
        _into(_into(balance, "Dt"), "Dt", day.isoformat())
        for one in entries:
            entry = _into(statement, "Ntry")
            _amount(entry, one.amount)
            _into(_into(entry, "Sts"), "Cd", "BOOK")
            _into(_into(entry, "BookgDt"), "Dt", one.day.isoformat())
            references = _into(_into(_into(entry, "NtryDtls"), "TxDtls"), "Refs")
            _into(references, "AcctSvcrRef", f"SB-{one.reference}" if one.ours else one.reference)
            _into(references, "EndToEndId", one.reference if one.ours else "NOTPROVIDED")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _amount(node: etree._Element, amount: int) -> None:
    _into(node, "Amt", f"{abs(amount) // 100}.{abs(amount) % 100:02d}").set("Ccy", "CNY")
    _into(node, "CdtDbtInd", "CRDT" if amount >= 0 else "DBIT")


def _into(node: etree._Element, name: str, value: str | None = None) -> etree._Element:
    child = etree.SubElement(node, f"{{{NAMESPACE}}}{name}")
    child.text = value
    return child

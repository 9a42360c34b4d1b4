"""What payouts ask of a rail: an adapter that speaks one bank's or gateway's format.

A rail has no tables and is called outside any transaction, but for `written` and `read`, which touch nothing. It must
be idempotent by our own numbers: the same message submitted twice is one message. Rails are registered by name when
the program starts (`zhanggui.config.wiring`), an own account names its rail.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol

from zhanggui.settlement.payouts.errors import PayoutError, UnknownRail
from zhanggui.wiring.late import LateWiring


class Outcome(StrEnum):
    """What a rail says of one payment."""

    SUBMITTED = "submitted"  # handed over; nothing is said of it yet
    ACCEPTED = "accepted"  # the bank will try
    EXECUTED = "executed"  # money left our account
    REJECTED = "rejected"  # no money left, and none will under this number
    RETURNED = "returned"  # money had left and came back (退票)
    NOT_KNOWN = "not_known"  # the rail certainly never got it
    UNKNOWN = "unknown"  # the rail cannot say


@dataclass(frozen=True)
class Side:
    """One end of a payment: the holder's name, the full number, and what stands beside it."""

    holder: str
    number: str
    kind: str = "bank"
    bank: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Instruction:
    """One payment: our number for it, minor units, where to, what the receiver reads."""

    end_to_end: str
    amount_minor: int
    currency: str
    to: Side
    purpose: str


@dataclass(frozen=True)
class Message:
    """A batch as a rail gets it; `number` is ours and never used for another message."""

    number: str
    account_code: str
    made_at: datetime
    execute_on: date
    payer: Side
    instructions: Sequence[Instruction]


@dataclass(frozen=True)
class Written:
    """A message in the rail's own format: what is kept, and what is handed over."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Answer:
    """What a rail says of the payment with our number `end_to_end`. An amount is given where the rail gave one.

    `end_to_end` empty and `message` set: it is about every payment of that message.
    """

    end_to_end: str
    outcome: Outcome
    amount_minor: int | None = None
    currency: str = ""
    at: date | None = None
    reference: str = ""
    reason_code: str = ""
    reason: str = ""
    message: str = ""


@dataclass(frozen=True)
class Read:
    """What stood in a file: its kind and its answers in order."""

    kind: str
    answers: Sequence[Answer]


@dataclass(frozen=True)
class Confirmation:
    """What an app needs to show its user the page on which money is taken: our numbers at the gateway, what the
    gateway gave for this payment; `address` where the page can be opened outside the app."""

    merchant: str
    app: str
    package_info: str
    address: str = ""


BANK_ACCOUNTS = frozenset({"bank"})
"""What a rail pays that knows account numbers and nothing else."""


class NotTaken(Exception):
    """The rail certainly did not take the message: nothing of it will ever be executed."""


class Rail(Protocol):
    """An adapter. `submit` raises NotTaken when the message was certainly refused; anything else it raises, a
    time-out above all, means that nobody knows. `pays` declares the kinds of receivers it pays: the number of any
    other kind would be written as what it is not, so nothing goes there."""

    pays: frozenset[str]

    @property
    def max_payment_minor(self) -> int | None: ...

    def written(self, message: Message) -> Written: ...

    def submit(self, *, account_code: str, number: str, written: Written) -> None: ...

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> Sequence[Answer]: ...

    def read(self, *, name: str, content: bytes) -> Read: ...

    def arrived(self, *, account_code: str) -> Sequence[tuple[str, bytes]]:
        """Files that came in and were not put aside yet, by name."""
        ...

    def put_aside(self, *, account_code: str, name: str) -> None:
        """The file is in the books: it need not be offered again."""
        ...


_rails: dict[str, Rail] = {}
_broken: dict[str, PayoutError] = {}
_late = LateWiring()


def connect_when_asked(connect: Callable[[], None]) -> None:
    """This function will have `connect` register its rails as soon as one is asked for: adapters carry libraries
    that most programs never need."""
    _late.add(connect)


def _connected() -> dict[str, Rail]:
    _late.done()
    return _rails


def register_rail(name: str, rail: Rail) -> None:
    """This function will wire a rail under a name; a second one under that name takes its place."""
    _connected()[name] = rail
    _broken.pop(name, None)


def register_broken_rail(name: str, refusal: PayoutError) -> None:
    """This function will wire a name under which nothing can work: whoever uses it gets that refusal."""
    _connected().pop(name, None)
    _broken[name] = refusal


def rail_named(name: str) -> Rail:
    """This function will return the rail of that name. Raises UnknownRail, or the refusal it is wired with."""
    found = _connected().get(name)
    if name in _broken:
        raise type(_broken[name])(_broken[name].message, **_broken[name].details)
    if found is None:
        raise UnknownRail(f"no rail is wired under {name!r}; wired are {', '.join(sorted(_rails)) or 'none'}")
    return found


def rail_pays(name: str, kind: str) -> bool:
    """This function will say whether the rail of that name pays receivers of this kind. A rail that is not wired is
    taken for a bank's; it is refused by name when something is to go through it."""
    found = _connected().get(name)
    return kind in (found.pays if found is not None else BANK_ACCOUNTS)


def most_payments(name: str) -> int | None:
    """This function will return how many payments the rail of that name takes in one message (it has
    `max_payments`), or None. Raises UnknownRail."""
    found: int | None = getattr(rail_named(name), "max_payments", None)
    return found


def least_payment(name: str) -> int:
    """This function will return the least that the rail of that name pays (it has `min_payment_minor`), minor units;
    0 for any. Raises UnknownRail."""
    found: int | None = getattr(rail_named(name), "min_payment_minor", None)
    return found or 0


def number_there(name: str, *, merchant: str, end_to_end: str) -> str:
    """This function will return our number of a payment as the gateway of that rail knows it, and as its bills name
    it (it has `number_there`); `merchant` is our number at the gateway. Elsewhere it is our number as it is."""
    named = getattr(_connected().get(name), "number_there", None)
    found: str = named(merchant, end_to_end) if named else end_to_end
    return found


def shows_page(name: str) -> bool:
    """This function will say whether the rail of that name has a page on which receivers take their money."""
    return hasattr(_connected().get(name), "confirmation")


def confirmation_by(name: str, *, account_code: str, end_to_end: str) -> Confirmation | None:
    """This function will return what the receiver of a payment needs to take it, where the rail of that name waits
    for receivers (it has `confirmation`), and None elsewhere. Raises UnknownRail, and what the rail raises."""
    asked = getattr(rail_named(name), "confirmation", None)
    found: Confirmation | None = asked(account_code=account_code, end_to_end=end_to_end) if asked else None
    return found


def rail_names() -> list[str]:
    """This function will return the names of the rails that are wired, of those with a refusal too."""
    return sorted({*_connected(), *_broken})

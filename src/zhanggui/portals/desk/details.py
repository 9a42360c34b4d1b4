"""Parts of a detail page (ux order: number + status + actions, amount, facts, steps, tabs, neighbours)."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from zhanggui.portals.desk.badges import Badge


@dataclass(frozen=True, slots=True)
class Action:
    """A button. `url` alone is a link; with `post=True` it submits a form with hidden `fields`.

    `kind`: primary, plain or danger (danger is drawn last, apart). `drawer` opens the link at the side.
    `confirm` is a question asked in the browser before a small, reversible act; acts that move money have a
    confirmation page instead.
    """

    label: Any
    url: str
    kind: Literal["primary", "plain", "danger"] = "plain"
    post: bool = False
    fields: Sequence[tuple[str, str]] = ()
    drawer: bool = False
    icon: str = ""
    confirm: Any = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the facts: label and value; `href` makes it a link, `copy` adds a copy button."""

    label: Any
    value: Any
    href: str = ""
    copy: bool = False
    drawer: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One status step with who and when."""

    label: Any
    state: Literal["done", "now", "todo", "failed"] = "todo"
    at: datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class PageTab:
    """A tab of a detail page: a real link."""

    label: Any
    url: str
    on: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """The proof line under the amount: whether the parts add up, in words; `href` leads to the parts."""

    holds: bool
    text: Any
    href: str = ""


@dataclass(frozen=True)
class Detail:
    """Everything `desk/detail.html` draws around the content of the open tab."""

    number: str
    kind: Any = ""
    badge: Badge | None = None
    actions: Sequence[Action] = ()
    amount: int | None = None
    currency: str = "CNY"
    amount_label: Any = ""
    proof: Proof | None = None
    facts: Sequence[Fact] = ()
    steps: Sequence[Step] = ()
    tabs: Sequence[PageTab] = ()
    breadcrumbs: Sequence[tuple[Any, str]] = ()
    previous: str = ""
    following: str = ""
    notice: Any = ""

    @property
    def ordered_actions(self) -> list[Action]:
        """Dangerous ones first at the left, the primary one last at the right: never neighbours."""
        rank = {"danger": 0, "plain": 1, "primary": 2}
        return sorted(self.actions, key=lambda action: rank[action.kind])


@dataclass(frozen=True, slots=True)
class FeeRow:
    """One row of a fee table: sum of a fee, count, running net. `lines_url` unfolds in place."""

    code: str
    label: Any
    direction: Any
    count: int
    amount: int
    running: int
    count_url: str = ""
    lines_url: str = ""
    children: Sequence["FeeRow"] = ()


@dataclass(frozen=True, slots=True)
class FeeTable:
    """Fee summary of a document; the foot is the net and equals the last running value."""

    rows: Sequence[FeeRow]
    currency: str
    count: int
    net: int
    net_label: Any = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a dashboard: always a link to the list with exactly those rows."""

    label: Any
    url: str
    count: int | None = None
    amount: int | None = None
    currency: str = ""
    note: Any = ""
    tone: Literal["", "amber", "red", "green"] = ""
    trend: Sequence[int] = field(default_factory=tuple)

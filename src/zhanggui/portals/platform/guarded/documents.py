"""What the pages of these documents share: forms as data, small tables, one way to act."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Manager, Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhanggui.money.errors import Refusal
from zhanggui.money.rates import parse_rate
from zhanggui.parties.models import Party
from zhanggui.portals.desk.amounts import parse_amount
from zhanggui.portals.desk.details import Detail
from zhanggui.portals.desk.factors import factor_problem
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import fault_text, refusal_text

MOST_FAULTS = 100


@dataclass(frozen=True)
class Field:
    """One box of a form: `kind` is text, amount, day, long, select, file, document (many lines), or secret (never
    shown again)."""

    name: str
    label: Any
    kind: str = "text"
    choices: Sequence[tuple[str, Any]] = ()
    value: str = ""
    required: bool = True
    accept: str = ".csv,text/csv"


@dataclass(frozen=True)
class Form:
    """A form for one act; `note` says what it leads to."""

    act: str
    title: Any
    button: Any
    fields: Sequence[Field]
    note: Any = ""
    danger: bool = False
    fresh: bool = False
    """Whether the act asks for a second factor given lately."""
    in_threes: bool = False
    """Whether the boxes stand three in a row, where there is room."""

    def typed(self, values: Mapping[str, str]) -> "Form":
        """The same form with what was typed into it, so that a mistake costs one box and not all."""
        return replace(
            self,
            fields=[
                box if box.kind == "secret" else replace(box, value=values.get(box.name, box.value))
                for box in self.fields
            ],
        )


@dataclass(frozen=True)
class Cell:
    """A cell of a small table."""

    text: Any
    href: str = ""
    number: bool = False
    wrap: bool = False
    code: bool = False


@dataclass(frozen=True)
class Table:
    """A small table under a document: labels (with True where they head numbers) and rows of cells."""

    title: Any
    columns: Sequence[tuple[Any, bool]]
    rows: Sequence[Sequence[Cell]]
    empty: Any = ""

    @property
    def lines(self) -> list[list[tuple[Any, Cell]]]:
        """The rows, each cell with the label of its column: a phone shows them one below the other."""
        labels = [label for label, _number in self.columns]
        return [list(zip(labels, row, strict=True)) for row in self.rows]


class Incomplete(Exception):
    """A box that cannot be read; its text is for the person."""


@dataclass
class Typed:
    """What was typed into a form, read strictly."""

    values: Mapping[str, str]
    files: Mapping[str, Any] = field(default_factory=dict)

    def text(self, name: str, *, required: bool = True) -> str:
        """A text. Raises Incomplete."""
        found = self.values.get(name, "").replace("\x00", "").strip()
        if required and not found:
            raise Incomplete(_("Fill in every box that is required."))
        return found

    def amount(self, name: str, currency: str) -> int:
        """An amount in minor units, above or below zero. Raises Incomplete."""
        found = parse_amount(self.values.get(name, ""), currency)
        if found is None:
            raise Incomplete(_("Type an amount like 12.50."))
        return found

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A day. Raises Incomplete."""
        text = self.text(name, required=required)
        if not text:
            return None
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise Incomplete(_("Type the day as 2026-03-31.")) from None

    def a_day(self, name: str) -> date:
        """A day that must be there. Raises Incomplete."""
        found = self.day(name)
        assert found is not None
        return found

    def one_of(self, name: str, choices: Sequence[str]) -> str:
        """One of these. Raises Incomplete."""
        found = self.text(name)
        if found not in choices:
            raise Incomplete(_("Choose one of what is offered."))
        return found

    def number(self, name: str, *, required: bool = True) -> int | None:
        """A whole number of zero or more. Raises Incomplete."""
        text = self.text(name, required=required)
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            raise Incomplete(_("Type a whole number like 30."))
        return int(text)

    def rate(self, name: str) -> int:
        """A rate in parts per million, typed as 5% or 0.6%. Raises Incomplete, InvalidRate."""
        return parse_rate(self.text(name))

    def of[Row: Model](self, rows: Manager[Row], name: str) -> Row:
        """The row with the code that was chosen. Raises Incomplete."""
        found = rows.filter(code=self.text(name)).first()
        if found is None:
            raise Incomplete(_("Choose one of what is offered."))
        return found

    def party_or_all(self, name: str = "party") -> int:
        """The id of a party by its code, 0 for everyone when the box is empty. Raises Incomplete."""
        return self.party(name).id if self.text(name, required=False) else 0

    def party(self, name: str = "party") -> Party:
        """A party by its code. Raises Incomplete."""
        found = Party.objects.filter(code=self.text(name)).first()
        if found is None:
            raise Incomplete(_("There is no merchant with this code."))
        return found


type Act = Callable[[Typed], str | None]


def acted(
    request: HttpRequest,
    permission: str,
    acts: Mapping[str, Act],
    done: Any,
    *,
    fresh: bool = False,
    faults: list[str] | None = None,
) -> tuple[str, HttpResponse | None]:
    """Do the act that was sent and go on: (problem, None) or ("", redirect). An act may return where to go; `fresh`
    asks for a second factor given lately; `faults` takes the rows of a file that were refused."""
    act = acts.get(request.POST.get("act", ""))
    if act is None or not may(request.user, permission):
        return _("Your role does not include this action."), None
    if fresh and (problem := factor_problem(request)):
        return problem, None
    try:
        where = act(Typed(request.POST.dict(), request.FILES))
    except Incomplete as missing:
        return str(missing), None
    except Refusal as refusal:
        if faults is not None:
            faults += [
                _("Row %(row)s: %(why)s")
                % {"row": row.get("row"), "why": fault_text(row.get("code", ""), row.get("message", ""))}
                for row in refusal.details.get("rows", [])[:MOST_FAULTS]
            ]
        return refusal_text(refusal), None
    if done:  # else the act has said itself what came of it
        messages.success(request, done)
    return "", HttpResponseRedirect(where or request.path)


def document_page(
    request: HttpRequest, detail: Detail, *, forms: Sequence[Form] = (), tables: Sequence[Table] = (),
    problem: str = "", text: str = "",
) -> HttpResponse:  # fmt: skip
    """A document with its tables and the forms of what can be done about it."""
    context = {
        "detail": detail, "forms": forms, "tables": tables, "problem": problem, "text": text,
        "typed": request.POST, "sent": request.POST.get("act", ""),
    }  # fmt: skip
    return render(request, "platform/guarded_document.html", context, status=422 if problem else 200)


def form_page(
    request: HttpRequest, title: Any, *, forms: Sequence[Form], back: str, problem: str = "", intro: Any = "",
    tables: Sequence[Table] = (), faults: Sequence[str] = (),
) -> HttpResponse:  # fmt: skip
    """A page of forms alone, to make a new document; small tables may stand below."""
    context = {
        "title": title, "forms": forms, "back": back, "problem": problem, "intro": intro, "typed": request.POST,
        "tables": tables, "sent": request.POST.get("act", ""), "faults": faults,
    }  # fmt: skip
    return render(request, "platform/guarded_forms.html", context, status=422 if problem else 200)

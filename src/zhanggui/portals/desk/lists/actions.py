"""Bulk actions: what can be done to chosen rows, and what became of each."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text


@dataclass(frozen=True, slots=True)
class Failure:
    """One row that was refused: its label, and why in words the user can act on."""

    row: Any
    label: str
    reason: str
    href: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bulk action did."""

    done: int
    failures: list[Failure]


@dataclass(frozen=True)
class BulkAction:
    """One button of the bulk bar.

    Args:
        code, label: name in the form, text of the button.
        run: callable(user, row); called once per row, each in a transaction of its own. A Refusal (any
            domain error) is a failure of that row; anything else is a bug and passes on.
        row_label: callable(row) -> document number, for the failure list.
        row_href: callable(row) -> URL, optional.
        amount: field that is added up on the confirmation page; the column decides the currency.
        permission: needed besides the permission of the list.
        retype_amount: the person types the total before it runs (approving, paying).
        danger: the button is red and stands apart.
        note: sentence on the confirmation page: what happens next, can it be undone.
    """

    code: str
    label: Any
    run: Callable[[Any, Any], Any]
    row_label: Callable[[Any], str] = str
    row_href: Callable[[Any], str] | None = None
    amount: str = ""
    permission: str | None = None
    retype_amount: bool = False
    danger: bool = False
    note: Any = ""

    def run_all(self, user: Any, rows: list[Any]) -> Outcome:
        """Run on every row; refused rows do not stop the others."""
        done, failures = 0, []
        for row in rows:
            try:
                with transaction.atomic():
                    self.run(user, row)
            except Refusal as refused:
                href = self.row_href(row) if self.row_href else None
                failures.append(Failure(row, self.row_label(row), refusal_text(refused), href))
            else:
                done += 1
        return Outcome(done, failures)

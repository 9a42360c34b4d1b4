"""Where a statement stands with its invoices: derived in one place, from the states of its invoices."""

from collections.abc import Collection

ORDER = (
    ("draft", "to_issue"),
    ("expected", "to_receive"),
    ("received", "received"),
    ("verified", "verified"),
    ("written_off", "written_off"),
    ("issued", "issued"),
)


def axis_of(states: Collection[str]) -> str:
    """This function will return the axis of a statement from the states of its invoices that are not voided.

    What is furthest behind speaks for the statement: something to issue, then something to receive, then to
    verify, then to check off. Without invoices there is nothing to invoice.

    | invoices | axis |
    |---|---|
    | none | none |
    | any draft | to_issue |
    | any expected, no draft | to_receive |
    | any received | received |
    | any verified | verified |
    | any written off | written_off |
    | all issued | issued |
    """
    return next((axis for state, axis in ORDER if state in states), "none")

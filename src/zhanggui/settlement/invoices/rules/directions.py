"""Who issues the invoice for what: by invoice mode and by what the fee catalogue says, never by sign."""

from collections.abc import Mapping

OUTPUT, INPUT = 1, 2
MODE_OUTPUT, MODE_INPUT, MODE_NONE = 1, 2, 3

DIRECTIONS: Mapping[int, Mapping[str, int]] = {
    MODE_OUTPUT: {"output": OUTPUT},
    # The party sells its goods to us and invoices them; the services we charge it for, with their VAT, are ours
    # to invoice in this mode too.
    MODE_INPUT: {"output": OUTPUT, "input": INPUT},
    MODE_NONE: {},
}


def direction_of(mode: int, behaviour: str) -> int | None:
    """This function will say who issues the invoice for a fee type of this behaviour (output, input, none) on
    a statement of this mode: 1 we do, 2 the party does, None nobody."""
    return DIRECTIONS[mode].get(behaviour)


def issuer_sign(direction: int) -> int:
    """This function will return what turns an amount signed for the party into one of the issuer's side."""
    return -1 if direction == OUTPUT else 1

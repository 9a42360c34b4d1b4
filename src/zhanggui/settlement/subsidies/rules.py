"""How much of a subsidy follows a buyer's money: pure functions over minor units."""


def still_due(*, promised_minor: int, paid_minor: int, refunded_minor: int) -> int:
    """This function will return what is to be paid of a promise once so much of the payment went back: in proportion,
    half a cent up; nothing of a payment that went back wholly."""
    left = paid_minor - refunded_minor
    return (2 * promised_minor * left + paid_minor) // (2 * paid_minor) if left else 0


def back_with(*, subsidy_minor: int, refund_minor: int, left_minor: int) -> int:
    """This function will return what of a subsidy goes back with a refund out of `left_minor` that the buyer has
    still paid: in proportion, half a cent up, all of it with the last cent."""
    return min(subsidy_minor, (2 * subsidy_minor * refund_minor + left_minor) // (2 * left_minor))

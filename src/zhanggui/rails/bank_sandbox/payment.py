"""A payment as the bank knows it."""

from dataclasses import dataclass


@dataclass
class Payment:
    """One payment as the bank knows it: minor units; `status` is accepted, rejected, booked, or returned."""

    message: str
    end_to_end: str
    amount_minor: int
    currency: str
    creditor: str
    number: str
    status: str = "accepted"
    reason: str = ""
    booked_on: str = ""
    reported: bool = False

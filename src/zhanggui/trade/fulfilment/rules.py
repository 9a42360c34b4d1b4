"""What counts as a tracking number, what is left to ship, and when an order is received by itself."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_DIGITS = 8
ITEM_MOST = 500
_SPACES = re.compile(r"\s+")
_TRACKING = re.compile(r"[A-Z0-9][A-Z0-9-]{3,63}")


@dataclass(frozen=True)
class Wanted:
    """Something to put into a parcel: an order, or one line of it; `quantity` 0 is whatever is left of it."""

    order_no: str
    line_no: str = ""
    quantity: int = 0


@dataclass(frozen=True)
class TrackingEvent:
    """What a carrier says of a parcel. `code` is its own number of the event; empty makes one of time and text."""

    at: datetime
    text: str
    code: str = ""
    place: str = ""
    delivered: bool = False


def tracking_number(text: str) -> str:
    """This function will return a tracking number as it is kept: capitals, no spaces; empty if it is none."""
    plain = _SPACES.sub("", text.strip("`'")).upper()
    return plain if _TRACKING.fullmatch(plain) else ""


def left_to_ship(*, ordered: int, sent: int, withdrawn: int) -> int:
    """This function will return how many units of a line are still to be shipped: not what is in parcels already, and
    not what the buyer was given, or asks, the money back for. Never below zero.

    Units in parcels and units given back may be the same ones; once the parcel is back, those are not sent again. Of
    a line in several parcels nobody knows which unit the money was for: rather too few are sent than one for nothing,
    and for what does not come the buyer asks the money back."""
    return max(0, ordered - sent - withdrawn)


def received_by(shipped_at: datetime, days: int) -> datetime:
    """This function will return when an order shipped then is received by itself."""
    return shipped_at + timedelta(days=days)


def event_code(event: TrackingEvent) -> str:
    """This function will return what tells an event from others of its parcel: the carrier's number of it, else its
    time and the beginning of its text, so that the same word sent twice is one event."""
    return event.code or f"{event.at.timestamp():.0f} {event.text[:40]}"

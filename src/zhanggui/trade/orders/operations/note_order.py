"""Write a note on an order."""

from datetime import datetime

from zhanggui.trade.orders.errors import NoteRefused
from zhanggui.trade.orders.models import Order
from zhanggui.trade.orders.operations.advance_order import add_steps

KIND = "noted"
NOTE_MOST = 255


def note_order(*, order: Order, note: str, at: datetime, actor: str) -> None:
    """This function will add a note of staff to an order's history; everybody whose order it is, but not the buyer,
    reads it. Raises NoteRefused."""
    text = note.strip()
    if not 1 <= len(text) <= NOTE_MOST:
        raise NoteRefused(f"a note has 1 to {NOTE_MOST} characters; write what others should know")
    add_steps(orders=[order], kind=KIND, at=at, actor=actor, note=text)

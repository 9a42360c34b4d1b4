"""The registry of bill readers: rails register theirs when one is first asked for (see config/wiring.py)."""

from collections.abc import Callable

from zhanggui.settlement.reconciliation.errors import BillUnreadable
from zhanggui.settlement.reconciliation.records import BillFile, BillReader
from zhanggui.wiring.late import LateWiring

_READERS: list[BillReader] = []
_LATE = LateWiring()


def connect_when_asked(connect: Callable[[], None]) -> None:
    """This function will have `connect` register its readers as soon as one is asked for."""
    _LATE.add(connect)


def _connected() -> list[BillReader]:
    _LATE.done()
    return _READERS


def register_reader(reader: BillReader) -> None:
    """This function will make a reader known; registering the same kind again replaces it."""
    known = _connected()
    known[:] = [one for one in known if type(one) is not type(reader)]
    known.append(reader)


def channels() -> list[str]:
    """This function will name the channels that have a reader."""
    return sorted({one.channel for one in _connected()})


def payouts_in_trade_bill(channel: str) -> bool:
    """This function will say whether the channel's trade bills hold payouts, too (its reader has `holds_payouts`):
    it has no fund bills."""
    return any(getattr(one, "holds_payouts", False) for one in _connected() if one.channel == channel)


def reader_for(channel: str, files: list[BillFile]) -> BillReader:
    """This function will return the reader of this channel that knows the file. Raises BillUnreadable."""
    for reader in _connected():
        if reader.channel == channel and reader.knows(files):
            return reader
    names = ", ".join(file.name for file in files)
    raise BillUnreadable(
        f"{names} is no bill of channel {channel} that can be read; check the channel and the file",
        channel=channel,
    )

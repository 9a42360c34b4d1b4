"""The registry of bill readers: rails register theirs when the programme starts (see config/wiring.py)."""

from zhanggui.settlement.reconciliation.errors import BillUnreadable
from zhanggui.settlement.reconciliation.records import BillFile, BillReader

_READERS: list[BillReader] = []


def register_reader(reader: BillReader) -> None:
    """This function will make a reader known; registering the same kind again replaces it."""
    _READERS[:] = [one for one in _READERS if type(one) is not type(reader)]
    _READERS.append(reader)


def channels() -> list[str]:
    """This function will name the channels that have a reader."""
    return sorted({one.channel for one in _READERS})


def reader_for(channel: str, files: list[BillFile]) -> BillReader:
    """This function will return the reader of this channel that knows the file. Raises BillUnreadable."""
    for reader in _READERS:
        if reader.channel == channel and reader.knows(files):
            return reader
    names = ", ".join(file.name for file in files)
    raise BillUnreadable(
        f"{names} is no bill of channel {channel} that can be read; check the channel and the file",
        channel=channel,
    )

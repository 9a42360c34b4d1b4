"""What reads a page of another system's charges: the registry; the rail that does is wired in when first asked for
(see config/wiring.py)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from zhanggui.settlement.intake.errors import NoFeedReader
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.wiring.late import LateWiring


@dataclass(frozen=True)
class FeedPage:
    """One page: its charges and the cursor of the next one, None at the end of the feed."""

    charges: list[ChargeRecord]
    following: str | None


class FeedReader(Protocol):
    """Fetches one page, within a bound of time and size, outside any transaction; raises a Refusal saying why not."""

    def __call__(self, *, url: str, token: str, after: str) -> FeedPage:
        """The page after the cursor `after` ("" is the beginning)."""
        ...


_READERS: list[FeedReader] = []
_LATE = LateWiring()


def connect_when_asked(connect: Callable[[], None]) -> None:
    """This function will have `connect` register the reader as soon as one is asked for."""
    _LATE.add(connect)


def register_reader(reader: FeedReader) -> None:
    """This function will make a reader the one that is used."""
    _READERS[:] = [reader]


def feed_reader() -> FeedReader:
    """This function will return what fetches pages. Raises NoFeedReader."""
    _LATE.done()
    if not _READERS:
        raise NoFeedReader("nothing here can fetch a page of a feed; see to the wiring of this installation")
    return _READERS[0]

"""Put files out once, find out whether they were, take in what came."""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from zhanggui.settlement.payouts.rail import Answer, NotTaken, Outcome, Written

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
LARGEST = 256 * 1024 * 1024


class HandingInterrupted(Exception):
    """Nobody can say whether the file went out."""


class BankFolder:
    """`root/ACCOUNT/{out,handed,in,read}`."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put_out(self, account_code: str, written: Written) -> None:
        """Hand a file over. What was handed over before is not put out again; under the same name there is one
        content for ever. Raises NotTaken when it is certain that nothing went out."""
        if not NAME.fullmatch(written.name) or not NAME.fullmatch(account_code):
            raise NotTaken(f"{written.name!r} is no name for a file")
        try:
            handed, out = self._in(account_code, "handed"), self._in(account_code, "out")
        except OSError as failed:
            raise NotTaken(f"the folder for the bank cannot be written: {failed.strerror}") from failed
        kept, shown = handed / written.name, out / written.name
        if kept.exists():
            if kept.read_bytes() != written.content:
                raise NotTaken(f"{written.name} was handed over with other content; it is never sent twice")
            return
        intent = _intent(handed, written.name)
        try:
            _durable(intent, written.content)
        except FileExistsError as failed:
            if not shown.exists():
                raise HandingInterrupted(
                    f"somebody is handing over {written.name}, or was killed at it: it may have reached the bank"
                ) from failed
        else:
            os.link(intent, out / f".{written.name}.part")
            (out / f".{written.name}.part").replace(shown)
            _flush(out)
        with suppress(FileNotFoundError):
            intent.replace(kept)
        _flush(handed)

    def whereabouts(self, account_code: str, name: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """Whether a file was handed over. No trace of it at all: it certainly never left. An intent alone: somebody
        was killed between writing and handing over, and only a look at the bank tells."""
        handed = self._in(account_code, "handed")
        outcome = Outcome.NOT_KNOWN
        if (handed / name).exists() or (self._in(account_code, "out") / name).exists():
            outcome = Outcome.SUBMITTED
        elif _intent(handed, name).exists():
            outcome = Outcome.UNKNOWN
        return [Answer(end_to_end=number, outcome=outcome) for number in end_to_ends]

    def arrived(self, account_code: str) -> list[tuple[str, bytes]]:
        """What came in, by name; files still being written (a leading dot, `.part`, `.tmp`) are left alone."""
        found = []
        for path in sorted(self._in(account_code, "in").iterdir()):
            if path.name.startswith(".") or path.suffix in (".part", ".tmp") or path.is_symlink():
                continue
            # Another worker may read it at the same time and put it aside first.
            with suppress(FileNotFoundError, IsADirectoryError):
                if path.stat().st_size <= LARGEST:
                    found.append((path.name, path.read_bytes()))
        return found

    def put_aside(self, account_code: str, name: str) -> None:
        """Move a file that is in the books out of the way; one that is gone already is out of the way."""
        try:
            (self._in(account_code, "in") / name).replace(self._in(account_code, "read") / name)
        except FileNotFoundError:
            return

    def _in(self, account_code: str, place: str) -> Path:
        folder = self._root / account_code / place
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder


def _intent(handed: Path, name: str) -> Path:
    return handed / f".{name}.intent"


def _durable(path: Path, content: bytes) -> Path:
    """A new file that is on the disk when this returns. Raises FileExistsError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return path


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

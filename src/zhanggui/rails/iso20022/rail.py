"""The rail: pain.001 files into a folder for the bank, answers from another."""

from collections.abc import Sequence
from pathlib import Path

from zhanggui.rails.bank_folder.folder import BankFolder
from zhanggui.rails.iso20022.answers import read_answers
from zhanggui.rails.iso20022.pain001 import written_pain001
from zhanggui.settlement.payouts.rail import BANK_ACCOUNTS, Answer, Message, Read, Written


class Iso20022:
    """pain.001.001.03 or .09 out; pain.002, camt.052 to .054 and pacs.004 in."""

    max_payment_minor: int | None = None

    pays = BANK_ACCOUNTS

    def __init__(self, folder: Path, *, version: str) -> None:
        self._folder = BankFolder(folder)
        self._version = version

    def written(self, message: Message) -> Written:
        """The message as XML."""
        return written_pain001(message, version=self._version)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Put the file out for the bank; the same file again is one file. Raises NotTaken."""
        self._folder.put_out(account_code, written)

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """Whether the file was put out; what the bank makes of it comes in files."""
        return self._folder.whereabouts(account_code, f"{number}.xml", end_to_ends)

    def read(self, *, name: str, content: bytes) -> Read:
        """The answers of one file of the bank."""
        return read_answers(content, name=name)

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """The files that came in, by name."""
        return self._folder.arrived(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """Move a file that was read to `read`."""
        self._folder.put_aside(account_code, name)

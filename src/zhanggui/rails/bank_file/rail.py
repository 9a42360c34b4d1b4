"""The rail of one template: files into a folder for whoever uploads them, result files from another."""

from collections.abc import Sequence
from pathlib import Path

from zhanggui.rails.bank_file.reading import read_results
from zhanggui.rails.bank_file.template import Template
from zhanggui.rails.bank_file.writing import written_file
from zhanggui.rails.bank_folder.folder import BankFolder
from zhanggui.settlement.payouts.rail import BANK_ACCOUNTS, Answer, Message, Read, Written


class BankFile:
    """Payment and result files by template."""

    pays = BANK_ACCOUNTS

    def __init__(self, folder: Path, template: Template) -> None:
        self._folder = BankFolder(folder)
        self._template = template
        self.max_payment_minor = template.max_payment_minor
        self.title = template.title

    def written(self, message: Message) -> Written:
        """The message as the bank's file. Raises TemplateCannotSay."""
        return written_file(message, self._template)

    def submit(self, *, account_code: str, number: str, written: Written) -> None:
        """Put the file out; the same file again is one file. Raises NotTaken."""
        self._folder.put_out(account_code, written)

    def query(self, *, account_code: str, number: str, end_to_ends: Sequence[str]) -> list[Answer]:
        """Whether the file was put out; what the bank makes of it comes in files."""
        return self._folder.whereabouts(account_code, f"{number}.{self._template.extension}", end_to_ends)

    def read(self, *, name: str, content: bytes) -> Read:
        """The answers of one result file."""
        return read_results(content, self._template, name=name)

    def arrived(self, *, account_code: str) -> list[tuple[str, bytes]]:
        """The files that came in, by name."""
        return self._folder.arrived(account_code)

    def put_aside(self, *, account_code: str, name: str) -> None:
        """Move a file that was read to `read`."""
        self._folder.put_aside(account_code, name)

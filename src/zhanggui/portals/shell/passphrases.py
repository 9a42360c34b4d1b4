"""Passphrases on the command line: from a file or the environment, never as an argument anybody can read."""

from pathlib import Path

from zhanggui.portals.shell.errors import FileRefused


def passphrase_in(file: Path) -> str:
    """The first line of the file. Raises FileRefused for an empty one."""
    lines = file.read_text(encoding="utf-8").splitlines()
    if not lines or not lines[0].strip():
        raise FileRefused(f"{file} is empty; put the passphrase on its first line", path=str(file))
    return lines[0].strip()

"""Which addresses of other systems we ask, and how long we wait before asking one again. Pure."""

import urllib.parse
from datetime import timedelta
from typing import Final

ADDRESS_MOST: Final = 500
TOKEN_MOST: Final = 4_000
EVERY_LEAST: Final = 5
"""A feed is pulled at most so often, in minutes."""
EVERY_MOST: Final = 7 * 24 * 60
LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
FIRST_WAIT: Final = timedelta(minutes=5)
LONGEST_WAIT: Final = timedelta(hours=1)


def address_fault(url: str) -> str:
    """This function will say why `url` cannot be asked, or return an empty text.

    What another system billed goes over the wire, and a credential with it: https, or http to this machine itself.
    """
    if len(url) > ADDRESS_MOST or not url.isprintable() or " " in url:
        return "an address has at most 500 characters and no spaces"
    try:
        parts = urllib.parse.urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "that is no address"
    if parts.scheme not in ("https", "http") or not host or port == 0:
        return "that is no https address"
    if parts.scheme == "http" and host not in LOOPBACK:
        return "that is no https address, and http is for this machine itself alone"
    if parts.username is not None or parts.password is not None:
        return "an address holds no name and password; the credential has a box of its own"
    if parts.fragment or not url.isascii():
        return "an address is plain ASCII and has no part after #"
    return ""


def place_of(url: str) -> tuple[str, str, int]:
    """This function will return scheme, host and port of an address: who is asked."""
    parts = urllib.parse.urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def wait_after(failures: int) -> timedelta:
    """This function will return how long to wait after so many failed pulls in a row: 5, 10, 20, 40 minutes, then
    an hour each time."""
    return min(FIRST_WAIT * (1 << (min(failures, 10) - 1)), LONGEST_WAIT)


def next_wait(failures: int, every_minutes: int) -> timedelta:
    """This function will return how long until a feed is pulled again: as often as was agreed, after failures
    sooner than a rare feed would be, and more rarely than a frequent one."""
    return wait_after(failures) if failures else timedelta(minutes=every_minutes)

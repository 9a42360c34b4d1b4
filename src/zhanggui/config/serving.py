"""Whether this process answers browsers: such a one keeps connections, and a pooler may stand before the database.

Known to this process alone: what it starts (workers, commands) would otherwise take it over with the environment.
"""

import os

SERVE, DEMO = "serve", "demo"

_marked: list[str] = []


def mark(command: str) -> None:
    """This function will say so, before settings are read."""
    _marked[:] = [command]


def kind() -> str:
    """`serve`, `demo`, or nothing."""
    return _marked[0] if _marked else ""


def pooler_url() -> str:
    """The pooler's address where this process is to go through it. A demo tells its story by commands, which hold
    locks over several transactions, and connects to the server itself."""
    return os.environ.get("ZHANGGUI_POOLER_URL", "").strip() if kind() == SERVE else ""

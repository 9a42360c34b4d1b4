"""Whether this process answers browsers: such a one keeps connections, and a pooler may stand before the database."""

import os

VARIABLE = "ZHANGGUI_SERVING"
SERVE, DEMO = "serve", "demo"


def mark(command: str) -> None:
    """This function will say so before settings are read, for this process and not for the workers it starts."""
    os.environ[VARIABLE] = command


def kind() -> str:
    """`serve`, `demo`, or nothing."""
    return os.environ.get(VARIABLE, "")


def pooler_url() -> str:
    """The pooler's address where this process is to go through it. A demo tells its story by commands, which hold
    locks over several transactions, and connects to the server itself."""
    return os.environ.get("ZHANGGUI_POOLER_URL", "").strip() if kind() == SERVE else ""

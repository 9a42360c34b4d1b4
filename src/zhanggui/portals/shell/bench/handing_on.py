"""What a process of the benchmark's own is started with: its database, and nothing of this installation's outside."""

import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

OURS_ALONE = (
    "ZHANGGUI_POOLER_URL",
    "ZHANGGUI_ORIGINS",
    "ZHANGGUI_NOTIFY_ORIGIN",
    "ZHANGGUI_HOSTS",
    "ZHANGGUI_DEBUG",
)
"""Variables of this installation that the benchmark's processes must not take over."""


def keys_into(home: Path) -> None:
    """Give a home the keys of this one: what this process sealed others have to open."""
    keys = Path(settings.ZHANGGUI_HOME) / "keys"
    if keys.is_dir():
        shutil.copytree(keys, home / "keys")


def environment(home: Path) -> dict[str, str]:
    """Variables of a process with this home, on the database that is used here."""
    kept = {name: value for name, value in os.environ.items() if name not in OURS_ALONE}
    parameters = connection.get_connection_params()
    known = {name: value for name, value in parameters.items() if name not in ("cursor_factory", "context")}
    return kept | {"ZHANGGUI_HOME": str(home), "DATABASE_URL": make_conninfo(**known)}

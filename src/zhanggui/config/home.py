"""Where this installation keeps what is its own: the embedded database, files, keys."""

import os
from pathlib import Path

MACHINE_WIDE = Path("/var/lib/zhanggui")
"""Where root keeps things: a place that the unprivileged user who runs the database can reach."""


def data_folder() -> Path:
    """The folder named by ZHANGGUI_HOME, else the customary one of this user; not made here."""
    named = os.environ.get("ZHANGGUI_HOME", "").strip()
    if named:
        return Path(named).expanduser().absolute()
    if os.geteuid() == 0:
        return MACHINE_WIDE
    customary = os.environ.get("XDG_DATA_HOME", "").strip() or "~/.local/share"
    return Path(customary).expanduser().absolute() / "zhanggui"


def make_data_folder(home: Path) -> Path:
    """Make `home` if it is missing, closed to others; a folder that exists keeps the mode it has.

    Root's own folder can be passed through (not listed) by others, since the database does not run as root.
    """
    if not home.is_dir():
        home.parent.mkdir(parents=True, exist_ok=True)
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
    return home

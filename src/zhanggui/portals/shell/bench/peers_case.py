"""Other ledgers for Django that post the same legs, each in an environment of its own that is thrown away.

They post the entry and nothing else; ours also reads the order, rates it, writes the details and finds the statement.
Where a peer cannot be installed its case says so.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from zhanggui.portals.shell.bench import peer_posting
from zhanggui.portals.shell.bench.ground import spare_database
from zhanggui.portals.shell.bench.measuring import Case
from zhanggui.portals.shell.bench.order_case import legs_of_orders

PEERS = {"django-hordak": "2.0.0", "django-ledger": "0.8.5"}
ENTRIES = 65
INSTALL_SECONDS, POST_SECONDS = 300, 600
NOT_ASKED = "not asked for"
NO_PACKAGE = "peer not available: it could not be installed here (is a package index reachable?)"
type Legs = Sequence[tuple[int, int]]


def peers_cases(ours: Case, *, asked: bool) -> list[Case]:
    """Hold our single orders, as measured in this run, against each peer; unasked, only say so."""
    return [_peer_case(peer, version, ours, asked=asked) for peer, version in PEERS.items()]


def _peer_case(peer: str, version: str, ours: Case, *, asked: bool) -> Case:
    case = Case(f"one order, against {peer}", f"{peer} {version} posting the same legs", "orders", 15.0)
    if not asked:
        case.unavailable = NOT_ASKED
        return case
    with tempfile.TemporaryDirectory(prefix="zhanggui-bench-") as folder:
        python = _environment(Path(folder) / "peer", [f"{peer}=={version}", "psycopg[binary]"])
        if python is None:
            case.unavailable = NO_PACKAGE
            return case
        told = _posted(python, peer, legs_of_orders(ENTRIES))
    if [told["entries"], told["legs"]] != told["asked"]:
        raise RuntimeError(
            f"{peer} posted {told['entries']} entries with {told['legs']} legs, not {told['asked']}"
        )
    case.ours = list(ours.ours)
    case.theirs = [told["entries"] / told["seconds"]]
    case.more |= {"peer_version": told["version"], "entries": told["entries"], "legs": told["legs"]}
    return case


def _environment(home: Path, packages: Sequence[str]) -> Path | None:
    """The Python of a new environment with these packages; None when they cannot be had."""
    python = home / "bin" / "python"
    if uv := os.environ.get("UV") or shutil.which("uv"):
        steps = [
            [uv, "venv", "--quiet", "--python", sys.executable, str(home)],
            [uv, "pip", "install", "--quiet", "--python", str(python), *packages],
        ]
    else:
        steps = [
            [sys.executable, "-m", "venv", str(home)],
            [str(python), "-m", "pip", "install", "--quiet", *packages],
        ]
    try:
        for step in steps:
            subprocess.run(step, check=True, capture_output=True, timeout=INSTALL_SECONDS)
    except (OSError, subprocess.SubprocessError):
        return None
    return python


def _posted(python: Path, peer: str, entries: Sequence[Legs]) -> dict[str, Any]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "PYTHON"))}
    with spare_database() as name:
        options = connection.get_connection_params()
        for own in ("cursor_factory", "context", "dbname"):
            options.pop(own, None)
        database = {"ENGINE": "django.db.backends.postgresql", "NAME": name, "OPTIONS": options}
        done = subprocess.run(
            [str(python), "-W", "ignore", str(peer_posting.__file__)],
            input=json.dumps({"peer": peer, "database": database, "entries": entries}),
            text=True, capture_output=True, env=kept, timeout=POST_SECONDS, check=False,
        )  # fmt: skip
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RuntimeError(f"{peer} could not post: {said[-1] if said else 'it said nothing'}")
    told: dict[str, Any] = json.loads(done.stdout)
    return told

"""The folder of a rating: while it is made `NAME.draft`, with its plan; whole, it has its name.

A file is written under a name of its own and gets its real one when it is on the disk, so that a process that is
killed, or a second one that does the same piece, leaves nothing half done.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson

from zhanggui.money.errors import Refusal
from zhanggui.settlement.archives.files import settle, sha256_of
from zhanggui.settlement.ratings.errors import FolderTaken, NotRated, RatingRunning

FORMAT = "zhanggui.rating/1"
PLAN, MANIFEST, CUTS, LOCK = "plan.json", "manifest.json", "cuts", "lock"


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """This function will give a place to write to, and what is written there its name afterwards."""
    draft = path.with_name(f"{path.name}.{os.getpid()}-{uuid4().hex[:8]}.draft")
    try:
        yield draft
        settle(draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_json(document: dict[str, Any], path: Path) -> None:
    """This function will put a document on the disk, whole or not at all."""
    with drafted(path) as draft:
        draft.write_bytes(orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_INDENT_2))


def read_json(path: Path) -> dict[str, Any] | None:
    """This function will read a document of ours; None where there is none, or it is of something else."""
    try:
        found: dict[str, Any] = orjson.loads(path.read_bytes())
        return found if found["format"] == FORMAT else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


@contextmanager
def draft_of(place: Path) -> Iterator[Path]:
    """This function will give the draft of a folder, made if missing, to this process alone.

    Raises FolderTaken, RatingRunning.
    """
    if place.exists():
        raise FolderTaken(f"{place} exists already; name a folder that does not", path=str(place))
    draft = place.with_name(place.name + ".draft")
    if draft.exists() and not (draft / LOCK).is_file():
        raise FolderTaken(f"{draft} is not a rating that was begun; name another folder", path=str(draft))
    (draft / CUTS).mkdir(parents=True, exist_ok=True)
    with (draft / LOCK).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as held:
            raise RatingRunning(f"another process rates into {place}; wait for it to end") from held
        try:
            yield draft
        except FolderTaken:
            raise
        except Refusal:  # the lines or rules are wrong, and so is what was begun with them
            shutil.rmtree(draft, ignore_errors=True)
            raise


def plan_kept(draft: Path, plan: dict[str, Any]) -> None:
    """This function will keep what is to be rated, or hold it against what was begun. Raises FolderTaken."""
    begun = read_json(draft / PLAN)
    if begun is None:
        write_json(plan, draft / PLAN)
    elif begun != plan:
        raise FolderTaken(
            f"{draft} was begun with other lines or rules; take it away, or name another folder",
            path=str(draft),
        )


def finish(draft: Path, place: Path, manifest: dict[str, Any]) -> None:
    """This function will leave the parts, the plan and the manifest in the folder, and give it its name."""
    kept = {PLAN, *(one["name"] for one in manifest["parts"])}
    shutil.rmtree(draft / CUTS)
    for path in draft.iterdir():
        if path.name not in kept and path.is_file():
            path.unlink()
    write_json(manifest, draft / MANIFEST)
    settle(draft, place)


def finished(place: Path) -> dict[str, Any]:
    """This function will return the manifest of a finished rating, its files looked at. Raises NotRated."""
    manifest = read_json(place / MANIFEST)
    if manifest is None:
        raise NotRated(f"{place} holds no finished rating", path=str(place))
    for one in manifest["parts"]:
        if not part_is_whole(place, one):
            raise NotRated(f"{place / one['name']} is gone or was changed: rate again", path=one["name"])
    return manifest


def part_is_whole(folder: Path, part: dict[str, Any]) -> bool:
    """This function will say whether a part's file is what its document says."""
    path = folder / part["name"]
    return path.is_file() and sha256_of(path) == str(part["sha256"])

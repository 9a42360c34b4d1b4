"""A long run: so many lines billed by two processes and closed by one, each killed on the way; then the audit, and
every statement replayed by one thread, by several, and by the processes of a Ray cluster where Ray is installed."""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from django.db import connection

from zhanggui.clockwork.sweep_side_by_side import sweep_side_by_side
from zhanggui.journeys.period_ended import CHUNK
from zhanggui.portals.shell.bench.handing_on import environment, keys_into
from zhanggui.portals.shell.bench.market import open_market, stage_month
from zhanggui.portals.shell.bench.measuring import MIB, Taken, taking
from zhanggui.portals.shell.moments import zone
from zhanggui.rows.errors import NoRay
from zhanggui.rows.side_by_side import usual_workers
from zhanggui.settlement.replays.operations.replay_on_ray import replay_on_ray
from zhanggui.settlement.replays.operations.replay_side_by_side import replay_side_by_side
from zhanggui.settlement.replays.operations.replay_statements import Replay
from zhanggui.settlement.statements.models import Statement, StatementState

BILLING_PROCESSES = 2
MONTH = 0  # January 2024
LOOK_SECONDS = 0.05
_CHUNKS = (
    "select count(*), count(*) filter (where done), coalesce(sum(lines), 0) from settlement_billing_chunk"
)
_STATEMENTS = (
    f"select (count(*) + {CHUNK - 1}) / {CHUNK}, count(*) filter (where state <> 'open') / {CHUNK},"
    " count(*) filter (where state <> 'open') from settlement_statement where ends_before <= %s::date + 1"
)

type Tell = Callable[[str], None]


@dataclass
class _Command:
    """A command of ours as a process, that can be killed and begun again; its peak of memory in MiB."""

    arguments: tuple[str, ...]
    home: Path
    memory_mib: int = 0
    process: subprocess.Popen[bytes] = field(init=False)

    def __post_init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        with (self.home / "commands.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "zhanggui.config.command_line", *self.arguments],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment(self.home),
            )  # fmt: skip

    def kill(self) -> None:
        """End it as a power cut does."""
        self.process.kill()
        self.process.wait()

    def works(self) -> bool:
        """Whether it still does. Raises RuntimeError when it ended badly."""
        code = self.process.poll()
        if code is None:
            with suppress(psutil.Error):
                held = psutil.Process(self.process.pid).memory_info().rss
                self.memory_mib = max(self.memory_mib, held // MIB)
            return True
        if code:
            said = (self.home / "commands.log").read_text("utf-8", "replace").strip().splitlines()
            raise RuntimeError(f"zhanggui {self.arguments[0]} ended with {code}: {said[-1] if said else ''}")
        return False


def long_run(lines: int, parties: int, tell: Tell) -> dict[str, Any]:
    """This function will do it all on the database at hand, which must be new, and say what it came to.

    Raises RuntimeError when a line is missing or doubled, a check of the audit finds something, or a statement does
    not replay to the byte.
    """
    line = open_market(parties)
    tell(f"staging {lines:,} lines of {parties:,} parties")
    with taking() as staging:
        staged = stage_month(line, MONTH, lines, merchants=parties)
    with tempfile.TemporaryDirectory(prefix="zhanggui-long-run-") as folder:
        home = Path(folder)
        keys_into(home)
        steps = {
            "stage": _step(staging),
            "bill": _driven(
                ("bill", "--workers", "1", "--as-of", staged.last_day.isoformat()), BILLING_PROCESSES, home, tell,
                lambda: _counted(_CHUNKS),
            ),
            "close": _driven(
                ("close-period", "--through", staged.last_day.isoformat()), 1, home, tell,
                lambda: _counted(_STATEMENTS, staged.last_day),
            ),
        }  # fmt: skip
    billed = _one("select count(*) from settlement_billed_line")
    if billed != lines:
        raise RuntimeError(f"{lines:,} lines were staged and {billed:,} billed")
    details = _one("select sum(cardinality(amounts)) from settlement_billed_line")
    with _told("audit", tell, steps):
        broken = {one.name: one.rows for one in sweep_side_by_side(workers=usual_workers()) if one.rows}
    if broken:
        raise RuntimeError(f"the books of the long run do not balance: {broken}")
    closed = Statement.objects.exclude(state=StatementState.OPEN)
    keys = list(closed.order_by("party_id", "id").values_list("party_id", "id"))
    replays: dict[str, Iterable[Replay]] = {
        "replay, one thread": replay_side_by_side(keys=keys, zone=zone(), workers=1),
        f"replay, {usual_workers()} threads": replay_side_by_side(
            keys=keys, zone=zone(), workers=usual_workers()
        ),
        "replay, Ray": replay_on_ray(keys=keys, zone=zone(), address=None),
    }
    for name, replay in replays.items():
        try:
            with _told(name, tell, steps):
                _compare(replay, len(keys), lines)
        except NoRay as missing:
            steps[name] = {"unavailable": str(missing)}
    return {
        "lines": lines, "parties": parties, "details": details, "statements": len(keys),
        "violations": 0, "different": 0, "steps": steps,
        "database_mib": _one("select pg_database_size(current_database())") // MIB,
    }  # fmt: skip


def _driven(
    arguments: tuple[str, ...], processes: int, home: Path, tell: Tell,
    progress: Callable[[], tuple[int, int, int]],
) -> dict[str, Any]:  # fmt: skip
    """Let so many processes of one command share its work. Each is killed once and begun again, the first when its
    share of the work is done, and so on; `progress` says how many pieces there are, how many done, how many units."""
    kills: list[dict[str, Any]] = []
    with taking() as taken:
        working = [_Command(arguments, home) for _ in range(processes)]
        while sum(one.works() for one in working):  # asks every one of them
            pieces, done, units = progress()
            if len(kills) < processes and pieces and done >= pieces * (len(kills) + 1) // (processes + 1):
                victim = working[len(kills)]
                if victim.works():
                    victim.kill()
                    kills.append({"pieces_done": done, "pieces": pieces, "units_done": units})
                    tell(f"{arguments[0]}: killed one with {done:,} of {pieces:,} pieces done")
                    victim.begin()
            time.sleep(LOOK_SECONDS if pieces < 20 else 1.0)
    return {
        "seconds": round(taken.seconds, 1), "processes": processes, "kills": kills,
        "memory_mib": max(one.memory_mib for one in working), "server_mib": taken.server_mib,
    }  # fmt: skip


def _compare(replays: Iterable[Replay], statements: int, lines: int) -> None:
    counted, seen, different = 0, 0, list[str]()
    for one in replays:
        counted, seen = counted + 1, seen + one.lines
        if not one.equal:
            different.append(one.number)
    if different or (counted, seen) != (statements, lines):
        raise RuntimeError(
            f"{counted:,} of {statements:,} statements and {seen:,} of {lines:,} lines were replayed;"
            f" {len(different):,} differ: {different[:5]}"
        )


@contextmanager
def _told(name: str, tell: Tell, steps: dict[str, Any]) -> Iterator[None]:
    tell(name)
    with taking() as taken:
        yield
    steps[name] = _step(taken)


def _step(taken: Taken) -> dict[str, Any]:
    return {
        "seconds": round(taken.seconds, 1), "memory_mib": taken.memory_mib, "server_mib": taken.server_mib,
    }  # fmt: skip


def _counted(query: str, through: date | None = None) -> tuple[int, int, int]:
    with connection.cursor() as cursor:
        cursor.execute(query, [through] if through else None)
        pieces, done, units = cursor.fetchone()
    return int(pieces), int(done), int(units)


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return int(cursor.fetchone()[0])

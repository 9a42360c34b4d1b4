"""Work on a Ray cluster of two machines gives what one process gives, though one of them is lost on the way.

Ray is an optional extra: where it is not installed, only that is said. To run all:
`uv run --extra ray pytest tests/rows/test_on_ray.py`.
"""

import ast
import importlib.util
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import islice
from pathlib import Path
from types import ModuleType

import psutil
import pytest

from tests.architecture.sources import PACKAGE, modules, parsed
from tests.portals.shell.running import run_command
from tests.settlement.ratings.test_rate_lines import hashes, lines_file, mall
from tests.settlement.replays.test_replay import story_of_everything
from tests.settlement.story import LATE, ZONE, rule
from tests.tampering import tamper
from zhanggui.money.errors import Refusal
from zhanggui.portals.shell.commands import replay
from zhanggui.rows.on_ray import on_ray
from zhanggui.settlement.billing.what_if import what_if
from zhanggui.settlement.ratings.operations.rate_lines import FileLines, StagedOrders, rate_lines
from zhanggui.settlement.replays.operations.replay_on_ray import replay_on_ray
from zhanggui.settlement.replays.operations.replay_side_by_side import replay_side_by_side
from zhanggui.settlement.statements.models import Statement

ADDRESS, TIMES = "127.0.0.1:6399", 40
HERE = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(
    not HERE, reason="the optional extra is not installed: uv run --extra ray pytest"
)

# The cluster asks for a token of this run's own. Ray looks at these when it is loaded; without them `ray start` takes
# a token that it finds in the home folder, and who joins an address does not.
os.environ["RAY_AUTH_MODE"], os.environ["RAY_AUTH_TOKEN"] = "token", secrets.token_hex(32)


def test_one_module_knows_ray() -> None:
    knowing = {
        str(path.relative_to(PACKAGE))
        for path in modules()
        for node in ast.walk(parsed(path))
        if (isinstance(node, ast.Import) and any(one.name.split(".")[0] == "ray" for one in node.names))
        or (isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "ray")
    }
    assert knowing == {"rows/on_ray.py"}


@pytest.mark.skipif(HERE, reason="Ray is installed")
def test_without_ray_it_is_said_how_to_get_it() -> None:
    with pytest.raises(Refusal, match=r"zhanggui\[ray\]") as refused:
        list(on_ray([]))
    assert refused.value.code == "no_ray"


@needs_ray
def test_where_no_cluster_answers_it_is_said() -> None:
    with pytest.raises(Refusal) as refused:
        list(on_ray([], address="127.0.0.1:1"))
    assert refused.value.code == "no_ray_cluster"


class Machine:
    """A node of a cluster on this machine's loopback, with processes of its own."""

    def __init__(self, *arguments: str) -> None:
        self._started = subprocess.Popen(
            [str(Path(sys.executable).with_name("ray")), "start", *arguments, "--num-cpus=1", "--block",
             "--object-store-memory=100000000"],
            env=os.environ | {"RAY_USAGE_STATS_ENABLED": "0"}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def lose(self) -> None:
        """All its processes at once, by SIGKILL."""
        if self._started.poll() is None:
            whole = psutil.Process(self._started.pid)
            for one in [*whole.children(recursive=True), whole]:
                with suppress(psutil.NoSuchProcess):
                    one.kill()
            self._started.wait()


@pytest.fixture
def machines() -> Iterator[tuple[Machine, Machine]]:
    """A head and a second machine, each with one processor for us, both up."""
    import ray

    head = Machine("--head", "--port=6399", "--node-ip-address=127.0.0.1", "--include-dashboard=false")
    second = None
    try:
        _until(lambda: _connects(ray))
        second = Machine(f"--address={ADDRESS}", "--node-ip-address=127.0.0.2")
        _until(lambda: ray.cluster_resources().get("CPU") == 2)
        ray.shutdown()
        yield head, second
    finally:
        ray.shutdown()
        for one in (second, head):
            if one:
                one.lose()


@needs_ray
@pytest.mark.slow
@pytest.mark.breaks_invariants
@pytest.mark.filterwarnings("default")
@pytest.mark.django_db(transaction=True)
def test_a_cluster_finds_what_one_process_finds_though_a_machine_is_lost(
    machines: tuple[Machine, Machine], monkeypatch: pytest.MonkeyPatch
) -> None:
    story = story_of_everything()
    tamper("update settlement_billed_line set amounts[1] = amounts[1] + 1 where kind = 1 and order_id = (select"
           " max(order_id) from settlement_billed_line where kind = 1)")  # fmt: skip
    keys = list(
        Statement.objects.exclude(state="open").order_by("party_id", "id").values_list("party_id", "id")
    )
    alone = list(replay_side_by_side(keys=keys, zone=ZONE, workers=1, lines_at_once=1))
    assert [one.equal for one in alone].count(False) == 1

    shared = replay_on_ray(keys=keys * TIMES, zone=ZONE, address=ADDRESS, lines_at_once=1)
    found = list(islice(shared, len(keys)))
    machines[1].lose()
    found += shared
    assert found == alone * TIMES

    monkeypatch.setattr("zhanggui.settlement.billing.what_if.ORDERS_AT_ONCE", 1)
    dearer = (story.rule_set(rule("commission", "7%"), starts="2026-01-01"), story.line)
    tried = what_if(*dearer, hands=partial(on_ray, address=ADDRESS))
    assert tried == what_if(*dearer) and tried.lines == 3 and tried.now != tried.then

    told = run_command(replay, "--all", "--engine", "ray", "--ray-address", ADDRESS)
    assert (told.code, told.document) == run_command(replay, "--all", "--workers", "1")[:2]


@needs_ray
@pytest.mark.slow
@pytest.mark.filterwarnings("default")
@pytest.mark.django_db(transaction=True)
def test_a_cluster_rates_what_one_process_rates_though_a_machine_is_lost(
    machines: tuple[Machine, Machine], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zhanggui.settlement.ratings.operations.rate_lines.LINES_A_PART", 1)
    story = mall()
    [path] = lines_file(tmp_path, "lines.parquet")
    sources = {"files": FileLines([path]), "database": StagedOrders(story.line, as_of=LATE)}
    for name, source in sources.items():
        rate_lines(source=source, into=tmp_path / f"{name}-alone", zone=ZONE)
    alone = hashes(tmp_path / "files-alone")
    assert len(alone) == 121

    def losing[T](pieces: Iterable[Callable[[], T]], /) -> Iterator[T]:
        for count, found in enumerate(on_ray(pieces, address=ADDRESS), start=1):
            if count == 20:
                machines[1].lose()
            yield found

    rate_lines(source=sources["files"], into=tmp_path / "files", zone=ZONE, hands=losing)
    on_one = partial(on_ray, address=ADDRESS)
    rate_lines(source=sources["database"], into=tmp_path / "database", zone=ZONE, hands=on_one)
    for name in ("database-alone", "files", "database"):
        assert hashes(tmp_path / name) == alone


def _until(holds: Callable[[], bool]) -> None:
    for _ in range(240):
        if holds():
            return
        time.sleep(0.25)
    raise AssertionError("the cluster does not come up")


def _connects(ray: ModuleType) -> bool:
    host, port = ADDRESS.split(":")
    try:
        socket.create_connection((host, int(port)), timeout=1).close()
        ray.init(address=ADDRESS, log_to_driver=False, configure_logging=False)
    except (OSError, RuntimeError, ValueError, ray.exceptions.RayError):
        return False
    return True

"""Pieces of work shared by the machines of a Ray cluster, each process on a connection of its own.

Ray is an optional extra, and this is the only place that knows it.
"""

import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from zhanggui.rows.elsewhere import Surroundings, do_elsewhere, packed
from zhanggui.rows.errors import NoRay, NoRayCluster

AHEAD = 16
"""So many pieces a processor are handed over beyond what was asked for."""
TRIES_MORE = 10
"""So often a piece is begun anew whose process or machine was lost."""


def on_ray[T](pieces: Iterable[Callable[[], T]], *, address: str | None = None) -> Iterator[T]:
    """This function will have a Ray cluster do pieces of work and yield what they return, in their order.

    `address` is that of the cluster's head, which this machine must belong to; without one a cluster of this
    machine alone is made and ended. Every process reads the database that is used here, and sees what is committed.
    A piece whose process or machine is lost is done again elsewhere, so a piece must bear to be done twice. A fault
    in a piece comes out in its turn. Raises NoRay, NoRayCluster.
    """
    with _cluster(address) as ray:
        # Ray unpacks what it is given before the task begins, when Django is not ready: hence bytes.
        far = ray.remote(max_retries=TRIES_MORE, num_cpus=1)(do_elsewhere)
        around = Surroundings.here()
        most = AHEAD * max(int(ray.cluster_resources().get("CPU", 1)), 1)
        begun = deque[Any]()
        for piece in pieces:
            begun.append(far.remote(around.environment, around.database, packed(piece)))
            if len(begun) > most:
                yield _result(ray, begun.popleft())
        while begun:
            yield _result(ray, begun.popleft())


def _result(ray: Any, begun: Any) -> Any:
    try:
        return ray.get(begun)
    except ray.exceptions.RayTaskError as fault:
        raise fault.cause from fault


@contextmanager
def _cluster(address: str | None) -> Iterator[Any]:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")  # nobody is told that we run
    try:
        import ray
    except ImportError as missing:
        raise NoRay(
            "this needs Ray, an optional extra, on every machine of the cluster: `uv sync --extra ray` in a checkout,"
            " or `pip install 'zhanggui[ray]'`"
        ) from missing
    own: dict[str, Any] = {} if address else {"include_dashboard": False}
    try:
        _knock(address)
        ray.init(
            address=address or "local", log_to_driver=False, configure_logging=False,
            logging_level=logging.ERROR, **own,
        )  # fmt: skip
    except (OSError, ValueError, RuntimeError, ray.exceptions.RayError) as failed:
        reason = str(failed).strip().partition("\n")[0]
        raise NoRayCluster(f"no Ray cluster at {address or 'this machine'}: {reason}") from failed
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str | None) -> None:
    """Raise OSError at once where nobody listens; Ray would ask for minutes."""
    host, _, port = (address or "").rpartition(":")
    if host and port.isdecimal() and "/" not in host:
        socket.create_connection((host, int(port)), timeout=10).close()

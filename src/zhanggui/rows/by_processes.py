"""Pieces of work shared by processes of this machine, each on a connection of its own."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from zhanggui.rows.elsewhere import Surroundings, do_elsewhere, packed

AHEAD = 4
"""So many pieces a process are handed over beyond what was asked for."""
TRIES_MORE = 10
"""So often all is begun anew that was lost with a process."""


def by_processes[T](pieces: Iterable[Callable[[], T]], *, workers: int) -> Iterator[T]:
    """This function will have so many processes do pieces of work and yield what they return, in their order.

    They read the database that is used here, and see what is committed; with one worker everything happens here, on
    the connection at hand. What was being done when a process is lost is done again, so a piece must bear to be
    done twice. A fault in a piece comes out in its turn; nothing further is begun then. Raises BrokenProcessPool
    where processes are lost again and again.
    """
    if workers <= 1:
        yield from (piece() for piece in pieces)
        return
    around = Surroundings.here()
    begun = deque[tuple[bytes, Future[Any]]]()
    pool, lost = _pool(workers), 0

    def begin(piece: bytes) -> Future[Any]:
        try:
            return pool.submit(do_elsewhere, around.environment, around.database, piece)
        except BrokenProcessPool as broken:  # found out, and put right, when its turn comes
            future = Future[Any]()
            future.set_exception(broken)
            return future

    def next_one() -> Any:
        nonlocal pool, lost
        while True:
            try:
                found = begun[0][1].result()
            except BrokenProcessPool:
                lost += 1
                if lost > TRIES_MORE:
                    raise
                pool.shutdown()
                pool = _pool(workers)
                for place, (piece, future) in enumerate(begun):
                    if future.exception() is not None:
                        begun[place] = (piece, begin(piece))
            else:
                begun.popleft()
                return found

    try:
        for piece in pieces:
            begun.append((raw := packed(piece), begin(raw)))
            if len(begun) > workers * AHEAD:
                yield next_one()
        while begun:
            yield next_one()
    finally:
        pool.shutdown(cancel_futures=True)


def _pool(workers: int) -> ProcessPoolExecutor:
    # spawned, not forked: a copy of this process would share its connections and threads
    return ProcessPoolExecutor(workers, mp_context=get_context("spawn"))

"""Pieces of work shared by threads, each on a connection of its own."""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread

from django.db import connections

AHEAD = 16
"""So many pieces a thread are begun, or wait for one, beyond what was asked for."""


def usual_workers() -> int:
    """This function will say how many threads are worth while here: one a processor, at most four, since the
    database works on the same machine or is the limit anyway."""
    return max(1, min(os.cpu_count() or 1, 4))


def side_by_side[T](pieces: Iterable[Callable[[], T]], *, workers: int) -> Iterator[T]:
    """This function will do pieces of work and yield what they return, in their order.

    So many threads share them, each on a connection of its own, which sees only what is committed; with one worker
    everything happens here, on the connection at hand. A fault in a piece comes out in its turn; then, and when
    nobody asks any more, nothing further is begun, and what is being done is waited for.
    """
    if workers <= 1:
        yield from (piece() for piece in pieces)
        return
    todo: SimpleQueue[tuple[Callable[[], T], Future[T]] | None] = SimpleQueue()
    threads = [Thread(target=_work, args=(todo,), name="side-by-side") for _ in range(workers)]
    for thread in threads:
        thread.start()
    begun = deque[Future[T]]()
    try:
        for piece in pieces:
            begun.append(Future())
            todo.put((piece, begun[-1]))
            if len(begun) > workers * AHEAD:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        with suppress(Empty):
            while True:
                todo.get_nowait()
        for _ in threads:
            todo.put(None)
        for thread in threads:
            thread.join()


def _work[T](todo: SimpleQueue[tuple[Callable[[], T], Future[T]] | None]) -> None:
    try:
        while (taken := todo.get()) is not None:
            piece, result = taken
            try:
                result.set_result(piece())
            except BaseException as fault:
                result.set_exception(fault)
    finally:
        connections.close_all()

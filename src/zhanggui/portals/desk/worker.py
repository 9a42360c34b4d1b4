"""A worker inside the serving process, for `zhanggui serve` when no other worker runs."""

import asyncio
import logging
import threading

logger = logging.getLogger("zhanggui.worker")


def start_worker_thread(*, concurrency: int = 2, queues: list[str] | None = None) -> threading.Thread:
    """Run a procrastinate worker in a daemon thread with its own event loop. Returns the started thread.

    It ends with the process; jobs it leaves behind are taken up again by the next worker.
    """
    thread = threading.Thread(target=_run, args=(concurrency, queues), name="zhanggui-worker", daemon=True)
    thread.start()
    return thread


def _run(concurrency: int, queues: list[str] | None) -> None:
    from procrastinate.contrib.django import app

    async def work() -> None:
        worker_app = app.with_connector(app.connector.get_worker_connector())  # type: ignore[attr-defined]
        async with worker_app.open_async():
            await worker_app.run_worker_async(
                queues=queues, concurrency=concurrency, install_signal_handlers=False, name="zhanggui-serve"
            )

    try:
        asyncio.run(work())
    except Exception:
        logger.exception("the worker inside the server stopped; start one with `zhanggui worker`")

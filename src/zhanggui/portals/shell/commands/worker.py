"""zhanggui worker: background tasks, from the queue in the database."""

import argparse
import os
import signal
import threading
import time

from django.core.management import call_command

from zhanggui.portals.shell.output import Output

HELP = "run background tasks until stopped"
LOOK_SECONDS = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--concurrency", type=int, default=1, help="tasks at a time (default %(default)s)")
    parser.add_argument("--once", action="store_true", help="stop when no task is waiting")
    parser.add_argument("--beside", type=int, metavar="PID", help="stop when the parent process PID is gone")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.beside:
        threading.Thread(target=_stop_without, args=(options.beside,), daemon=True).start()
    else:
        out.note("worker: waiting for tasks")
    arguments = ["worker", f"--concurrency={options.concurrency}"]
    call_command("procrastinate", *arguments, *(["--one-shot"] if options.once else []))
    return 0


def _stop_without(parent: int) -> None:
    """A killed server cannot tell its worker to stop; the worker notices that it has another parent."""
    while os.getppid() == parent:
        time.sleep(LOOK_SECONDS)
    os.kill(os.getpid(), signal.SIGTERM)

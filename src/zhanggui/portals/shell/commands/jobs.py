"""zhanggui jobs: the periodic jobs; run one now."""

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from zhanggui.clockwork.jobs import (
    periodic_jobs,
    queue_counts,
    retry_policy,
    run_now,
    stalled_jobs,
    workers_alive,
)
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output

HELP = "the periodic jobs: when each ran, how it ended, when it runs next; --run puts one in now"
ACTOR = "zhanggui jobs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--run", metavar="TASK", help="put this job into the queue now")


def run(options: argparse.Namespace, out: Output) -> int:
    if options.run:
        number = run_now(task=options.run, at=clock(), actor=ACTOR)
        out.result(
            {"task": options.run, "job": number},
            lambda told: f"{told['task']} is in the queue as {told['job']}",
        )
        return 0
    jobs = [asdict(one) for one in periodic_jobs(at=clock())]
    document = {
        "workers": workers_alive(), "stalled": len(stalled_jobs()), "queues": queue_counts(),
        "retries": retry_policy(), "jobs": jobs,
    }  # fmt: skip
    out.result(document, _told)
    return 1 if any(one["state"] in ("failed", "late") for one in jobs) or document["stalled"] else 0


def _told(document: Mapping[str, Any]) -> str:
    width = max(len(one["task"]) for one in document["jobs"])
    lines = [f"{document['workers']} workers alive, {document['stalled']} jobs stalled"]
    lines += [
        f"{one['task']:<{width}}  {one['state']:<8} {one['cron']:<14} next {one['next_at']:%Y-%m-%d %H:%M} UTC"
        + (f"  {one['failures']} failures, latest: {one['error']}" if one["failures"] else "")
        for one in document["jobs"]
    ]
    return "\n".join(lines)

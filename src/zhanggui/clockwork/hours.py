"""Schedules say hours of the installation's zone. The queue alone would read them in UTC: "after midnight" at eight
in the morning in Shanghai."""

from datetime import datetime
from typing import Any

import croniter
from django.utils import timezone
from procrastinate import App
from procrastinate.periodic import PeriodicRegistry, PeriodicTask


def schedule(cron: str, at: datetime) -> "croniter.croniter[Any]":
    """This function will return the times of a cron line around `at`, by the clock on the wall."""
    return croniter.croniter(cron, at.astimezone(timezone.get_default_timezone()))


class LocalHours(PeriodicRegistry):
    """Periodic tasks, each with its schedule in our zone: one that began there keeps it."""

    def register_task(self, *given: Any, **named: Any) -> "PeriodicTask[Any, Any, Any]":
        """Register a task as the queue does, and give it its hours."""
        one = super().register_task(*given, **named)
        vars(one)["croniter"] = schedule(one.cron, timezone.now())
        return one


def keep_local_hours(app: App) -> None:
    """This function will have the queue's tasks run by our hours; called when the queue is ready, before its tasks
    are loaded (settings.PROCRASTINATE_ON_APP_READY)."""
    before, app.periodic_registry = app.periodic_registry, LocalHours()
    for one in before.periodic_tasks.values():
        app.periodic_registry.register_task(
            task=one.task,
            cron=one.cron,
            periodic_id=one.periodic_id,
            configure_kwargs=one.configure_kwargs,
        )

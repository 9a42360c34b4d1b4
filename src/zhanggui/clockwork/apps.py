from django.apps import AppConfig


class ClockworkConfig(AppConfig):
    """Registered so that the job queue finds `tasks`; its one table keeps why jobs failed."""

    name = "zhanggui.clockwork"
    label = "clockwork"

from django.apps import AppConfig


class ClockworkConfig(AppConfig):
    """No tables: registered so that the job queue finds `tasks`."""

    name = "zhanggui.clockwork"
    label = "clockwork"

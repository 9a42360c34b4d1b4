"""The Django application of notices."""

from django.apps import AppConfig


class OutboxConfig(AppConfig):
    """Notices and who read them."""

    name = "zhanggui.outbox"
    label = "outbox"
    default_auto_field = "django.db.models.BigAutoField"

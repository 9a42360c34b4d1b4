"""The Django application of the API."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Keys and kept answers."""

    name = "zhanggui.portals.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

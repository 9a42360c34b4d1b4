"""The Django application of the storefront."""

from django.apps import AppConfig


class StorefrontConfig(AppConfig):
    """The mall as buyers see it."""

    name = "zhanggui.portals.storefront"
    label = "storefront"
    default_auto_field = "django.db.models.BigAutoField"

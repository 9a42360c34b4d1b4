"""The Django application of the shop's portal."""

from django.apps import AppConfig


class MerchantConfig(AppConfig):
    """Statements, details and account of one shop."""

    name = "zhanggui.portals.merchant"
    label = "merchant"
    default_auto_field = "django.db.models.BigAutoField"

"""The Django application of the supplier's portal."""

from django.apps import AppConfig


class SupplierConfig(AppConfig):
    """Orders a supplier ships; screens only, no tables."""

    name = "zhanggui.portals.supplier"
    label = "supplier"
    default_auto_field = "django.db.models.BigAutoField"

"""The Django application of the shop's portal."""

from django.apps import AppConfig


class MerchantConfig(AppConfig):
    """Statements, details and account of one shop."""

    name = "zhanggui.portals.merchant"
    label = "merchant"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Make the portal known to the desk."""
        from zhanggui.portals.desk.finding import register_resolver
        from zhanggui.portals.desk.menus import register_portal
        from zhanggui.portals.merchant.finding import RESOLVERS
        from zhanggui.portals.merchant.menu import PORTAL

        register_portal(PORTAL)
        for resolver in RESOLVERS:
            register_resolver(resolver)

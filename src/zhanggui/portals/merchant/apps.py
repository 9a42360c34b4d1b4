from django.apps import AppConfig


class MerchantConfig(AppConfig):
    name = "zhanggui.portals.merchant"
    label = "merchant"
    default_auto_field = "django.db.models.BigAutoField"

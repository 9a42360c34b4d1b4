"""Which portal answers at which address."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("zhanggui.portals.api.urls")),
    path("platform/", include("zhanggui.portals.platform.urls")),
    path("merchant/", include("zhanggui.portals.merchant.urls")),
    path("", include("zhanggui.portals.desk.urls")),
]

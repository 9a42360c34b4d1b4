"""Which portal answers at which address."""

from importlib.util import find_spec

from django.urls import include, path

from zhanggui.portals.api.notices import notice

PORTALS = [
    ("api/v1/", "zhanggui.portals.api.urls"),
    ("platform/", "zhanggui.portals.platform.urls"),
    ("merchant/", "zhanggui.portals.merchant.urls"),
    ("supplier/", "zhanggui.portals.supplier.urls"),
    ("", "zhanggui.portals.storefront.urls"),
    ("", "zhanggui.portals.desk.urls"),
]

urlpatterns = [
    path("notices/<slug:channel>/", notice, name="channel_notice"),
    path("i18n/", include("django.conf.urls.i18n")),
    *[path(prefix, include(module)) for prefix, module in PORTALS if find_spec(module)],
]

handler400 = "zhanggui.portals.desk.views.errors.bad_request"
handler403 = "zhanggui.portals.storefront.errors.denied"
handler404 = "zhanggui.portals.storefront.errors.not_found"
handler500 = "zhanggui.portals.desk.views.errors.failed"

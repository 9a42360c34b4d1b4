"""URLs of the demo back office and of the desk."""

from django.urls import include, path

from tests.portals.desk import demo

demo.install()

demo_patterns = [
    path("", demo.dashboard, name="dashboard"),
    path("statements/", demo.DemoList.as_view(), name="list"),
    path("statements/<int:number>/", demo.detail, name="detail"),
    path("lines/", demo.lines, name="lines"),
    path("lines/<int:number>/", demo.line, name="line"),
    path("broken/", demo.broken, name="broken"),
]

urlpatterns = [
    path("demo/", include((demo_patterns, "demo"))),
    path("", include("zhanggui.portals.desk.urls")),
]

handler400 = "zhanggui.portals.desk.views.errors.bad_request"
handler403 = "zhanggui.portals.desk.views.errors.denied"
handler404 = "zhanggui.portals.desk.views.errors.not_found"
handler500 = "zhanggui.portals.desk.views.errors.failed"

"""URLs of the API; what no route takes is a 404 in the API's shape."""

from django.http import HttpRequest, HttpResponse
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt

from zhanggui.portals.api.errors import framework_answer
from zhanggui.portals.api.site import api


@csrf_exempt
def nowhere(request: HttpRequest, **_rest: str) -> HttpResponse:
    """An address that does not exist."""
    return framework_answer(request, 404)


urlpatterns = [path("", api.urls), re_path(r"^.*$", nowhere)]

"""Who may open a page: a log-in first, then the permission, else 403."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhanggui.portals.desk.people import may

type View = Callable[..., HttpResponse]


def needs(permission: str) -> Callable[[View], View]:
    """Let a view run only for people who hold `permission`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not may(request.user, permission):
                raise PermissionDenied(_("Your role does not include this page."))
            return view(request, *args, **kwargs)

        return guarded

    return guard

"""Theme, density, language, columns and saved views: small forms that bring you back to where you were."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect, QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhanggui.portals.desk.context import THEMES
from zhanggui.portals.desk.lists import registry
from zhanggui.portals.desk.models import SavedView, UserPreference
from zhanggui.portals.desk.preferences import THEME_COOKIE, change_preference, preference_of

YEAR_SECONDS = 365 * 24 * 3600


def back(request: HttpRequest) -> HttpResponse:
    """To the page the form was on; 204 for scripts."""
    if request.headers.get("X-Desk-Quiet") == "1":
        return HttpResponse(status=204)
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(target if safe else "/")


@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language and stay on the page."""
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return HttpResponseBadRequest(_("This language is not available."))
    if request.user.is_authenticated:
        get_user_model().objects.filter(pk=request.user.pk).update(language=code)
    response = back(request)
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR_SECONDS, samesite="Lax", httponly=True,
        secure=request.is_secure(),
    )  # fmt: skip
    return response


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Change theme or density."""
    changes = {}
    theme, density = request.POST.get("theme", ""), request.POST.get("density", "")
    if theme in THEMES:
        changes["theme"] = theme
    if density in UserPreference.Density.values:
        changes["density"] = density
    if request.user.is_authenticated and changes:
        change_preference(request.user, **changes)
    response = back(request)
    if "theme" in changes:
        response.set_cookie(
            THEME_COOKIE,
            theme,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            httponly=True,
            secure=request.is_secure(),
        )
    return response


@login_required
@require_POST
def columns(request: HttpRequest) -> HttpResponse:
    """Choose the columns of one list, in the order sent; nothing chosen means the default ones again."""
    page = registry.find(request.POST.get("list", ""))
    if page is None:
        return HttpResponseBadRequest(_("This list does not exist any more."))
    chosen = request.POST.getlist("column")[:60]
    if request.POST.get("restore") == "1":
        chosen = []
    stored = dict(preference_of(request.user).columns)
    stored[page.name] = chosen
    change_preference(request.user, columns=stored)
    return back(request)


@login_required
@require_POST
def save_view(request: HttpRequest) -> HttpResponse:
    """Keep the current filter under a name; the same name replaces it."""
    page = registry.find(request.POST.get("list", ""))
    name = request.POST.get("name", "").strip()[:60]
    if page is None or not name:
        messages.error(request, _("Give the view a name, then save it again."))
        return back(request)
    query = QueryDict(request.POST.get("query", ""), mutable=True)
    for gone in ("after", "before", "view"):
        query.pop(gone, None)
    is_default = request.POST.get("is_default") == "1"
    mine = SavedView.objects.filter(owner_id=request.user.pk, list_name=page.name)
    if is_default:
        mine.update(is_default=False)
    SavedView.objects.update_or_create(
        owner_id=request.user.pk,
        list_name=page.name,
        name=name,
        defaults={"query": query.urlencode(), "is_default": is_default},
    )
    messages.success(request, _("View “%(name)s” is saved.") % {"name": name})
    return back(request)


@login_required
@require_POST
def drop_view(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view of one's own."""
    SavedView.objects.filter(owner_id=request.user.pk, pk=view_id).delete()
    return back(request)

"""/find?q=: straight to the one thing that matches, else the choice."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhanggui.portals.desk.finding import find
from zhanggui.portals.desk.menus import portal_of


@login_required
def find_view(request: HttpRequest) -> HttpResponse:
    """Search by any number."""
    text = request.GET.get("q", "").strip()[:100]
    portal = portal_of(request)
    groups = find(request, text, portal.code if portal else "") if text else []
    hits = [hit for _label, found in groups for hit in found]
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].url)
    return render(request, "desk/find.html", {"title": _("Search"), "query": text, "groups": groups})

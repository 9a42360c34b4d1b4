"""Draws a page that can also stand in the drawer."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from zhanggui.portals.desk.context import DRAWER_HEADER


def render_drawer(
    request: HttpRequest,
    template: str,
    context: dict[str, Any] | None = None,
    *,
    title: Any = "",
    status: int = 200,
) -> HttpResponse:
    """Render a template that `{% extends drawer_base %}`: a fragment for the drawer, else a page."""
    response = render(request, template, {"title": title, **(context or {})}, status=status)
    patch_vary_headers(response, [DRAWER_HEADER])
    return response


def is_expansion(request: HttpRequest) -> bool:
    """Whether a fee row is being unfolded: answer with the bare table (`lists.render.table`) then."""
    return request.headers.get("X-Desk-Expand") == "1"

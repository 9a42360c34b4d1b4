"""The two requests of a list page: look (GET) and act on chosen rows (POST)."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from zhanggui.portals.desk.amounts import format_money, parse_amount
from zhanggui.portals.desk.lists import render as drawing
from zhanggui.portals.desk.lists.actions import BulkAction
from zhanggui.portals.desk.lists.columns import MoneyColumn
from zhanggui.portals.desk.lists.page import PAGE_SIZES, ListPage
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.portals.desk.models import Export, SavedView, UserPreference
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.preferences import preference_of

MOST_ROWS_AT_ONCE = 5_000
KEY_KEPT_SECONDS = 24 * 3600


def list_view(
    page_class: type[ListPage], scope: Callable[[HttpRequest], Mapping[str, Any]] | None
) -> Callable[..., HttpResponse]:
    """Make the Django view of a list page."""

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not may(request.user, page_class.permission):
            raise PermissionDenied(_("Your role does not include this list."))
        fixed = {**kwargs, **(scope(request) if scope else {})}
        page = page_class(user=request.user, params=request.GET, scope=fixed, request=request)
        if request.method == "POST":
            return _act(request, page)
        return _look(request, page)

    view.__name__ = f"{page_class.__name__}_view"
    view.page_class = page_class  # type: ignore[attr-defined]
    return view


def _look(request: HttpRequest, page: ListPage) -> HttpResponse:
    saved = list(SavedView.objects.filter(owner_id=request.user.pk, list_name=page.name)) if page.name else []
    if not request.GET:
        default = next((view for view in saved if view.is_default and view.query), None)
        if default is not None:
            return HttpResponseRedirect(f"?{default.query}")
    partial = request.headers.get("HX-Request") == "true" and "list" in request.headers.get("HX-Target", "")
    response = render(request, f"{page.template}#list" if partial else page.template, context_of(page, saved))
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def context_of(page: ListPage, saved: list[SavedView]) -> dict[str, Any]:
    """What the list template needs."""
    shown = {column.key for column in page.shown_columns}
    here, used = page.query(), _used(page)
    return {
        "page": page,
        "title": page.title,
        "intro": mark_safe(page.intro()),
        "breadcrumbs": page.breadcrumbs,
        "filters": [mark_safe(f.html(page.params, page.today)) for f in page.all_filters],
        "tabs": _tabs(page),
        "table": drawing.table(page) if page.slice.rows else "",
        "currency": drawing.shared_currency(page),
        "slice": page.slice,
        "count": page.totals.count,
        "previous_url": f"?{page.query(before=page.slice.previous)}" if page.slice.previous else "",
        "next_url": f"?{page.query(after=page.slice.following)}" if page.slice.following else "",
        "sizes": [(size, f"?{page.query(size=str(size))}") for size in PAGE_SIZES],
        "filtered": bool(used),
        "used_filters": used,
        "kept_parameters": [(n, page.params[n]) for n in ("tab", "sort", "size") if page.params.get(n)],
        "saved_views": [(view, f"?{view.query}", view.query == here) for view in saved],
        "here": here,
        "column_choices": [(c.key, c.label, c.key in shown) for c in _ordered_columns(page)],
        "densities": UserPreference.Density.choices,
        "density": preference_of(page.user).density,
        "formats": Export.Format.choices if page.exportable and page.name else [],
        "signed_scope": signing.dumps(page.scope, salt=f"desk.scope.{page.user.pk}"),
        "bulk_actions": [a for a in page.actions if may(page.user, a.permission)],
    }


def _ordered_columns(page: ListPage) -> list[Any]:
    shown = page.shown_columns
    return shown + [column for column in page.all_columns if column not in shown]


def _tabs(page: ListPage) -> list[dict[str, Any]]:
    if page.tabs is None:
        return []
    current, counted = page.tabs.current(page.params), page.tab_counts
    name = page.tabs.name
    all_label = page.tabs.all_label if page.tabs.all_label is not None else _("All")
    found = []
    if all_label:
        count = sum(count for _tab, count in counted)
        found.append(
            {"label": all_label, "count": count, "url": f"?{page.query(**{name: ''})}", "on": current == ""}
        )
    for tab, count in counted:
        url = f"?{page.query(**{name: tab.code})}"
        alert = tab.alert and count > 0
        found.append(
            {"label": tab.label, "count": count, "url": url, "on": current == tab.code, "alert": alert}
        )
    return found


def _used(page: ListPage) -> list[str]:
    owned = [p for one in page.all_filters for p in one.parameters()]
    return [name for name in owned if page.params.get(name)]


def _act(request: HttpRequest, page: ListPage) -> HttpResponse:
    action = next((a for a in page.actions if a.code == request.POST.get("action")), None)
    if action is None or not may(request.user, action.permission):
        raise PermissionDenied(_("Your role does not include this action."))
    everything = request.POST.get("everything") == "1"
    if everything:
        rows = list(page.stream()) if page.totals.count <= MOST_ROWS_AT_ONCE else []
    else:
        rows = page.picked(request.POST.getlist("pick"))
    question = _Question(page, action, rows, everything)
    if request.POST.get("confirmed") != "1":
        return render(request, "desk/bulk_confirm.html", question.context(""))
    problem = question.problem(request)
    if problem:
        return render(request, "desk/bulk_confirm.html", question.context(problem), status=422)
    if not cache.add(f"desk:bulk:{request.user.pk}:{request.POST.get('key', '')}", 1, KEY_KEPT_SECONDS):
        return render(
            request, "desk/bulk_confirm.html", question.context(_("This was already carried out once."))
        )
    outcome = action.run_all(request.user, rows)
    forget(page.name)
    context = {
        "page": page,
        "title": action.label,
        "outcome": outcome,
        "back": f"{request.path}?{page.query()}",
    }
    return render(request, "desk/bulk_result.html", context)


class _Question:
    """What is about to be done: to how many rows, over what amount, and what may stop it."""

    def __init__(self, page: ListPage, action: BulkAction, rows: list[Any], everything: bool) -> None:
        self.page, self.action, self.rows, self.everything = page, action, rows, everything
        column = next((c for c in page.all_columns if c.key == action.amount), None)
        self.currency = (
            column.currency if isinstance(column, MoneyColumn) and isinstance(column.currency, str) else ""
        )
        self.total = (
            sum(getattr(row, action.amount) for row in rows) if action.amount and self.currency else None
        )

    def problem(self, request: HttpRequest) -> str:
        """Why it must not run now, or ""."""
        if not self.rows:
            return _("No rows are selected any more. Go back to the list and select them again.")
        seen = (request.POST.get("seen_count"), request.POST.get("seen_total"))
        if seen != (str(len(self.rows)), str(self.total)):
            return _("The rows changed while you were looking. Check count and amount again, then confirm.")
        retyped = request.POST.get("retyped", "")
        if not self.action.retype_amount or self.total is None:
            return ""
        if parse_amount(retyped, self.currency) != self.total:
            return _("The amount you typed is not the total. Type %(total)s.") % {
                "total": format_money(self.total, self.currency)
            }
        return ""

    def context(self, problem: str) -> dict[str, Any]:
        """What the confirmation page shows."""
        too_many = self.everything and not self.rows and self.page.totals.count > MOST_ROWS_AT_ONCE
        if too_many:
            problem = _("At most %(most)s rows at once. Narrow the filter.") % {
                "most": f"{MOST_ROWS_AT_ONCE:,}"
            }
        return {
            "page": self.page,
            "action": self.action,
            "title": self.action.label,
            "problem": problem,
            "rows": [(self.action.row_label(row), self.page.id_of(row)) for row in self.rows[:20]],
            "picks": [] if self.everything else [self.page.id_of(row) for row in self.rows],
            "more": max(0, len(self.rows) - 20),
            "everything": self.everything,
            "count": len(self.rows),
            "total": self.total,
            "currency": self.currency,
            "key": uuid.uuid4().hex,
            "back": f"{self.page.request.path}?{self.page.query()}" if self.page.request else "",
        }

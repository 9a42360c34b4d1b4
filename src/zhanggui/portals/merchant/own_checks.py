"""Self-service reconciliation (自助对账): a shop's own file against what we billed it."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.journeys.own_file_checked import own_file_checked
from zhanggui.money.errors import Refusal
from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.details import Action, Detail, Fact
from zhanggui.portals.desk.lists import (
    Column,
    Condition,
    DateColumn,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    MoneyColumn,
    QuerySetSource,
    StatusColumn,
    StatusTabs,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.merchant.listing import OwnList, currencies_of
from zhanggui.portals.merchant.standing import may_here, shop_page
from zhanggui.settlement.reconciliation.check_files import CHECK_FILES
from zhanggui.settlement.reconciliation.models import OwnCheck, OwnCheckRow, OwnCheckTemplate
from zhanggui.settlement.statements.models import Statement

COLUMNS = ("order", "amount", "refund", "fee")
OUTCOMES = {
    "matched": Badge(gettext_lazy("Agrees"), "green"),
    "amount": Badge(gettext_lazy("Another amount"), "red"),
    "refund": Badge(gettext_lazy("Another refund"), "red"),
    "fee": Badge(gettext_lazy("Another fee"), "red"),
    "only_yours": Badge(gettext_lazy("Only in your file"), "amber"),
    "only_ours": Badge(gettext_lazy("Only on our side"), "amber"),
    "repeated": Badge(gettext_lazy("Repeated in your file"), "amber"),
    "other": Badge(gettext_lazy("Without an order"), "grey"),
}


class CheckList(OwnList):
    """Checks that were made, latest first."""

    name = "merchant.own_checks"
    title = gettext_lazy("Self-service reconciliation")
    permission = "own_reconciliation.view"
    sort = "-created_at"
    empty = gettext_lazy(
        "Nothing has been checked yet. Hold your own file against a statement with the button above."
    )

    def get_source(self) -> QuerySetSource:
        """Checks of the shop."""
        return QuerySetSource(OwnCheck.objects.all(), key="id")

    def get_columns(self) -> Sequence[Column]:
        """What was checked, and what came of it."""
        return [
            LinkColumn("id", _("Check"), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("merchant:own_check", args=[r.id])),
            DateTimeColumn("created_at", _("Checked"), sort="created_at"),
            TextColumn("source_name", _("File"), phone="sub"),
            DateColumn("starts_on", _("From"), sort="starts_on", phone=""),
            *[
                IntegerColumn(name, badge.label, value=lambda r, name=name: r.totals.get(name, {}).get("orders", 0),
                              phone="line" if name in ("matched", "amount") else "")
                for name, badge in OUTCOMES.items()
            ],
        ]  # fmt: skip

    def page_actions(self) -> Sequence[Any]:
        """Checking, for those who may."""
        if self.request is None or not may_here(self.request, "own_reconciliation.act"):
            return []
        return [Action(_("Check a file"), reverse("merchant:own_check_new"), "primary", icon="import")]


class CheckRows(OwnList):
    """The orders of one check, and how each stands."""

    name = "merchant.own_check_rows"
    title = gettext_lazy("Orders of the check")
    permission = "own_reconciliation.view"
    sort = "position"
    tabs = StatusTabs.of("outcome", OUTCOMES)

    def restrict(self) -> Sequence[Any]:
        """The shop, one check."""
        return [
            Condition("party_id", "eq", self.party_id),
            Condition("check_id", "eq", int(self.scope["check_id"])),
        ]

    def get_source(self) -> QuerySetSource:
        """Rows."""
        return QuerySetSource(OwnCheckRow.objects.all(), key="position")

    def get_filters(self) -> Sequence[Any]:
        """By order."""
        return [TextFilter("q", _("Order number"), starts=["order_no"])]

    def get_columns(self) -> Sequence[Column]:
        """Both amounts; the order leads to what we billed for it."""
        with self.reading():
            check = OwnCheck.objects.filter(party_id=self.party_id, id=int(self.scope["check_id"])).first()
        money = {"currency": check.currency if check else "CNY", "total": True}
        return [
            TextColumn("order_no", _("Order number"), code=True, sort="order_no", phone="title",
                       href=lambda r: reverse("merchant:details") + f"?q={r.order_no}" if r.order_no else None),
            StatusColumn("outcome", _("Result"), badges=OUTCOMES),
            MoneyColumn("their_minor", _("Your amount"), sort="their_minor", phone="line", **money),
            MoneyColumn("our_minor", _("Our amount"), sort="our_minor", phone="amount", **money),
            *self._parts(check, money),
            IntegerColumn("details", _("Billing details"), phone=""),
            TextColumn("their_rows", _("Rows of your file"), phone=""),
        ]  # fmt: skip

    @staticmethod
    def _parts(check: OwnCheck | None, money: Mapping[str, Any]) -> list[Column]:
        """What refunds and fees took, where the file was asked for it."""
        asked = check.mapping if check else {}
        labels = {"refund": (_("Your refunds"), _("Our refunds")), "fee": (_("Your fees"), _("Our fees"))}
        return [
            MoneyColumn(f"{side}_{part}_minor", label, sort=f"{side}_{part}_minor", phone="line", **money)
            for part, both in labels.items() if asked.get(part)
            for side, label in zip(("their", "our"), both, strict=True)
        ]  # fmt: skip


@shop_page("own_reconciliation.view")
def own_check(request: HttpRequest, party_id: int, check_id: int) -> HttpResponse:
    """One check: matched, unmatched, other; each figure leads to its orders."""
    with as_tenant(party_id):
        row = OwnCheck.objects.filter(party_id=party_id, id=check_id).first()
        statement = Statement.objects.filter(party_id=party_id, id=row.statement_id).first() if row else None
    if row is None:
        raise Http404(_("There is no such check."))
    rows = reverse("merchant:own_check_rows", args=[row.id])
    last = row.ends_before - timedelta(days=1)
    facts = [
        Fact(_("File"), row.source_name),
        Fact(_("Days"), f"{row.starts_on} – {last}"),
        Fact(_("Digest"), bytes(row.digest).hex()[:16], copy=True),
    ]
    if statement is not None:
        url = reverse("merchant:statement", args=[statement.id])
        facts.insert(1, Fact(_("Statement"), statement.number, href=url))
    yours = sum(part["yours"] for part in row.totals.values())
    ours = sum(part["ours"] for part in row.totals.values())
    detail = Detail(
        number=f"#{row.id}", kind=_("Check"), amount=yours - ours, currency=row.currency,
        amount_label=_("Yours less ours"), facts=facts,
        breadcrumbs=[(_("Self-service reconciliation"), reverse("merchant:own_checks"))],
    )  # fmt: skip
    parts = [
        (OUTCOMES[name].label, row.totals[name], f"{rows}?tab={name}")
        for name in OUTCOMES
        if name in row.totals
    ]
    taken = [
        (label, sum(part.get(f"your_{name}s", 0) for part in row.totals.values()),
         sum(part.get(f"our_{name}s", 0) for part in row.totals.values()))
        for name, label in (("refund", _("Refunds")), ("fee", _("Fees"))) if row.mapping.get(name)
    ]  # fmt: skip
    context = {"detail": detail, "row": row, "parts": parts, "rows": rows, "yours": yours, "ours": ours,
               "taken": taken}  # fmt: skip
    return render(request, "merchant/own_check.html", context)


@shop_page("own_reconciliation.act")
def own_check_new(request: HttpRequest, party_id: int) -> HttpResponse:
    """Choose a file, what it is held against, and which columns hold order and amount."""
    problem = ""
    if request.method == "POST":
        problem, check = _checked(request, party_id)
        if check is not None:
            return HttpResponseRedirect(reverse("merchant:own_check", args=[check.id]))
    with as_tenant(party_id):
        statements = list(Statement.objects.filter(party_id=party_id).order_by("-starts_on", "-id")[:60])
        templates = list(OwnCheckTemplate.objects.filter(party_id=party_id).order_by("name"))
        currencies = currencies_of(party_id)
    chosen = next((one for one in templates if one.name == request.GET.get("template")), None)
    mapping = chosen.mapping if chosen else {}
    columns = {name: request.POST.get(name) or mapping.get(name, "") for name in COLUMNS}
    context = {
        "columns": columns, "title": _("Check a file"), "problem": problem,
        "statements": statements, "templates": templates,
        "typed": request.POST, "currencies": currencies, "most": CHECK_FILES.most, "accept": CHECK_FILES.accept,
        "breadcrumbs": [(_("Self-service reconciliation"), reverse("merchant:own_checks")), (_("Check a file"), "")],
    }  # fmt: skip
    return render(request, "merchant/own_check_new.html", context, status=422 if problem else 200)


def _checked(request: HttpRequest, party_id: int) -> tuple[str, OwnCheck | None]:
    """What was wrong, or the check."""
    uploaded, statement = request.FILES.get("file"), request.POST.get("statement", "")
    if uploaded is None:
        return _("Choose a file."), None
    if (uploaded.size or 0) > CHECK_FILES.most_bytes:
        return _("The file is larger than %(most)s MB; cut it into months.") % {
            "most": CHECK_FILES.most
        }, None
    try:
        first, last = (_day(request.POST.get(name, "")) for name in ("first", "last"))
    except ValueError:
        return _("Write days as 2026-03-31."), None
    with tempfile.TemporaryDirectory(prefix="zhanggui-check-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as target:
            for part in uploaded.chunks():
                target.write(part)
        try:
            check = own_file_checked(
                party_id=party_id, currency=request.POST.get("currency", "CNY")[:3], path=path,
                name=Path(uploaded.name or "file").name,
                mapping={name: request.POST.get(name, "").strip() for name in COLUMNS},
                at=timezone.now(), actor=request.user.get_username(), zone=timezone.get_default_timezone(),
                statement_id=int(statement) if statement.isdigit() else 0, starts_on=first,
                ends_before=last + timedelta(days=1) if last else None,
                template=request.POST.get("template", "").strip()[:64],
            )  # fmt: skip
        except Refusal as refusal:
            return refusal_text(refusal), None
    return "", check


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

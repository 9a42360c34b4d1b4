"""Rule set versions as a list; the page of one version; the page of one rule version with its history."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhanggui.portals.desk.details import Action, Detail, Fact, PageTab
from zhanggui.portals.desk.lists import (
    Column,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    TextColumn,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.written import actor_name, reason_text
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.names import fee_name_of, line_names
from zhanggui.portals.platform.rule_sets.differences import rule_set_changes
from zhanggui.portals.platform.rule_sets.sentences import condition_text, rule_sentence, window_text
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.fees.errors import UnknownRuleSet
from zhanggui.settlement.fees.models import RuleSetVersion, RuleVersion
from zhanggui.settlement.fees.queries.rule_sets import (
    rule_by_id,
    rule_set_codes,
    rule_set_history,
    rule_set_version,
)


class RuleSetList(ListPage):
    """Published versions of all rule sets."""

    name = "platform.rule_sets"
    title = gettext_lazy("Billing rules")
    permission = "rules.view"
    sort = "-published_at"

    def get_source(self) -> QuerySetSource:
        """Versions."""
        return QuerySetSource(RuleSetVersion.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By set."""
        return [SelectFilter("code", _("Rule set"), [(code, code) for code in rule_set_codes()])]

    def get_columns(self) -> Sequence[Column]:
        """Who published what, when, from when on."""
        return [
            LinkColumn(
                "code", _("Rule set"), href=version_url, sort="code", value=lambda r: f"{r.code} v{r.version}"
            ),
            IntegerColumn("rules", _("Rules"), value=lambda r: len(r.rule_version_ids), phone=""),
            DateTimeColumn("effective_from", _("Orders from"), sort="effective_from"),
            DateTimeColumn("published_at", _("Published"), sort="published_at"),
            TextColumn(
                "published_by",
                _("Published by"),
                sort="published_by",
                phone="sub",
                value=lambda r: actor_name(r.published_by),
            ),
            TextColumn("note", _("Note"), wrap=True, value=lambda r: reason_text(r.note)),
        ]

    def page_actions(self) -> Sequence[Any]:
        """What-if for readers, publishing for those who may."""
        actions = [Action(_("What-if"), reverse("platform:what_if"), icon="flask")]
        if may(self.user, "rules.publish"):
            actions.append(Action(_("Publish a version"), reverse("platform:publish_rules"), "primary"))
        return actions


def version_url(row: RuleSetVersion) -> str:
    """The page of a version."""
    return reverse("platform:rule_set", args=[row.code, row.version])


def rule_cards(
    rules: Sequence[Mapping[str, Any]], currency: str, ids: Mapping[str, int]
) -> list[dict[str, Any]]:
    """Rules as sentences, by fee and priority."""
    ordered = sorted(rules, key=lambda rule: (fee_name_of(rule["fee"]), -rule["priority"], rule["code"]))
    return [
        {
            "rule": rule,
            "fee": fee_name_of(rule["fee"]),
            "sentence": rule_sentence(rule, currency),
            "window": window_text(rule),
            "id": ids.get(rule["code"]),
        }
        for rule in ordered
    ]


@needs("rules.view")
def rule_set_page(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """One published version: its rules as sentences, what changed, its history, the document."""
    try:
        row = rule_set_version(code, version)
    except UnknownRuleSet as refusal:
        raise Http404(refusal_text(refusal)) from refusal
    tab = request.GET.get("tab", "rules")
    history = list(rule_set_history(code))
    before = next((one for one in history if one.version == version - 1), None)
    after = next((one for one in history if one.version == version + 1), None)
    here = version_url(row)
    versions = {one.code: one for one in RuleVersion.objects.filter(id__in=row.rule_version_ids)}
    lines = BusinessLine.objects.filter(rule_set_code=code)
    names = line_names()
    detail = Detail(
        number=f"{code} v{version}",
        kind=_("Rule set"),
        facts=[
            Fact(
                _("Published"),
                f"{timezone.localtime(row.published_at):%Y-%m-%d %H:%M:%S} · {actor_name(row.published_by)}",
            ),
            Fact(_("Rates orders from"), f"{timezone.localtime(row.effective_from):%Y-%m-%d}"),
            Fact(_("Currency"), row.document["currency"]),
            Fact(_("Business lines"), _(", ").join(names[one.id] for one in lines) or "–"),
            Fact(_("Note"), reason_text(row.note) or "–"),
            Fact(_("Digest"), bytes(row.digest).hex()[:16], copy=True),
        ],
        tabs=[
            PageTab(_("Rules"), here, tab == "rules", len(row.rule_version_ids)),
            PageTab(_("Changes"), f"{here}?tab=changes", tab == "changes"),
            PageTab(_("History"), f"{here}?tab=history", tab == "history", len(history)),
            PageTab(_("JSON document"), f"{here}?tab=document", tab == "document"),
        ],
        actions=_actions(request.user, row),
        breadcrumbs=[(_("Billing rules"), reverse("platform:rule_sets"))],
        previous=version_url(before) if before else "",
        following=version_url(after) if after else "",
    )
    currency = row.document["currency"]
    context: dict[str, Any] = {"detail": detail, "tab": tab, "version": row}
    if tab == "changes":
        context["before"] = before
        context["changes"] = rule_set_changes(before.document if before else None, row.document)
    elif tab == "history":
        context["history"] = [(one, version_url(one)) for one in history]
    elif tab == "document":
        context["document"] = row.document
    else:
        ids = {rule_code: one.id for rule_code, one in versions.items()}
        context["rules"] = rule_cards(row.document["rules"], currency, ids)
        context["versions"] = {rule_code: one.version for rule_code, one in versions.items()}
        context["free"] = [
            (fee_name_of(entry["fee"]), condition_text(entry["when"], currency), entry["reason"])
            for entry in row.document["free"]
        ]
    return render(request, "platform/rule_set.html", context)


def _actions(user: Any, row: RuleSetVersion) -> list[Action]:
    here = f"?from={row.code}/{row.version}"
    actions = [
        Action(
            _("Download"), reverse("platform:rule_document", args=[row.code, row.version]), icon="download"
        ),
        Action(_("What-if"), reverse("platform:new_comparison") + here, icon="flask"),
    ]
    if may(user, "rules.publish"):
        actions.append(Action(_("Publish a change"), reverse("platform:publish_rules") + here, "primary"))
    return actions


@needs("rules.view")
def rule_version_page(request: HttpRequest, rule_id: int) -> HttpResponse:
    """One rule version as a sentence, with all versions of the rule and what changed between them."""
    try:
        row = rule_by_id(rule_id)
    except UnknownRuleSet as refusal:
        raise Http404(refusal_text(refusal)) from refusal
    history = list(RuleVersion.objects.filter(set_code=row.set_code, code=row.code).order_by("-version"))
    holding = RuleSetVersion.objects.filter(code=row.set_code, rule_version_ids__contains=[row.id])
    latest = holding.order_by("-version").first()
    currency = latest.document["currency"] if latest else "CNY"
    context = {
        "title": f"{row.code} v{row.version}",
        "row": row,
        "fee": fee_name_of(row.fee_code),
        "sentence": rule_sentence(row.content, currency),
        "window": window_text(row.content),
        "history": [(one, rule_sentence(one.content, currency), one.id == row.id) for one in history],
        "sets": [(one, version_url(one)) for one in holding.order_by("-version")],
        "details_url": reverse("platform:details"),
        "breadcrumbs": [
            (_("Billing rules"), reverse("platform:rule_sets")),
            (row.set_code, version_url(latest)) if latest else (row.set_code, ""),
            (f"{row.code} v{row.version}", ""),
        ],
    }
    return render(request, "platform/rule_version.html", context)

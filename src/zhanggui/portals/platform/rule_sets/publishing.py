"""Publishing a version from a document: checked first, findings by rule, changes shown, then written once."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from zhanggui.files.checking import MEGABYTE, Taken, check_content
from zhanggui.files.kinds import Kind
from zhanggui.money.errors import Refusal
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.uploaded import content_of
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.rule_sets.differences import rule_set_changes
from zhanggui.portals.platform.rule_sets.listed import version_url
from zhanggui.settlement.fees.errors import UnknownRuleSet
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.fees.queries.rule_sets import (
    finding_document,
    rule_set_findings,
    rule_set_history,
    rule_set_version,
)
from zhanggui.settlement.fees.rules.document import rule_set_document
from zhanggui.settlement.fees.rules.parser import parse_rule_set

RULE_FILES = Taken({".json": frozenset({Kind.TEXT})}, most_bytes=2 * MEGABYTE)
MOST_BYTES = RULE_FILES.most_bytes


class Unreadable(Exception):
    """The document is no JSON, or too large; the text says which."""


def document_text(request: HttpRequest) -> str:
    """The document as pasted, uploaded, or taken from the version in `?from=code/version`."""
    uploaded = request.FILES.get("file")
    if uploaded is not None:
        if uploaded.size > MOST_BYTES:
            raise Unreadable(_("The file is larger than 2 MB. Rule sets are far smaller; check what it is."))
        try:
            content = content_of(uploaded, RULE_FILES)
            check_content(content, name=uploaded.name or "", taken=RULE_FILES)
            return content.decode("utf-8-sig")
        except Refusal as refusal:
            raise Unreadable(refusal_text(refusal)) from refusal
        except UnicodeDecodeError as failure:
            raise Unreadable(
                _("The file is not UTF-8 text. Save it as UTF-8 and upload it again.")
            ) from failure
    if request.method == "POST":
        return request.POST.get("document", "")
    named = request.GET.get("from", "")
    if "/" not in named:
        return ""
    code, _slash, version = named.rpartition("/")
    try:
        return written(rule_set_version(code, int(version) if version.isdigit() else -1).document)
    except UnknownRuleSet as refusal:
        raise Http404(refusal_text(refusal)) from refusal


def written(document: Mapping[str, Any]) -> str:
    """A document as text a person edits."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def read_document(text: str) -> dict[str, Any]:
    """The text as a JSON object. Raises Unreadable."""
    if len(text) > MOST_BYTES:
        raise Unreadable(_("The document is larger than 2 MB. Rule sets are far smaller; check what it is."))
    try:
        found = json.loads(text)
    except json.JSONDecodeError as failure:
        raise Unreadable(
            _("This is not JSON: line %(line)s, column %(column)s. Correct it and check again.")
            % {"line": failure.lineno, "column": failure.colno}
        ) from failure
    if not isinstance(found, dict):
        raise Unreadable(_("A rule set is a JSON object, starting with a curly brace."))
    return found


def by_rule(findings: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """Findings under the rules they are about; those about the whole set first."""
    grouped: dict[str, list[dict[str, Any]]] = {}
    for finding in findings:
        grouped.setdefault(_(", ").join(finding["rules"]), []).append(finding)
    return sorted(grouped.items(), key=lambda pair: (pair[0] != "", pair[0]))


def checked(text: str) -> dict[str, Any]:
    """What the checks say about a document: `problem`, or findings by rule, changes, and whether it may
    be published."""
    try:
        rule_set = parse_rule_set(read_document(text))
    except Unreadable as failure:
        return {"problem": str(failure)}
    except Refusal as refusal:
        return {"problem": refusal_text(refusal)}
    findings = [finding_document(finding) for finding in rule_set_findings(rule_set)]
    latest = rule_set_history(rule_set.code).first()
    document = rule_set_document(rule_set)
    errors = sum(finding["severity"] == "error" for finding in findings)
    return {
        "code": rule_set.code,
        "rules": len(rule_set.rules),
        "latest": latest,
        "errors": errors,
        "warnings": len(findings) - errors,
        "findings": by_rule(findings),
        "sound": errors == 0,
        "changes": rule_set_changes(latest.document if latest else None, document),
        "same": latest is not None and latest.document == document,
        "effective_from": document["effective_from"],
    }


@needs("rules.publish")
def publish_page(request: HttpRequest) -> HttpResponse:
    """Paste or upload, check, look at the changes, publish."""
    context: dict[str, Any] = {
        "title": _("Publish a version"),
        "note": request.POST.get("note", ""),
        "breadcrumbs": [(_("Billing rules"), reverse("platform:rule_sets")), (_("Publish a version"), "")],
    }
    try:
        text = document_text(request)
    except Unreadable as failure:
        return render(
            request,
            "platform/publish_rules.html",
            context | {"result": {"problem": str(failure)}},
            status=422,
        )
    context["document"] = text
    if request.method == "POST":
        result = checked(text)
        context["result"] = result
        if request.POST.get("publish") == "1" and result.get("sound"):
            try:
                version = publish_rule_set(
                    document=read_document(text),
                    at=timezone.now(),
                    actor=request.user.get_username(),
                    note=context["note"].strip(),
                )
            except Refusal as refusal:
                result["problem"] = refusal_text(refusal)
            else:
                messages.success(
                    request,
                    _("Published as %(code)s v%(version)s.")
                    % {"code": version.code, "version": version.version},
                )
                return HttpResponseRedirect(version_url(version) + "?tab=changes")
    bad = "result" in context and ("problem" in context["result"] or not context["result"].get("sound"))
    return render(request, "platform/publish_rules.html", context, status=422 if bad else 200)


@needs("rules.view")
def rule_document(request: HttpRequest, code: str, version: int) -> HttpResponse:
    """The published document as a file."""
    try:
        row = rule_set_version(code, version)
    except UnknownRuleSet as refusal:
        raise Http404(refusal_text(refusal)) from refusal
    response = HttpResponse(written(row.document), content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{code}-v{version}.json"'
    return response

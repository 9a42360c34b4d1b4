"""The security audit (安全审计): what the latest one found with its remedy, the audits before, one more now."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib import messages
from django.db.models import Case, IntegerField, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhanggui.audit.errors import UnknownSecurityAudit
from zhanggui.audit.models import SecurityAudit, SecurityFinding
from zhanggui.audit.queries import latest_security_audit, security_audit
from zhanggui.audit.rules import CHECKS, SEVERITIES, SecurityCheck
from zhanggui.clockwork.audit_security import audit_security
from zhanggui.parties.models import User
from zhanggui.portals.desk.details import Action
from zhanggui.portals.desk.languages import chinese
from zhanggui.portals.desk.lists import (
    Column,
    DateRangeFilter,
    DateTimeColumn,
    IntegerColumn,
    LinkColumn,
    ListPage,
    QuerySetSource,
    SelectFilter,
    StatusColumn,
    TextColumn,
    TextFilter,
)
from zhanggui.portals.desk.people import may
from zhanggui.portals.desk.refusals import refusal_text
from zhanggui.portals.desk.templatetags.desk import coded
from zhanggui.portals.desk.written import actor_name
from zhanggui.portals.platform.access import needs
from zhanggui.portals.platform.monitoring.words import SEVERITIES as BADGES
from zhanggui.portals.platform.monitoring.words import limit_said

ABOUT_PEOPLE = ("factor_missing", "duties_meet", "approver_dormant", "person_dormant", "person_without_role")
GRAVITY_FIRST = list(reversed(SEVERITIES))


def check_name(check: SecurityCheck) -> str:
    """What is looked at, in the language of the request."""
    return check.zh if chinese() else check.en


def finding_said(row: SecurityFinding) -> str:
    """What was found, in a sentence."""
    told = row.told | ({"limit": limit_said(row.told["limit"])} if "limit" in row.told else {})
    return CHECKS[row.code].said(told, chinese=chinese())


def remedy_of(row: SecurityFinding) -> str:
    """What to do about it."""
    return CHECKS[row.code].remedy_zh if chinese() else CHECKS[row.code].remedy_en


class CodedColumn(TextColumn):
    """A sentence in which what stands between backticks is code."""

    def html(self, value: Any, row: Any) -> str:
        return coded(value)


class FindingList(ListPage):
    """What one audit found, the gravest first; the latest audit unless the address names another."""

    name = "platform.security_findings"
    title = gettext_lazy("Security audit")
    permission = "security.view"
    template = "platform/list.html"
    sort = "severity"
    empty = gettext_lazy("Nothing was found. An audit runs every night; “Audit now” runs one at once.")

    @cached_property
    def audit(self) -> SecurityAudit | None:
        """The audit looked at."""
        number = self.scope.get("audit_id")
        if number is None:
            return latest_security_audit()
        try:
            return security_audit(number)
        except UnknownSecurityAudit as unknown:
            raise Http404(refusal_text(unknown)) from unknown

    @property
    def breadcrumbs(self) -> Sequence[tuple[Any, str]]:  # type: ignore[override]
        """Up to the list of audits, from one of them."""
        if "audit_id" not in self.scope:
            return ()
        here = f"#{self.scope['audit_id']}"
        return [(_("Security audits"), reverse("platform:security_audits")), (here, "")]

    def get_source(self) -> QuerySetSource:
        """Findings of the audit."""
        ranks = [When(severity=value, then=Value(rank)) for rank, value in enumerate(GRAVITY_FIRST)]
        gravity = Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())
        return QuerySetSource(SecurityFinding.objects.filter(audit=self.audit).annotate(gravity=gravity))

    def get_filters(self) -> Sequence[Any]:
        """By gravity, check and subject."""
        return [
            TextFilter("q", _("Person, key or setting"), contains=["subject"]),
            SelectFilter(
                "severity", _("Severity"), [(value, BADGES[value].label) for value in GRAVITY_FIRST]
            ),
            SelectFilter(
                "code", _("Check"), lambda: [(code, check_name(one)) for code, one in CHECKS.items()]
            ),
            DateRangeFilter("since", _("Found since")),
        ]

    def get_columns(self) -> Sequence[Column]:
        """How grave, what, since when, and what to do."""
        return [
            StatusColumn("severity", _("Severity"), badges=BADGES, sort="gravity", phone="badge"),
            TextColumn("check", _("Check"), value=lambda r: check_name(CHECKS[r.code]), href=_where, phone="title",
                       wrap=True),
            TextColumn("found", _("Finding"), value=finding_said, wrap=True, phone="line"),
            CodedColumn("remedy", _("Remedy"), value=remedy_of, wrap=True, phone="line"),
            DateTimeColumn("since", _("Found since"), sort="since", phone="sub"),
        ]  # fmt: skip

    def intro(self) -> SafeString:
        """When it was, and how much was found."""
        row = self.audit
        if row is None:
            return format_html('<p class="notice is-error" role="alert">{}</p>', _("No audit was made yet."))
        told = _("%(when)s, by %(who)s: %(checks)s checks, %(found)s findings, %(fresh)s of them new.") % {
            "when": f"{timezone.localtime(row.at):%Y-%m-%d %H:%M}", "who": actor_name(row.actor),
            "checks": len(row.looked_at), "found": row.critical + row.warning + row.info, "fresh": row.fresh,
        }  # fmt: skip
        return format_html('<p class="notice{}">{}</p>', " is-error" if row.critical else "", told)

    def page_actions(self) -> list[Action]:
        """Earlier audits, and one more now."""
        found = [Action(_("Security audits"), reverse("platform:security_audits"))]
        if may(self.user, "security.audit"):
            url = reverse("platform:audit_security")
            found.append(Action(_("Audit now"), url, kind="primary", post=True, icon="refresh"))
        return found


def _where(row: SecurityFinding) -> str | None:
    """The page on which the remedy is done, where there is one."""
    if row.code in ABOUT_PEOPLE:
        user = User.objects.filter(username=row.subject).first()
        return reverse("platform:person", args=[user.pk]) if user else None
    if row.code.startswith("key_"):
        return reverse("platform:key", args=[int(row.subject)])
    pages = {
        "few_checkers": "people", "many_administrators": "people", "limit_without_checker": "limits",
        "limit_without_end": "limits", "audit_chain_broken": "audit", "self_check_old": "checks",
        "self_check_found": "checks", "backup_old": "backups", "backup_untested": "backups",
        "backup_without_keys": "backups",
    }  # fmt: skip
    return reverse(f"platform:{pages[row.code]}") if row.code in pages else None


class AuditsList(ListPage):
    """Every audit that was made."""

    name = "platform.security_audits"
    title = gettext_lazy("Security audits")
    permission = "security.view"
    template = "platform/list.html"
    sort = "-at"
    empty = gettext_lazy("No audit was made yet. One runs every night; “Audit now” runs one at once.")

    def get_source(self) -> QuerySetSource:
        """Audits."""
        return QuerySetSource(SecurityAudit.objects.all())

    def get_filters(self) -> Sequence[Any]:
        """By day."""
        return [DateRangeFilter("at", _("Time"))]

    def get_columns(self) -> Sequence[Column]:
        """When, by whom, how much."""
        return [
            LinkColumn("id", _("No."), value=lambda r: f"#{r.id}", sort="id",
                       href=lambda r: reverse("platform:security_audit", args=[r.id])),
            DateTimeColumn("at", _("Time"), sort="at", phone="sub"),
            TextColumn("actor", _("Who"), value=lambda r: actor_name(r.actor), phone="line"),
            IntegerColumn("critical", BADGES["critical"].label, sort="critical", phone="line"),
            IntegerColumn("warning", BADGES["warning"].label, sort="warning", phone="line"),
            IntegerColumn("info", BADGES["info"].label, sort="info", phone="line"),
            IntegerColumn("fresh", _("New ones"), sort="fresh", phone="line"),
        ]  # fmt: skip

    page_actions = FindingList.page_actions


@require_POST
@needs("security.audit")
def audit_now(request: HttpRequest) -> HttpResponse:
    """Look at everything now."""
    row = audit_security(
        clock=timezone.now, zone=timezone.get_default_timezone(), actor=request.user.get_username()
    )
    text = _("Audited: %(critical)s critical, %(warning)s warnings, %(info)s notices.")
    told = {"critical": row.critical, "warning": row.warning, "info": row.info}
    messages.add_message(request, messages.ERROR if row.critical else messages.SUCCESS, text % told)
    return HttpResponseRedirect(reverse("platform:security_findings"))

"""What alerts, rules and jobs are called on screens, with their fixed colours."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from zhanggui.audit.rules import CHECKS
from zhanggui.portals.desk.amounts import format_integer, format_money, format_rate
from zhanggui.portals.desk.badges import Badge
from zhanggui.portals.desk.languages import chinese
from zhanggui.portals.desk.staffing import ROLE_NAMES
from zhanggui.portals.platform.names import in_language
from zhanggui.portals.platform.words import APPROVAL_KINDS
from zhanggui.settlement.monitoring.rules import KINDS, Parameter

SEVERITIES = {
    "info": Badge(gettext_lazy("Notice"), "blue"),
    "warning": Badge(gettext_lazy("Warning"), "amber"),
    "critical": Badge(gettext_lazy("Critical"), "red"),
}
ALERT_STATES = {
    "new": Badge(pgettext_lazy("alert", "New"), "amber"),
    "acknowledged": Badge(gettext_lazy("Acknowledged"), "blue"),
    "handling": Badge(gettext_lazy("Being handled"), "blue"),
    "false_alarm": Badge(gettext_lazy("False alarm"), "grey"),
    "fixed": Badge(pgettext_lazy("alert", "Fixed"), "green"),
    "accepted": Badge(pgettext_lazy("alert", "Accepted"), "green"),
}
ALERT_ACTS = {
    "raised": gettext_lazy("Raised"),
    "step": gettext_lazy("Step"),
    "assigned": gettext_lazy("Assigned"),
    "note": gettext_lazy("Note"),
}
SUBJECTS = {
    "order": gettext_lazy("Order"), "refund": gettext_lazy("Refund"),
    "charge": gettext_lazy("Imported charge"), "correction": gettext_lazy("Correction"),
    "statement": gettext_lazy("Statement"), "party": gettext_lazy("Merchant"),
    "dispute": gettext_lazy("Dispute"), "shadow_difference": gettext_lazy("Double insurance"),
    "detail": gettext_lazy("Detail"), "check": gettext_lazy("Self-check"), "sweep": gettext_lazy("Self-check"),
    "job": gettext_lazy("Job"), "task": gettext_lazy("Job"), "job_event": gettext_lazy("Job"),
    "refund_waiting": gettext_lazy("Refund without order"), "payout": gettext_lazy("Payout"),
    "payouts": gettext_lazy("Payouts"), "difference": gettext_lazy("Difference"),
    "receipt": gettext_lazy("Receipt"), "approval": gettext_lazy("Approval"),
    "deposit": gettext_lazy("Deposit"), "contract": gettext_lazy("Contract"), "backup": gettext_lazy("Backup"),
    "security": gettext_lazy("Security"), "security_finding": gettext_lazy("Security audit"),
}  # fmt: skip
MEASURES = {"count": pgettext_lazy("measure", "Number"), "sum": pgettext_lazy("measure", "Sum")}
ACTIVE = {True: Badge(gettext_lazy("On"), "green"), False: Badge(gettext_lazy("Off"), "grey")}
JOB_STATES = {
    "running": Badge(gettext_lazy("Running"), "blue"),
    "waiting": Badge(gettext_lazy("Waiting"), "grey"),
    "failed": Badge(gettext_lazy("Failed"), "red"),
    "late": Badge(gettext_lazy("Late"), "amber"),
    "done": Badge(gettext_lazy("Done"), "green"),
    "never": Badge(gettext_lazy("Not run yet"), "grey"),
}


def label_said(kind: str, label: str) -> str:
    """What the subject of an alert is called: its number or code; a finding of the security audit by its check."""
    code, _space, subject = label.partition(" ")
    check = CHECKS.get(code)
    if kind not in ("security", "security_finding") or check is None:
        return label
    if code.startswith("limit_"):
        subject = limit_said(subject)
    elif subject.startswith("ZHANGGUI_"):  # the check says which setting it is about
        subject = ""
    return f"{check.zh if chinese() else check.en} {subject}".rstrip()


def limit_said(limit: str) -> str:
    """A limit of approval as people call it: the role, the kind of document, the currency."""
    role, *more = limit.split("/")
    words = [ROLE_NAMES.get(role, role), *(APPROVAL_KINDS.get(part, part) for part in more)]
    return " · ".join(str(word) for word in words)


def subject_said(row: Any) -> str:
    """The subject of an alert: what it is and what it is called."""
    return f"{SUBJECTS.get(row.subject_kind, row.subject_kind)} {label_said(row.subject_kind, row.label)}"


def kind_name(code: str) -> str:
    """A kind of rule in the language of the request."""
    kind = KINDS.get(code)
    return (kind.zh if chinese() else kind.en) if kind else code


def kind_meaning(code: str) -> str:
    """What a kind of rule looks for, in a sentence."""
    kind = KINDS[code]
    return kind.meaning_zh if chinese() else kind.meaning_en


def parameter_name(parameter: Parameter) -> str:
    """A parameter in the language of the request."""
    return parameter.zh if chinese() else parameter.en


def rule_name(rule: Any) -> str:
    """A rule's name in the language of the request."""
    return in_language(rule.name, rule.code)


def measured(value: int, unit: str, currency: str) -> str:
    """A value with its unit: an amount, a share, a number, a time."""
    if unit == "minor":
        return f"{currency} {format_money(value, currency)}" if currency else format_integer(value)
    if unit == "ppm":
        return str(format_rate(value))
    if unit == "hours":
        return _("%(n)s hours") % {"n": format_integer(value)}
    if unit == "minutes":
        return _("%(n)s minutes") % {"n": format_integer(value)}
    return str(format_integer(value))


def parameters_said(rule: Any, unit: str) -> list[tuple[str, str]]:
    """The parameters of a rule as (name, value) in words."""
    said = []
    for parameter in KINDS[rule.kind].parameters:
        value = rule.parameters.get(parameter.name, parameter.default)
        if parameter.choices:
            level = SEVERITIES[value].label if value in SEVERITIES else ""
            text = str(SUBJECTS.get(value) or MEASURES.get(value) or level or value)
        elif parameter.name == "threshold":
            text = measured(int(value), unit, rule.scope.get("currency", ""))
        elif parameter.unit == "minor":
            text = measured(int(value), "minor", rule.scope.get("currency", ""))
        else:
            text = format_integer(int(value))
        said.append((parameter_name(parameter), text))
    return said

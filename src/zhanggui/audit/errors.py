"""Refusals of the audit log, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownSecurityAudit(Refusal):
    """There is no security audit with this number."""

    code = "unknown_security_audit"
    http_status = 404

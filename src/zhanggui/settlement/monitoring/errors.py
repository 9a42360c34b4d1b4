"""Refusals of monitoring, in order of precedence."""

from zhanggui.money.errors import Refusal


class UnknownRuleKind(Refusal):
    """There is no such kind of anomaly rule."""

    code = "unknown_rule_kind"
    http_status = 422


class RuleParameterWrong(Refusal):
    """A parameter or the scope of an anomaly rule is missing, of the wrong type, out of range or not known."""

    code = "rule_parameter_wrong"
    http_status = 422


class UnknownAnomalyRule(Refusal):
    """There is no anomaly rule with this code (and version)."""

    code = "unknown_anomaly_rule"
    http_status = 404


class AnomalyRuleUnchanged(Refusal):
    """A new version would say just what the version in force says."""

    code = "anomaly_rule_unchanged"
    http_status = 409


class UnknownAlert(Refusal):
    """There is no alert with this number."""

    code = "unknown_alert"
    http_status = 404


class AlertStepNotAllowed(Refusal):
    """The alert's state does not lead where it was to go."""

    code = "alert_step_not_allowed"
    http_status = 409


class AlertNoteMissing(Refusal):
    """Closing an alert, or taking a closed one up again, needs a sentence that says why."""

    code = "alert_note_missing"
    http_status = 422

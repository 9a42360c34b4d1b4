"""Anomaly rules in versions, runs that evaluated them, alerts, and what people did about each."""

from django.db import models
from django.db.models import F, Q


class Severity(models.TextChoices):
    """How urgent an alert is; the colours on screens are fixed: blue, amber, red."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class AlertState(models.TextChoices):
    """Stations of an alert; `states.py` has the table of allowed steps."""

    NEW = "new"
    ACKNOWLEDGED = "acknowledged"
    HANDLING = "handling"
    FALSE_ALARM = "false_alarm"
    FIXED = "fixed"
    ACCEPTED = "accepted"


class AlertAct(models.TextChoices):
    """What an entry in an alert's history records."""

    RAISED = "raised"
    STEP = "step"
    ASSIGNED = "assigned"
    NOTE = "note"


class AnomalyRule(models.Model):
    """One version of an anomaly rule. Only ever added: switching off is a new version with `active` false.

    `parameters` are those of the kind (see `rules.py`), amounts in minor units of the scope's currency, ratios in
    parts per million; `scope` narrows by currency and parties.
    """

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=64)
    version = models.IntegerField()
    kind = models.CharField(max_length=32)
    name = models.JSONField(help_text='{"zh": ..., "en": ...}')
    parameters = models.JSONField(default=dict)
    scope = models.JSONField(default=dict)
    severity = models.CharField(max_length=16, choices=Severity)
    active = models.BooleanField(default=True)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=150)
    reason = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_anomaly_rule"
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="anomaly_rule_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="anomaly_rule_version_counts"),
            models.CheckConstraint(
                condition=Q(severity__in=[one.value for one in Severity]), name="anomaly_rule_severity_known"
            ),
        ]


class MonitoringRun(models.Model):
    """One evaluation of the rules in force: which span it looked at, and what each rule found and raised."""

    id = models.BigAutoField(primary_key=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    looked_from = models.DateTimeField()
    looked_before = models.DateTimeField()
    actor = models.CharField(max_length=150)
    raised = models.IntegerField(default=0)
    counts = models.JSONField(default=dict, help_text="rule code -> found, raised, milliseconds, fault")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_monitoring_run"
        constraints = [
            models.CheckConstraint(
                condition=Q(looked_before__gt=F("looked_from")), name="monitoring_run_forward"
            )
        ]


class Alert(models.Model):
    """Something a rule found: its subject, the window, the value found against the threshold then in force.

    One alert per rule (by code), subject, currency and window, however often the rules are evaluated. What was
    found never changes; only state, assignee and closing time do.
    """

    id = models.BigAutoField(primary_key=True)
    rule = models.ForeignKey(AnomalyRule, on_delete=models.PROTECT, related_name="alerts")
    rule_code = models.CharField(max_length=64)
    kind = models.CharField(max_length=32)
    severity = models.CharField(max_length=16, choices=Severity)
    subject_kind = models.CharField(max_length=32, help_text="order, statement, party, check, job ...")
    subject_id = models.CharField(max_length=128)
    label = models.CharField(max_length=128, help_text="what people call the subject: its number or code")
    party_id = models.BigIntegerField(default=0, help_text="the party concerned; 0 = the platform")
    currency = models.CharField(max_length=3, blank=True, default="")
    window_from = models.DateTimeField()
    window_before = models.DateTimeField()
    value = models.BigIntegerField()
    threshold = models.BigIntegerField()
    unit = models.CharField(max_length=8, help_text="minor, count, ppm, hours, minutes")
    row_count = models.BigIntegerField(default=0, help_text="rows that made it")
    state = models.CharField(max_length=16, choices=AlertState, default=AlertState.NEW)
    assignee = models.CharField(max_length=150, blank=True, default="")
    raised_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    run = models.ForeignKey(MonitoringRun, on_delete=models.PROTECT, related_name="alerts")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_alert"
        constraints = [
            models.UniqueConstraint(
                fields=["rule_code", "subject_kind", "subject_id", "currency", "window_from"],
                name="alert_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in AlertState]), name="alert_state_known"
            ),
            models.CheckConstraint(
                condition=Q(severity__in=[one.value for one in Severity]), name="alert_severity_known"
            ),
            models.CheckConstraint(
                condition=Q(window_before__gte=F("window_from")), name="alert_window_forward"
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, state__in=["new", "acknowledged", "handling"])
                | Q(closed_at__isnull=False, state__in=["false_alarm", "fixed", "accepted"]),
                name="alert_closed_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "id"], name="alert_state"),
            models.Index(fields=["raised_at", "id"], name="alert_raised"),
            models.Index(fields=["party_id", "id"], name="alert_party"),
        ]


class AlertEvent(models.Model):
    """One entry of an alert's history. Only ever added."""

    id = models.BigAutoField(primary_key=True)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=16, choices=AlertAct)
    before = models.CharField(max_length=150, blank=True, default="")
    after = models.CharField(max_length=150, blank=True, default="")
    note = models.TextField(blank=True, default="")

    class Meta:
        app_label = "settlement"
        db_table = "settlement_alert_event"
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=[one.value for one in AlertAct]), name="alert_act_known"
            )
        ]

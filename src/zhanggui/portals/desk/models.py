"""What the desk itself remembers: views, preferences, exports, failed log-ins, sessions. No money is kept here."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedView(models.Model):
    """A named query string of one list, kept by one person; at most one is the default of that list."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=80)
    name = models.CharField(max_length=60)
    query = models.TextField(blank=True, help_text="Filter part of the URL, without paging.")
    is_default = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "list_name", "name"], name="desk_saved_view_name_once"),
            models.UniqueConstraint(
                fields=["owner", "list_name"],
                condition=models.Q(is_default=True),
                name="desk_saved_view_one_default",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class UserPreference(models.Model):
    """How one person likes the desk: theme, row height and the columns of each list."""

    class Theme(models.TextChoices):
        AUTO = "auto", _("Follow the system")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Density(models.TextChoices):
        COMPACT = "compact", _("Compact")
        NORMAL = "normal", _("Standard")
        RELAXED = "relaxed", _("Relaxed")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    theme = models.CharField(max_length=8, choices=Theme.choices, default=Theme.AUTO)
    density = models.CharField(max_length=8, choices=Density.choices, default=Density.NORMAL)
    columns = models.JSONField(default=dict, help_text="List name -> shown column keys, in order.")

    def __str__(self) -> str:
        return f"{self.theme}/{self.density}"


class Export(models.Model):
    """One requested file: what was asked, how far it is, what came out and until when it is kept."""

    class State(models.TextChoices):
        QUEUED = "queued", _("Queued")
        RUNNING = "running", _("Running")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")
        EXPIRED = "expired", _("Expired")

    class Format(models.TextChoices):
        XLSX = "xlsx", "Excel (xlsx)"
        CSV = "csv", "CSV"
        PARQUET = "parquet", "Parquet"

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    list_name = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    query = models.TextField(blank=True, help_text="Filter part of the URL the list was on.")
    scope = models.JSONField(
        default=dict, help_text="What the page fixed besides the filter, e.g. the party."
    )
    language = models.CharField(max_length=12, default="zh-hans")
    file_format = models.CharField(max_length=8, choices=Format.choices, default=Format.XLSX)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    rows_done = models.BigIntegerField(default=0)
    rows_total = models.BigIntegerField(null=True)
    sums = models.JSONField(default=dict, help_text="Column label -> formatted sum over the file.")
    file_name = models.CharField(max_length=160, blank=True, help_text="Relative to the export folder.")
    file_bytes = models.BigIntegerField(default=0)
    failure = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["owner", "-id"], name="desk_export_owner")]

    def __str__(self) -> str:
        return f"{self.list_name} #{self.pk}"


class ExportDownload(models.Model):
    """Who fetched an export and when. Rows are only added."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="downloads")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    downloaded_at = models.DateTimeField(auto_now_add=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.export_id} {self.downloaded_at:%F %T}"


class LoginAttempt(models.Model):
    """Failed log-ins of one name from one address; every failure past the free ones doubles the wait."""

    username = models.CharField(max_length=150)
    address = models.CharField(max_length=45)
    failures = models.PositiveIntegerField(default=0)
    last_failed_at = models.DateTimeField(null=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["username", "address"], name="desk_login_attempt_once"),
        ]

    def __str__(self) -> str:
        return f"{self.username}: {self.failures}"


class FactorUse(models.Model):
    """A one-time code that was accepted; kept for as long as it could be offered again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    code = models.CharField(max_length=16)
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code"], name="desk_factor_code_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.used_at:%F %T}"


class PersonSession(models.Model):
    """One place where a person is logged in; goes when that session ends."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40, db_index=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.CharField(max_length=45, blank=True)
    agent = models.CharField(max_length=200, blank=True, help_text="what the browser calls itself")

    class Meta:
        ordering = ["-seen_at"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.seen_at:%F %T}"

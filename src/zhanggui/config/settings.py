"""Django settings, all from the environment; docs/reference/settings.md lists the variables.

Importing this module starts nothing and writes nothing: commands make the key and start the database first.
"""

import os
import secrets
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from zhanggui.clockwork.failing import note_failure
from zhanggui.config import home, secret_key, serving
from zhanggui.config.postgres.address import django_database, embedded_address
from zhanggui.portals.desk.outside_log_ins import outside_log_ins
from zhanggui.portals.desk.policy import CONTENT_SECURITY_POLICY

ZHANGGUI_HOME = home.data_folder()
PACKAGE = Path(__file__).resolve().parent.parent


def _listed(name: str) -> list[str]:
    return [part.strip() for part in os.environ.get(name, "").split(",") if part.strip()]


def _whole(name: str, default: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or not int(text):
        raise ImproperlyConfigured(f"{name} is {text!r}; give a whole number above zero")
    return int(text)


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    text = os.environ.get(name, "").strip() or choices[0]
    if text not in choices:
        raise ImproperlyConfigured(f"{name} is {text!r}; choose from {', '.join(choices)}")
    return text


DEBUG = os.environ.get("ZHANGGUI_DEBUG", "") == "1"
# Without a kept key (no command has run yet) a passing one will do: nothing it signs outlives the process.
SECRET_KEY = (
    os.environ.get("ZHANGGUI_SECRET_KEY") or secret_key.read(ZHANGGUI_HOME) or secrets.token_urlsafe(64)
)

# The keys that seal what is secret at rest, the current one first; else $ZHANGGUI_HOME/keys/vault holds them.
VAULT_KEYS = os.environ.get("ZHANGGUI_VAULT_KEYS", "").strip()

# ZHANGGUI_ORIGINS: the addresses people use, such as https://mall.example; decides hosts, CSRF, cookies.
ORIGINS = _listed("ZHANGGUI_ORIGINS")
ALLOWED_HOSTS = [
    "localhost",
    "127.0.0.1",
    "[::1]",
    *[host for host in (urlsplit(origin).hostname for origin in ORIGINS) if host],
    *_listed("ZHANGGUI_HOSTS"),
]
CSRF_TRUSTED_ORIGINS = ORIGINS
BEHIND_HTTPS = bool(ORIGINS) and all(origin.startswith("https://") for origin in ORIGINS)

# Where payment channels call us back: an address of ours that they can reach; the first of ORIGINS unless named.
NOTIFY_ORIGIN = (
    os.environ.get("ZHANGGUI_NOTIFY_ORIGIN", "").strip() or (ORIGINS[0] if ORIGINS else "")
).rstrip("/")


def NOTIFY_URL(channel: str) -> str:  # noqa: N802 - Django takes settings in capitals only
    """Where this channel calls back; empty where no address of ours is known outside a request."""
    return f"{NOTIFY_ORIGIN}/notices/{channel}/" if NOTIFY_ORIGIN else ""


INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_cotton",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "zhanggui.parties",
    "zhanggui.audit",
    "zhanggui.outbox",
    "zhanggui.backups",
    "zhanggui.approvals",
    "zhanggui.ledger",
    "zhanggui.payments",
    "zhanggui.trade",
    "zhanggui.settlement",
    "zhanggui.clockwork",
    "zhanggui.config.wiring.WiringConfig",
    "zhanggui.portals.desk",
    "zhanggui.portals.platform",
    "zhanggui.portals.merchant",
    "zhanggui.portals.supplier",
    "zhanggui.portals.api",
    "zhanggui.portals.storefront",
]

MIDDLEWARE = [
    "zhanggui.portals.desk.policy.FurtherHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "zhanggui.portals.desk.middleware.TraceMiddleware",
    "zhanggui.portals.api.bodies.ApiErrorsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "zhanggui.portals.desk.middleware.OneCatalogueMiddleware",
    "zhanggui.portals.desk.middleware.LanguageMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "zhanggui.portals.desk.sessions.SessionRulesMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

# Tasks are loaded by whoever works on them, or looks at all of them, not by every command that starts.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = ""
PROCRASTINATE_IMPORT_PATHS = [
    "zhanggui.clockwork.tasks",
    "zhanggui.portals.desk.tasks",
    "zhanggui.portals.platform.tasks",
    "zhanggui.portals.api.tasks",
]
# Their schedules are hours of TIME_ZONE.
PROCRASTINATE_ON_APP_READY = "zhanggui.clockwork.hours.keep_local_hours"
# Whatever task fails, in whatever package: why is kept, and it is tried again later.
PROCRASTINATE_WORKER_DEFAULTS = {"task_middleware": [note_failure]}

ROOT_URLCONF = "zhanggui.config.urls"
ASGI_APPLICATION = "zhanggui.config.asgi.application"
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/desk/"
LOGOUT_REDIRECT_URL = "/login/"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,  # django-cotton puts its own loader in front of these when it starts
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.debug",
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.csp",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "zhanggui.portals.desk.context.desk",
            ],
        },
    },
]

AUTH_USER_MODEL = "parties.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Second factors: `required` of roles that move money, or only `offered` (the demonstration). allauth has no pages
# here; the desk draws them.
SECOND_FACTOR = _one_of("ZHANGGUI_SECOND_FACTOR", ("required", "offered"))
FACTOR_FRESH_SECONDS = _whole("ZHANGGUI_FACTOR_MINUTES", 10) * 60
MFA_ADAPTER = "zhanggui.portals.desk.factor_adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Zhanggui"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute off
MFA_RECOVERY_CODE_DIGITS = 10

# Log-in with WeChat and Weibo: apps registered there, and their addresses (our sandbox's, to try it out). Without an
# app there is no button. allauth speaks the protocol; it has no pages here, keeps no tokens and makes no users.
SOCIALACCOUNT_ADAPTER = "zhanggui.portals.storefront.signing_in.adapter.LogInsElsewhere"
SOCIALACCOUNT_PROVIDERS = outside_log_ins(os.environ)

# Others' acts show in the numbers of a person's side menu after so long; their own do at once.
DESK_BADGE_SECONDS = 5

# A session ends after so long without a request, and so long after the log-in whatever happens.
SESSION_IDLE_SECONDS = _whole("ZHANGGUI_SESSION_IDLE_MINUTES", 60) * 60
SESSION_SECONDS = SESSION_COOKIE_AGE = _whole("ZHANGGUI_SESSION_HOURS", 12) * 3600

# DATABASE_URL overrides everything; commands set it to the embedded server's address after starting it. What answers
# browsers (`config/serving`) keeps connections, and may go through a pooler: all it does ends with its transaction.
SERVING = serving.kind()
POOLER_URL = serving.pooler_url()
DATABASES = {
    "default": django_database(
        POOLER_URL or os.environ.get("DATABASE_URL") or embedded_address(ZHANGGUI_HOME),
        kept=_whole("ZHANGGUI_CONNECTIONS", 20) if SERVING else 0,
        pooled=bool(POOLER_URL),
    )
}
# A replica of it, for exports, reports and analytics; it catches up before it is read (`rows/replica`).
REPLICA_URL = os.environ.get("ZHANGGUI_REPLICA_URL", "").strip()
REPLICA_WAIT_SECONDS = _whole("ZHANGGUI_REPLICA_WAIT_SECONDS", 2)
REPLICA = (
    django_database(REPLICA_URL, kept=_whole("ZHANGGUI_CONNECTIONS", 20) if SERVING else 0)
    if REPLICA_URL
    else None
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("简体中文")), ("en", _("English"))]
LOCALE_PATHS = [PACKAGE / "locale"]
FORMAT_MODULE_PATH = ["zhanggui.config.formats"]
USE_I18N = True
# On, this would put commas into {{ object.pk }} and so into addresses.
USE_THOUSAND_SEPARATOR = False
USE_TZ = True
TIME_ZONE = os.environ.get("ZHANGGUI_TIME_ZONE") or "Asia/Shanghai"

# Where files for banks go out and their answers come in, a folder for each account of ours.
BANK_FOLDER = Path(os.environ.get("ZHANGGUI_BANK_FOLDER") or ZHANGGUI_HOME / "bank")
# A mall's own bank templates (*.toml), beside the shipped ones.
BANK_TEMPLATE_FOLDER = Path(
    os.environ.get("ZHANGGUI_BANK_TEMPLATE_FOLDER") or ZHANGGUI_HOME / "bank-templates"
)
# Where bills of channels and statements of banks are put for us, a folder for each account of ours.
BILL_FOLDER = Path(os.environ.get("ZHANGGUI_BILL_FOLDER") or ZHANGGUI_HOME / "bills")
# How long after its verification no money goes to a new receiver (receivers are what thieves change first).
RECEIVER_COOL_DOWN = timedelta(hours=int(os.environ.get("ZHANGGUI_RECEIVER_COOL_DOWN_HOURS") or 24))
# How long a document waits for its second person before it runs out and frees what it held.
APPROVAL_LIFE = timedelta(days=_whole("ZHANGGUI_APPROVAL_DAYS", 30))

# What one request may carry: a batch of orders over the API; anything larger is refused unread.
DATA_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024

STATIC_URL = "/static/"
STATIC_ROOT = ZHANGGUI_HOME / "static"
MEDIA_ROOT = ZHANGGUI_HOME / "files"
# `serve` collects static files once and then serves them under names that carry their digest.
COLLECTED = os.environ.get("ZHANGGUI_STATIC") == "collected"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not COLLECTED
WHITENOISE_AUTOREFRESH = not COLLECTED

SECURE_CSP = CONTENT_SECURITY_POLICY
CSRF_FAILURE_VIEW = "zhanggui.portals.storefront.errors.csrf_denied"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CSRF_COOKIE_HTTPONLY = True  # forms and the shell carry the token themselves
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = BEHIND_HTTPS and not DEBUG
SECURE_SSL_REDIRECT = False  # the proxy in front does this; see docs/how-to
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS and not DEBUG else 0

# Backups by schedule: where they go, how many days, weeks and months keep one, when a missing one is an alarm, and
# the passphrase that takes the keys along, sealed.
BACKUP_FOLDER = Path(os.environ.get("ZHANGGUI_BACKUPS", "").strip() or ZHANGGUI_HOME / "backups")
BACKUP_DAILY = _whole("ZHANGGUI_BACKUP_DAILY", 7)
BACKUP_WEEKLY = _whole("ZHANGGUI_BACKUP_WEEKLY", 4)
BACKUP_MONTHLY = _whole("ZHANGGUI_BACKUP_MONTHLY", 12)
ARCHIVE_FOLDER = Path(os.environ.get("ZHANGGUI_ARCHIVES", "").strip() or ZHANGGUI_HOME / "archives")
ARCHIVE_AFTER_MONTHS = _whole("ZHANGGUI_ARCHIVE_AFTER_MONTHS", 12)
RETENTION_YEARS = _whole("ZHANGGUI_RETENTION_YEARS", 3)
if RETENTION_YEARS < 3:
    raise ImproperlyConfigured(
        "ZHANGGUI_RETENTION_YEARS is below 3: platforms keep what was traded for three years at least"
        " (电子商务法, article 31)"
    )
RANGE_LINES = _whole("ZHANGGUI_RANGE_LINES", 1_000_000)
BACKUP_ALARM_HOURS = _whole("ZHANGGUI_BACKUP_ALARM_HOURS", 36)
BACKUP_PASSPHRASE = os.environ.get("ZHANGGUI_BACKUP_PASSPHRASE", "")

# What the security audit takes for too long, in days: a key nobody uses, a person who does not log in, a restore that
# was not tried, a key that seals.
SECURITY_KEY_DAYS = _whole("ZHANGGUI_SECURITY_KEY_DAYS", 90)
SECURITY_IDLE_DAYS = _whole("ZHANGGUI_SECURITY_IDLE_DAYS", 90)
SECURITY_RESTORE_DAYS = _whole("ZHANGGUI_SECURITY_RESTORE_DAYS", 100)
SECURITY_SEAL_DAYS = _whole("ZHANGGUI_SECURITY_SEAL_DAYS", 366)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": os.environ.get("ZHANGGUI_LOG_LEVEL", "WARNING")},
}

"""Waiting after failed log-ins: five are free, then each failure doubles the wait, up to an hour.

Kept per (name, address), so that nobody can lock another person out from elsewhere. An address that fails with many
names within an hour (password spraying) waits as a whole; whoever knows one password there cannot clear that.
"""

from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import Count, Max
from django.http import HttpRequest

from zhanggui.portals.desk.models import LoginAttempt

FREE_FAILURES = 5
FIRST_WAIT_SECONDS = 15
LONGEST_WAIT_SECONDS = 3600
NAMES_MOST = 10
NAMES_WITHIN = timedelta(hours=1)
NAMES_WAIT = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def address_of(request: HttpRequest | None) -> str:
    """The address the request came from. No header is believed: proxies are the server's business."""
    return (request.META.get("REMOTE_ADDR") or "")[:45] if request is not None else ""


def seconds_to_wait(*, username: str, address: str, now: datetime) -> int:
    """Seconds until the next attempt is allowed; 0 when it is allowed now."""
    attempt = LoginAttempt.objects.filter(username=_plain(username), address=address).first()
    if attempt is None or attempt.locked_until is None or attempt.locked_until <= now:
        return 0
    return ceil((attempt.locked_until - now).total_seconds())


def seconds_for_address(*, address: str, now: datetime) -> int:
    """Seconds until this address may try any name again; 0 unless NAMES_MOST names failed there within an hour."""
    found = LoginAttempt.objects.filter(address=address, last_failed_at__gt=now - NAMES_WITHIN).aggregate(
        names=Count("id"), latest=Max("last_failed_at")
    )
    if found["names"] < NAMES_MOST:
        return 0
    return max(0, ceil((found["latest"] + NAMES_WAIT - now).total_seconds()))


def record_failure(*, username: str, address: str, now: datetime) -> None:
    """Count a failure and set the wait that follows from it."""
    with transaction.atomic():
        LoginAttempt.objects.get_or_create(username=_plain(username), address=address)
        attempt = LoginAttempt.objects.select_for_update().get(username=_plain(username), address=address)
        if attempt.last_failed_at is not None and now - attempt.last_failed_at > FORGOTTEN_AFTER:
            attempt.failures = 0
        attempt.failures += 1
        attempt.last_failed_at = now
        past = attempt.failures - FREE_FAILURES
        wait = min(FIRST_WAIT_SECONDS * 2 ** min(max(past, 0), 12), LONGEST_WAIT_SECONDS)
        attempt.locked_until = now + timedelta(seconds=wait) if past >= 0 else None
        attempt.save()


def forget_failures(*, username: str, address: str) -> None:
    """A success clears the record of this name at this address."""
    LoginAttempt.objects.filter(username=_plain(username), address=address).delete()


def _plain(username: str) -> str:
    return username.strip().casefold()[:150]

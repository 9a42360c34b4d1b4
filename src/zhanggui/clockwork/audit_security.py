"""The security audit (安全审计): look at people, roles, keys, limits, backups, settings; keep what is found."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo

from allauth.mfa.models import Authenticator
from django.conf import settings

from zhanggui.approvals.queries import limits
from zhanggui.approvals.rules import ANY, Limit
from zhanggui.audit.invariants import audit_chain_broken
from zhanggui.audit.models import SecurityAudit
from zhanggui.audit.operations.keep_security_audit import Found
from zhanggui.audit.queries import first_record_at, last_done, latest_sweep
from zhanggui.backups.queries import latest_good
from zhanggui.journeys.security_audited import security_audited
from zhanggui.parties.models import ApiKey, Role
from zhanggui.parties.queries import colleagues_who_hold, key_state, memberships_of, platform_standing
from zhanggui.parties.roles import CHECK, MAKE, duties_meet, permissions_of
from zhanggui.trade.buyers.queries import people_of_offices
from zhanggui.vault.errors import KeyRingUnusable
from zhanggui.vault.installed import installed_ring
from zhanggui.vault.queries import values_by_key

DECIDES = "approvals.decide"
MOST_ADMINISTRATORS = 5
SWEEP_HOURS = 3
LONGEST_SESSION_HOURS, LONGEST_IDLE_MINUTES = 24, 240

type Check = Callable[[datetime], Iterator[Found]]


def _days(since: datetime | None, at: datetime) -> int:
    return (at - since).days if since else 0


def people(at: datetime) -> Iterator[Found]:
    """Second factors, duties, log-ins nobody uses."""
    with_factor = set(
        Authenticator.objects.filter(type=Authenticator.Type.TOTP).values_list("user_id", flat=True)
    )
    for user in (
        people_of_offices().filter(is_active=True).prefetch_related("memberships").order_by("username")
    ):
        name, standing = user.get_username(), platform_standing(user)
        may = standing.permissions if standing else frozenset()
        if may & (MAKE | CHECK) and user.pk not in with_factor:
            yield Found("factor_missing", name, {"person": name})
        if standing and duties_meet(standing.roles):
            yield Found("duties_meet", name, {"person": name})
        if not user.memberships.all():
            yield Found("person_without_role", name, {"person": name})
            continue
        away = _days(user.last_login or user.date_joined, at)
        if away >= settings.SECURITY_IDLE_DAYS:
            code = "approver_dormant" if DECIDES in may else "person_dormant"
            yield Found(code, name, {"person": name, "days": away})


def duties(at: datetime) -> Iterator[Found]:
    """Whether there are people for what has to be approved, and not too many who may do everything."""
    rows = [one for one in limits() if one.max_minor != 0]
    held = {role: colleagues_who_hold(role) for role in {*(one.role for one in rows), Role.PLATFORM_ADMIN}}
    checkers = {
        name for one in rows if DECIDES in permissions_of(frozenset({one.role})) for name in held[one.role]
    }
    # Whoever made a document does not count among its checkers, so one more than the checks is needed.
    needed = 1 + (2 if any(one.two_above_minor is not None for one in rows) else 1)
    if len(checkers) < needed:
        yield Found("few_checkers", "", {"count": len(checkers), "needed": needed})
    for one in rows:
        if not held[one.role]:
            yield Found("limit_without_checker", _named(one), {"limit": _named(one)})
        elif one.max_minor is None and one.two_above_minor is None:
            yield Found("limit_without_end", _named(one), {"limit": _named(one)})
    administrators = held[Role.PLATFORM_ADMIN]
    if len(administrators) > MOST_ADMINISTRATORS:
        yield Found("many_administrators", "", {"count": len(administrators)})


def _named(limit: Limit) -> str:
    return "/".join(part for part in (limit.role, limit.kind, limit.currency) if part != ANY)


def keys(at: datetime) -> Iterator[Found]:
    """Keys of programs that may still be used."""
    rows = list(ApiKey.objects.select_related("user").filter(revoked_at=None).order_by("id"))
    alive = memberships_of(rows)
    for key in rows:
        state, told = key_state(key, at, alive), {"key": f"#{key.id} {key.hint}", "person": key.user.username}
        if state == "orphaned":
            yield Found("key_orphaned", str(key.id), told)
        if state != "valid":
            continue
        if DECIDES in permissions_of(frozenset({key.role})):
            yield Found("key_approves", str(key.id), told)
        if key.expires_at is None:
            yield Found("key_without_end", str(key.id), told)
        days = _days(key.last_used_at or key.created_at, at)
        if days >= settings.SECURITY_KEY_DAYS:
            yield Found("key_unused", str(key.id), told | {"days": days})


def proofs(at: datetime) -> Iterator[Found]:
    """The log of changes and the self-check."""
    broken = audit_chain_broken()
    if broken:
        yield Found("audit_chain_broken", "", {"record": broken[0]["id"]})
    swept = latest_sweep()
    began = swept.at if swept else first_record_at()
    hours = int((at - began).total_seconds() // 3600) if began else 0
    if hours >= SWEEP_HOURS:
        yield Found("self_check_old", "", {"hours": hours})
    if swept and swept.violations:
        yield Found("self_check_found", "", {"rows": swept.violations})


def backups(at: datetime) -> Iterator[Found]:
    """Whether what is lost could be had back."""
    latest, began = latest_good(), first_record_at()
    if began is None:
        return
    hours = int((at - (latest.ended_at if latest else began)).total_seconds() // 3600)
    if hours >= settings.BACKUP_ALARM_HOURS:
        yield Found("backup_old", "", {"hours": hours})
    days = _days(last_done("backup.tested") or began, at)
    if days >= settings.SECURITY_RESTORE_DAYS:
        yield Found("backup_untested", "", {"days": days})
    if latest is not None and not latest.with_keys:
        yield Found("backup_without_keys")


def seals(at: datetime) -> Iterator[Found]:
    """The key ring."""
    try:
        current = installed_ring().current
    except KeyRingUnusable:
        if values_by_key():
            yield Found("keys_unusable")
        return
    try:
        made_at = datetime.fromisoformat(current.made_at).astimezone(UTC)
    except ValueError:  # a ring from the environment says nothing of its age
        return
    if _days(made_at, at) >= settings.SECURITY_SEAL_DAYS:
        yield Found("keys_not_rotated", current.id.hex(), {"days": _days(made_at, at)})


def installation(at: datetime) -> Iterator[Found]:
    """Settings that leave a door open."""
    if settings.SECOND_FACTOR != "required":
        yield Found("factor_not_required", "ZHANGGUI_SECOND_FACTOR")
    if settings.DEBUG:
        yield Found("debugging", "ZHANGGUI_DEBUG")
    if not settings.SESSION_COOKIE_SECURE:
        yield Found("cookies_in_the_clear", "ZHANGGUI_ORIGINS")
    hours, idle = settings.SESSION_SECONDS // 3600, settings.SESSION_IDLE_SECONDS // 60
    if hours > LONGEST_SESSION_HOURS or idle > LONGEST_IDLE_MINUTES:
        yield Found("sessions_long", "ZHANGGUI_SESSION_HOURS", {"hours": hours, "idle": idle})


LOOKS: dict[Check, tuple[str, ...]] = {
    people: ("factor_missing", "duties_meet", "person_without_role", "approver_dormant", "person_dormant"),
    duties: ("few_checkers", "limit_without_checker", "limit_without_end", "many_administrators"),
    keys: ("key_orphaned", "key_approves", "key_without_end", "key_unused"),
    proofs: ("audit_chain_broken", "self_check_old", "self_check_found"),
    backups: ("backup_old", "backup_untested", "backup_without_keys"),
    seals: ("keys_unusable", "keys_not_rotated"),
    installation: ("factor_not_required", "debugging", "cookies_in_the_clear", "sessions_long"),
}
"""What is looked at, and the checks each look answers."""


def audit_security(*, clock: Callable[[], datetime], zone: tzinfo, actor: str) -> SecurityAudit:
    """This function will look at everything, keep what was found, and raise alerts for what is new."""
    began, at = time.monotonic(), clock()
    found = [one for look in LOOKS for one in look(at)]
    return security_audited(
        looked_at=[code for codes in LOOKS.values() for code in codes], found=found, at=at, actor=actor,
        zone=zone, milliseconds=int((time.monotonic() - began) * 1000), clock=clock,
    )  # fmt: skip

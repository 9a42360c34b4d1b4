"""Publish a rule set: check it, number what is new in it, and keep it for good."""

from collections.abc import Mapping
from datetime import datetime, time
from typing import Any

from django.db import connection, transaction
from django.utils.timezone import get_default_timezone

from zhanggui.audit.operations.record_change import record_change
from zhanggui.settlement.fees.errors import RuleSetRefused
from zhanggui.settlement.fees.models import RuleSetVersion, RuleVersion
from zhanggui.settlement.fees.queries.rule_sets import (
    finding_document,
    rule_set_findings,
    rule_set_history,
    rule_versions_of,
)
from zhanggui.settlement.fees.rules.checks import Universe
from zhanggui.settlement.fees.rules.document import (
    RuleSet,
    content_hash,
    rule_document,
    rule_set_digest,
    rule_set_document,
)
from zhanggui.settlement.fees.rules.parser import parse_rule_set
from zhanggui.settlement.fees.rules.soundness import Severity


@transaction.atomic
def publish_rule_set(
    *,
    document: Mapping[str, Any],
    at: datetime,
    actor: str,
    note: str = "",
    universe: Universe | None = None,
) -> RuleSetVersion:
    """This function will publish a rule set document as the next version of its code.

    A rule that says what a published version of it says keeps that version's id; any other gets the next
    version number of its code. The same document again gives back the current version and writes nothing.
    Orders freeze their rule set when they are staged, so publishing moves no order that is already in,
    whatever `effective_from` says; it rates the orders staged from now on. `universe` is what coverage is
    judged on (default: the codes and parties known).

    Raises InvalidRuleSet (the document cannot be read) and RuleSetRefused (the checks found errors; all
    findings are on it). Safe against a second publisher: one at a time per code.
    """
    rule_set = parse_rule_set(document)
    _hold(rule_set.code)
    latest = rule_set_history(rule_set.code).first()
    digest = rule_set_digest(rule_set)
    if latest is not None and bytes(latest.digest) == digest:
        return latest
    _refuse_unsound(rule_set, universe)
    kept = rule_versions_of(rule_set)
    added = _add_versions(rule_set, kept, at)
    version = RuleSetVersion.objects.create(
        code=rule_set.code,
        version=latest.version + 1 if latest else 1,
        effective_from=datetime.combine(rule_set.effective_from, time.min, get_default_timezone()),
        document=rule_set_document(rule_set),
        digest=digest,
        rule_version_ids=[(kept | added)[code].id for code in sorted(kept | added)],
        published_at=at,
        published_by=actor,
        note=note or rule_set.note,
    )
    _record(version, latest, added)
    return version


def _refuse_unsound(rule_set: RuleSet, universe: Universe | None) -> None:
    """Raise RuleSetRefused with every finding if one of them is an error."""
    findings = rule_set_findings(rule_set, universe=universe)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        listing = "\n".join(f"- {finding.message}" for finding in errors)
        raise RuleSetRefused(
            f'Rule set "{rule_set.code}" was not published; correct {len(errors)} error(s) first:\n{listing}',
            rule_set=rule_set.code,
            findings=[finding_document(finding) for finding in findings],
        )


def _hold(code: str) -> None:
    """Let no one else publish under this code until the caller's transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"rule set {code}"])


def _add_versions(rule_set: RuleSet, kept: Mapping[str, RuleVersion], at: datetime) -> dict[str, RuleVersion]:
    """Write a version for every rule that no published version says, by rule code."""
    fresh = [rule for rule in rule_set.rules if rule.code not in kept]
    numbers: dict[str, int] = {}
    for code, number in RuleVersion.objects.filter(
        set_code=rule_set.code, code__in=[rule.code for rule in fresh]
    ).values_list("code", "version"):
        numbers[code] = max(number, numbers.get(code, 0))
    rows = RuleVersion.objects.bulk_create(
        RuleVersion(
            set_code=rule_set.code,
            code=rule.code,
            version=numbers.get(rule.code, 0) + 1,
            fee_code=rule.fee,
            content=rule_document(rule),
            content_hash=content_hash(rule),
            created_at=at,
        )
        for rule in sorted(fresh, key=lambda rule: rule.code)
    )
    return {row.code: row for row in rows}


def _record(version: RuleSetVersion, latest: RuleSetVersion | None, added: Mapping[str, RuleVersion]) -> None:
    """Write the change down in the audit log: what became of which rule."""
    before = set() if latest is None else _codes(latest)
    record_change(
        at=version.published_at,
        actor=version.published_by,
        action="rule_set.published",
        object_kind="rule_set",
        object_id=f"{version.code}/{version.version}",
        before=None if latest is None else {"version": latest.version, "digest": bytes(latest.digest).hex()},
        after={
            "version": version.version,
            "digest": version.digest.hex(),
            "effective_from": version.effective_from.isoformat(),
            "note": version.note,
            "new_rules": sorted(set(added) - before),
            "changed_rules": {code: row.version for code, row in sorted(added.items()) if code in before},
            "dropped_rules": sorted(before - _codes(version)),
        },
    )


def _codes(version: RuleSetVersion) -> set[str]:
    """The rule codes of a version."""
    return {rule["code"] for rule in version.document["rules"]}

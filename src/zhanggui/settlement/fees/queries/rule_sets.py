"""Reads over the published rule sets."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet
from django.utils.timezone import get_default_timezone

from zhanggui.settlement.fees.errors import UnknownRuleSet
from zhanggui.settlement.fees.models import RuleSetVersion, RuleVersion
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.rules.checks import Finding, Universe, check_rule_set
from zhanggui.settlement.fees.rules.compile import CompiledRules, DimensionIds, compile_rules
from zhanggui.settlement.fees.rules.document import DIMENSIONS, RuleSet, content_hash
from zhanggui.settlement.fees.rules.parser import parse_rule_set

type Resolved = tuple[tuple[str, tuple[tuple[str, int], ...]], ...]
"""(dimension, ((code, id), ...)) of every code that the rules mention and that is known: a cache key."""

#: Rule ids of drafts: far above any published version, within 32 bits.
FIRST_DRAFT_ID = 2_000_000_000

# The dictionary belongs to intake, which stands above this package and writes it; here it is only read.
_KINDS = {"merchant_level": "level", "merchant_category": "party_category"}
_OWN_TABLES = {
    "merchant": "parties_party where kind = 'merchant'",
    "business_line": "settlement_business_line where true",
}
_DICTIONARY = "settlement_dimension where kind = %(kind)s"
_CATEGORY_TREE = """
select child.code, parent.code from settlement_dimension child
left join settlement_dimension parent on parent.id = child.parent_id and parent.kind = 'category'
where child.kind = 'category'
"""


def rule_set_history(code: str) -> QuerySet[RuleSetVersion]:
    """This function will return the published versions of a rule set, the latest first."""
    return RuleSetVersion.objects.filter(code=code).order_by("-version")


def rule_set_codes() -> list[str]:
    """This function will return the codes of all published rule sets."""
    return sorted(set(RuleSetVersion.objects.values_list("code", flat=True)))


def rule_set_version(code: str, version: int | None = None) -> RuleSetVersion:
    """This function will return one published version, the latest if none is named. Raises UnknownRuleSet."""
    history = rule_set_history(code)
    found = (history if version is None else history.filter(version=version)).first()
    if found is not None:
        return found
    known = ", ".join(rule_set_codes()) or "none yet"
    if version is None or not history.exists():
        raise UnknownRuleSet(f'No rule set "{code}" was published; published are: {known}.', rule_set=code)
    raise UnknownRuleSet(
        f'Rule set "{code}" has no version {version}; its versions are '
        f"{', '.join(str(each.version) for each in reversed(history))}.",
        rule_set=code,
        version=version,
    )


def rule_set_in_force(
    code: str, ordered_at: datetime, published_by_time: datetime | None = None
) -> RuleSetVersion:
    """This function will return the version that rates an order of `ordered_at`.

    That is the highest version which has begun by then; with `published_by_time`, the highest that was also
    published by then, which answers what an order staged at that time was frozen to. Raises UnknownRuleSet.
    """
    begun = rule_set_history(code).filter(effective_from__lte=ordered_at)
    if published_by_time is not None:
        begun = begun.filter(published_at__lte=published_by_time)
    found = begun.first()
    if found is not None:
        return found
    earliest = rule_set_history(code).order_by("effective_from").first()
    advice = (
        "publish it first (zhanggui rules import)"
        if earliest is None
        else f"the earliest version begins at {earliest.effective_from.isoformat()}; publish one from before"
    )
    raise UnknownRuleSet(
        f'No version of rule set "{code}" was in force for an order of {ordered_at.isoformat()}; {advice}.',
        rule_set=code,
        ordered_at=ordered_at.isoformat(),
    )


def rule_set_timeline(code: str) -> list[tuple[datetime, int]]:
    """This function will return (begins, rule set id) steps, ascending: from then on, that version rates.

    The last step that begins at or before an order's time is what `rule_set_in_force` gives, for many
    orders at once. Empty if the code was never published.
    """
    steps: list[tuple[datetime, int]] = []
    for begins, number in rule_set_history(code).values_list("effective_from", "id"):
        if not steps or begins < steps[-1][0]:
            steps.append((begins, number))
    return steps[::-1]


def rule_set_findings(rule_set: RuleSet, *, universe: Universe | None = None) -> list[Finding]:
    """This function will return what the checks find in a rule set, errors first; coverage is judged on
    `universe` (default: every code and merchant known now)."""
    return check_rule_set(
        rule_set,
        universe=known_universe(rule_set) if universe is None else universe,
        known_fees=catalogue().by_code.keys(),
    )


def finding_document(finding: Finding) -> dict[str, object]:
    """This function will return a finding as a JSON value."""
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "rules": list(finding.rules),
        "message": finding.message,
        "details": finding.details,
    }


def known_universe(rule_set: RuleSet) -> Universe:
    """This function will return all codes known now, of the dimensions that the set mentions."""
    conditions = [rule.when for rule in rule_set.rules] + [entry.when for entry in rule_set.free]
    mentioned = {dimension for condition in conditions for dimension, _ in condition.named}
    values: dict[str, list[str]] = {}
    parents: dict[str, str | None] = {}
    with connection.cursor() as cursor:
        for dimension in mentioned:
            source = _OWN_TABLES.get(dimension, _DICTIONARY)
            cursor.execute(f"select code from {source}", {"kind": _KINDS.get(dimension, dimension)})
            values[dimension] = [code for (code,) in cursor.fetchall()]
        if "category" in mentioned:
            cursor.execute(_CATEGORY_TREE)
            parents = dict(cursor.fetchall())
    return Universe(values=values, parents=parents)


def rule_by_id(rule_id: int) -> RuleVersion:
    """This function will return the rule version that a detail names. Raises UnknownRuleSet."""
    try:
        return RuleVersion.objects.get(id=rule_id)
    except RuleVersion.DoesNotExist:
        raise UnknownRuleSet(f"There is no rule version {rule_id}.", rule_id=rule_id) from None


def rules_by_id(rule_ids: set[int]) -> dict[int, RuleVersion]:
    """This function will return the rule versions with these ids; unknown ids are left out."""
    return RuleVersion.objects.in_bulk(rule_ids)


def rule_set_by_id(rule_set_id: int) -> RuleSet:
    """This function will return a published rule set as values, as `rules.explain` wants it.

    Kept in the process, since a published version never changes. Raises UnknownRuleSet.
    """
    return _parsed(rule_set_id, _published(rule_set_id)[0])


def compiled(rule_set_id: int, *, freight_to_merchant: bool = True) -> CompiledRules:
    """This function will return a published rule set ready to rate with, ids as they are in the database now.

    Kept in the process; compiled anew when a code that the rules mention has become known or a category has
    been added or moved, which a few small queries tell. Any other code needs no compiling: what the rules do
    not mention, all of them treat alike. Raises UnknownRuleSet.
    """
    digest, version_ids = _published(rule_set_id)
    rule_set = _parsed(rule_set_id, digest)
    return _compiled(
        rule_set_id,
        digest,
        version_ids,
        _resolved(rule_set),
        _category_state(rule_set),
        freight_to_merchant,
    )


def compiled_draft(rule_set: RuleSet, *, freight_to_merchant: bool = True) -> CompiledRules:
    """This function will compile a rule set that was not published, for what-if and shadow billing.

    A rule whose content is published keeps its version id; the others get ids from FIRST_DRAFT_ID up, in the
    order of their codes, so that they cannot be mistaken for a published version.
    """
    published = rule_versions_of(rule_set)
    fresh = sorted(rule.code for rule in rule_set.rules if rule.code not in published)
    return compile_rules(
        rule_set,
        fee_ids={code: fee.id for code, fee in catalogue().by_code.items()},
        dimensions=dimension_ids(rule_set),
        rule_version_ids={code: row.id for code, row in published.items()}
        | {code: FIRST_DRAFT_ID + place for place, code in enumerate(fresh)},
        zone=get_default_timezone(),
        freight_to_merchant=freight_to_merchant,
    )


def rule_versions_of(rule_set: RuleSet) -> dict[str, RuleVersion]:
    """This function will return, by rule code, the versions that hold exactly what this set's rules say."""
    hashes = {rule.code: content_hash(rule) for rule in rule_set.rules}
    rows = RuleVersion.objects.filter(set_code=rule_set.code, code__in=hashes).defer("content")
    return {row.code: row for row in rows if bytes(row.content_hash) == hashes[row.code]}


def dimension_ids(rule_set: RuleSet) -> dict[str, DimensionIds]:
    """This function will return the ids of all codes that the rules mention, with the tree of categories."""
    return _dimensions(_resolved(rule_set), _category_state(rule_set))


@lru_cache(maxsize=32)
def _compiled(
    rule_set_id: int,
    digest: bytes,
    version_ids: tuple[int, ...],
    resolved: Resolved,
    categories: tuple[object, ...],
    freight_to_merchant: bool,
) -> CompiledRules:
    codes = RuleVersion.objects.filter(id__in=version_ids).values_list("code", "id")
    return compile_rules(
        _parsed(rule_set_id, digest),
        fee_ids={code: fee.id for code, fee in catalogue().by_code.items()},
        dimensions=_dimensions(resolved, categories),
        rule_version_ids=dict(codes),
        zone=get_default_timezone(),
        freight_to_merchant=freight_to_merchant,
    )


@lru_cache(maxsize=32)
def _parsed(rule_set_id: int, digest: bytes) -> RuleSet:
    """The rule set of this id; the digest is part of the key in case a database was replaced by another."""
    del digest
    return parse_rule_set(RuleSetVersion.objects.values_list("document", flat=True).get(id=rule_set_id))


def _published(rule_set_id: int) -> tuple[bytes, tuple[int, ...]]:
    """Digest and rule version ids of a published set. Raises UnknownRuleSet."""
    row = RuleSetVersion.objects.filter(id=rule_set_id).values_list("digest", "rule_version_ids").first()
    if row is None:
        raise UnknownRuleSet(f"There is no rule set version with id {rule_set_id}.", rule_set_id=rule_set_id)
    return bytes(row[0]), tuple(row[1])


def mentioned_codes(rule_set: RuleSet) -> dict[str, set[str]]:
    """This function will return the codes that the rules mention, by dimension."""
    mentioned: dict[str, set[str]] = {dimension: set() for dimension in DIMENSIONS}
    for rule in rule_set.rules:
        for dimension, codes in rule.when.named:
            mentioned[dimension].update(codes)
    return mentioned


def topics_of(rule_set: RuleSet) -> frozenset[str]:
    """This function will return which changes of codes, as `settlement_setting_change` notes them, could change what
    a rule set is compiled to."""
    own = {"merchant": "party", "business_line": "business_line"}
    dimensions = {dimension for dimension, codes in mentioned_codes(rule_set).items() if codes}
    return frozenset(f"code:{own.get(one) or _KINDS.get(one, one)}" for one in dimensions)


def _resolved(rule_set: RuleSet) -> Resolved:
    return tuple(
        (dimension, tuple(sorted(_ids(dimension, codes).items())))
        for dimension, codes in mentioned_codes(rule_set).items()
        if codes
    )


def _ids(dimension: str, codes: Collection[str]) -> dict[str, int]:
    """The numbers of these codes; unknown ones are left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"select code, id from {_OWN_TABLES.get(dimension, _DICTIONARY)} and code = any(%(codes)s)",
            {"kind": _KINDS.get(dimension, dimension), "codes": sorted(codes)},
        )
        return dict(cursor.fetchall())


def _category_state(rule_set: RuleSet) -> tuple[object, ...]:
    """Something that changes whenever a category is added or moved; empty if no rule asks for categories."""
    if not any(rule.when.codes("category") for rule in rule_set.rules):
        return ()
    with connection.cursor() as cursor:
        cursor.execute(
            "select count(*), max(id), max(xmin::text::bigint), sum(id::bigint * (parent_id + 1))"
            " from settlement_dimension where kind = 'category'"
        )
        return (connection.settings_dict["NAME"], *cursor.fetchone())


def _dimensions(resolved: Resolved, categories: tuple[object, ...]) -> dict[str, DimensionIds]:
    """The ids of each dimension as the compiler wants them."""
    ids = {dimension: dict(pairs) for dimension, pairs in resolved}
    return {
        dimension: DimensionIds(
            ids.get(dimension, {}),
            _category_parents() if categories and dimension == "category" else {},
        )
        for dimension in DIMENSIONS
    }


def _category_parents() -> dict[int, int]:
    """Parent id of every category, 0 for a root."""
    with connection.cursor() as cursor:
        cursor.execute("select id, parent_id from settlement_dimension where kind = 'category'")
        return dict(cursor.fetchall())

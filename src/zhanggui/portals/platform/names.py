"""Names people read for the numbers that rows carry, in the language of the request."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import get_language

from zhanggui.ledger import chart
from zhanggui.parties.models import Party
from zhanggui.parties.rules import name_in
from zhanggui.portals.desk.languages import chinese, readable
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity
from zhanggui.settlement.fees.catalogue.entries import groups
from zhanggui.settlement.fees.queries.fee_types import catalogue

# The party `p` of a list's SQL by name; parameters come from `language_params`.
PARTY_NAME = readable("p.name", "p.code")


def in_language(name: dict[str, str], code: str) -> str:
    """A {zh, en} name in the language of the request, else the other one, else the code."""
    return name_in(name, code, "zh" if chinese() else "en")


def fee_name(fee_id: int) -> str:
    """The name of a fee type."""
    fee = catalogue().by_id.get(fee_id)
    return fee.name_in(get_language() or "zh") if fee else str(fee_id)


def fee_name_of(code: str) -> str:
    """The name of a fee type by its code."""
    fee = catalogue().by_code.get(code)
    return fee.name_in(get_language() or "zh") if fee else code


def group_names() -> dict[str, str]:
    """Headings of the fee catalogue, in its order."""
    return {group.code: group.zh if chinese() else group.en for group in groups()}


def fee_choices() -> list[tuple[str, str]]:
    """Every fee type as (id, name), in catalogue order."""
    language = get_language() or "zh"
    return [(str(fee.id), fee.name_in(language)) for fee in catalogue().by_id.values()]


def purpose_name(code: str) -> str:
    """The name of a line of the chart of accounts."""
    purpose = chart.BY_CODE.get(code)
    return (purpose.zh if chinese() else purpose.en) if purpose else code


def purpose_choices() -> list[tuple[str, str]]:
    """The chart of accounts as (code, "code name")."""
    return [(purpose.code, f"{purpose.code} {purpose_name(purpose.code)}") for purpose in chart.CHART]


def entity_names() -> dict[int, str]:
    """Settlement entities by id."""
    return {row.id: in_language(row.name, row.code) for row in SettlementEntity.objects.order_by("code")}


def entity_choices() -> list[tuple[str, str]]:
    """Settlement entities for a filter."""
    return [(str(number), name) for number, name in entity_names().items()]


def line_names() -> dict[int, str]:
    """Business lines by id."""
    return {row.id: in_language(row.name, row.code) for row in BusinessLine.objects.order_by("code")}


def line_choices() -> list[tuple[str, str]]:
    """Business lines for a filter."""
    return [(str(number), name) for number, name in line_names().items()]


def parties(ids: Iterable[int]) -> dict[int, Any]:
    """Parties by id."""
    return Party.objects.in_bulk(list(set(ids)))


def party_name(party: Party | None, fallback: str = "") -> str:
    """A party's name in the language of the request."""
    return party.name_in(get_language() or "zh") if party else fallback


def currencies() -> list[str]:
    """Currencies of the business lines, the one of the first line first."""
    return list(dict.fromkeys(BusinessLine.objects.order_by("id").values_list("currency", flat=True))) or [
        "CNY"
    ]

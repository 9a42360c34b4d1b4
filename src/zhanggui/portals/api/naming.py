"""Numbers to codes for answers: parties, entities, business lines, fees, rules."""

from collections.abc import Iterable

from zhanggui.ledger.sources import EntrySource
from zhanggui.parties.models import Party
from zhanggui.portals.api.errors import NotFound
from zhanggui.settlement.entities.models import BusinessLine, SettlementEntity
from zhanggui.settlement.fees.models import RuleVersion
from zhanggui.settlement.fees.queries.fee_types import catalogue


def party_codes(ids: Iterable[int]) -> dict[int, str]:
    """Codes by id."""
    return dict(Party.objects.filter(id__in=set(ids)).values_list("id", "code"))


def party_id(code: str) -> int:
    """The id of a party. Raises NotFound."""
    found = Party.objects.filter(code=code).values_list("id", flat=True).first()
    if found is None:
        raise NotFound(f"There is no party {code!r}", party=code)
    return found


def entity(code: str) -> SettlementEntity:
    """The settlement entity of this code. Raises NotFound."""
    found = SettlementEntity.objects.filter(code=code).first()
    if found is None:
        raise NotFound(f"There is no settlement entity {code!r}", entity=code)
    return found


def entity_codes() -> dict[int, str]:
    """Codes of all settlement entities by id."""
    return dict(SettlementEntity.objects.values_list("id", "code"))


def line_codes() -> dict[int, str]:
    """Codes of all business lines by id."""
    return dict(BusinessLine.objects.values_list("id", "code"))


def fee_code(fee_type_id: int) -> str:
    """Code of a fee type."""
    fee = catalogue().by_id.get(fee_type_id)
    return fee.code if fee else str(fee_type_id)


def rule_names(ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """(code, version) of rule versions by id."""
    rows = RuleVersion.objects.filter(id__in=set(ids)).values_list("id", "code", "version")
    return {number: (code, version) for number, code, version in rows}


def source_name(number: int) -> str:
    """Word for an entry source."""
    return EntrySource(number).name.lower()

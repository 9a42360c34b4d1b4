"""The small market with invoices: May confirmed and drafted, the glass works invoices its own goods."""

from datetime import date
from typing import Any

from tests.isolation.market import NOW, ZONE, clock
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment

START = date(2026, 1, 1)
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"


def with_invoices(market: Any) -> Any:
    """Set tax data and treatments, confirm May, draft what is due."""
    given = {"effective_from": START, "at": NOW, "actor": "tests"}
    for direction, rate in ((1, 60_000), (2, 130_000)):
        set_tax_treatment(direction=direction, rate_ppm=rate, tax_code="3040802", **given)
    entity = SettlementEntity.objects.get(code="ZG-CN")
    set_tax_profile(
        party_id=0, entity_id=entity.id, title="掌柜结算有限公司", tax_number="91310000MA1K00000X", **given
    )
    for code in ("tea", "kiln"):
        party = market.party(code)
        set_tax_profile(
            party_id=party.id, title=f"{code} 有限公司", tax_number=f"91110000{code.upper()}0001", address="北京市",
            bank_name="工商银行", bank_account="6217000012345678", **given,
        )  # fmt: skip
        row = market.statement(code)
        statement_confirmed(party_id=row.party_id, statement_id=row.id, at=NOW, zone=ZONE, actor="tests")
    invoices_due(clock=clock, actor="tests")
    return market


def draft_of(market: Any, code: str) -> Invoice:
    """The shop's draft."""
    return Invoice.objects.exclude(state="voided").get(
        party_id=market.party(code).id, direction=1, kind="blue"
    )

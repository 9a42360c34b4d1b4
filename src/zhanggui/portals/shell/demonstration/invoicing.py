"""Invoices in the demonstration: tax data, September's drafts issued by a file, red letters, a shop's own invoice."""

from datetime import date, datetime

from zhanggui.journeys.input_invoice_received import Sent, input_invoice_received, input_invoice_verified
from zhanggui.journeys.invoice_issued import invoice_issued, issued_imported
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.parties.models import Party
from zhanggui.portals.shell.moments import zone
from zhanggui.settlement.entities.models import InvoiceMode, SettlementEntity
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.invoices.coverage import expected_by_rate
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.issued_file import IssuedRow
from zhanggui.settlement.invoices.models import Invoice, InvoiceKind, InvoiceState
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.tax_models import Direction, Taxpayer
from zhanggui.settlement.statements.models import Statement

MALL, MODE_CHANGER = "online-retail", "shop-22"
ISSUED_AT_ONCE = 20
"""So many of September's drafts come back from the tax authority; the others still wait to be issued."""
BEGAN = date(2011, 1, 1)


def tell_tax_data(at: datetime) -> None:
    """Rates and codes, and what stands on invoices about the mall and its shops."""
    given = {"effective_from": BEGAN, "at": at, "actor": "finance"}
    set_tax_treatment(direction=Direction.OUTPUT, rate_ppm=60_000, tax_code="3040802",
                      item={"zh": "平台服务费", "en": "Platform services"}, **given)  # fmt: skip
    set_tax_treatment(direction=Direction.INPUT, rate_ppm=200_000, tax_code="1060000",
                      item={"zh": "商品", "en": "Goods"}, **given)  # fmt: skip
    entity = SettlementEntity.objects.get(code="ZG-UK")
    set_tax_profile(
        party_id=0, entity_id=entity.id, title="Zhanggui Settlement UK", tax_number="GB100200300",
        address="1 Quay Street, Bristol", bank_name="Severn Bank", bank_account="10203040", **given,
    )  # fmt: skip
    for party in Party.objects.filter(kind="merchant").order_by("id"):
        set_tax_profile(
            party_id=party.id, title=party.name_in("en"), tax_number=f"GB9{party.id:08d}", taxpayer=Taxpayer.GENERAL,
            address=f"{party.id} Market Row, Leeds", bank_name="Severn Bank", bank_account=f"2030{party.id:06d}",
            **given,
        )  # fmt: skip


def draft(at: datetime) -> None:
    """Draft what became due with the confirmations."""
    invoices_due(clock=lambda: at, actor="finance")


def issue_september(at: datetime) -> None:
    """A file from the tax authority: the first drafts now have their numbers."""
    drafts = Invoice.objects.filter(state=InvoiceState.DRAFT, direction=Direction.OUTPUT).order_by("id")
    rows = [
        IssuedRow(
            place, row.number, Issued(f"113120000000{row.id:08d}", at.date(), gross_minor=row.gross_minor)
        )
        for place, row in enumerate(drafts[:ISSUED_AT_ONCE], start=1)
    ]
    issued_imported(rows=rows, at=at, zone=zone(), actor="finance")


def issue_red_letter(at: datetime) -> None:
    """Goods of September came back in October: the first red letter is issued against its invoice."""
    row = Invoice.objects.filter(state=InvoiceState.DRAFT, kind=InvoiceKind.RED).order_by("id").first()
    if row is not None:
        issued = Issued(f"113120000000{row.id:08d}", at.date(), gross_minor=row.gross_minor)
        invoice_issued(
            party_id=row.party_id, invoice_id=row.id, issued=issued, at=at, zone=zone(), actor="finance"
        )


def shop_invoices_its_goods(at: datetime) -> None:
    """The shop that changed its mode sends its invoice over November's goods; another person verifies it."""
    party = Party.objects.get(code=MODE_CHANGER)
    statement = Statement.objects.get(
        party_id=party.id,
        mode=InvoiceMode.INPUT,
        starts_on=date(2011, 11, 1),
        currency=business_line(MALL).currency,
    )
    invoices_due(clock=lambda: at, actor="finance", keys=[(party.id, statement.id)])
    expected = Invoice.objects.get(party_id=party.id, statement_id=statement.id, direction=Direction.INPUT)
    rates = [AtRate(rate, *amounts) for rate, amounts in expected_by_rate(party.id, expected.id).items()]
    sent = input_invoice_received(
        party_id=party.id, invoice_id=expected.id, sent=Sent("SHOP22-201112-0001", at.date(), rates), at=at,
        zone=zone(), actor="shop-22",
    )  # fmt: skip
    input_invoice_verified(party_id=party.id, received_id=sent.id, at=at, zone=zone(), checker="finance")

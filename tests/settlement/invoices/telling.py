"""The story with invoices: a commission with VAT, a fee whose tax is inside, goods that the merchant invoices."""

from datetime import date, timedelta
from typing import Any

from tests.settlement.story import LATE, ZONE, Story, fen, rule, yuan
from zhanggui.journeys.input_invoice_received import Sent, input_invoice_received, input_invoice_verified
from zhanggui.journeys.invoice_issued import invoice_issued
from zhanggui.journeys.invoices_due import Drafted, invoices_due
from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.models import Invoice, InvoiceLine, ReceivedInvoice
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate
from zhanggui.settlement.invoices.operations.set_invoice_policy import set_invoice_policy
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.statements.models import Statement

COMMISSION = rule("commission", "5%", rounding="half_up")
VAT = rule("commission-vat", "6%", rounding="half_up", fee="commission_vat", base="fee:commission",
           granularity="fee")  # fmt: skip
PAYMENT = rule("payment", "0.6%", rounding="half_up", fee="payment_fee", base="paid")
PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\n%%EOF\n"
START = date(2026, 1, 1)


def invoicing[S: Story](*, mode: str = "output", data: bool = True, kind: type[S] = Story, **more: Any) -> S:
    """A mall that invoices: commission 5% + 6% VAT, payment fee 0.6% with 6% inside, goods with 13% inside."""
    story = kind(COMMISSION, VAT, PAYMENT, invoice_mode=mode, **more)
    at = story.clock()
    set_tax_treatment(
        direction=1, rate_ppm=60_000, effective_from=START, at=at, actor="story", tax_code="3040802",
        item={"zh": "服务费", "en": "Services"},
    )  # fmt: skip
    set_tax_treatment(
        direction=2, rate_ppm=130_000, effective_from=START, at=at, actor="story", tax_code="1010101"
    )
    if data:
        entity = SettlementEntity.objects.get(code="e1")
        set_tax_profile(
            party_id=0, entity_id=entity.id, effective_from=START, title="掌柜结算有限公司",
            tax_number="91310000MA1K00000X", address="上海市", bank_name="中国银行", bank_account="6222000011112222",
            at=at, actor="story",
        )  # fmt: skip
        for party in ("m1", "m2"):
            set_tax_profile(
                party_id=story.party(party), effective_from=START, title=f"{party} 商贸有限公司",
                tax_number=f"91110000{party.upper()}00000X", address="北京市", bank_name="工商银行",
                bank_account=f"62170000{party}3333", at=at, actor="story",
            )  # fmt: skip
    return story


def a_month(story: Story, *, through: str = "2026-01-31") -> Drafted:
    """Bill, close, confirm everything and draft what is due."""
    story.bill(through)
    story.close(through)
    for row in Statement.objects.filter(state="confirming"):
        story.confirm(_code(row.party_id), f"{row.starts_on}", mode=row.mode)
    return invoices_due(clock=story.clock, actor="story")


def _code(party_id: int) -> str:
    return Party.objects.get(id=party_id).code


def policy(**settings: Any) -> None:
    """Set how everybody invoices."""
    given = {"draft_when": "confirmed", "reversals": "red_letter", "input_check": "before_payment",
             "verify_above_minor": None}  # fmt: skip
    set_invoice_policy(entity_id=0, at=LATE, actor="story", **(given | settings))


def the_invoice(story: Story, party: str, **wanted: Any) -> Invoice:
    """The one invoice of a party that is not voided and as wanted."""
    return Invoice.objects.exclude(state="voided").get(party_id=story.party(party), **wanted)


def issue(
    story: Story, row: Invoice, number: str = "26312000000000000001", actor: str = "anna", **more: Any
) -> Invoice:
    """Issue a draft."""
    given = {"tax_number": number, "issued_on": story.now.astimezone(ZONE).date()} | more
    return invoice_issued(
        party_id=row.party_id,
        invoice_id=row.id,
        issued=Issued(**given),
        at=story.clock(),
        zone=ZONE,
        actor=actor,
    )


def send(
    story: Story, row: Invoice, number: str, amounts: str, *, actor: str = "m1-owner", party: int = 0,
    file: bytes = PDF, name: str = "invoice.pdf",
) -> ReceivedInvoice:  # fmt: skip
    """Send an invoice: amounts as `13% 88.50 11.50`, several by `;`."""
    rates = []
    for one in amounts.split(";"):
        rate, net, tax = one.split()
        rates.append(AtRate(int(rate.rstrip("%")) * 10_000, fen(net), fen(tax)))
    today = story.now.astimezone(ZONE).date()
    sent = Sent(
        number=number, issued_on=today - timedelta(days=1), by_rate=rates, attachment=Attachment(name, file)
    )
    return input_invoice_received(
        party_id=party or row.party_id, invoice_id=row.id, sent=sent, at=story.clock(), zone=ZONE, actor=actor
    )


def verify(story: Story, row: ReceivedInvoice, checker: str = "anna") -> ReceivedInvoice:
    """Verify what was sent."""
    return input_invoice_verified(
        party_id=row.party_id, received_id=row.id, at=story.clock(), zone=ZONE, checker=checker
    )


def told(*, numbers: bool = False) -> str:
    """All invoices: party, direction, kind, state, net, tax, gross; their lines indented by fee and rate."""
    codes = {fee.id: fee.code for fee in catalogue().by_id.values()}
    out = []
    for row in Invoice.objects.exclude(state="voided").order_by("id"):
        way = "output" if row.direction == 1 else "input"
        head = f"{_code(row.party_id)} {way} {row.kind} {row.state} {yuan(row.net_minor)} {yuan(row.tax_minor)} {yuan(row.gross_minor)}"
        out.append(head + (f" {row.number}" if numbers else ""))
        out += [
            f"- {codes[line.fee_type_id]} {line.rate_ppm // 10_000}% {yuan(line.net_minor)} {yuan(line.tax_minor)}"
            f" {yuan(line.gross_minor)}"
            for line in InvoiceLine.objects.filter(party_id=row.party_id, invoice_id=row.id).order_by(
                "position"
            )
        ]
    return "\n".join(out)


def axis(story: Story, party: str, starts: str, **more: Any) -> str:
    """Where a statement stands with its invoices."""
    return str(story.statement(party, starts, **more).invoice_axis)

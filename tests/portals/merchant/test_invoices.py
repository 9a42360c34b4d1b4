"""A shop's invoices: its own only, received as papers, its own ones uploaded."""

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.isolation.market import NOW, clock
from tests.portals.invoicing import PDF, draft_of, with_invoices
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.settlement.entities.models import InvoiceMode, SettlementTerms
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.tax_models import TaxProfile

pytestmark = pytest.mark.django_db


@pytest.fixture
def mall(market: Any) -> Any:
    return with_invoices(market)


def page(name: str, *args: Any) -> str:
    return reverse(f"merchant:{name}", args=args)


def expected_of(market: Any) -> Invoice:
    """May of the tea house, as if its terms had said that it invoices its goods."""
    from zhanggui.settlement.invoices.models import InvoiceLine, InvoicePart

    part = InvoicePart.objects.create(
        party_id=market.party("tea").id, id=9_001, statement_id=draft_of(market, "tea").statement_id,
        origin_statement_id=1, entity_id=1, mode=2, currency="CNY", direction=2, fee_type_id=1, rate_ppm=130_000,
        inside=True, gross_minor=11_300, net_minor=10_000, tax_minor=1_300, detail_count=1,
    )  # fmt: skip
    row = Invoice.objects.create(
        party_id=part.party_id, id=9_001, number="II26069001", direction=2, statement_id=part.statement_id,
        entity_id=1, mode=2, currency="CNY", state="expected", gross_minor=11_300, net_minor=10_000,
        tax_minor=1_300, drafted_at=NOW, drafted_by="tests",
    )  # fmt: skip
    InvoiceLine.objects.create(
        party_id=part.party_id, invoice_id=row.id, position=1, part_id=part.id, fee_type_id=1, rate_ppm=130_000,
        gross_minor=11_300, net_minor=10_000, tax_minor=1_300,
    )  # fmt: skip
    return row


class TestOwnInvoices:
    def test_are_listed_and_opened_and_nobody_elses(self, mall: Any, shop: Any) -> None:
        own, other = draft_of(mall, "tea"), draft_of(mall, "kiln")
        listed = shop.get(page("invoices")).content.decode()
        assert own.number in listed and other.number not in listed
        assert shop.get(page("invoice", own.id)).status_code == 200
        assert shop.get(page("invoice", other.id)).status_code == 404
        assert shop.get(page("invoice_pdf", other.id)).status_code == 404

    def test_papers_open(self, mall: Any, shop: Any) -> None:
        own = draft_of(mall, "tea")
        for name, number in (("invoice_pdf", own.id), ("statement_pdf", own.statement_id)):
            assert shop.get(page(name, number)).content.startswith(b"%PDF-")

    def test_the_statement_names_its_axis(self, mall: Any, shop: Any) -> None:
        text = shop.get(page("statement", draft_of(mall, "tea").statement_id)).content.decode()
        assert "Being issued by the platform" in text


@pytest.mark.breaks_invariants
class TestUpload:
    def send(self, shop: Any, row: Invoice, **more: Any) -> Any:
        given = {"number": "88880001", "day": "2026-06-18", "net-130000": "100.00", "tax-130000": "13.00",
                 "file": SimpleUploadedFile("a.pdf", PDF)}  # fmt: skip
        return shop.post(page("invoice_upload", row.id), given | more)

    def test_is_taken_to_the_cent(self, mall: Any, shop: Any) -> None:
        row = expected_of(mall)
        assert "100.00" in shop.get(page("invoice_upload", row.id)).content.decode()
        assert self.send(shop, row).status_code == 302
        assert ReceivedInvoice.objects.get().state == "received"
        assert "88880001" in shop.get(page("invoice", row.id)).content.decode()

    @pytest.mark.parametrize("more", [
        {"tax-130000": "13.01"}, {"number": "x"}, {"net-130000": "ten"}, {"day": "soon"}, {"number": ""},
        {"file": SimpleUploadedFile("a.pdf", b"MZ")},
    ])  # fmt: skip
    def test_what_is_wrong_is_said_and_nothing_kept(self, mall: Any, shop: Any, more: dict[str, Any]) -> None:
        answer = self.send(shop, expected_of(mall), **more)
        assert answer.status_code == 422 and not ReceivedInvoice.objects.exists()

    def test_of_another_shop_is_not_there(self, mall: Any, market: Any, client: Any) -> None:
        row = expected_of(mall)
        client.force_login(market.person("kiln", "merchant_owner"))
        assert client.get(page("invoice_upload", row.id)).status_code == 404
        assert self.send(client, row).status_code == 404

    def test_a_viewer_may_not(self, mall: Any, market: Any, client: Any) -> None:
        row = expected_of(mall)
        client.force_login(market.person("tea", "merchant_viewer"))
        assert self.send(client, row).status_code == 403


class TestTaxData:
    def test_of_the_shop_are_changed_from_a_day_on(self, mall: Any, shop: Any) -> None:
        assert "tea 有限公司" in shop.get(page("tax_data")).content.decode()
        answer = shop.post(page("tax_data"), {"title": "New tea", "taxpayer": "small", "day": "2027-01-01",
                                              "tax_number": "911100001234567890"})  # fmt: skip
        assert answer.status_code == 302
        rows = TaxProfile.objects.filter(party_id=mall.party("tea").id).order_by("effective_from")
        assert [(row.title, row.effective_before) for row in rows] == [
            ("tea 有限公司", date(2027, 1, 1)), ("New tea", None),
        ]  # fmt: skip


def test_a_merchant_that_invoices_finds_it_in_the_menu(market: Any, shop: Any) -> None:
    SettlementTerms.objects.filter(party_id=0).update(invoice_mode=InvoiceMode.OUTPUT)
    invoices_due(clock=clock, actor="tests")
    assert reverse("merchant:invoices") in shop.get(reverse("merchant:home")).content.decode()

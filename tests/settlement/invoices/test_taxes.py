"""Tax withheld, the report to file, its proof on the ledger, months that are closed."""

from datetime import date

import pytest

from tests.settlement.invoices.telling import START, a_month, invoicing, issue, send, the_invoice, verify
from tests.settlement.story import LATE, Story, text
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.errors import OverlappingTaxData, TaxMonthClosed
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.invoices.operations.close_tax_month import close_tax_month
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_tax_treatment import set_tax_treatment
from zhanggui.settlement.invoices.operations.set_withholding_table import (
    BracketsRefused,
    set_withholding_table,
)
from zhanggui.settlement.invoices.proof import tax_proof
from zhanggui.settlement.invoices.queries import tax_documents, tax_report
from zhanggui.settlement.invoices.rules.splitting import tax_inside, tax_taken_back, taxes_inside
from zhanggui.settlement.invoices.rules.withholding import withheld
from zhanggui.settlement.invoices.tax_models import Withholding

pytestmark = pytest.mark.django_db
JANUARY = date(2026, 1, 1)
MONTH = date(2027, 1, 1)
SERVICES = [
    {"over_minor": 0, "rate_ppm": 200_000},
    {"over_minor": 2_000_000, "rate_ppm": 300_000, "quick_minor": 200_000},
    {"over_minor": 5_000_000, "rate_ppm": 400_000, "quick_minor": 700_000},
]


def report(month: date = MONTH) -> list[tuple[str, int, int, int]]:
    entity = SettlementEntity.objects.get(code="e1")
    rows = tax_report(entity_id=entity.id, currency="CNY", month=month)
    return [(row["kind"], row["rate_ppm"], row["net"], row["tax"]) for row in rows]


def proof(month: date = MONTH):  # type: ignore[no-untyped-def]
    entity = SettlementEntity.objects.get(code="e1")
    return tax_proof(entity_id=entity.id, currency="CNY", month=month, zone="Asia/Shanghai")


class TestSplitting:
    @pytest.mark.parametrize("rate", [10_000, 30_000, 60_000, 130_000, 200_000])
    def test_taxes_add_up_to_the_tax_of_the_sum(self, rate: int) -> None:
        amounts = [1, 7, 33, 100, 999, 12345, -5, -700]
        taxes = taxes_inside(amounts, rate)
        assert sum(taxes[:6]) == tax_inside(sum(amounts[:6]), rate)
        assert sum(taxes[6:]) == tax_inside(sum(amounts[6:]), rate)
        assert all(abs(tax * (1_000_000 + rate) - amount * rate) < 1_000_000 + rate
                   for tax, amount in zip(taxes, amounts, strict=True))  # fmt: skip

    def test_pieces_taken_back_clear_the_original(self) -> None:
        done, taken = 0, 0
        for step in (3333, 3333, 3334):
            taken += tax_taken_back(tax=1150, whole=10_000, done=done, step=-step, rate_ppm=130_000)
            done += step
        assert taken == -1150


class TestWithholding:
    @pytest.mark.parametrize(("income", "taxable", "tax"), [
        (0, 0, 0), (-5, 0, 0), (80_000, 0, 0), (300_000, 220_000, 44_000), (1_000_000, 800_000, 160_000),
        (3_000_000, 2_400_000, 520_000), (10_000_000, 8_000_000, 2_500_000),
    ])  # fmt: skip
    def test_the_table_of_labour_services(self, income: int, taxable: int, tax: int) -> None:
        found = withheld(income, allowance_minor=80_000, allowance_ppm=200_000, brackets=SERVICES)
        assert (found.taxable, found.tax) == (taxable, tax)

    def individual(self) -> Story:
        story = invoicing(mode="none")
        given = {"effective_from": date(2026, 1, 2), "at": LATE, "actor": "story"}
        set_tax_profile(party_id=story.party("m1"), title="张三", taxpayer="individual", **given)
        set_withholding_table(currency="CNY", brackets=SERVICES, allowance_ppm=200_000, allowance_minor=80_000,
                              **given)  # fmt: skip
        story.orders("""
            order merchant goods    day
            A1    m1       3000.00  2026-01-05
            A2    m2       3000.00  2026-01-05
        """)
        return story

    def test_is_on_the_statement_when_it_closes_and_replays(self) -> None:
        story = self.individual()
        a_month(story)
        # 3000.00 less 5% and its VAT and 0.6% is 2823.00; less 800.00 taxed at 20% is 404.60
        row = Withholding.objects.get()
        assert (row.base_minor, row.taxable_minor, row.tax_minor) == (282_300, 202_300, 40_460)
        assert story.statement("m1", "2026-01-01").net_minor == 282_300 - 40_460
        assert story.replayed() == []
        assert ("withheld", 200_000, 282_300, 40_460) in report(JANUARY)
        assert [one.unexplained for one in proof(JANUARY)] == [0, 0]

    def test_only_from_individuals(self) -> None:
        story = self.individual()
        a_month(story)
        assert Withholding.objects.filter(party_id=story.party("m2")).count() == 0

    @pytest.mark.parametrize("brackets", [[], [{"over_minor": 1, "rate_ppm": 1}], [{"rate_ppm": 1}],
                                          [{"over_minor": 0, "rate_ppm": 1}, {"over_minor": 0, "rate_ppm": 2}]])  # fmt: skip
    def test_brackets_that_do_not_ascend_are_refused(self, brackets: list[dict[str, int]]) -> None:
        with pytest.raises(BracketsRefused):
            set_withholding_table(
                currency="CNY", effective_from=START, brackets=brackets, at=LATE, actor="story"
            )


class TestReport:
    def filed(self) -> Story:
        story = invoicing(mode="input")
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            A2    m2       50.00  2026-01-07
        """)
        a_month(story)
        issue(story, the_invoice(story, "m1", direction=1))
        verify(story, send(story, the_invoice(story, "m1", direction=2), "88880001", "13% 88.50 11.50"))
        return story

    def test_adds_up_to_its_documents(self) -> None:
        self.filed()
        assert report() == [("output", 60_000, 557, 33), ("input", 130_000, 8850, 1150)]
        entity = SettlementEntity.objects.get(code="e1")
        for kind, rate, net, tax in report():
            rows = tax_documents(entity_id=entity.id, currency="CNY", month=MONTH, kind=kind, rate_ppm=rate)
            assert (sum(row["net"] for row in rows), sum(row["tax"] for row in rows)) == (net, tax)

    def test_every_difference_to_the_ledger_is_listed_with_its_reason(self) -> None:
        self.filed()
        [output, _] = proof()
        # posted: 0.30 and 0.15 of VAT; filed: 0.33, of which 0.03 is inside the payment fee
        assert (output.ledger, output.filed, output.unexplained) == (45, 33, 0)
        assert [(row["difference"], row["reason"]) for row in output.differences] == [
            (-3, "inside_price"), (15, "not_issued"),
        ]  # fmt: skip

    def test_a_closed_month_takes_nothing_more(self) -> None:
        story = self.filed()
        entity = SettlementEntity.objects.get(code="e1")
        given = {"entity_id": entity.id, "currency": "CNY", "at": LATE, "actor": "story"}
        with pytest.raises(TaxMonthClosed, match="not over"):
            close_tax_month(month=MONTH, today=date(2027, 1, 31), **given)
        close_tax_month(month=MONTH, today=date(2027, 2, 1), **given)
        with pytest.raises(TaxMonthClosed, match="closed already"):
            close_tax_month(month=MONTH, today=date(2027, 2, 1), **given)
        before = report()
        late = issue(story, the_invoice(story, "m2", direction=1), "26312000000000000002")
        assert late.tax_month == date(2027, 2, 1) and report() == before
        with pytest.raises(TaxMonthClosed, match="2027-02 has documents"):
            close_tax_month(month=date(2027, 3, 1), today=date(2027, 5, 1), **given)


class TestDatedData:
    def test_a_change_ends_the_row_before_and_keeps_what_was_worked_out(self) -> None:
        story = invoicing(mode="input")
        story.orders("""
            order merchant goods  day
            A1    m1       100.00 2026-01-05
            B1    m1       100.00 2026-02-05
        """)
        set_tax_treatment(
            direction=2, rate_ppm=90_000, effective_from=date(2026, 2, 1), at=LATE, actor="story"
        )
        a_month(story, through="2026-02-28")
        rates = [
            one.gross_minor - one.net_minor for one in Invoice.objects.filter(direction=2).order_by("id")
        ]
        assert rates == [1150, 826]

    def test_overlapping_rows_are_refused(self) -> None:
        invoicing()
        with pytest.raises(OverlappingTaxData):
            set_tax_treatment(
                direction=2, rate_ppm=90_000, effective_from=date(2025, 1, 1), at=LATE, actor="story"
            )

    def test_the_bank_account_is_sealed(self) -> None:
        row = set_tax_profile(party_id=77, effective_from=START, title="x", bank_account="6217000099998888",
                              at=LATE, actor="story")  # fmt: skip
        assert row.bank_account_masked == "****8888" and b"6217" not in bytes(row.bank_account_sealed)
        assert text(row.title) == "x"

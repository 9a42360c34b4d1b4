"""Goods of an earlier month come back: the tax withheld on them does too, to the minor unit, in the original mode."""

import random
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tests.settlement.invoices.telling import a_month, invoicing
from tests.settlement.invoices.test_taxes import SERVICES, proof, report
from tests.settlement.story import LATE, Story, yuan
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_withholding_table import set_withholding_table
from zhanggui.settlement.invoices.rules.withholding import given_back
from zhanggui.settlement.invoices.tax_models import Withholding, WithholdingReturn

JANUARY = "2026-01-01"
MONTHS = ("2026-02", "2026-03", "2026-04")
LAST_DAYS = {"2026-02": "2026-02-28", "2026-03": "2026-03-31", "2026-04": "2026-04-30"}


class TestShares:
    @given(st.integers(1, 10**12), st.integers(0, 10**12), st.lists(st.integers(0, 10**12), max_size=12))
    def test_any_steps_give_back_all_of_it_and_no_more(self, base: int, tax: int, steps: list[int]) -> None:
        tax, done, income, returned = min(tax, base), 0, 0, 0
        for step in steps:
            base_step, tax_step = given_back(tax=tax, base=base, before=done, taken=step)
            assert base_step >= 0 and tax_step >= 0
            done, income, returned = done + step, income + base_step, returned + tax_step
            # at every point as much as if it had come back in one piece
            assert (income, returned) == given_back(tax=tax, base=base, before=0, taken=done)
        rest = given_back(tax=tax, base=base, before=done, taken=base)
        assert (income + rest[0], returned + rest[1]) == (base, tax)

    def test_what_is_taken_and_given_again_leaves_nothing(self) -> None:
        forth = given_back(tax=404_60, base=2823_00, before=0, taken=1000_00)
        back = given_back(tax=404_60, base=2823_00, before=1000_00, taken=-1000_00)
        assert forth == (1000_00, 143_32) and back == (-1000_00, -143_32)


def individual() -> Story:
    """m1, an individual without invoices, sold for 3000.00 in January; 404.60 of its 2823.00 were withheld."""
    story = invoicing(mode="none")
    data = {"effective_from": date(2026, 1, 2), "at": LATE, "actor": "story"}
    set_tax_profile(party_id=story.party("m1"), title="张三", taxpayer="individual", **data)
    set_withholding_table(
        currency="CNY", brackets=SERVICES, allowance_ppm=200_000, allowance_minor=80_000, **data
    )
    story.orders("""
        order merchant goods    day
        A1    m1       3000.00  2026-01-05
    """)
    a_month(story)
    assert Withholding.objects.get().tax_minor == 404_60
    return story


def refund(story: Story, month: str, goods: int) -> None:
    """Refund a part of A1 in a month and close that."""
    story.refunds(f"""
        refund      order goods          day
        R-{month}   A1    {yuan(goods)}  {month}-10
    """)
    a_month(story, through=LAST_DAYS[month])


@pytest.mark.django_db
class TestGivenBack:
    @pytest.mark.parametrize("seed", [7, 2026])
    def test_in_random_steps_all_of_it(self, seed: int) -> None:
        story = individual()
        cuts = sorted(random.Random(seed).sample(range(1, 3000_00), 2))
        for month, start, end in zip(MONTHS, [0, *cuts], [*cuts, 3000_00], strict=True):
            refund(story, month, end - start)
            returned = WithholdingReturn.objects.get(
                statement_id=story.statement("m1", f"{month}-01", mode=3).id
            )
            assert returned.tax_minor > 0
        rows = WithholdingReturn.objects.all()
        assert sum(row.tax_minor for row in rows) == 404_60
        assert sum(row.base_minor for row in rows) == 2823_00
        assert story.balances().count("2221.02") == 0
        assert story.replayed() == []
        assert Withholding.objects.count() == 1

    def test_in_the_original_mode_after_the_merchant_changed_it(self) -> None:
        story = individual()
        story.terms("m1", "2026-02-01", invoice_mode="output")
        set_tax_profile(
            party_id=story.party("m1"), title="张三商行", taxpayer="small", tax_number="92310000MA1K00000X",
            effective_from=date(2026, 2, 1), at=LATE, actor="story",
        )  # fmt: skip
        story.orders("""
            order merchant goods   day
            B1    m1       500.00  2026-02-03
        """)
        refund(story, "2026-02", 1500_00)
        # half of the sale, less 5% commission and its VAT: 1420.50 of the 2823.00
        row = WithholdingReturn.objects.get()
        old, new = (story.statement("m1", "2026-02-01", mode=mode) for mode in (3, 1))
        assert (row.statement_id, row.base_minor, row.tax_minor) == (old.id, 1420_50, 203_59)
        assert old.net_minor == -1420_50 + 203_59
        assert new.net_minor == 500_00 - 25_00 - 1_50 - 3_00

    def test_the_month_s_own_income_is_taxed_without_it(self) -> None:
        story = individual()
        story.orders("""
            order merchant goods    day
            B1    m1       3000.00  2026-02-03
        """)
        refund(story, "2026-02", 1500_00)
        february = story.statement("m1", "2026-02-01")
        assert Withholding.objects.get(statement_id=february.id).tax_minor == 404_60
        assert february.net_minor == 2823_00 - 404_60 - 1420_50 + 203_59

    def test_is_in_the_report_and_proved_on_the_ledger(self) -> None:
        story = individual()
        refund(story, "2026-02", 1500_00)
        month = date(2026, 2, 1)
        assert ("withheld_red", 200_000, -1420_50, -203_59) in report(month)
        assert [one.unexplained for one in proof(month)] == [0, 0]

    def test_never_changes(self) -> None:
        refund(individual(), "2026-02", 1500_00)
        with pytest.raises(IntegrityError), transaction.atomic():
            WithholdingReturn.objects.update(tax_minor=0)

"""Processes are killed while they draft and issue invoices: no number is skipped, none is given twice."""

from typing import Any

import pytest
from django.db import transaction

from tests.faults.processes import Worker
from tests.faults.worker import issue
from tests.settlement.invoices.telling import invoicing
from tests.settlement.story import Story
from tests.tampering import broken
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.settlement.invoices.models import Invoice, InvoiceEvent
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def story() -> Story:
    """Two shops, two months, confirmed: four statements to invoice."""
    with transaction.atomic():
        story = invoicing()
    story.orders("""
        order merchant goods  day
        A1    m1       100.00 2026-01-05
        A2    m2       50.00  2026-01-07
        A3    m1       80.00  2026-02-05
        A4    m2       60.00  2026-02-07
    """)
    story.bill("2026-02-28")
    story.close("2026-02-28")
    for party in ("m1", "m2"):
        for starts in ("2026-01-01", "2026-02-01"):
            story.confirm(party, starts)
    return story


def ours() -> list[str]:
    """Our numbers: month of the statement's end, running number."""
    rows = Invoice.objects.order_by("number").values_list("number", flat=True)
    return [f"{number[:6]} {int(number[6:])}" for number in rows]


def tax_numbers() -> list[int]:
    """The last digits of the tax authority's numbers."""
    rows = Invoice.objects.exclude(tax_number="").order_by("number").values_list("tax_number", flat=True)
    return [int(number[-4:]) for number in rows]


def killed(act: str, at: int) -> None:
    """Kill a process at the `at`-th step of an act."""
    worker = Worker(act, at)
    worker.hears("stalled")
    worker.kill()
    assert broken() == set()


ALL = ["OI2602 1", "OI2602 2", "OI2603 1", "OI2603 2"]


def test_drafting_goes_on_without_a_gap(story: Story) -> None:
    killed("draft", 2)
    assert ours() == ALL[:1]
    assert Worker("draft").ends()[-2:] == ["drafted 3", "done"]
    assert ours() == ALL
    assert Statement.objects.filter(invoice_axis="to_issue").count() == 4


def test_of_two_that_draft_at_once_each_takes_what_the_other_left(story: Story) -> None:
    workers = [Worker("draft"), Worker("draft")]
    drafted = [int(line.split()[1]) for one in workers for line in one.ends() if line.startswith("drafted")]
    assert sum(drafted) == 4
    assert ours() == ALL


def test_issuing_a_file_is_all_or_nothing_and_goes_again(story: Story, capsys: Any) -> None:
    invoices_due(clock=story.clock, actor="story")
    killed("issue", 3)
    assert tax_numbers() == []
    assert set(Invoice.objects.values_list("state", flat=True)) == {"draft"}
    issue()
    assert tax_numbers() == [1, 2, 3, 4]
    issue()
    assert capsys.readouterr().out.split("\n")[:2] == ["issued 4 already 0", "issued 0 already 4"]
    assert InvoiceEvent.objects.filter(after="issued").count() == 4

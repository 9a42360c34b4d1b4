"""The sample we ship: what must come out of it, and that it is what its README says."""

import csv
import gzip
from collections import Counter

from tests.settlement.intake.formats.readings import (
    SAMPLE,
    notes,
    orders,
    read,
    refunds,
    refused_rows,
    shared,
)
from tests.settlement.intake.formats.sample_rule import sample_bytes


def test_every_row_and_penny_is_accounted_for() -> None:
    records = read("online-retail", SAMPLE)
    lines = [line for order in orders(records) for line in order.lines]
    assert refused_rows(records) == []
    assert (len(orders(records)), len(lines)) == (1_690, 46_209)
    assert sum(line.goods for line in lines) == 66_276_158
    assert len({refund.row for refund in refunds(records)}) == 636
    assert Counter(refund.kind for refund in refunds(records)) == {"return": 606, "unmatched": 48}
    assert sum(refund.goods for refund in refunds(records) if refund.kind == "return") == 1_749_036
    assert sum(refund.goods for refund in refunds(records) if refund.kind == "unmatched") == 695_469
    assert Counter(note.category for note in notes(records)) == {
        "free_item": 17,
        "stock_count": 14,
        "bad_debt": 3,
        "below_a_penny": 1,
    }
    assert sum(note.amount for note in notes(records)) == -1_106_206


def test_the_sum_of_the_classes_is_the_plain_sum_of_the_file() -> None:
    """Summed without our reader, in thousandths: prices have at most three decimals."""
    with gzip.open(SAMPLE, "rt", encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    thousandths = 0
    for row in rows:
        whole, _, fraction = row["UnitPrice"].partition(".")
        price = int(whole.lstrip("-")) * 1000 + int(fraction.ljust(3, "0"))
        thousandths += int(row["Quantity"]) * (-price if whole.startswith("-") else price)
    assert len(rows) == 46_880
    assert thousandths == 627_254_471
    assert 66_276_158 - 2_444_505 - 1_106_206 == 62_725_447 == thousandths // 10


def test_refunds_come_in_later_months_too() -> None:
    records = read("online-retail", SAMPLE)
    sold = {order.order_no: order.ordered_at for order in orders(records)}
    late = [
        refund.goods
        for refund in refunds(records)
        if refund.order_no and refund.refunded_at.strftime("%Y-%m") != sold[refund.order_no].strftime("%Y-%m")
    ]
    assert (len(late), sum(late)) == (230, 329_422)


def test_its_readme_states_these_figures() -> None:
    text = (SAMPLE.parent / "README.md").read_text(encoding="utf-8")
    for figure in ("46,209", "66,276,158", "2,444,505", "1,749,036", "695,469", "62,725,447", "329,422"):
        assert figure in text
    assert "Daqing Chen, UCI" in text and "CC BY 4.0" in text


def test_it_was_taken_by_the_stated_rule() -> None:
    built = gzip.decompress(sample_bytes(shared("online_retail/online_retail.csv.gz")))
    assert gzip.decompress(SAMPLE.read_bytes()) == built

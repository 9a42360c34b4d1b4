"""A supplier's goods: what the merchant owes it is on both statements, goes back with the goods, and replays."""

import pytest

from tests.settlement.story import Story, text
from tests.tampering import broken
from zhanggui.parties.models import Party
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.settlement.replays.explain import explain_detail

pytestmark = pytest.mark.django_db

SOLD = """
    order merchant goods  qty supplier supply day        status
    A1    m1       100.00 3   sup      63.03  2026-01-05 completed
"""


def story() -> Story:
    for code in ("sup", "other-sup"):
        Party.objects.get_or_create(code=code, defaults={"kind": "supplier", "name": {}})
    return Story()


def test_the_supply_price_is_on_both_statements_and_comes_back_unit_by_unit() -> None:
    mall = story()
    mall.orders(SOLD)
    mall.refunds("""
        refund order goods qty kind             day
        R1     A1    10.00 1   return           2026-01-09
        R2     A1    20.00 0   price_protection 2026-01-10
        R3     A1    70.00 2   return           2026-01-11
    """)
    mall.bill()
    assert mall.details(party="sup") == text("""
        sup 1 supply_price 63.03 63.03
        sup 2 supply_price 63.03 -21.01
        sup 2 supply_price 63.03 -42.02
    """)
    assert mall.statements("party goods fees refunds net") == text("""
        m1 36.97 -5.00 -31.97 0.00
        sup 63.03 0.00 -63.03 0.00
    """)
    assert mall.balances() == text("""
        1012.01 - 100.00
        2241.04 - -100.00
    """)
    mall.close("2026-01-31")
    assert mall.replayed() == []
    first = StagedRefund.objects.get(refund_no="R1").id
    assert "supply price" in explain_detail(mall.detail("m1", "A1", "supply_price"))["text"]
    back = explain_detail(mall.detail("sup", "A1", "supply_price", event=first))
    assert "unit by unit: 1 came back now" in back["text"]
    assert not broken()


def test_who_supplies_may_change_until_it_can_be_billed() -> None:
    mall = story()
    paid = SOLD.replace("completed", "paid")
    mall.orders(paid)
    mall.orders(paid.replace("100.00", "99.00"))  # other goods are another order
    mall.orders(paid.replace("sup ", "other-sup ").replace("63.03", "60.00"))
    moved = SOLD.replace("sup ", "- ").replace("63.03", "-")  # at last the merchant sent it itself
    mall.orders(moved)
    mall.bill()
    assert mall.statements("party goods net") == "m1 100.00 95.00"
    mall.orders(SOLD)
    mall.orders(paid.replace("A1", "A2").replace("sup ", "- "))
    assert mall.rejects() == ["order_conflict", "supplier_after_billing", "missing_supplier"]

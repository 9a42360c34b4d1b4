"""A shop sees its own deposit, what is held of it and what it owes, and nobody else's."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from zhanggui.journeys.money_frozen import amount_frozen
from zhanggui.journeys.receipt_recorded import receipt_claimed, receipt_recorded
from zhanggui.parties.models import Party
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity

pytestmark = pytest.mark.django_db


def money_of(code: str, bank: OwnAccount, amount: int) -> None:
    when = {"at": timezone.now(), "zone": timezone.get_default_timezone(), "actor": "cashier"}
    receipt = receipt_recorded(
        own_account=bank, bank_reference=f"B-{code}", amount_minor=amount, received_on=date(2026, 5, 20),
        at=when["at"], actor="cashier",
    )  # fmt: skip
    owner = Party.objects.get(code=code).id
    receipt_claimed(receipt_id=receipt.id, party_id=owner, target="deposit", amount_minor=amount, **when)
    amount_frozen(
        party_id=owner, entity=SettlementEntity.objects.get(), currency="CNY", amount_minor=amount + 1,
        reason=f"claim against {code}", **when,
    )  # fmt: skip


def test_own_money_and_nobody_elses(shop: Any, market: Any) -> None:
    bank = OwnAccount.objects.create(
        code="bank", name={}, kind="bank", entity=SettlementEntity.objects.get(), currency="CNY", rail=""
    )
    money_of("tea", bank, 12_345)
    money_of("glass", bank, 77_700)
    page = shop.get("/merchant/guarantees/").content.decode()
    assert "123.45" in page and "claim against tea" in page and "You owe nothing" in page
    assert "777.00" not in page and "glass" not in page
    shop.cookies["django_language"] = "zh-hans"
    assert "保证金" in shop.get("/merchant/guarantees/").content.decode()

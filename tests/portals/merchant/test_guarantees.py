"""A shop sees its own deposit, what is held of it and what it owes, and nobody else's."""

import re
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from tests.portals.debts import with_debt
from zhanggui.journeys.money_frozen import amount_frozen
from zhanggui.journeys.receipt_recorded import claim_reversed, receipt_claimed, receipt_recorded
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.parties.models import Party, Role
from zhanggui.settlement.collections.models import Claim
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.statements.models import Statement

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


def test_how_a_debt_was_settled_stays_in_sight_when_nothing_is_owed(
    shop: Any, market: Any, client: Any
) -> None:
    """A part is paid at the bank, taken back and paid again; the rest is set off against goods money."""
    debt = with_debt(market)
    bank = OwnAccount.objects.create(
        code="bank", name={}, kind="bank", entity=SettlementEntity.objects.get(), currency="CNY", rail=""
    )
    when = {"at": timezone.now(), "zone": timezone.get_default_timezone(), "actor": "cashier"}
    receipt = receipt_recorded(
        own_account=bank, bank_reference="B-1", amount_minor=debt.open_minor, received_on=date(2026, 5, 20),
        at=when["at"], actor="cashier",
    )  # fmt: skip
    claimed = {"receipt_id": receipt.id, "party_id": debt.party_id, "target": "debt",
               "statement_id": debt.statement_id}  # fmt: skip
    receipt_claimed(**claimed, amount_minor=100, **when)
    claim_reversed(claim_id=Claim.objects.get().id, reason="another shop's", **when)
    receipt_claimed(**claimed, amount_minor=debt.open_minor - 1, **when)
    payer = Statement.objects.filter(party_id=debt.party_id, state="confirming").earliest("id")
    statement_confirmed(party_id=payer.party_id, statement_id=payer.id, reason="seen", **when)
    page = shop.get("/merchant/guarantees/").content.decode()
    assert "You owe nothing" in page
    [table] = re.findall("How your debts were settled</h2>.*?</table>", page, re.DOTALL)
    told = re.findall(r'data-label="By what">(.*?)</td><td class="num p-amount">(.*?) <', table)
    assert [(re.sub("<.*", "", by).strip(), amount) for by, amount in told] == [
        ("Set off against goods money", "+0.01"),
        ("You paid at the bank", f"+{(debt.open_minor - 1) / 100:,.2f}"),
        ("Your payment was taken for something else", "-1.00"),
        ("You paid at the bank", "+1.00"),
    ]  # fmt: skip
    assert f">{payer.number}</a>" in told[0][0]
    client.force_login(market.person("glass", Role.MERCHANT_OWNER))
    client.cookies["django_language"] = "en"
    assert "How your debts were settled" not in client.get("/merchant/guarantees/").content.decode()

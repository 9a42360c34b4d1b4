"""How tax is charged, set on screen: lists with what held before, brackets, filed months; refused in words."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.portals.invoicing import draft_of, with_invoices
from tests.portals.platform.test_guarded import post, shown
from zhanggui.journeys.tax_arranged import tax_month_closed
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.invoices.tax_data import policy
from zhanggui.settlement.invoices.tax_models import TaxProfile, TaxTreatment, WithholdingTable

pytestmark = pytest.mark.django_db
TABLE = {"entity": "0", "currency": "CNY", "from": "2026-01-01", "allowance": "800.00", "share": "20%",
         "rate_1": "20%", "over_2": "20000.00", "rate_2": "30%", "quick_2": "2000.00"}  # fmt: skip
LISTS = ("tax_profiles", "tax_treatments", "withholding_tables", "tax_months")


@pytest.fixture
def mall(market: Any) -> Any:
    return with_invoices(market)


def page(name: str, *args: Any) -> str:
    return reverse(f"platform:{name}", args=args)


def test_brackets_are_set_shown_and_replaced(market: Any, desk: Any) -> None:
    where = post(desk, page("new_withholding_table"), "make", **TABLE)
    row = WithholdingTable.objects.get()
    assert (row.allowance_minor, row.allowance_ppm) == (80_000, 200_000)
    assert row.brackets[1] == {"over_minor": 2_000_000, "rate_ppm": 300_000, "quick_minor": 200_000}
    text = shown(desk, where)
    assert "20,000.00" in text and "30%" in text and "Without end" in text
    post(desk, page("new_withholding_table"), "make", **TABLE | {"from": "2026-03-01", "share": "25%"})
    assert "Ended" in shown(desk, where)
    listed = shown(desk, page("withholding_tables"))
    assert "CNY 2026-01-01" in listed and "CNY 2026-03-01" in listed and "25%" in listed
    assert "CNY 2026-03-01" in shown(desk, page("tax_data"))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"over_2": "0"}, "begin at over_minor 0"), ({"rate_2": ""}, "needs an amount and a rate"),
        ({"over_2": "-1.00"}, "zero or more"), ({"entity": "999"}, "Choose one of what is offered"),
        ({"allowance": "much"}, "Type an amount"), ({"share": "20"}, "20"), ({"from": ""}, "Fill in"),
    ],
)  # fmt: skip
def test_brackets_that_are_none_are_refused(
    market: Any, desk: Any, values: dict[str, str], said: str
) -> None:
    answer = desk.post(page("new_withholding_table"), {"act": "make"} | TABLE | values)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert not WithholdingTable.objects.exists()


def test_tax_data_are_changed_from_those_in_force(mall: Any, desk: Any) -> None:
    tea = mall.party("tea").id
    address = page("set_tax_profile", tea)
    assert "tea 有限公司" in shown(desk, address) and "****5678" in shown(desk, address)
    given = {"title": "Tea Ltd", "taxpayer": "individual", "entity": "0", "day": "2026-07-01"}
    assert desk.post(address, given).status_code == 302
    row = TaxProfile.objects.get(party_id=tea, effective_before=None)
    assert (row.title, row.taxpayer, row.bank_account_masked) == ("Tea Ltd", "individual", "****5678")
    listed = shown(desk, page("tax_profiles"))
    assert "Tea Ltd" in listed and "tea 有限公司" in listed
    assert "Tea Ltd" not in shown(desk, page("tax_profiles") + "?taxpayer=general")


def test_a_rate_of_one_merchant_is_set(mall: Any, desk: Any) -> None:
    given = {"direction": "1", "fee": "0", "entity": "0", "party": "tea", "rate": "3%", "code": "30407", "day": "2026-07-01",
             "item_zh": "佣金"}  # fmt: skip
    assert desk.post(page("set_tax_treatment"), given).status_code == 302
    row = TaxTreatment.objects.get(tax_code="30407")
    assert (row.party_id, row.rate_ppm, row.item) == (mall.party("tea").id, 30_000, {"zh": "佣金"})
    listed = shown(desk, page("tax_treatments") + "?q=tea")
    assert "30407" in listed and "3040802" not in listed
    wrong = desk.post(page("set_tax_treatment"), given | {"party": "nobody"})
    assert wrong.status_code == 422 and "no merchant with this code" in wrong.content.decode()


def test_a_limit_stands_on_while_another_setting_changes(mall: Any, desk: Any) -> None:
    address = page("set_invoice_policy", 0)
    ways = {"draft_when": "closed", "reversals": "red_letter", "input_check": "before_payment"}
    assert desk.post(address, ways | {"limit": "500.00"}).status_code == 302
    assert 'value="500.00"' in shown(desk, address)
    assert policy(0).verify_above_minor == 50_000
    assert desk.get(page("set_invoice_policy", 999)).status_code == 404


def test_filed_months_add_up(mall: Any, desk: Any) -> None:
    row = draft_of(mall, "tea")
    number = {
        "number": "26312000000000000001",
        "day": f"{row.drafted_at:%Y-%m-%d}",
        "gross": f"{row.gross_minor / 100:.2f}",
    }
    assert desk.post(page("invoice_issue", row.party_id, row.id), number).status_code == 302
    row.refresh_from_db()
    assert row.tax_month is not None
    entity = SettlementEntity.objects.get(code="ZG-CN")
    tax_month_closed(
        entity_id=entity.id, currency="CNY", month=row.tax_month, at=timezone.now(),
        zone=timezone.get_default_timezone(), actor="mia",
    )  # fmt: skip
    text = shown(desk, page("tax_months"))
    assert f"{row.tax_month:%Y-%m}" in text and f"{row.tax_minor / 100:.2f}" in text
    assert f"month={row.tax_month:%Y-%m}" in text


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_read_by_the_auditor_who_sets_nothing(mall: Any, as_role: Any, name: str) -> None:
    auditor = as_role("platform_auditor")
    text = shown(auditor, page(name))
    assert "Set a t" not in text and auditor.get(page("new_withholding_table")).status_code == 403
    assert "Set a t" not in shown(auditor, page("tax_data"))

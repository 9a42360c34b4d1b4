"""Whoever has a key may ask for everything: what is theirs is answered, the rest is refused, and nothing breaks.

The database shows a shop only its own rows and few tables at all; a query that touches another one is our fault, which
only a shop's key finds.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.api.calling import Api, api_of
from tests.portals.documents import with_documents
from zhanggui.parties.models import Role
from zhanggui.settlement.details.models import BilledLine
from zhanggui.settlement.guarantees.models import Deposit
from zhanggui.settlement.invoices.models import Invoice
from zhanggui.settlement.payouts.models import Payout, Receiver
from zhanggui.settlement.reconciliation.models import OwnCheck

pytestmark = pytest.mark.django_db


@pytest.fixture
def market(db: None, settings: Any, tmp_path: Path) -> Market:
    settings.ZHANGGUI_HOME = tmp_path
    return with_documents(open_market(), tmp_path)


def of_tea(market: Market) -> dict[str, Any]:
    """What stands in addresses, as the tea house has it; 1 where it has nothing of the kind."""
    party, line = market.party("tea"), BilledLine.objects.filter(party_id=market.party("tea").id).first()
    assert line is not None

    def last(model: Any) -> Any:
        return model.objects.filter(party_id=party.id).order_by("-id").first()

    payout, deposit, check = last(Payout), last(Deposit), last(OwnCheck)
    return {
        "statement_id": market.statement("tea", "confirmed").id, "invoice_id": last(Invoice).id,
        "detail": f"{party.id}-{line.line_id}-0-1", "number": payout.number if payout else "PO1",
        "receiver_id": last(Receiver).id if last(Receiver) else 1, "party": "tea", "code": "tea",
        "deposit_id": deposit.id if deposit else 1, "check_id": check.id if check else 1,
        "business_line": "market", "order_no": "S-1",
    }  # fmt: skip


def reads(api: Api, values: dict[str, Any]) -> list[str]:
    """Every address that can be read, filled in."""
    paths = api.client.get("/api/v1/openapi.json", headers=api.headers()).json()["paths"]
    found = []
    for path, acts in paths.items():
        if "get" in acts:
            named = [one["name"] for one in acts["get"].get("parameters", []) if one["in"] == "path"]
            found.append(path.format(**{name: values.get(name, 1) for name in named}))
    return found


@pytest.mark.parametrize(
    "role", [Role.MERCHANT_OWNER, Role.MERCHANT_FINANCE, Role.PLATFORM_FINANCE, Role.PLATFORM_AUDITOR]
)
def test_nothing_breaks(market: Market, role: Role) -> None:
    api = api_of(market, "tea" if role.startswith("merchant") else "platform", role)
    answers = {
        path: api.client.get(path, headers=api.headers()).status_code for path in reads(api, of_tea(market))
    }
    assert len(answers) > 60
    assert {path: status for path, status in answers.items() if status not in (200, 403, 404, 409, 422)} == {}
    assert sum(status == 200 for status in answers.values()) > 20

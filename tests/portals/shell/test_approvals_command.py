"""zhanggui approvals: amounts are typed as people write them, in the currency of what is decided."""

from typing import Any

import pytest

from tests.isolation.market import Market, open_market
from tests.portals.shell.running import call
from zhanggui.approvals.errors import AmountRetypedWrong
from zhanggui.approvals.models import Approval
from zhanggui.approvals.operations.request_approval import request_approval
from zhanggui.journeys import approval_decided
from zhanggui.journeys.approval_decided import Following
from zhanggui.money.errors import Refusal
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import approvals
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock

pytestmark = pytest.mark.django_db


@pytest.fixture
def market() -> Market:
    return open_market()


def put_up(market: Market, amount: int = 123_456, currency: str = "CNY") -> Approval:
    return request_approval(
        kind="adjustment", subject="ADJ-1", title="goodwill", amount_minor=amount, currency=currency,
        payload={"amount": amount}, maker="mia", at=clock(),
    )  # fmt: skip


def boss(market: Market) -> str:
    return market.person("platform", Role.PLATFORM_ADMIN).username


@pytest.fixture
def controller(market: Market) -> str:
    return market.person("platform", Role.PLATFORM_CONTROLLER).username


class TestLimits:
    def test_are_set_and_shown_in_their_currency(self, market: Market) -> None:
        set_it = ("limit", "platform_controller", "--currency", "CNY", "--as", boss(market))
        told = call(approvals, *set_it, "--max", "5000.50")[1]
        assert told["waits_for_approval"] is None
        assert [
            one["max_minor"]
            for one in told["limits"]
            if (one["role"], one["currency"]) == ("platform_controller", "CNY")
        ] == [500_050]
        assert "5,000.50" in call(approvals, "limits", as_json=False)[1]
        told = call(approvals, *set_it, "--max", "6000")[1]
        assert told["waits_for_approval"] and "5,000.50" in call(approvals, "limits", as_json=False)[1]
        with pytest.raises(Refusal, match="do not include"):
            call(approvals, *set_it[:-1], market.person("platform", Role.PLATFORM_CONTROLLER).username)

    def test_have_the_decimals_of_the_currency(self, market: Market) -> None:
        told = call(
            approvals,
            "limit",
            "platform_controller",
            "--max",
            "5000",
            "--currency",
            "JPY",
            "--as",
            boss(market),
        )[1]
        assert 5_000 in [one["max_minor"] for one in told["limits"]]

    @pytest.mark.parametrize("amount", ["5000.505", "much", "-1"])
    def test_refuse_what_is_no_amount(self, market: Market, amount: str) -> None:
        with pytest.raises(Refusal):
            call(approvals, "limit", "platform_controller", f"--max={amount}", "--currency", "CNY",
                 "--as", boss(market))  # fmt: skip

    def test_an_amount_needs_a_currency(self, market: Market) -> None:
        with pytest.raises(BadArguments, match="--currency"):
            call(approvals, "limit", "platform_controller", "--max", "5000", "--as", boss(market))


class TestDeciding:
    @pytest.fixture(autouse=True)
    def followed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(approval_decided.FOLLOWING, "adjustment", Following(lambda row, moment: None))

    def test_the_sum_is_typed_as_it_is_shown(self, market: Market, controller: str) -> None:
        row = put_up(market)
        assert "1,234.56" in call(approvals, "list", as_json=False)[1]
        with pytest.raises(AmountRetypedWrong):
            call(approvals, "approve", str(row.id), "--amount", "123456", "--as", controller)
        row.refresh_from_db()
        assert row.state == "pending"

    def test_who_rejects_types_no_sum(self, market: Market, controller: str) -> None:
        row = put_up(market)
        told: dict[str, Any] = call(approvals, "reject", str(row.id), "--as", controller, "--reason", "no")[1]
        assert (told["id"], told["state"]) == (row.id, "rejected")
        assert call(approvals, "list")[1] == {"approvals": []}

    def test_nobody_decides_under_a_name_that_is_not_there(self, market: Market) -> None:
        row = put_up(market)
        with pytest.raises(BadArguments, match="nobody"):
            call(approvals, "approve", str(row.id), "--amount", "1234.56", "--as", "carl")

"""The way back of returned goods: the mall's carrier earns it, whoever bears it owes it, once, and only when they came."""

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.isolation.market import Market
from tests.mall.shopping import ZONE, Mall
from tests.mall.supplying import supplied as supplied_mall
from tests.portals.api.calling import api_of
from tests.portals.latin import latin_words
from tests.portals.shell.running import run_command
from tests.tampering import broken
from zhanggui.clockwork.mind_returns import mind_returns
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.exchange_sent import exchange_sent
from zhanggui.journeys.freight_told import Carriage
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.return_asked import (
    goods_came_back,
    goods_sent_back,
    return_agreed,
    return_appealed,
    return_asked,
    return_decided,
    return_turned_down,
)
from zhanggui.parties.models import Role
from zhanggui.portals.shell.commands import after_sale
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.models import Charge
from zhanggui.settlement.statements.models import Statement
from zhanggui.trade.fulfilment.errors import TrackingNumberTaken, UnknownCarrier
from zhanggui.trade.fulfilment.models import Parcel
from zhanggui.trade.orders.models import OrderLine
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep
from zhanggui.trade.returns.models import ReturnCase, ReturnFreight, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked


@pytest.fixture
def supplied(mall: Mall) -> Mall:
    """The heron asks 6.00 for a kilogram and 2.00 for every half more; goods weigh 500 g."""
    return supplied_mall(mall)


def asked(
    mall: Mall, units: int = 1, kind: ReturnKind = ReturnKind.RETURN_REFUND, reason: str = "damaged"
) -> ReturnCase:
    (order,) = mall.buy(("TEA-1", units))
    mall.receive(order)
    return return_asked(
        order_no=order.order_no, kind=kind, reason=reason, text="", pictures=[],
        asked=[Asked(OrderLine.objects.get(order=order).id, units)], at=mall.clock(),
    )  # fmt: skip


def now(mall: Mall, case: ReturnCase) -> dict[str, Any]:
    return {"case_no": case.case_no, "at": mall.clock(), "actor": "tests"}


def sent(mall: Mall, case: ReturnCase, number: str = "back 1", carrier: str = "heron") -> ReturnCase:
    return_agreed(**now(mall, case))
    return goods_sent_back(**now(mall, case), carrier=carrier, tracking_no=number)


def told(mall: Mall, case: ReturnCase) -> list[tuple[str, str, int]]:
    """What was charged for the way back of a case."""
    tell_settlement(clock=mall.clock, zone=ZONE)
    rows = Charge.objects.filter(charge_no__startswith=f"freight-{case.case_no}-", state="accepted")
    assert set(rows.values_list("order_no", flat=True)) <= {case.order.order_no}
    return sorted(rows.values_list("party_code", "fee_code", "amount_minor"))


def close_june(mall: Mall) -> dict[str, int]:
    """The net of every statement of the month, by party."""
    mall.clock.later(days=30)
    tell_settlement(clock=mall.clock, zone=ZONE)
    goods_billable(business_line=mall.line, as_of=mall.clock(), clock=mall.clock, zone=ZONE, actor="tests")
    period_ended(through=date(2026, 6, 30), clock=mall.clock, zone=ZONE, actor="tests")
    nets = dict(Statement.objects.filter(starts_on=date(2026, 6, 1)).values_list("party_id", "net_minor"))
    return {code: nets.get(mall.party(code).id, 0) for code in ("tea", "heron")}


def freight_on_statements() -> list[tuple[str, str, int]]:
    """What stands on statements for freight, by party and fee."""
    rows = rows_of(
        "select y.code as party, f.code as fee, sum(d.amount)::bigint as amount from settlement_detail d"
        " join settlement_fee_type f on f.id = d.fee_type_id join parties_party y on y.id = d.party_id"
        " where f.code like '%%_freight' group by 1, 2", [],
    )  # fmt: skip
    return sorted((row["party"], row["fee"], row["amount"]) for row in rows)


class TestTheShopPays:
    def test_once_on_both_statements_whatever_breaks(
        self, supplied: Mall, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        mall, case = supplied, asked(supplied, 3)
        sent(mall, case)
        set_carrier_tariff(
            carrier="heron", currency="CNY", step=FreightStep((), 1, 9900, 1, 0), at=mall.clock(), actor="tests"
        )  # fmt: skip
        assert told(mall, case) == [], "nothing is earned while the goods are on their way"
        goods_came_back(**now(mall, case))
        with monkeypatch.context() as broken_off:
            broken_off.setattr(Carriage, "note", None)
            with pytest.raises(TypeError):
                tell_settlement(clock=mall.clock, zone=ZONE)
        assert not Charge.objects.filter(charge_no__startswith=f"freight-{case.case_no}").exists()
        sides = [("heron", "carrier_freight", 800), ("tea", "carrier_freight", -800)]
        assert told(mall, case) == told(mall, case) == sides
        memo = Charge.objects.get(charge_no=f"freight-{case.case_no}-1", party_code="tea").memo
        assert memo == f"order {case.order.order_no}, back with case {case.case_no}, 1500 g"
        assert close_june(mall)["heron"] == 1600, "there and back"
        assert freight_on_statements() == [
            ("heron", "carrier_freight", 1600),
            ("tea", "carrier_freight", -1600),
        ]
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            ReturnFreight.objects.update(freight_minor=1)
        assert not broken()
        with transaction.atomic():
            ReturnFreight.objects.update(told_minor=0)
            ReturnCase.objects.update(freight_bearer="platform")
            assert broken() == {"freight_differs_from_charges", "way_back_differs_from_case"}
            transaction.set_rollback(True)

    def test_time_counts_it_as_back_and_the_platform_that_it_never_came(self, supplied: Mall) -> None:
        mall, case = supplied, asked(supplied, kind=ReturnKind.EXCHANGE)
        sent(mall, case)
        with pytest.raises(TrackingNumberTaken):
            sent(mall, asked(mall), "BACK1")
        mall.clock.later(days=16)
        mind_returns(clock=mall.clock)
        assert told(mall, case) == [("heron", "carrier_freight", 600), ("tea", "carrier_freight", -600)]
        return_appealed(**now(mall, case), text="nothing came")
        return_decided(**now(mall, case), for_buyer=True, text="lost on its way", brought=False)
        assert sum(amount for code, _, amount in told(mall, case) if code == "tea") == 0
        assert len(told(mall, case)) == 4

    def test_a_replacement_travels_like_any_parcel(self, supplied: Mall) -> None:
        mall, case = supplied, asked(supplied, kind=ReturnKind.EXCHANGE)
        sent(mall, case)
        goods_came_back(**now(mall, case))
        with pytest.raises(UnknownCarrier):
            exchange_sent(**now(mall, case), carrier="somebody", tracking_no="H2")
        exchange_sent(**now(mall, case), carrier="heron", tracking_no="H2")
        tell_settlement(clock=mall.clock, zone=ZONE)
        number = f"freight-{Parcel.objects.get(replaces=True).parcel_no}-1"
        found = Charge.objects.filter(charge_no=number).values_list("party_code", "amount_minor", "order_no")
        order_no = case.order.order_no
        assert sorted(found) == [("heron", 600, order_no), ("tea", -600, order_no)]


class TestTheBuyerPays:
    @pytest.mark.parametrize(("reason", "carrier"), [("unwanted", "heron"), ("damaged", "顺风车")])
    def test_his_own_way_moves_nothing(self, supplied: Mall, reason: str, carrier: str) -> None:
        case = asked(supplied, reason=reason)
        sent(supplied, case, carrier=carrier)
        goods_came_back(**now(supplied, case))
        assert (told(supplied, case), ReturnFreight.objects.count()) == ([], 0)


class TestThePlatformPays:
    def test_it_decides_so_and_nobody_else_is_charged(self, supplied: Mall, client: Client) -> None:
        mall, case = supplied, asked(supplied, reason="unwanted")
        market = Market(mall.line)
        staff = api_of(market, "platform", Role.PLATFORM_OPERATIONS)
        address, text = f"/after-sale-cases/{case.case_no}", {"text": "双方都有理"}
        return_turned_down(**now(mall, case), text="no")
        return_appealed(**now(mall, case), text="yes")
        unasked = staff.post(f"{address}/decision", {"side": "buyer", "brought": True, **text}, 422)
        assert unasked["error"]["code"] == "way_back_unclear"
        decision = {"side": "buyer", "freight_bearer": "platform", **text}
        assert staff.post(f"{address}/decision", decision)["freight_bearer"] == "platform"
        own = reverse("storefront:case", args=[case.case_no])
        client.force_login(mall.buyer.user)
        client.cookies["django_language"] = "en"
        assert "With a carrier of the list it costs you nothing" in client.get(own).content.decode()
        form = {"act": "send", "carrier": "heron", "other_carrier": "", "tracking_no": "BACK-1"}
        assert client.post(reverse("storefront:case_act", args=[case.case_no]), form).status_code == 302
        assert "The platform pays the carrier; it costs you nothing." in client.get(own).content.decode()
        client.cookies["django_language"] = "zh-hans"
        assert "运费由平台付给快递公司" in client.get(own).content.decode()
        return_appealed(**now(mall, case), text="something else came")

        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        page = client.get(reverse("merchant:case", args=[case.case_no])).content.decode()
        assert "鹭羽速运 BACK-1" in page and "6.00" in page
        client.force_login(market.person("platform", Role.PLATFORM_OPERATIONS))
        page = reverse("platform:mall_case", args=[case.case_no])
        shown = client.get(page).content.decode()
        assert 'name="brought"' in shown and 'name="bearer"' not in shown
        assert staff.post(f"{address}/decision", {"side": "merchant", **text}, 422)["error"]["code"] == (
            "way_back_unclear"
        )
        late = {"side": "merchant", "freight_bearer": "buyer", "brought": True, **text}
        assert staff.post(f"{address}/decision", late, 409)["error"]["code"] == "bearer_settled"
        sent_form = {"act": "decide", "side": "merchant", "brought": "yes", **text}
        assert client.post(page, sent_form).status_code == 302

        assert told(mall, case) == told(mall, case) == [("heron", "platform_freight", 600)]
        back = staff.get(address)["way_back"]
        assert (back["bearer"], back["told_minor"], back["charge_no"]) == (
            "platform", 600, f"freight-{case.case_no}-1",
        )  # fmt: skip
        line = f"back with heron BACK-1, CNY 6.00 for the platform, freight-{case.case_no}-1"
        assert line in run_command(after_sale, "show", case.case_no).text
        shown = client.get(page).content.decode()
        assert f"freight-{case.case_no}-1" in shown
        known = {"heron", "BACK-1", "TEA-1", "tests", "platform-platform_operations", "g", "no", "yes"}
        assert not list(latin_words(shown, known | {case.case_no, "something", "else", "came", "freight"}))
        mall.clock.now = timezone.now()  # the screen decided today
        close_june(mall)
        assert freight_on_statements() == [("heron", "carrier_freight", 600), ("heron", "platform_freight", 600),
                                           ("tea", "carrier_freight", -600)]  # fmt: skip
        [expense] = rows_of(
            "select sum(p.amount)::bigint as amount from ledger_posting p join ledger_account a"
            " on a.id = p.account_id where a.purpose = '6601.04'", [],
        )  # fmt: skip
        assert abs(expense["amount"]) == 600
        assert not broken()

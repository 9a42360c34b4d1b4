"""Suppliers and carriers get statements of their own: supply prices and freight, from the mall to the month's end."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction

from tests.mall.shopping import NOW, ZONE, Mall
from tests.mall.supplying import KILOGRAM
from tests.mall.supplying import supplied as supplied_mall
from tests.tampering import broken
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.order_transferred import order_transferred
from zhanggui.journeys.period_ended import period_ended
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import BillingNode, SettlementTerms
from zhanggui.settlement.intake.models import Charge, StagedLine
from zhanggui.settlement.statements.models import Statement
from zhanggui.trade.fulfilment.errors import TransferRefused
from zhanggui.trade.fulfilment.models import Parcel, ParcelFreight, ParcelState
from zhanggui.trade.orders.models import Order
from zhanggui.trade.pricing.errors import CarrierTariffWrong, UnknownTariffCarrier
from zhanggui.trade.pricing.models import CarrierTariff
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep


@pytest.fixture
def supplied(mall: Mall) -> Mall:
    return supplied_mall(mall)


def tell(mall: Mall) -> None:
    tell_settlement(clock=mall.clock, zone=ZONE)
    assert [one for one in Order.objects.values_list("told_fault", flat=True) if one] == []


def test_supply_prices_and_freight_reach_the_statements_of_all_three(supplied: Mall) -> None:
    mall, farm, heron, tea = supplied, *(supplied.party(code).id for code in ("farm", "heron", "tea"))
    by_farm, own = mall.buy(("LISTED", 3), ("TEA-1", 1))
    (moved,) = mall.buy(("LISTED", 1))
    if by_farm.supplier_id == 0:
        by_farm, own = own, by_farm
    tell(mall)
    order_transferred(order_no=moved.order_no, warehouse_id=0, at=mall.clock(), actor="tests")
    set_carrier_tariff(
        carrier="heron", currency="CNY", step=FreightStep((), 1, 9900, 1, 0), at=mall.clock(), actor="tests",
        effective_at=mall.clock.later(days=1),
    )  # fmt: skip
    for order in (by_farm, own):
        mall.clock.now = NOW
        mall.receive(order)
    assert list(ParcelFreight.objects.order_by("freight_minor").values_list("grams", "freight_minor")) == [
        (500, 600), (1500, 800),
    ]  # fmt: skip
    lost = Parcel.objects.filter(shipper_id=tea)
    tell(mall)
    tell(mall)
    lost.update(state=ParcelState.LOST)
    tell(mall)
    assert sorted(Charge.objects.values_list("party_id", "amount_minor")) == sorted([
        (heron, 800), (farm, -800), (heron, 600), (tea, -600), (heron, -600), (tea, 600),
    ])  # fmt: skip
    lines = StagedLine.objects.order_by("supply_minor").values_list("supplier_id", "supply_minor")
    assert list(lines) == [(0, 0), (0, 0), (farm, 15000)]
    mall.clock.later(days=20)
    mall.complete(by_farm)
    tell(mall)
    goods_billable(business_line=mall.line, as_of=mall.clock(), clock=mall.clock, zone=ZONE, actor="tests")
    period_ended(through=date(2026, 6, 30), clock=mall.clock, zone=ZONE, actor="tests")
    nets = dict(Statement.objects.filter(starts_on=date(2026, 6, 1)).values_list("party_id", "net_minor"))
    fees = {row["fee"]: row["amount"] for row in rows_of(
        "select f.code as fee, sum(d.amount)::bigint as amount from settlement_detail d"
        " join settlement_fee_type f on f.id = d.fee_type_id where d.party_id = %s group by 1", [tea],
    )}  # fmt: skip
    assert (nets[farm], nets[heron], fees["supply_price"], fees["carrier_freight"]) == (14200, 800, -15000, 0)
    assert not broken()


def test_a_tariff_is_only_added_to_and_a_parcels_freight_stays(supplied: Mall) -> None:
    (order,) = supplied.buy(("TEA-1", 1))
    supplied.ship(order)
    for change in (
        lambda: CarrierTariff.objects.update(first_minor=1), lambda: ParcelFreight.objects.update(freight_minor=1),
    ):  # fmt: skip
        with pytest.raises((IntegrityError, InternalError)), transaction.atomic():
            change()
    for wrong in (FreightStep((), 0, 600, 500, 200), FreightStep((), 1000, -1, 500, 200)):
        with pytest.raises(CarrierTariffWrong):
            set_carrier_tariff(carrier="heron", currency="CNY", step=wrong, at=NOW, actor="tests")
    with pytest.raises(CarrierTariffWrong):
        set_carrier_tariff(
            carrier="heron",
            currency="CNY",
            step=KILOGRAM,
            at=NOW,
            actor="tests",
            effective_at=NOW.replace(year=2020),
        )
    with pytest.raises(UnknownTariffCarrier):
        set_carrier_tariff(carrier="tea", currency="CNY", step=KILOGRAM, at=NOW, actor="tests")


def test_who_supplies_stays_once_it_may_be_billed(supplied: Mall) -> None:
    SettlementTerms.objects.update(node=BillingNode.PAID)
    (order,) = supplied.buy(("LISTED", 1))
    tell(supplied)
    with pytest.raises(TransferRefused):
        order_transferred(order_no=order.order_no, warehouse_id=0, at=supplied.clock(), actor="tests")
    supplied.ship(order)
    tell(supplied)
    order.refresh_from_db()
    assert (order.supplier_id, order.told_fault) == (supplied.party("farm").id, "")

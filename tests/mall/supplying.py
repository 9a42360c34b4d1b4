"""A farm that supplies the tea house, and a carrier with a tariff."""

from tests.mall.shopping import NOW, Mall
from zhanggui.parties.models import Party, PartyKind
from zhanggui.settlement.entities.models import BillingNode, SettlementTerms
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.rules.goods import PriceDraft
from zhanggui.trade.pricing.operations.set_carrier_tariff import set_carrier_tariff
from zhanggui.trade.pricing.rules.freight import FreightStep

KILOGRAM = FreightStep((), 1000, 600, 500, 200)


def supplied(mall: Mall) -> Mall:
    """The tea house sells the farm's goods as LISTED, supplied at 50.00 for 88.00; the heron has a tariff."""
    Party.objects.create(kind=PartyKind.SUPPLIER, code="farm", name={"zh": "茶农", "en": "Farm"})
    mall.add_goods("FARM-1", "farm", 5000, supply=True)
    spu = list_supply_goods(
        source_number="N-FARM-1", merchant_id=mall.party("tea").id, at=NOW, actor="tests",
        prices={"FARM-1": {"CNY": PriceDraft(8800)}},
    )  # fmt: skip
    mall.skus["LISTED"] = spu.skus.get()
    SettlementTerms.objects.update(node=BillingNode.RECEIVED)
    set_carrier_tariff(carrier="heron", currency="CNY", step=KILOGRAM, at=NOW, actor="tests")
    return mall

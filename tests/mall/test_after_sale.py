"""After-sale: asked, answered, sent back, decided; in time and out of it; money never beyond what was paid."""

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from tests.isolation.market import Market
from tests.mall.shopping import ZONE, Mall
from tests.portals.latin import latin_words
from zhanggui.clockwork.mind_returns import mind_returns
from zhanggui.clockwork.tell_settlement import tell_settlement
from zhanggui.journeys.exchange_sent import exchange_sent
from zhanggui.journeys.goods_restocked import goods_restocked
from zhanggui.journeys.return_asked import (
    goods_came_back,
    goods_sent_back,
    return_agreed,
    return_appealed,
    return_asked,
    return_decided,
    return_turned_down,
    return_withdrawn,
)
from zhanggui.parties.models import Role
from zhanggui.payments.models import Refund
from zhanggui.settlement.intake.models import StagedRefund
from zhanggui.trade.catalogue.errors import MovementDiffers, OutOfStock
from zhanggui.trade.catalogue.models import SkuPrice, Stock
from zhanggui.trade.orders.models import Order, OrderLine
from zhanggui.trade.returns.errors import (
    AfterSaleOver,
    AskedAboveLeft,
    CaseNotInState,
    ReasonMissing,
    UnknownCase,
)
from zhanggui.trade.returns.models import ReturnCase, ReturnKind
from zhanggui.trade.returns.operations.open_case import Asked
from zhanggui.trade.returns.rules import goods_for_units, price_drop


def received(mall: Mall, *codes: tuple[str, int]) -> Order:
    (order,) = mall.buy(*codes)
    return mall.receive(order)


def ask(
    mall: Mall, order: Order, quantity: int = 1, kind: ReturnKind = ReturnKind.RETURN_REFUND,
    reason: str = "damaged", goods: int | None = None,
) -> ReturnCase:  # fmt: skip
    line = OrderLine.objects.filter(order=order).order_by("id")[0]
    return return_asked(
        order_no=order.order_no, kind=kind, reason=reason, text="", pictures=[],
        asked=[Asked(line.id, quantity, goods)], at=mall.clock(),
    )  # fmt: skip


def told(mall: Mall, case: ReturnCase) -> dict[str, object]:
    return {"case_no": case.case_no, "at": mall.clock(), "actor": "tea-owner"}


class TestGivingBack:
    def test_goods_come_back_and_then_the_money(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 2)))
        return_agreed(**told(mall, case))
        goods_sent_back(**told(mall, case), carrier="heron", tracking_no="H1")
        goods_came_back(**told(mall, case))
        mall.send_refunds()
        case.refresh_from_db()
        assert (case.state, case.goods_minor, Refund.objects.get().state) == ("refunded", 8800, "succeeded")
        tell_settlement(clock=mall.clock, zone=ZONE)
        staged = StagedRefund.objects.get()
        assert (staged.state, staged.quantity, staged.goods_minor) == ("accepted", 1, 8800)

    def test_unit_after_unit_the_line_clears_to_the_cent(self, mall: Mall) -> None:
        mall.add_goods("ODD", "tea", 3333)
        order = received(mall, ("ODD", 3))
        for _ in range(3):
            return_agreed(**told(mall, ask(mall, order, kind=ReturnKind.REFUND_ONLY)))
        assert sum(Refund.objects.values_list("amount_minor", flat=True)) == 9999
        with pytest.raises(AskedAboveLeft):
            ask(mall, order)

    def test_what_another_case_asks_is_taken(self, mall: Mall) -> None:
        order = received(mall, ("TEA-1", 2))
        ask(mall, order, 2)
        with pytest.raises(AskedAboveLeft):
            ask(mall, order, 1)

    def test_a_withdrawn_case_frees_what_it_asked(self, mall: Mall) -> None:
        order = received(mall, ("TEA-1", 1))
        return_withdrawn(**told(mall, ask(mall, order)))
        assert ask(mall, order).state == "asked"

    def test_protected_prices_give_the_difference_and_the_goods_stay(self, mall: Mall) -> None:
        order = received(mall, ("TEA-1", 2))
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=8000)
        case = ask(mall, order, 2, ReturnKind.PRICE_PROTECTION, "price")
        return_agreed(**told(mall, case))
        mall.send_refunds()
        tell_settlement(clock=mall.clock, zone=ZONE)
        staged = StagedRefund.objects.get()
        assert (staged.kind, staged.quantity, staged.goods_minor, staged.state) == (
            "price_protection", 0, 1600, "accepted",
        )  # fmt: skip

    def test_prices_are_not_protected_for_ever(self, mall: Mall) -> None:
        order = received(mall, ("TEA-1", 1))
        mall.clock.later(days=8)
        with pytest.raises(AfterSaleOver):
            ask(mall, order, 1, ReturnKind.PRICE_PROTECTION, "price")

    def test_an_exchange_sends_the_same_again(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)), kind=ReturnKind.EXCHANGE)
        return_agreed(**told(mall, case))
        goods_sent_back(**told(mall, case), carrier="heron", tracking_no="H1")
        goods_came_back(**told(mall, case))
        ended = exchange_sent(**told(mall, case), carrier="heron", tracking_no="H2")
        assert (ended.state, ended.replacement.replaces, Refund.objects.count()) == ("exchanged", True, 0)
        assert Stock.objects.get(sku=mall.skus["TEA-1"]).on_hand == 98


class TestDisagreeing:
    def test_a_refusal_says_why(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)))
        with pytest.raises(ReasonMissing):
            return_turned_down(**told(mall, case), text=" ")

    def test_the_platform_decides_for_less(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)), kind=ReturnKind.REFUND_ONLY)
        return_turned_down(**told(mall, case), text="no")
        return_appealed(**told(mall, case), text="yes")
        line = case.lines.get().line_id
        decided = return_decided(**told(mall, case), for_buyer=True, text="half", goods_minor={line: 4400})
        assert (decided.state, Refund.objects.get().amount_minor) == ("refunding", 4400)

    def test_what_is_exchanged_or_protected_keeps_its_money(self, mall: Mall) -> None:
        """A unit whose money no case asks for shares the line with the others: nobody gets two units' for one."""
        exchanged = received(mall, ("TEA-1", 2))
        ask(mall, exchanged, kind=ReturnKind.EXCHANGE)
        assert ask(mall, exchanged, kind=ReturnKind.REFUND_ONLY).asked_minor == 8800
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=8000)
        protected = received(mall, ("TEA-1", 2))
        SkuPrice.objects.filter(sku=mall.skus["TEA-1"]).update(price_minor=7000)
        ask(mall, protected, 1, ReturnKind.PRICE_PROTECTION, "price")
        assert (
            ask(mall, protected, kind=ReturnKind.REFUND_ONLY).asked_minor == 7500
        )  # half of 160.00 less 10.00

    def test_an_exchange_that_nobody_can_send_is_decided_for_money(self, mall: Mall) -> None:
        order = received(mall, ("TEA-1", 2))
        case = ask(mall, order, kind=ReturnKind.EXCHANGE)
        ask(mall, order)  # the other unit's money is another case's
        return_agreed(**told(mall, case))
        goods_sent_back(**told(mall, case), carrier="heron", tracking_no="H1")
        goods_came_back(**told(mall, case))
        Stock.objects.filter(sku=mall.skus["TEA-1"]).update(reserved=F("on_hand"))
        with pytest.raises(OutOfStock):
            exchange_sent(**told(mall, case), carrier="heron", tracking_no="H2")
        Stock.objects.filter(sku=mall.skus["TEA-1"]).update(reserved=0)
        mall.clock.later(hours=49)
        mind_returns(clock=mall.clock)  # a shop that is silent is decided about
        decided = return_decided(**told(mall, case), for_buyer=True, text="money, then")
        assert (decided.state, decided.goods_minor) == ("refunding", 8800)
        mall.send_refunds()
        case.refresh_from_db()
        assert (case.state, Refund.objects.get(reference=order.order_no).state) == ("refunded", "succeeded")

    def test_nothing_is_decided_twice(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)), kind=ReturnKind.REFUND_ONLY)
        return_agreed(**told(mall, case))
        with pytest.raises(CaseNotInState):
            return_agreed(**told(mall, case))


class TestTime:
    def test_the_shops_silence_agrees(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)), kind=ReturnKind.REFUND_ONLY)
        mall.clock.later(hours=49)
        assert (mind_returns(clock=mall.clock), mind_returns(clock=mall.clock)) == (1, 0)
        case.refresh_from_db()
        assert case.state == "refunding"

    def test_the_buyers_silence_ends_it(self, mall: Mall) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)))
        return_agreed(**told(mall, case))
        mall.clock.later(days=8)
        mind_returns(clock=mall.clock)
        case.refresh_from_db()
        assert case.state == "closed"


class TestRules:
    @pytest.mark.parametrize(("left", "units"), [(100, 3), (1, 7), (0, 2), (9999, 4)])
    def test_units_given_back_one_by_one_clear_what_is_left(self, left: int, units: int) -> None:
        gone = []
        for rest in range(units, 0, -1):
            gone.append(goods_for_units(minor_left=left - sum(gone), units_left=rest, wanted=1))
        assert (sum(gone), min(gone) >= 0) == (left, True)

    def test_a_price_that_rose_protects_nothing(self) -> None:
        assert price_drop(minor_left=1000, units_left=1, price_now_minor=1200, wanted=1) == 0


class TestShop:
    @pytest.fixture
    def owner(self, mall: Mall, client: Client) -> Client:
        client.force_login(Market(mall.line).person("tea", Role.MERCHANT_OWNER))
        return client

    def test_the_shop_answers_in_its_portal(self, mall: Mall, owner: Client) -> None:
        case = ask(mall, received(mall, ("TEA-1", 1)), kind=ReturnKind.REFUND_ONLY)
        page = reverse("merchant:case", args=[case.case_no])
        for address in (reverse("merchant:cases"), page):
            shown = owner.get(address).content.decode()
            assert not list(latin_words(shown, {"TEA-1", "tea", "tea-merchant_owner"}))
        assert owner.post(page, {"act": "refuse"}).status_code == 422
        assert owner.post(page, {"act": "agree", "text": "好的"}).status_code == 302
        case.refresh_from_db()
        assert case.state == "refunding"

    def test_what_came_back_is_put_into_stock_with_the_answer_once(self, mall: Mall, owner: Client) -> None:
        case = ask(mall, received(mall, ("TEA-1", 3)), 3)
        return_agreed(**told(mall, case))
        page, shelf = reverse("merchant:case", args=[case.case_no]), {"units": {"1": 2}}
        whose = told(mall, case) | {"merchant_id": case.merchant_id}
        with pytest.raises(CaseNotInState):
            goods_restocked(**whose, **shelf)
        goods_sent_back(**told(mall, case), carrier="heron", tracking_no="H1")
        assert owner.post(page, {"act": "goods_back", "good-1": "4"}).status_code == 422
        assert 'name="good-1"' in owner.get(page).content.decode()
        assert owner.post(page, {"act": "goods_back", "good-1": "2"}).status_code == 302
        case.refresh_from_db()
        stock = Stock.objects.get(sku=mall.skus["TEA-1"])
        assert (case.state, stock.on_hand, stock.reserved) == ("refunding", 99, 0)
        assert stock.movements.get(kind="returned").reference == case.case_no
        goods_restocked(**whose, **shelf)
        assert 'name="good-1"' not in owner.get(page).content.decode()
        with pytest.raises(MovementDiffers):
            goods_restocked(**whose, units={"1": 3})
        with pytest.raises(UnknownCase):
            goods_restocked(**told(mall, case), **shelf, merchant_id=mall.party("kiln").id)
        assert Stock.objects.get(sku=mall.skus["TEA-1"]).on_hand == 99

    def test_another_shops_case_is_not_there(self, mall: Mall, owner: Client) -> None:
        case = ask(mall, received(mall, ("CUP-1", 1)), kind=ReturnKind.REFUND_ONLY)
        assert owner.get(reverse("merchant:case", args=[case.case_no])).status_code == 404
        assert case.case_no not in owner.get(reverse("merchant:cases")).content.decode()

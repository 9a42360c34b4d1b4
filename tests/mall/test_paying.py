"""Money comes: once, twice, late, forged, of another amount, for what is closed; and everybody knows where it is."""

import json
from datetime import timedelta

import pytest
from django.db import transaction

from tests.mall.shopping import NOTIFY, Mall
from zhanggui.clockwork.mind_payments import ask_for_charges, cancel_expired
from zhanggui.journeys.channel_notified import channel_notified
from zhanggui.journeys.payment_begun import payment_begun
from zhanggui.journeys.purchase_cancelled import purchase_cancelled
from zhanggui.outbox.models import Notice
from zhanggui.payments.channel import Method
from zhanggui.payments.errors import ChannelSaidNo, ChannelSilent, MethodNotOffered, PaymentOver
from zhanggui.payments.models import ChannelNotice, Charge, PaymentAttempt, Refund
from zhanggui.trade.catalogue.models import Stock
from zhanggui.trade.orders.errors import OrderNotInState
from zhanggui.trade.orders.models import Purchase
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon


def notify(mall: Mall, number: str, *, notice_id: str = "n-1", signature: str = "good", age: str = "") -> int:
    answer = channel_notified(
        channel_code="wechat", headers={"Pretend-Signature": signature, "Pretend-Age": age},
        body=json.dumps({"id": notice_id, "charge": number}).encode(), at=mall.clock(),
    )  # fmt: skip
    return answer.status


def outcomes() -> list[str]:
    return list(ChannelNotice.objects.order_by("id").values_list("outcome", flat=True))


@pytest.fixture
def asked(mall: Mall) -> tuple[Mall, Purchase, str]:
    """A purchase over two merchants that the buyer was asked to pay."""
    purchase = mall.place(("TEA-1", 1), ("CUP-1", 1))
    return mall, purchase, mall.begin(purchase).value.rpartition("/")[2]


class TestBeginning:
    def test_the_channel_is_asked_for_each_merchants_part(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, _, number = asked
        (one,) = mall.channel.asked
        assert (one.amount_minor, [(part.number, part.amount_minor) for part in one.parts]) == (
            13700, [(f"{number}01", 8800), (f"{number}02", 4900)],
        )  # fmt: skip

    def test_a_double_click_is_one_try(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        assert mall.begin(purchase).value.endswith(number)
        assert (PaymentAttempt.objects.count(), len(mall.channel.asked)) == (1, 1)

    def test_a_lost_answer_is_asked_for_again_under_the_same_number(self, mall: Mall) -> None:
        purchase = mall.place(("TEA-1", 1))
        mall.channel.deaf = True
        with pytest.raises(ChannelSilent):
            mall.begin(purchase)
        mall.channel.deaf = False
        number = mall.begin(purchase).value.rpartition("/")[2]
        assert {one.number for one in mall.channel.asked} == {number}

    def test_a_refusal_is_said_and_another_try_has_another_number(self, mall: Mall) -> None:
        purchase = mall.place(("TEA-1", 1))
        mall.channel.refuses = "ACCOUNT_ERROR"
        with pytest.raises(ChannelSaidNo, match="choose another way"):
            mall.begin(purchase)
        mall.channel.refuses = ""
        mall.begin(purchase)
        assert list(PaymentAttempt.objects.order_by("id").values_list("state", flat=True)) == [
            "refused",
            "asked",
        ]

    def test_a_way_the_channel_does_not_offer_is_refused(self, mall: Mall) -> None:
        with pytest.raises(MethodNotOffered):
            payment_begun(
                payment=mall.payment(mall.place(("TEA-1", 1))), channel_code="wechat", method=Method.APP,
                notify_url=NOTIFY, return_url="", payer="", payer_address="127.0.0.1", clock=mall.clock,
            )  # fmt: skip

    def test_after_its_time_nothing_can_be_paid(self, mall: Mall) -> None:
        purchase = mall.place(("TEA-1", 1))
        mall.clock.later(minutes=31)
        with pytest.raises(PaymentOver):
            mall.begin(purchase)


class TestBeingPaid:
    def test_every_order_is_paid_with_its_part_of_the_charge(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        assert notify(mall, number) == 200
        assert [order.state for order in mall.orders(purchase)] == ["paid", "paid"]
        charge = Charge.objects.get()
        parts = charge.parts.order_by("id").values_list("reference", "amount_minor", "channel_number")
        assert list(parts) == [
            (f"{purchase.purchase_no}01", 8800, f"42{number}01"),
            (f"{purchase.purchase_no}02", 4900, f"42{number}02"),
        ]
        shops = {order.merchant_id for order in mall.orders(purchase)}
        told = Notice.objects.filter(kind="order.paid")
        assert set(told.filter(party_id__gt=0).values_list("party_id", flat=True)) == shops
        assert told.filter(buyer_id=mall.buyer.id).count() == 2

    def test_told_twice_it_counts_once(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, _, number = asked
        mall.channel.pay(number, at=mall.clock())
        assert [notify(mall, number), notify(mall, number), notify(mall, number, notice_id="n-2")] == [
            200,
            200,
            200,
        ]
        assert (Charge.objects.count(), outcomes()) == (1, ["taken", "repeated", "taken"])

    @pytest.mark.parametrize(
        ("lie", "outcome"), [({"signature": "bad"}, "forged"), ({"age": "old"}, "stale")]
    )
    def test_what_cannot_be_believed_is_kept_and_changes_nothing(
        self, asked: tuple[Mall, Purchase, str], lie: dict[str, str], outcome: str
    ) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        assert notify(mall, number, **lie) == 400
        assert (Charge.objects.count(), outcomes(), mall.payment(purchase).state) == (0, [outcome], "open")

    def test_a_number_that_is_not_ours_is_not_acknowledged(self, mall: Mall) -> None:
        assert (notify(mall, "T-somebody-elses"), outcomes()) == (400, ["unknown"])

    def test_money_on_another_account_is_not_ours(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, _, number = asked
        mall.channel.pay(number, at=mall.clock(), account="1900009999")
        assert (notify(mall, number), outcomes(), Charge.objects.count()) == (400, ["mismatch"], 0)

    @pytest.mark.parametrize("amount", [1, 13699, 13701])
    def test_another_amount_pays_nothing_and_all_of_it_goes_back(
        self, asked: tuple[Mall, Purchase, str], amount: int
    ) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock(), amount=amount)
        notify(mall, number)
        mall.send_refunds()
        refund = Refund.objects.get()
        assert (refund.amount_minor, refund.state, mall.payment(purchase).state) == (
            amount,
            "succeeded",
            "open",
        )

    def test_two_tries_that_are_both_paid_give_one_back(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        second = payment_begun(
            payment=mall.payment(purchase), channel_code="wechat", method=Method.PAGE, notify_url=NOTIFY,
            return_url="", payer="", payer_address="127.0.0.1", clock=mall.clock,
        ).value.rpartition("/")[2]  # fmt: skip
        for place, one in enumerate((number, second)):
            mall.channel.pay(one, at=mall.clock())
            notify(mall, one, notice_id=f"n-{place}")
        assert list(Charge.objects.order_by("id").values_list("use", "refunded_minor")) == [
            ("accepted", 0), ("surplus", 13700),
        ]  # fmt: skip

    def test_a_callback_that_never_comes_is_asked_for(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        assert ask_for_charges(clock=mall.clock).done == 0  # not yet a minute
        mall.clock.later(minutes=2)
        assert ask_for_charges(clock=mall.clock).done == 1
        assert mall.payment(purchase).state == "paid"

    def test_a_channel_silent_for_a_minute_is_asked_again(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        mall.channel.silent = True
        mall.clock.later(minutes=2)
        ask_for_charges(clock=mall.clock)
        assert mall.payment(purchase).state == "open"
        mall.channel.silent = False
        mall.clock.later(minutes=2)
        ask_for_charges(clock=mall.clock)
        assert mall.payment(purchase).state == "paid"


class TestNotPaying:
    def test_out_of_time_goods_are_free_again(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        mall.clock.later(minutes=31)
        assert cancel_expired(clock=mall.clock).done == 1
        assert [order.state for order in mall.orders(purchase)] == ["cancelled", "cancelled"]
        assert set(Stock.objects.values_list("reserved", flat=True)) == {0}
        assert mall.channel.charges[number].state == "closed"

    def test_money_that_was_there_before_the_time_was_over_pays(
        self, asked: tuple[Mall, Purchase, str]
    ) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        mall.clock.later(minutes=31)
        cancel_expired(clock=mall.clock)
        assert [order.state for order in mall.orders(purchase)] == ["paid", "paid"]

    def test_money_that_comes_after_it_was_closed_goes_back(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, number = asked
        mall.channel.silent = True
        mall.clock.later(minutes=31)
        cancel_expired(clock=mall.clock)
        mall.channel.silent = False
        mall.channel.pay(number, at=mall.clock())
        assert notify(mall, number) == 200
        mall.send_refunds()
        assert (mall.payment(purchase).state, Refund.objects.get().state) == ("closed", "succeeded")
        assert [order.state for order in mall.orders(purchase)] == ["cancelled", "cancelled"]

    def test_a_coupon_freed_by_time_stays_with_who_uses_it_next(self, mall: Mall) -> None:
        """Late money does not wake its purchase, so the coupon is nobody's twice: the money goes back."""
        tea = mall.party("tea")
        day = timedelta(days=1)
        with transaction.atomic():
            issue_coupon(
                code="TEN", name={"zh": "减十元"}, merchant_id=tea.id, kind="amount", currency="CNY",
                amount_minor=1000, total=1, claim_starts_at=mall.clock() - day, claim_ends_before=mall.clock() + day,
                use_starts_at=mall.clock() - day, use_ends_before=mall.clock() + 2 * day, at=mall.clock(),
                actor="tests",
            )  # fmt: skip
            held = claim_coupon(code="TEN", buyer_id=mall.buyer.id, at=mall.clock())
        first = mall.place(("TEA-1", 1), held=[held.id])
        number = mall.begin(first).value.rpartition("/")[2]
        mall.channel.silent = True
        mall.clock.later(minutes=31)
        cancel_expired(clock=mall.clock)
        mall.channel.silent = False
        second = mall.place(("TEA-1", 1), held=[held.id])
        assert second.due_minor == first.due_minor
        mall.channel.pay(number, at=mall.clock())
        notify(mall, number)
        mall.send_refunds()
        mall.pay(second)
        held.refresh_from_db()
        assert (held.state, held.purchase_no) == ("used", second.purchase_no)
        assert [one.state for one in mall.orders(first)] == ["cancelled"]
        assert (Refund.objects.get().state, Refund.objects.get().amount_minor) == (
            "succeeded",
            first.due_minor,
        )

    def test_a_try_that_could_not_be_closed_is_asked_after_until_it_is(
        self, asked: tuple[Mall, Purchase, str]
    ) -> None:
        mall, purchase, number = asked
        mall.channel.pay(number, at=mall.clock())
        mall.channel.silent = True
        mall.clock.later(minutes=31)
        cancel_expired(clock=mall.clock)
        assert [order.state for order in mall.orders(purchase)] == ["cancelled", "cancelled"]
        mall.channel.silent = False
        mall.clock.later(minutes=2)
        ask_for_charges(clock=mall.clock)  # nobody ever called
        mall.send_refunds()
        assert (Charge.objects.get().use, Refund.objects.get().state) == ("surplus", "succeeded")

    def test_a_try_that_nobody_paid_is_closed_when_the_channel_answers_again(
        self, asked: tuple[Mall, Purchase, str]
    ) -> None:
        mall, _, number = asked
        mall.channel.silent = True
        mall.clock.later(minutes=31)
        cancel_expired(clock=mall.clock)
        mall.channel.silent = False
        mall.clock.later(minutes=2)
        ask_for_charges(clock=mall.clock)
        assert (PaymentAttempt.objects.get().state, mall.channel.charges[number].state) == (
            "closed",
            "closed",
        )

    def test_the_buyer_cancels_once(self, asked: tuple[Mall, Purchase, str]) -> None:
        mall, purchase, _ = asked
        purchase_cancelled(purchase=purchase, clock=mall.clock, actor="buyer:1")
        with pytest.raises(OrderNotInState):
            purchase_cancelled(purchase=purchase, clock=mall.clock, actor="buyer:1")

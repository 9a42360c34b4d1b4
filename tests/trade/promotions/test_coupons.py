"""Issuing, claiming, reserving, using and freeing coupons, one at a time and at once."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connections, transaction

from tests.trade.stalls import DAY, NOW, Stalls
from zhanggui.audit.models import AuditRecord
from zhanggui.money.errors import FloatRefused, Refusal, UnknownCurrency
from zhanggui.trade.promotions.errors import (
    CouponClaimedAlready,
    CouponNotFree,
    CouponNotOffered,
    CouponsGone,
    PromotionTaken,
    PromotionWrong,
    UnknownCoupon,
    UnknownPromotion,
)
from zhanggui.trade.promotions.models import Coupon, HeldCoupon, SpendAndSave
from zhanggui.trade.promotions.operations.add_saving import add_saving
from zhanggui.trade.promotions.operations.claim_coupon import claim_coupon
from zhanggui.trade.promotions.operations.close_coupon import close_coupon
from zhanggui.trade.promotions.operations.close_saving import close_saving
from zhanggui.trade.promotions.operations.free_coupons import free_coupons
from zhanggui.trade.promotions.operations.issue_coupon import issue_coupon
from zhanggui.trade.promotions.operations.reserve_coupons import reserve_coupons
from zhanggui.trade.promotions.operations.take_over_coupons import take_over_coupons
from zhanggui.trade.promotions.operations.use_coupons import use_coupons

pytestmark = pytest.mark.django_db


def issue(**terms: Any) -> Coupon:
    usual: dict[str, Any] = {
        "code": "ten-off", "name": {"zh": "十元券", "en": " Ten off "}, "merchant_id": 0, "kind": "amount",
        "currency": "CNY", "amount_minor": 1000, "from_minor": 5000, "platform_ppm": 600_000, "total": 2,
        "claim_starts_at": NOW, "claim_ends_before": NOW + DAY, "use_starts_at": NOW,
        "use_ends_before": NOW + 30 * DAY, "at": NOW, "actor": "ops",
    }  # fmt: skip
    return issue_coupon(**(usual | terms))


def add(**terms: Any) -> SpendAndSave:
    usual: dict[str, Any] = {
        "code": "more", "name": {"en": "More"}, "merchant_id": 0, "currency": "CNY",
        "steps": [[5000, 500], [9000, 1200]], "starts_at": NOW, "ends_before": NOW + DAY, "at": NOW, "actor": "ops",
    }  # fmt: skip
    return add_saving(**(usual | terms))


class TestIssueCoupon:
    def test_keeps_it_and_tells_the_log(self) -> None:
        coupon = issue()
        assert coupon.name == {"zh": "十元券", "en": "Ten off"}
        assert AuditRecord.objects.get().action == "coupon.issued"

    @pytest.mark.parametrize(
        ("terms", "refusal"),
        [
            ({"code": "ten off"}, PromotionWrong), ({"name": {"zh": " "}}, PromotionWrong),
            ({"currency": "XXX"}, UnknownCurrency), ({"platform_ppm": 1_000_001}, PromotionWrong),
            ({"merchant_id": 7, "platform_ppm": 1}, PromotionWrong), ({"amount_minor": 0}, PromotionWrong),
            ({"amount_minor": 10.0}, FloatRefused), ({"off_ppm": 5}, PromotionWrong),
            ({"kind": "percent"}, PromotionWrong), ({"kind": "percent", "amount_minor": 0}, PromotionWrong),
            ({"kind": "gift"}, PromotionWrong), ({"from_minor": -1}, PromotionWrong),
            ({"total": 0}, PromotionWrong), ({"per_buyer": 0}, PromotionWrong),
            ({"claim_ends_before": NOW}, PromotionWrong), ({"use_ends_before": NOW}, PromotionWrong),
            ({"at": NOW + 31 * DAY}, PromotionWrong), ({"categories": ["none"]}, PromotionWrong),
            ({"spus": ["none"]}, PromotionWrong),
        ],
    )  # fmt: skip
    def test_refuses_what_cannot_be(self, terms: dict[str, Any], refusal: type[Refusal]) -> None:
        with pytest.raises(refusal):
            issue(**terms)
        assert not Coupon.objects.exists()

    def test_refuses_a_code_twice_and_leaves_the_transaction_whole(self) -> None:
        issue()
        with pytest.raises(PromotionTaken):
            issue(merchant_id=7, platform_ppm=0)
        assert Coupon.objects.count() == 1

    def test_of_a_shop_is_for_its_own_goods(self) -> None:
        stalls = Stalls()
        alpha = stalls.shop("alpha")
        stalls.shop("beta")
        stalls.sku("alpha", "a", 100), stalls.sku("beta", "b", 100)
        issue(merchant_id=alpha, platform_ppm=0, spus=["G-a"], categories=["food"])
        with pytest.raises(PromotionWrong):
            issue(code="other", merchant_id=alpha, platform_ppm=0, spus=["G-b"])


class TestCloseCoupon:
    def test_ends_claiming_once_and_is_the_owners_alone(self) -> None:
        issue()
        with pytest.raises(UnknownCoupon):
            close_coupon(code="ten-off", merchant_id=7, at=NOW, actor="ann")
        close_coupon(code="ten-off", merchant_id=0, at=NOW, actor="ops")
        with pytest.raises(CouponNotOffered):
            claim_coupon(code="ten-off", buyer_id=1, at=NOW)
        with pytest.raises(CouponNotOffered):
            close_coupon(code="ten-off", merchant_id=0, at=NOW, actor="ops")


class TestClaimCoupon:
    def test_counts_for_the_buyer_and_in_total(self) -> None:
        issue(per_buyer=2, total=3)
        assert [claim_coupon(code="ten-off", buyer_id=1, at=NOW).sequence for _ in range(2)] == [1, 2]
        with pytest.raises(CouponClaimedAlready):
            claim_coupon(code="ten-off", buyer_id=1, at=NOW)
        claim_coupon(code="ten-off", buyer_id=2, at=NOW)
        with pytest.raises(CouponsGone):
            claim_coupon(code="ten-off", buyer_id=2, at=NOW)

    @pytest.mark.parametrize("at", [NOW - DAY, NOW + DAY])
    def test_is_refused_out_of_its_time(self, at: datetime) -> None:
        issue()
        with pytest.raises(CouponNotOffered):
            claim_coupon(code="ten-off", buyer_id=1, at=at)
        with pytest.raises(UnknownCoupon):
            claim_coupon(code="other", buyer_id=1, at=NOW)


class TestPurchase:
    @pytest.fixture
    def held(self) -> list[int]:
        issue(total=2, per_buyer=1)
        issue(code="shop", merchant_id=7, platform_ppm=0)
        return [claim_coupon(code=code, buyer_id=1, at=NOW).id for code in ("ten-off", "shop")]

    def states(self) -> list[tuple[str, str]]:
        return list(HeldCoupon.objects.order_by("id").values_list("state", "purchase_no"))

    def test_reserves_uses_and_each_again_changes_nothing(self, held: list[int]) -> None:
        for _ in range(2):
            reserve_coupons(held_coupons=held, buyer_id=1, purchase_no="P1")
            assert self.states() == [("reserved", "P1")] * 2
        for _ in range(2):
            assert use_coupons(purchase_no="P1", at=NOW) == 2
            assert self.states() == [("used", "P1")] * 2
        assert free_coupons(purchase_no="P1") == 0
        with pytest.raises(CouponNotFree):
            reserve_coupons(held_coupons=held, buyer_id=1, purchase_no="P1")

    def test_frees_what_was_not_paid(self, held: list[int]) -> None:
        reserve_coupons(held_coupons=held, buyer_id=1, purchase_no="P1")
        assert (free_coupons(purchase_no="P1"), free_coupons(purchase_no="P1")) == (2, 0)
        assert use_coupons(purchase_no="P1", at=NOW) == 0
        reserve_coupons(held_coupons=held[:1], buyer_id=1, purchase_no="P2")
        assert self.states() == [("reserved", "P2"), ("free", "")]

    def test_takes_all_or_none_and_only_the_buyers(self, held: list[int]) -> None:
        reserve_coupons(held_coupons=held[1:], buyer_id=1, purchase_no="P1")
        with pytest.raises(CouponNotFree):
            reserve_coupons(held_coupons=held, buyer_id=1, purchase_no="P2")
        with pytest.raises(UnknownCoupon):
            reserve_coupons(held_coupons=held[:1], buyer_id=2, purchase_no="P2")
        assert self.states() == [("free", ""), ("reserved", "P1")]
        reserve_coupons(held_coupons=[], buyer_id=2, purchase_no="P2")


class TestTakeOver:
    def test_moves_what_is_free_up_to_what_one_person_may_have(self) -> None:
        issue(total=9, per_buyer=2)
        issue(code="once", total=9)
        for code, buyer in (("ten-off", 1), ("ten-off", 2), ("ten-off", 2), ("once", 2)):
            claim_coupon(code=code, buyer_id=buyer, at=NOW)
        used = claim_coupon(code="once", buyer_id=3, at=NOW)
        reserve_coupons(held_coupons=[used.id], buyer_id=3, purchase_no="P1")
        assert take_over_coupons(from_buyer=2, to_buyer=1) == 2
        assert take_over_coupons(from_buyer=3, to_buyer=1) == 0
        rows = HeldCoupon.objects.order_by("buyer_id", "coupon_id", "sequence")
        assert list(rows.values_list("buyer_id", "coupon__code", "sequence")) == [
            (1, "ten-off", 1), (1, "ten-off", 2), (1, "once", 1), (2, "ten-off", 2), (3, "once", 1),
        ]  # fmt: skip


class TestSaving:
    def test_is_added_and_closed_by_its_owner(self) -> None:
        assert add().steps == [[5000, 500], [9000, 1200]]
        with pytest.raises(UnknownPromotion):
            close_saving(code="more", merchant_id=7, at=NOW, actor="ann")
        assert not close_saving(code="more", merchant_id=0, at=NOW, actor="ops").active
        with pytest.raises(UnknownPromotion):
            close_saving(code="more", merchant_id=0, at=NOW, actor="ops")
        with pytest.raises(PromotionTaken):
            add()

    @pytest.mark.parametrize(
        "steps",
        [
            [],
            [[1, 1]] * 11,
            [[100, 101]],
            [[100, 10], [100, 20]],
            [[100, 10], [200, 10]],
            [[100]],
            [[0, 0]],
            [[5, 0]],
        ],
    )
    def test_refuses_steps_that_do_not_rise_or_save_more_than_is_spent(self, steps: list[list[int]]) -> None:
        with pytest.raises(PromotionWrong):
            add(steps=steps)


def at_once(people: int, act: Callable[[int], object]) -> list[str]:
    """What comes out when so many do it at the same moment: the refusal's code, or "done"."""
    ready, codes = threading.Barrier(people), []

    def one(number: int) -> None:
        try:
            ready.wait(timeout=20)
            with transaction.atomic():
                act(number)
            codes.append("done")
        except Refusal as refusal:
            codes.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return sorted(codes)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_the_last_coupons_go_to_as_many_as_there_are(self) -> None:
        issue(total=3)
        assert at_once(8, lambda number: claim_coupon(code="ten-off", buyer_id=number + 1, at=NOW)) == [
            *["coupons_gone"] * 5, *["done"] * 3,
        ]  # fmt: skip

    def test_one_buyer_with_many_hands_claims_one(self) -> None:
        issue(total=100)
        codes = at_once(6, lambda _number: claim_coupon(code="ten-off", buyer_id=1, at=NOW))
        assert codes == [*["coupon_claimed_already"] * 5, "done"]

    def test_a_coupon_is_used_by_one_of_many_purchases(self) -> None:
        issue()
        with transaction.atomic():
            held = claim_coupon(code="ten-off", buyer_id=1, at=NOW).id
        codes = at_once(
            6, lambda number: reserve_coupons(held_coupons=[held], buyer_id=1, purchase_no=f"P{number}")
        )
        assert codes == [*["coupon_not_free"] * 5, "done"]
        assert HeldCoupon.objects.get().state == "reserved"

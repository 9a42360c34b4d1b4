"""Goods from draft to sale: review, changes that are reviewed again, supply goods and their listings."""

import pytest
from django.db import transaction

from tests.trade.market import (
    ACTOR,
    AT,
    draft_of,
    goods,
    listing,
    merchant,
    only_sku,
    open_types,
    png,
    prices,
    state_of,
    supplier,
)
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Party
from zhanggui.trade.catalogue.errors import (
    CodeRefused,
    GoodsIncomplete,
    NotForListing,
    PriceRefused,
    StepNotAllowed,
    StillUsed,
    UnknownGoods,
    WordsRefused,
)
from zhanggui.trade.catalogue.models import Spu, SpuStep
from zhanggui.trade.catalogue.operations.ban_goods import ban_goods, lift_ban
from zhanggui.trade.catalogue.operations.change_goods import change_goods
from zhanggui.trade.catalogue.operations.draft_goods import draft_goods
from zhanggui.trade.catalogue.operations.keep_picture import keep_picture, picture_path
from zhanggui.trade.catalogue.operations.keep_product_type import AxisDraft, keep_product_type
from zhanggui.trade.catalogue.operations.list_supply_goods import list_supply_goods
from zhanggui.trade.catalogue.operations.relist_goods import relist_goods
from zhanggui.trade.catalogue.operations.review_goods import review_goods
from zhanggui.trade.catalogue.operations.set_prices import set_prices
from zhanggui.trade.catalogue.operations.submit_goods import submit_goods
from zhanggui.trade.catalogue.operations.unlist_goods import unlist_goods
from zhanggui.trade.catalogue.operations.withdraw_goods import withdraw_goods
from zhanggui.trade.catalogue.rules.goods import GoodsDraft
from zhanggui.trade.catalogue.rules.pictures import drawn_picture


@pytest.fixture
def shop(db: None) -> Party:
    open_types()
    return merchant("m1", "一号店", "Shop one")


def draft(owner: Party, told: GoodsDraft) -> Spu:
    return draft_goods(owner_id=owner.id, draft=told, at=AT, actor=ACTOR)


def change(spu: Spu, told: GoodsDraft) -> Spu:
    return change_goods(number=spu.number, owner_id=spu.owner_id, draft=told, at=AT, actor=ACTOR)


def submit(spu: Spu) -> Spu:
    return submit_goods(number=spu.number, owner_id=spu.owner_id, at=AT, actor=ACTOR)


def review(spu: Spu, *, accepted: bool = True, reason: str = "") -> Spu:
    return review_goods(number=spu.number, accepted=accepted, reason=reason, at=AT, actor="platform")


def unlist(spu: Spu) -> Spu:
    return unlist_goods(number=spu.number, owner_id=spu.owner_id, at=AT, actor=ACTOR)


def relist(spu: Spu) -> Spu:
    return relist_goods(number=spu.number, owner_id=spu.owner_id, at=AT, actor=ACTOR)


class TestDraft:
    def test_has_skus_by_choices_and_prices_in_currencies(self, shop: Party) -> None:
        spu = draft(
            shop,
            draft_of(
                "Shirt", category="shirts", skus={"size=L colour=red": "99.00", "colour=blue size=L": "89.00"}
            ),
        )
        assert (spu.state, spu.number[0]) == ("draft", "G")
        told = [(sku.code, sku.specs, sku.prices.get().price_minor) for sku in spu.skus.order_by("id")]
        assert told == [
            (f"{spu.number}-1", {"size": "L", "colour": "red"}, 9900),
            (f"{spu.number}-2", {"size": "L", "colour": "blue"}, 8900),
        ]

    @pytest.mark.parametrize(
        ("told", "refusal"),
        [
            (draft_of(""), WordsRefused),
            (draft_of("x" * 121), WordsRefused),
            (draft_of(category="none"), UnknownGoods),
            (draft_of(category="eat"), GoodsIncomplete),
            (draft_of(price="0.00"), PriceRefused),
            (draft_of(skus={"colour=red": "1.00"}), GoodsIncomplete),
            (draft_of(category="shirts", skus={"colour=green": "1.00"}), GoodsIncomplete),
            (draft_of(category="shirts", skus={"colour=red": "1.00", "size=L": "1.00"}), GoodsIncomplete),
            (draft_of(category="shirts", attributes={"material": "wool"}), GoodsIncomplete),
            (draft_of(attributes={"material": "silk"}), GoodsIncomplete),
            (draft_of(kind="service"), GoodsIncomplete),
            (draft_of(pictures=["0" * 64]), UnknownGoods),
            (draft_of(brand_code="none"), UnknownGoods),
        ],
    )  # fmt: skip
    def test_refuses_what_does_not_fit(self, shop: Party, told: GoodsDraft, refusal: type[Exception]) -> None:
        with pytest.raises(refusal), transaction.atomic():
            draft(shop, told)
        assert not Spu.objects.exists()

    def test_takes_a_script_in_a_name_as_text(self, shop: Party) -> None:
        name = "<script>alert('茶')</script>\u202e\x00 & <b>tea</b>"
        spu = draft(shop, draft_of(name))
        assert spu.title["en"] == "<script>alert('茶')</script> & <b>tea</b>"

    def test_refuses_a_code_that_another_sku_has(self, shop: Party) -> None:
        from dataclasses import replace

        told = draft_of()
        coded = replace(told, skus=[replace(told.skus[0], code="A-1")])
        draft(shop, coded)
        with pytest.raises(CodeRefused), transaction.atomic():
            draft(merchant("m2"), coded)

    def test_asks_for_required_attributes_when_it_is_submitted(self, shop: Party) -> None:
        keep_product_type(
            code="food", name={"zh": "食品"}, specifications=[], at=AT, actor=ACTOR,
            attributes=[AxisDraft("origin", {"zh": "产地"}, required=True)],
        )  # fmt: skip
        spu = draft(shop, draft_of())
        with pytest.raises(GoodsIncomplete, match="origin"):
            submit(spu)
        change(spu, draft_of(attributes={"origin": "福建"}))
        assert submit(spu).state == "submitted"


class TestReview:
    def test_lists_or_refuses_with_a_reason(self, shop: Party) -> None:
        spu = draft(shop, draft_of())
        submit(spu)
        with pytest.raises(GoodsIncomplete):
            review(spu, accepted=False)
        assert review(spu, accepted=False, reason="blurred").state == "refused"
        submit(spu)
        assert review(spu).listed_at == AT
        assert [(step.before, step.after, step.note) for step in SpuStep.objects.order_by("id")] == [
            ("draft", "draft", ""), ("draft", "submitted", ""), ("submitted", "refused", "blurred"),
            ("refused", "submitted", ""), ("submitted", "listed", ""),
        ]  # fmt: skip

    def test_needs_a_good_that_waits(self, shop: Party) -> None:
        with pytest.raises(StepNotAllowed):
            review(draft(shop, draft_of()))

    def test_bans_and_lifts(self, shop: Party) -> None:
        spu = goods(shop)
        ban_goods(number=spu.number, reason="forged", at=AT, actor="platform")
        for act in (unlist, relist, submit):
            with pytest.raises(StepNotAllowed), transaction.atomic():
                act(spu)
        lift_ban(number=spu.number, at=AT, actor="platform")
        assert state_of(spu) == "draft"


class TestChange:
    def test_of_what_buyers_read_goes_to_review_again(self, shop: Party) -> None:
        spu = goods(shop, "Tea")
        change(spu, draft_of("Green tea"))
        assert state_of(spu) == "submitted"
        with pytest.raises(StepNotAllowed), transaction.atomic():
            change(spu, draft_of("Black tea"))
        withdraw_goods(number=spu.number, owner_id=shop.id, at=AT, actor=ACTOR)
        change(spu, draft_of("Black tea"))
        assert (state_of(spu), Spu.objects.get().title["en"]) == ("draft", "Black tea")

    def test_of_price_and_skus_does_not(self, shop: Party) -> None:
        spu = goods(shop, "Tea")
        change(spu, draft_of("Tea", price="12.00"))
        assert state_of(spu) == "listed"
        record = AuditRecord.objects.order_by("-id").first()
        assert record is not None and record.action == "goods.changed" and list(record.after) == ["skus"]

    def test_without_a_difference_writes_nothing(self, shop: Party) -> None:
        spu = goods(shop, "Tea")
        before = AuditRecord.objects.count()
        change(spu, draft_of("Tea"))
        assert AuditRecord.objects.count() == before

    def test_of_one_taken_down_has_to_be_reviewed_too(self, shop: Party) -> None:
        spu = goods(shop, "Tea")
        unlist(spu)
        assert relist(spu).state == "listed"
        unlist(spu)
        change(spu, draft_of("Green tea"))
        with pytest.raises(StepNotAllowed):
            relist(spu)

    def test_keeps_skus_for_the_orders_that_name_them(self, shop: Party) -> None:
        spu = goods(shop, "Shirt", category="shirts", skus={"colour=red": "9.00", "colour=blue": "9.00"})
        change(spu, draft_of("Shirt", category="shirts", skus={"colour=blue": "8.00"}))
        assert list(spu.skus.order_by("id").values_list("active", flat=True)) == [False, True]
        change(spu, draft_of("Shirt", category="shirts", skus={"colour=blue": "8.00", "colour=red": "9.00"}))
        assert spu.skus.count() == 2 and spu.skus.filter(active=True).count() == 2

    def test_of_anothers_good_is_refused(self, shop: Party) -> None:
        spu = goods(shop)
        with pytest.raises(UnknownGoods):
            change_goods(number=spu.number, owner_id=merchant("m2").id, draft=draft_of(), at=AT, actor=ACTOR)
        with pytest.raises(UnknownGoods):
            set_prices(
                owner_id=merchant("m3").id, prices={only_sku(spu).code: prices("1.00")}, at=AT, actor=ACTOR
            )

    def test_of_a_type_keeps_what_goods_say(self, shop: Party) -> None:
        goods(shop, "Shirt", category="shirts", skus={"colour=red": "9.00"}, attributes={"material": "silk"})
        for attributes, axes in (
            ([], [AxisDraft("colour", {"zh": "颜色"})]),
            ([AxisDraft("material", {"zh": "材质"})], []),
        ):
            with pytest.raises(StillUsed), transaction.atomic():
                keep_product_type(
                    code="clothes",
                    name={"zh": "服装"},
                    attributes=attributes,
                    specifications=axes,
                    at=AT,
                    actor=ACTOR,
                )


class TestSupplyGoods:
    def test_are_listed_with_their_texts_and_own_prices(self, shop: Party) -> None:
        source = goods(supplier("s1"), "Cup", price="7.00", description={"en": "Thin"})
        spu = listing(source, shop, "19.00")
        sku = only_sku(spu)
        assert (spu.state, spu.source_id, spu.supplier_id) == ("listed", source.id, source.owner_id)
        assert (spu.title, spu.description) == (source.title, source.description)
        assert sku.source_id == only_sku(source).id
        assert list(sku.prices.values_list("currency", "price_minor")) == [("CNY", 1900)]
        assert listing(source, shop, "21.00").id == spu.id
        assert list(sku.prices.values_list("price_minor", flat=True)) == [2100]

    def test_are_not_listed_when_they_are_not_on_sale(self, shop: Party) -> None:
        for source in (goods(supplier("s1"), listed=False), goods(merchant("m2"))):
            with pytest.raises(NotForListing), transaction.atomic():
                listing(source, shop)
        source = goods(supplier("s2"))
        with pytest.raises(PriceRefused), transaction.atomic():
            list_supply_goods(source_number=source.number, merchant_id=shop.id, prices={}, at=AT, actor=ACTOR)

    def test_take_their_listings_off_sale_and_on_again(self, shop: Party) -> None:
        source = goods(supplier("s1"))
        kept, down = listing(source, shop), listing(source, merchant("m2"))
        unlist(down)
        unlist(source)
        assert (state_of(kept), state_of(down)) == ("unlisted", "unlisted")
        with pytest.raises(StepNotAllowed), transaction.atomic():
            relist(kept)
        relist(source)
        assert (state_of(kept), state_of(down)) == ("listed", "unlisted")

    def test_take_skus_off_their_listings(self, shop: Party) -> None:
        source = goods(
            supplier("s1"), "Shirt", category="shirts", skus={"colour=red": "9.00", "colour=blue": "9.00"}
        )
        spu = listing(source, shop)
        change_goods(
            number=source.number, owner_id=source.owner_id, at=AT, actor=ACTOR,
            draft=draft_of("Shirt", category="shirts", skus={"colour=red": "9.00"}),
        )  # fmt: skip
        assert list(spu.skus.order_by("id").values_list("active", flat=True)) == [True, False]

    def test_give_a_listing_no_skus_of_its_own(self, shop: Party) -> None:
        source = goods(supplier("s1"), "Shirt", category="shirts", skus={"colour=red": "9.00"})
        spu = listing(source, shop)
        with pytest.raises(GoodsIncomplete, match="listing"):
            change(
                spu, draft_of("Shirt", category="shirts", skus={"colour=red": "9.00", "colour=blue": "9.00"})
            )


class TestPictures:
    def test_are_kept_once_and_shown_in_order(self, shop: Party, tmp_path) -> None:  # type: ignore[no-untyped-def]
        drawn = [drawn_picture(png(colour=colour), name="a.png") for colour in ("red", "blue", "red")]
        for one in drawn:
            keep_picture(drawn=one, owner_id=shop.id, folder=tmp_path, at=AT)
        digests = [one.digest for one in drawn]
        spu = draft(shop, draft_of(pictures=digests))
        assert [row.picture.digest for row in spu.pictures.order_by("position")] == digests[:2]
        assert picture_path(tmp_path, digests[0], 320).read_bytes()[8:12] == b"WEBP"

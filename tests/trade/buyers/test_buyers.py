"""Signing up, merging two into one, blocking, and addresses."""

import pytest

from tests.trade.buyers.people import AT, PASSWORD, from_weixin, named
from zhanggui.parties.errors import NameTaken, PasswordRefused
from zhanggui.parties.operations.add_person import add_person
from zhanggui.trade.buyers.errors import (
    AddressIncomplete,
    BuyerBlocked,
    BuyerNotSo,
    NotTwoBuyers,
    TooManyAddresses,
    UnknownAddress,
)
from zhanggui.trade.buyers.invariants import buyer_without_way_in, merged_buyer_not_final, union_of_two_buyers
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.become_buyer import become_buyer
from zhanggui.trade.buyers.operations.block_buyer import block_buyer, unblock_buyer
from zhanggui.trade.buyers.operations.keep_address import (
    Where,
    keep_address,
    prefer_address,
    remove_address,
)
from zhanggui.trade.buyers.operations.merge_buyers import merge_buyers
from zhanggui.trade.buyers.operations.sign_up import sign_up
from zhanggui.trade.buyers.operations.unbind_identity import unbind_identity
from zhanggui.trade.buyers.queries import addresses_of, buyer_of, buyers_of, has_password, identities_of
from zhanggui.trade.buyers.rules import MOST_ADDRESSES, masked_phone

pytestmark = pytest.mark.django_db

WHERE: Where = {
    "recipient": "林小姐", "phone": "13800005678", "region": "110000", "city": "北京", "street": "长安街 1 号",
    "postcode": "",
}  # fmt: skip


class TestSignUp:
    def test_a_name_and_a_password_make_a_buyer(self) -> None:
        buyer = named("lin", phone="13800005678")
        assert (buyer.number, buyer.name, buyer.state) == (f"B{buyer.id:08d}", "lin", "active")
        assert buyer.user.check_password(PASSWORD)
        assert buyer_of(buyer.user) == buyer

    def test_a_taken_name_and_a_weak_password_are_refused(self) -> None:
        named("lin")
        with pytest.raises(NameTaken):
            named("Lin")
        with pytest.raises(PasswordRefused):
            sign_up(username="other", password="12345", at=AT)
        assert Buyer.objects.count() == 1

    def test_somebody_with_a_log_in_becomes_a_buyer_once(self) -> None:
        user = add_person(username="cashier", password=PASSWORD, full_name="王出纳")
        assert buyer_of(user) is None
        buyer = become_buyer(user=user, at=AT)
        assert (buyer.name, become_buyer(user=user, at=AT)) == ("王出纳", buyer)


class TestMergeBuyers:
    def test_both_log_ins_lead_to_the_one_who_stands(self) -> None:
        kept, other = named("lin"), from_weixin("o-1", union="u-1")
        merge_buyers(kept=kept, other=other, at=AT)
        assert buyer_of(kept.user) == buyer_of(other.user) == kept
        assert buyers_of(kept) == [kept.id, other.id]
        assert from_weixin("o-1", union="u-1") == kept

    def test_identities_and_addresses_move_and_the_preferred_one_stays(self) -> None:
        kept, other = named("lin"), named("lin2", phone="13900001111")
        mine = keep_address(buyer=kept, where=WHERE)
        theirs = keep_address(buyer=other, where=WHERE)
        merge_buyers(kept=kept, other=other, at=AT)
        assert addresses_of(kept) == [mine, theirs]
        assert [one.preferred for one in addresses_of(kept)] == [True, False]
        kept.refresh_from_db()
        assert kept.phone == "13900001111"

    def test_who_was_merged_before_follows(self) -> None:
        first, second, third = named("a"), named("b"), named("c")
        merge_buyers(kept=second, other=first, at=AT)
        merge_buyers(kept=third, other=second, at=AT)
        assert buyer_of(first.user) == third
        assert buyers_of(third) == [third.id, first.id, second.id]

    def test_an_old_password_is_a_way_in(self) -> None:
        kept, other = from_weixin("o-1"), named("lin")
        merge_buyers(kept=kept, other=other, at=AT)
        assert has_password(kept)
        unbind_identity(buyer=kept, identity=identities_of(kept)[0].id, at=AT)
        assert identities_of(kept) == []

    def test_one_buyer_or_a_merged_or_a_blocked_one_is_refused(self) -> None:
        kept, other, blocked = named("a"), named("b"), named("c")
        merge_buyers(kept=kept, other=other, at=AT)
        block_buyer(buyer=blocked, reason="", at=AT, actor="ops")
        for one, two in ((kept, kept), (kept, other), (other, kept)):
            with pytest.raises(NotTwoBuyers):
                merge_buyers(kept=one, other=two, at=AT)
        for one, two in ((kept, blocked), (blocked, kept)):
            with pytest.raises(BuyerBlocked):
                merge_buyers(kept=one, other=two, at=AT)


class TestBlockBuyer:
    def test_each_step_fits_one_state(self) -> None:
        buyer = named()
        with pytest.raises(BuyerNotSo):
            unblock_buyer(buyer=buyer, reason="", at=AT, actor="ops")
        assert block_buyer(buyer=buyer, reason="", at=AT, actor="ops").state == "blocked"
        with pytest.raises(BuyerNotSo):
            block_buyer(buyer=buyer, reason="", at=AT, actor="ops")


class TestKeepAddress:
    def test_the_first_is_preferred_and_another_takes_its_place(self) -> None:
        buyer = named()
        first, second = keep_address(buyer=buyer, where=WHERE), keep_address(buyer=buyer, where=WHERE)
        assert addresses_of(buyer) == [first, second]
        prefer_address(buyer=buyer, address=second.id)
        assert addresses_of(buyer) == [second, first]
        remove_address(buyer=buyer, address=second.id, at=AT)
        assert [(one.id, one.preferred) for one in addresses_of(buyer)] == [(first.id, True)]

    def test_changed_it_is_the_same_address(self) -> None:
        buyer = named()
        made = keep_address(buyer=buyer, where=WHERE)
        keep_address(buyer=buyer, where=WHERE | {"street": "  复兴路   2 号 "}, address=made.id)
        assert [one.street for one in addresses_of(buyer)] == ["复兴路 2 号"]

    def test_what_is_missing_is_named(self) -> None:
        with pytest.raises(AddressIncomplete) as refused:
            keep_address(buyer=named(), where=WHERE | {"street": " ", "recipient": "x" * 65})
        assert refused.value.details["fields"] == ["recipient", "street"]

    def test_another_buyers_address_is_unknown(self) -> None:
        theirs = keep_address(buyer=named("a"), where=WHERE)
        with pytest.raises(UnknownAddress):
            keep_address(buyer=named("b"), where=WHERE, address=theirs.id)

    def test_so_many_and_no_more(self) -> None:
        buyer = named()
        for _number in range(MOST_ADDRESSES):
            keep_address(buyer=buyer, where=WHERE)
        with pytest.raises(TooManyAddresses):
            keep_address(buyer=buyer, where=WHERE)


@pytest.mark.breaks_invariants
class TestInvariants:
    def test_what_is_wrong_is_found(self) -> None:
        kept, other, third = named("a"), named("b"), named("c")
        merge_buyers(kept=kept, other=other, at=AT)
        for number, buyer in enumerate((other, kept)):
            Identity.objects.create(
                buyer=buyer, provider="weixin", app="x", subject=str(number), union="u", created_at=AT
            )
        third.user.set_unusable_password()
        third.user.save()
        assert [row["number"] for row in merged_buyer_not_final()] == [other.number]
        assert [row["union"] for row in union_of_two_buyers()] == ["u"]
        assert [row["number"] for row in buyer_without_way_in()] == [third.number]


def test_a_phone_is_masked_in_its_middle() -> None:
    assert (masked_phone("13800005678"), masked_phone("12345"), masked_phone("")) == (
        "138****5678",
        "*****",
        "",
    )

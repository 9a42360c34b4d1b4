"""Logging in with WeChat and Weibo: who is whom, and what may be taken off."""

import pytest
from django.db import transaction

from tests.trade.buyers.people import AT, PASSWORD, from_weixin, named
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.errors import NameTaken
from zhanggui.parties.models import Membership
from zhanggui.trade.buyers.errors import (
    BuyerBlocked,
    IdentityIncomplete,
    IdentityTaken,
    LastWayIn,
    PasswordChosen,
    UnknownIdentity,
)
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.bind_identity import bind_identity
from zhanggui.trade.buyers.operations.block_buyer import block_buyer, unblock_buyer
from zhanggui.trade.buyers.operations.choose_password import choose_password
from zhanggui.trade.buyers.operations.log_in_with_identity import log_in_with_identity
from zhanggui.trade.buyers.operations.unbind_identity import unbind_identity
from zhanggui.trade.buyers.queries import has_password, identities_of

pytestmark = pytest.mark.django_db


class TestLogInWithIdentity:
    def test_somebody_unknown_is_a_new_buyer_without_password_or_role(self) -> None:
        buyer, is_new = log_in_with_identity(
            provider="weixin", app="wx-web", subject="o-1", union="u-1", nickname=" 小林 ", at=AT
        )
        assert (is_new, buyer.name, buyer.number) == (True, "小林", f"B{buyer.id:08d}")
        assert not buyer.user.has_usable_password()
        assert not Membership.objects.filter(user=buyer.user).exists()

    def test_a_known_subject_is_its_buyer_and_the_nickname_is_todays(self) -> None:
        buyer = from_weixin("o-1")
        again, is_new = log_in_with_identity(
            provider="weixin", app="wx-web", subject="o-1", nickname="林先生", at=AT
        )
        assert (again, is_new) == (buyer, False)
        assert [one.nickname for one in identities_of(buyer)] == ["林先生"]

    def test_a_known_union_is_the_same_buyer_under_another_app(self) -> None:
        buyer = from_weixin("o-web", union="u-1")
        assert from_weixin("o-in-app", app="wx-in-app", union="u-1") == buyer
        assert [(one.app, one.subject) for one in identities_of(buyer)] == [
            ("wx-web", "o-web"), ("wx-in-app", "o-in-app"),
        ]  # fmt: skip

    def test_the_same_id_at_another_app_or_provider_is_somebody_else(self) -> None:
        buyers = {from_weixin("7"), from_weixin("7", app="wx-in-app")}
        buyers.add(log_in_with_identity(provider="weibo", app="wx-web", subject="7", union="", at=AT)[0])
        assert len(buyers) == 3

    def test_a_union_that_comes_later_is_kept(self) -> None:
        buyer = from_weixin("o-web")
        from_weixin("o-web", union="u-1")
        assert from_weixin("o-in-app", app="wx-in-app", union="u-1") == buyer

    def test_a_union_that_stands_for_another_buyer_is_not_taken_over(self) -> None:
        early, other = from_weixin("o-web"), from_weixin("o-in-app", app="wx-in-app", union="u-1")
        assert from_weixin("o-web", union="u-1") == early != other
        assert [one.union for one in identities_of(early)] == [""]

    @pytest.mark.parametrize(
        "wrong",
        [{"provider": "qq"}, {"app": ""}, {"subject": ""}, {"subject": "o" * 129}, {"union": "u" * 129}],
    )
    def test_a_provider_that_names_nobody_is_refused(self, wrong: dict[str, str]) -> None:
        with pytest.raises(IdentityIncomplete):
            log_in_with_identity(
                **{"provider": "weixin", "app": "wx-web", "subject": "o-1", "at": AT} | wrong
            )
        assert not Buyer.objects.exists()

    def test_a_blocked_buyer_stays_out_until_let_in_again(self) -> None:
        buyer = from_weixin("o-1", union="u-1")
        block_buyer(buyer=buyer, reason="fraud", at=AT, actor="ops")
        for app in ("wx-web", "wx-in-app"):
            with pytest.raises(BuyerBlocked), transaction.atomic():
                from_weixin("o-1", app=app, union="u-1")
        unblock_buyer(buyer=buyer, reason="cleared", at=AT, actor="ops")
        assert from_weixin("o-1") == buyer

    def test_a_log_in_that_staff_switched_off_stays_out(self) -> None:
        buyer = from_weixin("o-1")
        buyer.user.is_active = False
        buyer.user.save()
        with pytest.raises(BuyerBlocked):
            from_weixin("o-1")

    def test_names_that_are_given_can_be_chosen_by_nobody(self) -> None:
        with pytest.raises(NameTaken):
            named("b00000099@weixin")


class TestBindIdentity:
    def test_what_is_bound_logs_in_and_is_written_down(self) -> None:
        buyer = named()
        for _again in range(2):
            bind_identity(buyer=buyer, provider="weibo", app="wb", subject="77", nickname="lin", at=AT)
        assert log_in_with_identity(provider="weibo", app="wb", subject="77", at=AT) == (buyer, False)
        record = AuditRecord.objects.get(action="identity.bound")
        assert (record.actor, record.after) == (f"buyer:{buyer.number}", {"provider": "weibo", "app": "wb"})

    def test_the_log_in_of_another_buyer_is_refused_by_subject_and_by_union(self) -> None:
        other, buyer = from_weixin("o-web", union="u-1"), named()
        for app, subject in (("wx-web", "o-web"), ("wx-in-app", "o-in-app")):
            with pytest.raises(IdentityTaken) as refused, transaction.atomic():
                bind_identity(buyer=buyer, provider="weixin", app=app, subject=subject, union="u-1", at=AT)
            assert refused.value.details["other"] == other.number
        assert identities_of(buyer) == []

    def test_a_blocked_buyer_binds_nothing(self) -> None:
        buyer = named()
        block_buyer(buyer=buyer, reason="", at=AT, actor="ops")
        with pytest.raises(BuyerBlocked):
            bind_identity(buyer=buyer, provider="weibo", app="wb", subject="77", at=AT)


class TestUnbindIdentity:
    def test_the_last_way_in_stays(self) -> None:
        buyer = from_weixin("o-web", union="u-1")
        from_weixin("o-in-app", app="wx-in-app", union="u-1")
        for identity in identities_of(buyer):
            with pytest.raises(LastWayIn):
                unbind_identity(buyer=buyer, identity=identity.id, at=AT)

    def test_with_a_password_it_goes_and_all_of_the_same_person_with_it(self) -> None:
        buyer = from_weixin("o-web", union="u-1")
        from_weixin("o-in-app", app="wx-in-app", union="u-1")
        bind_identity(buyer=buyer, provider="weibo", app="wb", subject="77", at=AT)
        choose_password(buyer=buyer, username="lin", password=PASSWORD, at=AT)
        assert unbind_identity(buyer=buyer, identity=identities_of(buyer)[0].id, at=AT) == 2
        assert [one.provider for one in identities_of(buyer)] == ["weibo"]
        assert from_weixin("o-web", union="u-1") != buyer

    def test_another_identity_is_a_way_in(self) -> None:
        buyer = from_weixin("o-web")
        kept = bind_identity(buyer=buyer, provider="weibo", app="wb", subject="77", at=AT)
        unbind_identity(buyer=buyer, identity=identities_of(buyer)[0].id, at=AT)
        assert identities_of(buyer) == [kept]

    def test_that_of_another_buyer_is_unknown(self) -> None:
        from_weixin("o-web")
        with pytest.raises(UnknownIdentity):
            unbind_identity(buyer=named(), identity=Identity.objects.get().id, at=AT)


class TestChoosePassword:
    def test_a_name_and_a_password_are_a_way_in_and_are_chosen_once(self) -> None:
        buyer = from_weixin("o-web")
        assert not has_password(buyer)
        choose_password(buyer=buyer, username="lin", password=PASSWORD, at=AT)
        assert has_password(buyer)
        buyer.user.refresh_from_db()
        assert buyer.user.username == "lin"
        with pytest.raises(PasswordChosen):
            choose_password(buyer=buyer, username="lin2", password=PASSWORD, at=AT)

    def test_a_name_that_is_taken_is_refused(self) -> None:
        named("lin")
        with pytest.raises(NameTaken):
            choose_password(buyer=from_weixin("o-web"), username="LIN", password=PASSWORD, at=AT)

"""Logging in with WeChat and Weibo over real HTTP: who is whom, and what is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken

from tests.portals.storefront.signing_in.logging_in import IN_WECHAT, PASSWORD, Person
from tests.rails.sandboxes import Sandbox
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.parties.operations.add_person import add_person
from zhanggui.trade.buyers.models import Buyer, Identity
from zhanggui.trade.buyers.operations.block_buyer import block_buyer

pytestmark = pytest.mark.django_db
Somebody = Callable[..., Person]


def logged_in_as(person: Person) -> str:
    user = User.objects.filter(pk=person.client.session.get("_auth_user_id", 0)).first()
    return user.get_username() if user else ""


class TestNewAndKnown:
    def test_who_comes_by_qr_code_is_a_buyer_from_then_on(self, somebody: Somebody) -> None:
        person = somebody()
        answer = person.log_in("weixin", next_url="/help/")
        assert (answer.status_code, answer["Location"]) == (302, "/help/")
        buyer, identity = Buyer.objects.get(), Identity.objects.get()
        ids = person.sandbox.steer("GET", "people")["lin"]
        assert (identity.subject, identity.union, identity.nickname) == (ids["web"], ids["unionid"], "林小满")
        assert logged_in_as(person) == f"{buyer.number}@weixin" and buyer.name == "林小满"
        assert "Welcome to the mall, 林小满." in person.page()
        again = somebody()
        again.log_in("weixin")
        assert logged_in_as(again) == buyer.user.get_username() and Buyer.objects.count() == 1

    def test_inside_wechat_it_is_the_same_buyer_by_the_unionid(self, somebody: Somebody) -> None:
        somebody().log_in("weixin")
        inside = somebody(agent=IN_WECHAT)
        page = inside.client.get("/sign-in/").content.decode()
        assert "/sign-in/weixin_in_app/" in page and 'action="/sign-in/weixin/"' not in page
        inside.log_in("weixin_in_app")
        assert Buyer.objects.count() == 1 and Identity.objects.count() == 2
        assert logged_in_as(inside) == Buyer.objects.get().user.get_username()

    def test_without_a_unionid_the_two_apps_know_two_people(
        self, somebody: Somebody, elsewhere: Sandbox
    ) -> None:
        elsewhere.fault("outcome", of="unionid", times=4)
        somebody().log_in("weixin")
        somebody(agent=IN_WECHAT).log_in("weixin_in_app")
        assert Buyer.objects.count() == 2

    @pytest.mark.parametrize("who", ["wang", "brien"])
    def test_names_with_pictures_and_marks_are_shown_as_they_are(self, somebody: Somebody, who: str) -> None:
        person = somebody()
        person.log_in("weibo", who)
        page = person.page()
        assert {"wang": "茶馆老王🍵", "brien": "O’Brien &lt;b&gt;"}[who] in page

    def test_allauth_keeps_nothing(self, somebody: Somebody) -> None:
        somebody().log_in("weixin")
        somebody().log_in("weibo", "chen")
        for model in (SocialAccount, SocialApp, SocialToken):
            assert not model.objects.exists()

    def test_only_addresses_of_ours_are_gone_to(self, somebody: Somebody) -> None:
        assert somebody().log_in("weixin", next_url="https://evil.example/")["Location"] == "/"


class TestRefused:
    def said(self, person: Person, answer: Any, sentence: str) -> None:
        assert (answer.status_code, answer["Location"]) == (302, "/sign-in/")
        assert sentence in person.page("/sign-in/")
        assert not Buyer.objects.exists() and not logged_in_as(person)

    def test_a_state_that_this_browser_did_not_begin_with(self, somebody: Somebody) -> None:
        victim, thief = somebody(), somebody()
        back = thief.allow(thief.begin("weixin"), "brien")
        self.said(victim, victim.come_back(back), "begun elsewhere, or too long ago")

    def test_the_state_of_one_provider_is_none_of_another(self, somebody: Somebody) -> None:
        person = somebody()
        back = person.allow(person.begin("weixin"), "lin").replace("/weixin/", "/weibo/")
        self.said(person, person.come_back(back), "begun elsewhere")

    def test_a_way_back_that_was_gone_before(self, somebody: Somebody) -> None:
        person = somebody()
        back = person.allow(person.begin("weixin"), "lin")
        person.come_back(back)
        person.client.post("/sign-out/")
        answer = person.come_back(back)
        assert "begun elsewhere" in person.page("/sign-in/") and answer["Location"] == "/sign-in/"
        assert not logged_in_as(person)

    @pytest.mark.parametrize("door", ["weixin", "weibo"])
    def test_a_code_used_before_under_a_new_state(self, somebody: Somebody, door: str) -> None:
        first, second = somebody(), somebody()
        code = first.allow(first.begin(door), "lin").partition("code=")[2].partition("&")[0]
        back = second.allow(second.begin(door), "lin")
        own = back.partition("code=")[2].partition("&")[0]
        assert second.come_back(back.replace(own, code))["Location"] == "/"
        third = somebody()
        again = third.allow(third.begin(door), "lin")
        stolen = again.replace(again.partition("code=")[2].partition("&")[0], code)
        assert third.come_back(stolen)["Location"] == "/sign-in/"
        assert "refused the log-in" in third.page("/sign-in/") and not logged_in_as(third)

    @pytest.mark.parametrize(("door", "seconds"), [("weixin", 600), ("weibo", 300)])
    def test_a_code_that_expired(
        self, somebody: Somebody, elsewhere: Sandbox, door: str, seconds: int
    ) -> None:
        person = somebody()
        back = person.allow(person.begin(door), "lin")
        elsewhere.advance(seconds)
        self.said(person, person.come_back(back), "good for one time only")

    @pytest.mark.parametrize("door", ["weixin", "weixin_in_app", "weibo"])
    def test_who_declines(self, somebody: Somebody, door: str) -> None:
        person = somebody(agent=IN_WECHAT)
        self.said(person, person.log_in(door, ""), "You did not log in with We")

    @pytest.mark.parametrize("fault", ["lost", "broken", "silent"])
    @pytest.mark.parametrize(
        ("door", "path"),
        [("weixin", "/sns/oauth2/access_token"), ("weixin", "/sns/userinfo"), ("weibo", "/oauth2/access_token"),
         ("weibo", "/2/users/show.json")],
    )  # fmt: skip
    def test_a_provider_that_fails(
        self, somebody: Somebody, elsewhere: Sandbox, settings: Any, fault: str, door: str, path: str
    ) -> None:
        settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 0.3
        person = somebody()
        back = person.allow(person.begin(door), "lin")
        elsewhere.fault(fault, path=path, method="POST" if path == "/oauth2/access_token" else "GET")
        answer = person.come_back(back)
        elsewhere.http.delete("/sandbox/held")
        name = "WeChat" if door == "weixin" else "Weibo"
        said = f"{name} refused the log-in" if fault == "broken" else f"{name} does not answer"
        self.said(person, answer, said)

    def test_a_blocked_buyer(self, somebody: Somebody) -> None:
        somebody().log_in("weixin")
        block_buyer(buyer=Buyer.objects.get(), reason="", at=Buyer.objects.get().created_at, actor="ops")
        person = somebody()
        assert person.log_in("weixin")["Location"] == "/sign-in/"
        assert "blocked" in person.page("/sign-in/") and not logged_in_as(person)

    def test_a_provider_without_an_app_of_ours(self, db: None, client: Any) -> None:
        assert "/sign-in/weixin/" not in client.get("/sign-in/").content.decode()
        for door in ("weixin", "weibo", "qq"):
            assert client.post(f"/sign-in/{door}/").status_code == 404
        assert client.get("/sign-in/weixin/back/?code=1&state=2").status_code == 404

    def test_a_log_in_is_begun_by_a_form_alone(self, somebody: Somebody) -> None:
        assert somebody().client.get("/sign-in/weixin/").status_code == 405


class TestBinding:
    def test_weibo_is_bound_to_the_buyer_who_came_by_wechat(self, somebody: Somebody) -> None:
        person = somebody()
        person.log_in("weixin")
        assert "Bind Weibo" in person.page()
        assert person.log_in("weibo", next_url="/me/account/")["Location"] == "/me/account/"
        page = person.page()
        assert "You can log in with Weibo from now on." in page and "Bind Weibo" not in page
        other = somebody()
        other.log_in("weibo")
        assert logged_in_as(other) == logged_in_as(person) and Buyer.objects.count() == 1

    def test_it_is_bound_to_who_began_it_and_to_nobody_else(self, somebody: Somebody) -> None:
        person = somebody()
        person.sign_up("lin")
        back = person.allow(person.begin("weibo"), "lin")
        person.client.post("/sign-out/")
        person.sign_up("chen")
        person.come_back(back)
        assert not Identity.objects.exists()

    def test_unbound_it_logs_in_nobody_and_the_last_way_in_stays(self, somebody: Somebody) -> None:
        person = somebody()
        person.log_in("weixin")
        one = Identity.objects.get().id
        refused = person.client.post(f"/me/account/unbind/{one}/")
        assert refused.status_code == 422 and "only way to log in" in refused.content.decode()
        chosen = {"username": "lin", "password": PASSWORD, "again": PASSWORD}
        assert person.client.post("/me/account/password/choose/", chosen)["Location"] == "/me/account/"
        assert person.client.post(f"/me/account/unbind/{one}/")["Location"] == "/me/account/"
        assert not Identity.objects.exists() and logged_in_as(person) == "lin"
        again = somebody()
        assert again.sign_in("lin").status_code == 302 and logged_in_as(again) == "lin"

    def test_two_accounts_become_one_after_both_are_proved(self, somebody: Somebody) -> None:
        somebody().log_in("weibo")
        person = somebody()
        person.sign_up("lin")
        assert person.log_in("weibo")["Location"] == "/me/account/merge/"
        page = person.page("/me/account/merge/")
        assert "林小满" in page and "Weibo" in page and Buyer.objects.filter(state="merged").count() == 0
        assert person.client.post("/me/account/merge/")["Location"] == "/me/account/"
        kept = Buyer.objects.get(state="active")
        assert kept.name == "lin" and Buyer.objects.get(state="merged").merged_into == kept
        other = somebody()
        other.log_in("weibo")
        assert kept.number in other.page()

    def test_the_proof_is_good_for_one_merging(self, somebody: Somebody) -> None:
        somebody().log_in("weibo")
        person = somebody()
        person.sign_up("lin")
        assert "Prove first" in person.page("/me/account/merge/")
        person.log_in("weibo")
        person.client.post("/me/account/merge/")
        assert person.client.post("/me/account/merge/")["Location"] == "/me/account/"
        assert Buyer.objects.filter(state="merged").count() == 1


class TestStaff:
    @pytest.fixture
    def cashier(self, db: None) -> User:
        user = add_person(username="cashier", password=PASSWORD)
        platform = Party.objects.create(kind="platform", code="platform", name={"en": "Platform"})
        Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_CASHIER)
        return user

    def test_staff_buy_like_anybody_and_wechat_opens_no_office(
        self, somebody: Somebody, cashier: User
    ) -> None:
        person = somebody()
        assert person.sign_in("cashier")["Location"] == "/"
        person.log_in("weixin")
        assert Buyer.objects.get().user == cashier
        assert person.client.get("/platform/").status_code == 200
        later = somebody()
        later.log_in("weixin")
        assert logged_in_as(later) == "cashier" and later.client.get("/me/account/").status_code == 200
        assert later.client.get("/api/v1/statements").status_code == 401
        assert later.client.get("/platform/")["Location"] == "/login/?next=/platform/"
        assert not logged_in_as(later)

    def test_where_a_second_factor_is_required_wechat_still_only_buys(
        self, somebody: Somebody, cashier: User, settings: Any
    ) -> None:
        person = somebody()
        person.sign_in("cashier")
        person.log_in("weixin")
        settings.SECOND_FACTOR = "required"
        later = somebody()
        later.log_in("weixin")
        assert later.client.get("/me/account/").status_code == 200
        assert later.client.get("/security/")["Location"].startswith("/login/")

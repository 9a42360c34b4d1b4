"""Signing up, logging in and out with name and password, the cart, the password, merging by password."""

import io
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from PIL import Image

from tests.portals.storefront.signing_in.logging_in import PASSWORD, Person
from tests.trade.market import AT, goods, merchant, only_sku, open_types
from zhanggui.parties.models import Membership, User
from zhanggui.portals.desk.models import LoginAttempt
from zhanggui.portals.desk.pictures import kept_content, picture_url
from zhanggui.trade.buyers.models import Buyer
from zhanggui.trade.buyers.operations.block_buyer import block_buyer
from zhanggui.trade.carts.models import CartItem

pytestmark = pytest.mark.django_db
OFFICES = ("/platform/", "/merchant/", "/platform/people/", "/exports/")


@pytest.fixture
def person(db: None, settings: Any) -> Person:
    return Person(sandbox=None)  # type: ignore[arg-type]


def is_in(person: Person) -> bool:
    return "_auth_user_id" in person.client.session


class TestSignUp:
    def test_a_name_and_a_password_make_a_buyer_who_is_logged_in(self, person: Person) -> None:
        answer = person.sign_up("小林", next="/help/")
        assert (answer.status_code, answer["Location"]) == (302, "/help/")
        buyer = Buyer.objects.get()
        assert buyer.name == "小林" and is_in(person)
        assert not Membership.objects.exists()
        assert buyer.number in person.page()

    def test_buyers_reach_no_back_office(self, person: Person) -> None:
        person.sign_up("lin")
        for address in OFFICES:
            answer = person.client.get(address)
            assert answer.status_code in (403, 404), address
        assert person.client.get("/api/v1/statements").status_code == 401

    def test_pictures_are_for_everybody(self, person: Person, settings: Any, tmp_path: Path) -> None:
        settings.MEDIA_ROOT = tmp_path
        drawn = io.BytesIO()
        Image.new("RGB", (90, 90), "tan").save(drawn, "WEBP")
        digest = kept_content(drawn.getvalue(), name="cup.webp", owner_id=0)
        person.sign_up("lin")
        answer = person.client.get(picture_url(digest, 80))
        answer.close()
        assert answer.status_code == 200

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [({"again": "something-else-1"}, "differ"), ({"password": "12345", "again": "12345"}, "password"),
         ({"username": "a b!"}, "user name"), ({"username": "B00000001@weixin"}, "taken"), ({"username": "LIN"}, "taken")],
    )  # fmt: skip
    def test_what_is_wrong_is_said_and_nobody_is_made(
        self, person: Person, typed: dict[str, str], sentence: str
    ) -> None:
        first = Person(sandbox=None)  # type: ignore[arg-type]
        first.sign_up("lin")
        answer = person.sign_up("new", **typed)
        page = answer.content.decode()
        assert answer.status_code == 422 and sentence in page.lower() and 'role="alert"' in page
        assert Buyer.objects.count() == 1 and not is_in(person)

    def test_names_are_not_tried_out_here(self, person: Person) -> None:
        Person(sandbox=None).sign_up("lin")  # type: ignore[arg-type]
        answers = [person.sign_up("lin").content.decode() for _time in range(6)]
        assert "taken" in answers[4] and "taken" not in answers[5]
        assert person.sign_up("somebody-else").status_code == 422


class TestSignIn:
    def test_by_name_and_password_and_out_again(self, person: Person) -> None:
        Person(sandbox=None).sign_up("lin")  # type: ignore[arg-type]
        assert person.sign_in("lin", next="/me/account/")["Location"] == "/me/account/"
        assert is_in(person)
        assert person.client.get("/sign-out/").status_code == 405
        assert person.client.post("/sign-out/")["Location"] == "/" and not is_in(person)

    def test_after_five_failures_one_waits(self, person: Person) -> None:
        Person(sandbox=None).sign_up("lin")  # type: ignore[arg-type]
        for _time in range(5):
            assert person.sign_in("lin", "wrong").status_code == 422
        assert person.sign_in("lin").status_code == 422 and not is_in(person)
        assert LoginAttempt.objects.get(username="lin").failures == 5

    def test_a_blocked_buyer_stays_out(self, person: Person) -> None:
        Person(sandbox=None).sign_up("lin")  # type: ignore[arg-type]
        block_buyer(buyer=Buyer.objects.get(), reason="", at=AT, actor="ops")
        answer = person.sign_in("lin")
        assert answer.status_code == 422 and "blocked" in answer.content.decode() and not is_in(person)

    def test_whoever_has_a_second_factor_is_asked_for_it(self, person: Person) -> None:
        Person(sandbox=None).sign_up("lin")  # type: ignore[arg-type]
        Authenticator.objects.create(user=User.objects.get(), type=Authenticator.Type.TOTP, data={})
        assert person.sign_in("lin")["Location"] == "/login/code/" and not is_in(person)

    def test_what_a_visitor_put_into_the_cart_is_there_after_the_log_in(self, person: Person) -> None:
        open_types()
        sku = only_sku(goods(merchant("tea-house")))
        person.client.cookies["zhanggui_visitor"] = "v" * 43
        CartItem.objects.create(visitor="v" * 43, sku=sku, quantity=2, seen_minor=1000, added_at=AT)
        answer = person.sign_up("lin")
        row = CartItem.objects.get()
        assert (row.buyer_id, row.visitor, row.quantity) == (Buyer.objects.get().id, "", 2)
        assert answer.cookies["zhanggui_visitor"].value == ""

    def test_addresses_of_others_are_not_gone_to(self, person: Person) -> None:
        assert person.sign_up("lin", next="//evil.example/")["Location"] == "/"

    def test_browsers_may_send_forms_to_the_providers_from_these_pages_alone(
        self, person: Person, settings: Any
    ) -> None:
        settings.SOCIALACCOUNT_PROVIDERS = settings.SOCIALACCOUNT_PROVIDERS | {
            "weibo": {"ADDRESS": "https://api.weibo.com", "APPS": [{"client_id": "1", "secret": "2"}]}
        }
        told = person.client.get("/sign-in/").headers["Content-Security-Policy"]
        assert "form-action 'self' https://api.weibo.com" in told
        assert "weibo" not in person.client.get("/help/").headers["Content-Security-Policy"]


class TestPassword:
    def test_changed_it_ends_every_other_session(self, person: Person) -> None:
        other = Person(sandbox=None)  # type: ignore[arg-type]
        person.sign_up("lin")
        person.page()
        other.sign_in("lin")
        other.page()
        new = "another-oolong-18"
        typed = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
        assert person.client.post("/me/account/password/", typed)["Location"] == "/me/account/"
        assert "The password is changed." in person.page()
        assert other.client.get("/me/account/")["Location"].startswith("/sign-in/")

    def test_a_wrong_one_is_refused(self, person: Person) -> None:
        person.sign_up("lin")
        typed = {
            "old_password": "x",
            "new_password1": "another-oolong-18",
            "new_password2": "another-oolong-18",
        }
        assert person.client.post("/me/account/password/", typed).status_code == 422


class TestMergingByPassword:
    @pytest.fixture
    def two(self, person: Person) -> Person:
        Person(sandbox=None).sign_up("old")  # type: ignore[arg-type]
        person.sign_up("new")
        return person

    def test_the_password_of_the_other_account_proves_it(self, two: Person) -> None:
        typed = {"username": "old", "password": PASSWORD}
        assert two.client.post("/me/account/other/", typed)["Location"] == "/me/account/merge/"
        two.client.post("/me/account/merge/")
        kept = Buyer.objects.get(state="active")
        assert kept.name == "new"
        later = Person(sandbox=None)  # type: ignore[arg-type]
        later.sign_in("old")
        assert kept.number in later.page()

    def test_wrong_passwords_are_throttled_and_nothing_is_proved(self, two: Person) -> None:
        typed = {"username": "old", "password": "wrong"}
        for _time in range(5):
            assert two.client.post("/me/account/other/", typed).status_code == 422
        answer = two.client.post("/me/account/other/", typed | {"password": PASSWORD})
        assert answer.status_code == 422
        assert two.client.post("/me/account/merge/")["Location"] == "/me/account/"
        assert not Buyer.objects.filter(state="merged").exists()

    def test_the_own_account_and_one_with_a_second_factor_are_none(self, two: Person) -> None:
        own = two.client.post("/me/account/other/", {"username": "new", "password": PASSWORD})
        assert "no other account" in own.content.decode()
        Authenticator.objects.create(
            user=User.objects.get(username="old"), type=Authenticator.Type.TOTP, data={}
        )
        other = two.client.post("/me/account/other/", {"username": "old", "password": PASSWORD})
        assert "second factor" in other.content.decode()

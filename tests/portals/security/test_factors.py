"""The second factor: at log-in, at sensitive acts, once per code, and never in the clear."""

import threading
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.utils import timezone, translation

from tests.portals.factors import SECRET, code_at, give_factor
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Membership, Party, Role, User
from zhanggui.portals.desk.factors import code_problem, factor_problem, factor_required, fresh_factor
from zhanggui.portals.desk.models import FactorUse, LoginAttempt, PersonSession

pytestmark = pytest.mark.django_db
PASSWORD = "a long pass phrase"


@pytest.fixture
def platform():
    return Party.objects.get_or_create(code="platform", defaults={"kind": "platform", "name": {"en": "P"}})[0]


@pytest.fixture
def cashier(platform):
    user = User.objects.create_user("cashier", password=PASSWORD, language="en")
    Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_CASHIER)
    return user


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR = "required"


def logged_in(client):
    return "_auth_user_id" in client.session


def knock(client, **more):
    return client.post("/login/", {"username": "cashier", "password": PASSWORD, **more})


class TestTheVectors:
    @pytest.mark.parametrize(
        ("seconds", "code"),
        [(59, "94287082"), (1111111109, "07081804"), (1234567890, "89005924"), (20000000000, "65353130")],
    )
    def test_codes_of_these_tests_are_those_of_rfc_6238(self, seconds, code):
        assert code_at(seconds, digits=8) == code


class TestLogIn:
    def test_the_password_alone_logs_nobody_in_who_has_a_factor(self, client, cashier):
        give_factor(cashier)
        answer = knock(client, next="/platform/payouts/")
        assert answer.url == "/login/code/" and not logged_in(client)
        assert client.get("/platform/").url.startswith("/login/")
        answer = client.post("/login/code/", {"factor_code": code_at()})
        assert answer.url == "/platform/payouts/" and logged_in(client)

    def test_the_session_key_is_a_new_one_after_each_step(self, client, cashier):
        give_factor(cashier)
        knock(client)
        first = client.session.session_key
        client.post("/login/code/", {"factor_code": code_at()})
        assert client.session.session_key != first

    def test_a_code_works_once(self, cashier):
        give_factor(cashier)
        code, answers = code_at(), []
        for client in (Client(), Client()):
            knock(client)
            answers.append(client.post("/login/code/", {"factor_code": code}).status_code)
        assert answers == [302, 422]

    def test_a_recovery_code_works_once_and_is_written_down(self, cashier):
        recovery = give_factor(cashier)[0]
        answers = []
        for client in (Client(), Client()):
            knock(client)
            answers.append(client.post("/login/code/", {"factor_code": recovery}).status_code)
        assert answers == [302, 422]
        assert AuditRecord.objects.filter(action="factor.recovery_used", object_id="cashier").count() == 1

    def test_wrong_codes_make_wait_whatever_the_address(self, cashier):
        give_factor(cashier)
        for place in range(5):
            client = Client(REMOTE_ADDR=f"10.0.0.{place}")
            knock(client)
            assert client.post("/login/code/", {"factor_code": "000000"}).status_code == 422
        client = Client(REMOTE_ADDR="10.0.9.9")
        knock(client)
        answer = client.post("/login/code/", {"factor_code": code_at()})
        assert answer.status_code == 422 and not logged_in(client)
        assert LoginAttempt.objects.get(username=f"factor {cashier.pk}").locked_until > timezone.now()

    def test_the_step_between_is_over_after_five_minutes(self, client, cashier, monkeypatch):
        give_factor(cashier)
        knock(client)
        session = client.session
        session["login_pending"] |= {"at": int(timezone.now().timestamp()) - 301}
        session.save()
        assert client.post("/login/code/", {"factor_code": code_at()}).url == "/login/"

    def test_a_password_changed_between_ends_the_step(self, client, cashier):
        give_factor(cashier)
        knock(client)
        cashier.set_password("another pass phrase")
        cashier.save()
        assert client.post("/login/code/", {"factor_code": code_at()}).url == "/login/"

    @pytest.mark.parametrize("code", ["", " ", "abc", "１２３４５６", "\x00", "1" * 5000])
    def test_nonsense_is_a_wrong_code(self, client, cashier, code):
        give_factor(cashier)
        knock(client)
        assert client.post("/login/code/", {"factor_code": code}).status_code == 422


class TestRequired:
    def test_a_cashier_without_one_gets_to_the_set_up_and_nowhere_else(self, client, cashier, required):
        knock(client)
        for path in ("/platform/", "/exports/", "/security/", "/security/sessions/end/", "/password/"):
            assert client.get(path).url == "/security/factor/new/", path
        assert client.get("/security/factor/new/").status_code == 200
        answer = client.get("/api/v1/parties")
        assert answer.status_code == 403 and "second factor" in answer.json()["error"]["message"]

    def test_roles_that_move_no_money_are_not_asked(self, client, platform, required):
        for role in (Role.PLATFORM_AUDITOR, Role.PLATFORM_OPERATIONS):
            user = User.objects.create_user(role.value, password=PASSWORD)
            Membership.objects.create(user=user, party=platform, role=role)
            assert not factor_required(user)

    def test_setting_up_needs_the_password_and_a_fitting_code(self, client, cashier, required):
        knock(client)
        client.get("/security/factor/new/")
        secret = self.secret_of(client)
        wrong = [{"password": "wrong", "factor_code": code_at(secret=secret)},
                 {"password": PASSWORD, "factor_code": "000000"}]  # fmt: skip
        for data in wrong:
            assert client.post("/security/factor/new/", data).status_code == 422
        assert not Authenticator.objects.exists()
        answer = client.post(
            "/security/factor/new/", {"password": PASSWORD, "factor_code": code_at(secret=secret)}
        )
        assert answer.url == "/security/recovery-codes/"
        codes = client.get("/security/recovery-codes/")
        assert codes.status_code == 200 and len(codes.context["codes"]) == 10
        assert client.get("/security/recovery-codes/").url == "/security/", "shown once"
        assert client.get("/platform/").status_code == 200

    def test_secrets_are_sealed(self, client, cashier):
        recovery = give_factor(cashier)
        kept = str(list(Authenticator.objects.values_list("data", flat=True)))
        assert SECRET not in kept and not any(code in kept for code in recovery)

    def test_setting_up_ends_the_other_sessions(self, client, cashier, required):
        other = Client()
        for one in (client, other):
            knock(one)
            one.get("/security/factor/new/")
        secret = self.secret_of(client)
        client.post("/security/factor/new/", {"password": PASSWORD, "factor_code": code_at(secret=secret)})
        assert other.get("/platform/").url.startswith("/login/")
        assert client.get("/platform/").status_code == 200

    def test_a_new_telephone_needs_a_code_of_the_old_one(self, client, cashier, required):
        give_factor(cashier)
        knock(client)
        client.post("/login/code/", {"factor_code": code_at()})
        session = client.session
        session["factor_at"] -= 3600
        session.save()
        client.post("/security/factor/remove/")
        assert Authenticator.objects.exists()
        client.post("/security/factor/remove/", {"factor_code": code_at(timezone.now().timestamp() + 30)})
        assert not Authenticator.objects.exists()
        assert client.get("/platform/").url == "/security/factor/new/"

    @staticmethod
    def secret_of(client):
        from allauth.mfa.adapter import get_adapter

        return get_adapter().decrypt(client.session["factor_secret"])


class TestSensitiveActs:
    def request(self, user, post=None, passed=None):
        session = {} if passed is None else {"factor_at": int(timezone.now().timestamp()) - passed}
        return SimpleNamespace(user=user, session=session, POST=post or {})

    @pytest.mark.parametrize(("passed", "fresh"), [(0, True), (599, True), (601, False), (None, False)])
    def test_a_factor_is_fresh_for_ten_minutes(self, cashier, passed, fresh, required):
        give_factor(cashier)
        assert fresh_factor(self.request(cashier, passed=passed)) is fresh

    def test_the_code_in_the_form_makes_it_fresh(self, cashier):
        give_factor(cashier)
        request = self.request(cashier, {"factor_code": code_at()})
        assert factor_problem(request) == "" and fresh_factor(request)

    def test_no_code_and_no_factor_are_told_apart(self, cashier, required):
        with translation.override("en"):
            assert "Set one up" in factor_problem(self.request(cashier, {"factor_code": "123456"}))
            give_factor(cashier)
            assert "Enter the code" in factor_problem(self.request(cashier))

    def test_offered_lets_pass_who_has_none_and_asks_who_has_one(self, cashier):
        assert fresh_factor(self.request(cashier))
        give_factor(cashier)
        assert not fresh_factor(self.request(cashier))


class TestSessions:
    @pytest.fixture
    def inside(self, client, cashier):
        knock(client)
        client.get("/security/")
        return client

    def aged(self, client, **by):
        session = client.session
        for name, seconds in by.items():
            session[name] -= seconds
        session.save()

    def test_an_idle_session_ends(self, inside):
        self.aged(inside, seen_at=3601)
        assert inside.get("/platform/").url.startswith("/login/")
        assert not PersonSession.objects.exists()

    def test_a_long_session_ends_however_busy(self, inside):
        self.aged(inside, started_at=12 * 3600 + 1)
        assert inside.get("/platform/").url.startswith("/login/")

    def test_a_busy_session_goes_on(self, inside):
        self.aged(inside, seen_at=3000, started_at=3600)
        assert inside.get("/security/").status_code == 200
        assert timezone.now().timestamp() - inside.session["seen_at"] < 5

    def test_log_out_everywhere_else(self, inside):
        other = Client()
        knock(other)
        assert other.get("/security/").status_code == 200
        assert inside.get("/security/").content.count(b"<tr>") == 3
        inside.post("/security/sessions/end/")
        assert other.get("/security/").url.startswith("/login/")
        assert inside.get("/security/").status_code == 200
        assert AuditRecord.objects.get(action="sessions.ended").after == {"sessions": 1}

    def test_a_changed_password_ends_the_others_and_is_written_down(self, inside):
        other = Client()
        knock(other)
        other.get("/security/")
        inside.post("/password/", {"old_password": PASSWORD, "new_password1": "quite another one",
                                   "new_password2": "quite another one"})  # fmt: skip
        assert inside.get("/security/").status_code == 200
        assert other.get("/security/").url.startswith("/login/")
        assert AuditRecord.objects.filter(action="password.changed").count() == 1
        assert PersonSession.objects.count() == 1

    def test_logging_out_takes_it_off_the_list(self, inside):
        inside.post("/logout/")
        assert not PersonSession.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_send_the_same_code_at_once_one_is_let_in(cashier):
    give_factor(cashier)
    now, answers, gate = timezone.now(), [], threading.Barrier(2)
    code = code_at(now.timestamp())

    def send():
        try:
            gate.wait()
            answers.append(code_problem(cashier, code, now=now))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(map(bool, answers)) == [False, True]
    assert FactorUse.objects.count() == 1

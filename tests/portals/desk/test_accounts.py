"""The door: log-in, waiting after failures, language, theme."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from zhanggui.portals.desk import throttling
from zhanggui.portals.desk.models import LoginAttempt, UserPreference


def knock(client: Client, password: str, address: str = "10.0.0.1") -> Any:
    return client.post("/login/", {"username": "wang", "password": password}, REMOTE_ADDR=address)


def test_a_person_lands_in_the_own_portal(client: Client, person: Any) -> None:
    assert knock(client, "demo-password")["Location"] == "/desk/"
    assert client.get("/desk/")["Location"] == "/demo/"


def test_failures_make_one_wait_longer_and_longer(client: Client, person: Any) -> None:
    for _ in range(throttling.FREE_FAILURES):
        assert "用户名或密码不正确" in knock(client, "wrong").content.decode()
    assert "失败次数过多" in knock(client, "demo-password").content.decode()
    assert knock(client, "demo-password", "10.0.0.2").status_code == 302, "elsewhere nobody is locked out"


def test_an_address_that_tries_many_names_waits_as_a_whole(client: Client, person: Any) -> None:
    now = timezone.now()
    for number in range(throttling.NAMES_MOST - 1):
        throttling.record_failure(username=f"guess-{number}", address="10.0.0.9", now=now)
    assert knock(client, "demo-password", "10.0.0.9").status_code == 302, "one name more would be too many"
    client.logout()
    assert "用户名或密码不正确" in knock(client, "wrong", "10.0.0.9").content.decode()
    assert "失败次数太多" in knock(client, "demo-password", "10.0.0.9").content.decode()
    assert knock(client, "demo-password", "10.0.0.8").status_code == 302, "elsewhere nobody is locked out"
    later = now + throttling.NAMES_WAIT
    assert throttling.seconds_for_address(address="10.0.0.9", now=later + timedelta(seconds=60)) == 0
    assert throttling.seconds_for_address(address="10.0.0.9", now=now + timedelta(minutes=1)) > 0


def test_the_wait_doubles_up_to_an_hour(person: Any) -> None:
    now, waits = timezone.now(), []
    for _ in range(16):
        throttling.record_failure(username="Wang ", address="a", now=now)
        waits.append(throttling.seconds_to_wait(username="wang", address="a", now=now))
    assert waits[:7] == [0, 0, 0, 0, 15, 30, 60] and waits[-1] == throttling.LONGEST_WAIT_SECONDS
    later = now + timedelta(hours=25)
    throttling.record_failure(username="wang", address="a", now=later)
    assert throttling.seconds_to_wait(username="wang", address="a", now=later) == 0


def test_a_success_forgets_the_failures(client: Client, person: Any) -> None:
    knock(client, "wrong")
    knock(client, "demo-password")
    assert not LoginAttempt.objects.exists()


def test_no_address_outside_is_gone_to(client: Client, person: Any) -> None:
    sent = {"username": "wang", "password": "demo-password", "next": "https://evil.example/"}
    assert client.post("/login/", sent)["Location"] == "/desk/"
    assert (
        client.post("/preferences/language/", {"language": "en", "next": "//evil.example"})["Location"] == "/"
    )


def test_the_language_switch_keeps_the_page_and_the_amounts(desk: Client, person: Any) -> None:
    where = "/demo/statements/?tab=2&sort=-net"
    assert "合计" in desk.get(where).content.decode()
    assert desk.post("/preferences/language/", {"language": "en", "next": where})["Location"] == where
    text = desk.get(where).content.decode()
    assert "Total" in text and "合计" not in text and 'lang="en"' in text
    person.refresh_from_db()
    assert person.language == "en"


def test_chinese_is_the_default_whatever_the_browser_says(client: Client, db: None) -> None:
    assert "登录后台" in client.get("/login/", headers={"Accept-Language": "en"}).content.decode()


@pytest.mark.parametrize(("field", "value"), [("theme", "dark"), ("density", "compact")])
def test_the_look_is_kept(desk: Client, person: Any, field: str, value: str) -> None:
    desk.post("/preferences/look/", {field: value, "next": "/demo/"})
    assert getattr(UserPreference.objects.get(user=person), field) == value
    assert f'data-{field}="{value}"' in desk.get("/demo/").content.decode()


def test_logging_out_needs_a_form(desk: Client) -> None:
    assert desk.get("/logout/").status_code == 405
    assert desk.post("/logout/")["Location"] == "/login/"

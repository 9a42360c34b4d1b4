"""People, roles and backups over the API."""

from typing import Any

from django.db import connection
from django.test import Client

from tests.portals.api.calling import Api, api_of
from tests.portals.factors import give_factor
from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Membership, Role, User
from zhanggui.portals.api.models import KeptAnswer


def test_a_role_is_given_and_taken_once_per_key(platform: Any) -> None:
    User.objects.create_user("wang")
    body = {"username": "wang", "party": "platform", "role": "platform_cashier", "act": "give"}
    given = platform.post("/people/roles", body, 200, key="give-1")
    assert given["roles"] == [{"party": "platform", "role": "platform_cashier"}]
    assert platform.post("/people/roles", body, 200, key="give-1") == given
    assert AuditRecord.objects.filter(action="role.given", object_id="wang").count() == 1
    assert platform.post("/people/roles", body | {"act": "take"}, 200, key="take-1")["roles"] == []
    assert (
        platform.post("/people/roles", body | {"act": "take"}, 409, key="take-2")["error"]["code"]
        == "role_not_held"
    )


def test_an_owner_manages_its_own_staff_alone(tea: Any, market: Any) -> None:
    stranger = User.objects.create_user("stranger")
    assert {one["party"] for row in tea.get("/people")["items"] for one in row["roles"]} == {"tea"}
    body = {"username": stranger.username, "party": "tea", "role": "merchant_viewer", "act": "give"}
    tea.post("/people/roles", body, 404, key="a")
    tea.post("/people/roles", body | {"party": "platform", "role": "platform_admin"}, 404, key="b")
    assert not Membership.objects.filter(user=stranger).exists()


def test_backups_are_listed_for_the_platform_alone(platform: Any, tea: Any) -> None:
    assert platform.get("/backups")["items"] == []
    tea.get("/backups", 403)


def test_a_backup_and_a_test_of_it_are_put_into_the_queue(platform: Any, tea: Any, market: Any) -> None:
    assert platform.post("/backups", {}, 202)["job"] and platform.post("/backups/tests", {}, 202)["job"]
    with connection.cursor() as cursor:
        cursor.execute("select task_name, args->>'actor' from procrastinate_jobs order by id desc limit 2")
        assert [name for name, _ in cursor.fetchall()] == [
            "clockwork.test_backup_now",
            "clockwork.back_up_now",
        ]
    for api in (tea, api_of(market, "platform", Role.PLATFORM_AUDITOR)):
        api.post("/backups", {}, 403)
        api.post("/backups/tests", {}, 403)


def test_somebody_is_added_switched_off_and_gets_in_again(platform: Any) -> None:
    body = {"username": "li", "password": "quite a long phrase", "name": "李", "party": "platform",
            "role": "platform_cashier"}  # fmt: skip
    made = platform.post("/people", body)
    assert made["roles"] == [{"party": "platform", "role": "platform_cashier"}] and not made["second_factor"]
    assert platform.post("/people", body, 409)["error"]["code"] == "name_taken"
    assert platform.post("/people", body | {"username": "x", "password": "short"}, 422)
    assert platform.post("/people", body | {"username": "x", "role": "merchant_owner"}, 422)
    client = Client()
    assert client.login(username="li", password="quite a long phrase")
    client.get("/security/")
    assert len(platform.get("/people/li/sessions")["items"]) == 1
    assert platform.post("/people/li/sessions/end", {})["ended"] == 1
    assert client.get("/security/").status_code == 302
    assert platform.post("/people/li/switch", {"active": False})["active"] is False
    assert not client.login(username="li", password="quite a long phrase")
    platform.post("/people/li/switch", {"active": True})
    platform.post("/people/li/password", {"password": "another long phrase"})
    assert client.login(username="li", password="another long phrase")
    give_factor(User.objects.get(username="li"))
    assert next(one for one in platform.get("/people")["items"] if one["username"] == "li")["second_factor"]
    assert platform.post("/people/li/factor-reset", {})["second_factor"] is False
    told = set(AuditRecord.objects.filter(object_id="li").values_list("action", flat=True))
    assert told == {"person.added", "role.given", "person.switched_off", "person.switched_on", "password.set",
                    "factor.reset", "sessions.ended"}  # fmt: skip
    for path in ("switch", "password", "factor-reset", "sessions/end"):
        given = {"switch": {"active": True}, "password": {"password": "x" * 20}}.get(path, {})
        platform.post(f"/people/nobody/{path}", given, 404)


def test_a_password_leaves_nothing_behind(platform: Any) -> None:
    body = {
        "username": "li",
        "password": "quite a long phrase",
        "party": "platform",
        "role": "platform_cashier",
    }
    platform.post("/people", body)
    platform.post("/people/li/password", {"password": "another long phrase"})
    made = platform.post("/api-keys", KEY | {"username": "li", "role": "platform_cashier"})
    assert made["secret"].startswith("zg_") and KeptAnswer.objects.count() == 0


KEY = {"party": "platform", "label": "ERP", "expires": "2099-12-31"}


def test_a_key_is_issued_listed_and_revoked(platform: Any, market: Any) -> None:
    body = KEY | {
        "username": market.person("platform", Role.PLATFORM_FINANCE).username,
        "role": "platform_finance",
    }
    made = platform.post("/api-keys", body)
    theirs = Api(made["secret"])
    theirs.get("/orders")
    listed = next(one for one in platform.get("/api-keys")["items"] if one["id"] == made["id"])
    assert "secret" not in listed and (listed["state"], listed["label"]) == ("valid", "ERP")
    assert listed["last_used_at"]
    for wrong, status in ((body | {"role": "platform_admin"}, 409), (body | {"expires": "2020-01-01"}, 422),
                          (body | {"username": "nobody"}, 404), (body | {"party": "none"}, 404)):  # fmt: skip
        platform.post("/api-keys", wrong, status)
    assert platform.post(f"/api-keys/{made['id']}/revocation", {})["state"] == "revoked"
    assert platform.post(f"/api-keys/{made['id']}/revocation", {}, 409)["error"]["code"] == "key_ended"
    platform.post("/api-keys/999999/revocation", {}, 404)
    theirs.get("/orders", 401)
    acts = AuditRecord.objects.filter(object_kind="api_key", object_id=str(made["id"]))
    assert list(acts.order_by("id").values_list("action", flat=True)) == ["key.issued", "key.revoked"]


def test_keys_and_log_ins_are_the_administrators(market: Any, tea: Any) -> None:
    finance = api_of(market, "platform", Role.PLATFORM_FINANCE)
    for api in (tea, finance):
        api.get("/api-keys", 403)
        api.get("/people/li/sessions", 403)
        for path, body in (("/api-keys", KEY | {"username": "li", "role": "platform_admin"}),
                           ("/api-keys/1/revocation", {}), ("/people/li/switch", {"active": True}),
                           ("/people/li/password", {"password": "x" * 20}), ("/people/li/factor-reset", {}),
                           ("/people/li/sessions/end", {})):  # fmt: skip
            api.post(path, body, 403)
    api_of(market, "platform", Role.PLATFORM_AUDITOR).get("/api-keys")


def test_an_owner_adds_people_to_its_own_shop_alone(tea: Any) -> None:
    body = {"username": "clerk", "password": "quite a long phrase", "party": "tea", "role": "merchant_viewer"}
    assert tea.post("/people", body)["roles"] == [{"party": "tea", "role": "merchant_viewer"}]
    tea.post("/people", body | {"username": "x", "party": "platform", "role": "platform_admin"}, 404)
    tea.post("/people", body | {"username": "x", "role": "platform_admin"}, 422)
    assert not User.objects.filter(username="x").exists()

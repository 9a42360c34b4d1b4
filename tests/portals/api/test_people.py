"""People, roles and backups over the API."""

from typing import Any

from zhanggui.audit.models import AuditRecord
from zhanggui.parties.models import Membership, User


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

"""Who may do what where."""

import pytest

from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.parties.queries import merchant_standing, party_names, platform_standing, standings
from zhanggui.parties.roles import PERMISSIONS, permissions_of

MOVES_MONEY = ("billing.run", "periods.close", "statements.confirm", "corrections.create", "rules.publish")


def test_every_role_is_in_the_table() -> None:
    assert set(PERMISSIONS) == {role.value for role in Role}


@pytest.mark.parametrize(
    "role",
    [Role.PLATFORM_AUDITOR, Role.PLATFORM_OPERATIONS, *[r for r in Role if r.value.startswith("merchant")]],
)
@pytest.mark.parametrize("act", MOVES_MONEY)
def test_auditors_operations_and_merchants_move_no_money(role: Role, act: str) -> None:
    assert act not in permissions_of(frozenset({role}))


def test_an_unknown_role_may_nothing() -> None:
    assert permissions_of(frozenset({"king"})) == frozenset()


def test_merchants_see_their_own_alone() -> None:
    for role in Role:
        if role.value.startswith("merchant"):
            assert all(one.startswith("own_") for one in permissions_of(frozenset({role})))


@pytest.mark.django_db
class TestStandings:
    @pytest.fixture
    def user(self) -> User:
        user = User.objects.create(username="wang")
        platform = Party.objects.create(kind=PartyKind.PLATFORM, code="platform", name={"zh": "平台"})
        shops = [Party.objects.create(kind="merchant", code=code, name={"en": code}) for code in ("s1", "s2")]
        Membership.objects.create(user=user, party=shops[1], role=Role.MERCHANT_VIEWER)
        Membership.objects.create(user=user, party=shops[1], role=Role.MERCHANT_FINANCE)
        Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_AUDITOR)
        return user

    def test_roles_at_one_party_add_up(self, user: User) -> None:
        platform, shop = standings(user)
        assert platform.party.kind == PartyKind.PLATFORM
        assert shop.roles == {Role.MERCHANT_VIEWER, Role.MERCHANT_FINANCE}
        assert shop.may("own_statements.confirm") and not platform.may("statements.confirm")

    def test_a_standing_is_looked_up_by_party(self, user: User) -> None:
        own = merchant_standing(user)
        assert own is not None and own.party.code == "s2"
        assert merchant_standing(user, Party.objects.get(code="s1").id) is None
        found = platform_standing(user)
        assert found is not None and found.party.code == "platform"

    def test_nobody_has_no_standing(self) -> None:
        user = User.objects.create(username="nobody")
        assert (standings(user), platform_standing(user), merchant_standing(user)) == ([], None, None)

    def test_names_fall_back_to_the_other_language_and_the_code(self) -> None:
        one = Party.objects.create(kind="merchant", code="s3", name={"zh": "三", "en": ""})
        other = Party.objects.create(kind="merchant", code="s4", name={})
        assert party_names([one.id, other.id], "en") == {one.id: "三", other.id: "s4"}

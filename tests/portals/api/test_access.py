"""Who gets in, what the role allows, and that a merchant's key sees one merchant."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.isolation.market import PASSWORD, Market
from tests.portals.api.calling import Api, api_of, key_of
from zhanggui.parties.errors import RoleNotHeld
from zhanggui.parties.models import ApiKey, Membership, Role, User
from zhanggui.parties.operations.issue_key import issue_key
from zhanggui.parties.operations.revoke_key import revoke_key
from zhanggui.parties.rules import digest_of

MERCHANT_LISTS = (
    "/statements", "/details", "/orders", "/charges", "/disputes", "/ledger/entries", "/ledger/postings",
    "/parties", "/terms",
)  # fmt: skip
PLATFORM_ONLY = (
    "/imports", "/billing-runs", "/rule-sets", "/rule-sets/market", "/ledger/trial-balance", "/invariants",
    "/imports/1", "/imports/1/rejects",
)  # fmt: skip


class TestKeys:
    def test_are_needed(self, market: Market) -> None:
        assert Api(None).get("/statements", 401)["error"]["code"] == "not_authenticated"
        assert Api("zg_nonsense").get("/statements", 401)["error"]["code"] == "not_authenticated"

    def test_are_kept_as_digests(self, market: Market) -> None:
        secret = key_of(market, "tea", Role.MERCHANT_OWNER)
        [key] = ApiKey.objects.all()
        assert bytes(key.digest) == digest_of(secret)
        assert secret not in str(vars(key))

    def test_end_when_revoked_or_expired(self, market: Market) -> None:
        api = api_of(market, "tea", Role.MERCHANT_OWNER)
        [key] = ApiKey.objects.all()
        api.get("/statements")
        key.expires_at = timezone.now() - timedelta(seconds=1)
        key.save()
        api.get("/statements", 401)
        key.expires_at = None
        key.save()
        revoke_key(number=key.id, at=timezone.now())
        api.get("/statements", 401)

    def test_end_with_the_persons_role_or_log_in(self, market: Market) -> None:
        api = api_of(market, "tea", Role.MERCHANT_OWNER)
        User.objects.update(is_active=False)
        api.get("/statements", 401)
        User.objects.update(is_active=True)
        api.get("/statements")
        Membership.objects.all().delete()
        api.get("/statements", 401)

    def test_are_only_issued_for_roles_that_the_person_holds(self, market: Market) -> None:
        viewer = market.person("tea", Role.MERCHANT_VIEWER)
        with pytest.raises(RoleNotHeld):
            issue_key(
                user=viewer, party=market.party("tea"), role=Role.MERCHANT_OWNER, label="", at=timezone.now()
            )
        with pytest.raises(RoleNotHeld):
            issue_key(user=viewer, party=market.party("kiln"), role=Role.MERCHANT_VIEWER, label="",
                      at=timezone.now())  # fmt: skip


class TestSessions:
    def test_read_with_the_log_in(self, market: Market) -> None:
        client = Client()
        user = market.person("tea", Role.MERCHANT_OWNER)
        assert client.login(username=user.username, password=PASSWORD)
        assert client.get("/api/v1/statements").status_code == 200

    def test_write_only_with_the_csrf_token(self, market: Market) -> None:
        client = Client(enforce_csrf_checks=True)
        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        path = f"/api/v1/statements/{market.statement('tea').id}/confirmation"
        response = client.post(path, "{}", content_type="application/json")
        assert (response.status_code, response.json()["error"]["code"]) == (403, "not_allowed")

    def test_pick_one_of_several_parties_by_header(self, market: Market) -> None:
        client = Client()
        user = market.person("tea", Role.MERCHANT_OWNER)
        Membership.objects.create(user=user, party=market.party("kiln"), role=Role.MERCHANT_VIEWER)
        client.force_login(user)
        for code in ("tea", "kiln"):
            found = client.get("/api/v1/parties", headers={"X-Zhanggui-Party": code}).json()
            assert [one["code"] for one in found["items"]] == [code]
        other = client.get("/api/v1/parties", headers={"X-Zhanggui-Party": "glass"})
        assert other.status_code == 401


class TestMerchants:
    @pytest.mark.parametrize("path", MERCHANT_LISTS)
    def test_see_only_their_own(self, market: Market, tea: Api, path: str) -> None:
        body = tea.get(path)
        own = market.party("tea").id
        for item in body["items"]:
            assert item.get("party", "tea") in ("tea", None)
            assert item.get("book", own) == own
        kilns = {market.statement("kiln").number, "S-3", "S-6", "S-4"}
        assert not kilns & {str(value) for item in body["items"] for value in item.values()}

    def test_get_not_found_for_anothers_statement(self, market: Market, tea: Api, platform: Api) -> None:
        other = market.statement("kiln")
        platform.get(f"/statements/{other.id}")
        for path in (f"/statements/{other.id}", "/orders/market/S-3", "/parties/kiln"):
            assert tea.get(path, 404)["error"]["code"] == "not_found"
        body = {"amount_minor": other.net_minor, "currency": "CNY"}
        tea.post(f"/statements/{other.id}/confirmation", body, 404)
        assert platform.get(f"/statements/{other.id}")["state"] == "confirming"

    def test_get_not_found_for_anothers_detail(self, market: Market, tea: Api, platform: Api) -> None:
        theirs = platform.get("/details", party="kiln")["items"][0]["detail"]
        tea.get(f"/details/{theirs}", 404)
        tea.get(f"/details/{theirs}/explanation", 404)
        tea.post("/disputes", {"detail": theirs, "reason": "not mine"}, 404)

    def test_are_not_shown_others_by_asking_for_them(self, market: Market, tea: Api) -> None:
        other = market.statement("kiln")
        assert {one["party"] for one in tea.get("/statements", party="kiln")["items"]} == {"tea"}
        assert tea.get("/details", statement_id=other.id)["items"] == []
        assert {one["party"] for one in tea.get("/ledger/balances", party="kiln")["items"]} == {"tea"}

    def test_see_of_a_shared_order_their_own_lines(self, tea: Api, platform: Api) -> None:
        assert [one["merchant"] for one in tea.get("/orders/market/S-1")["lines"]] == ["tea"]
        assert len(platform.get("/orders/market/S-1")["lines"]) == 2

    @pytest.mark.parametrize("path", PLATFORM_ONLY)
    def test_have_no_business_in_the_platforms_lists(self, tea: Api, path: str) -> None:
        assert tea.get(path, 403)["error"]["code"] == "not_allowed"

    def test_see_no_names_of_others_in_an_explanation(self, market: Market, tea: Api) -> None:
        fee = tea.get("/details", fee="commission")["items"][0]
        told = tea.get(f"/details/{fee['detail']}/explanation")["explanation"]
        assert told["amount_minor"] == fee["amount_minor"]
        assert {leg["party_id"] for leg in told["entry"]["legs"]} <= {0, market.party("tea").id}

    def test_need_the_role_to_confirm(self, market: Market) -> None:
        viewer = api_of(market, "tea", Role.MERCHANT_VIEWER)
        row = market.statement("tea")
        body = {"amount_minor": row.net_minor, "currency": "CNY"}
        viewer.post(f"/statements/{row.id}/confirmation", body, 403)


class TestPlatformRoles:
    @pytest.mark.parametrize(
        ("path", "body"),
        [
            ("/billing-runs", {"business_line": "market"}),
            ("/period-closings", {"through": "2026-05-31"}),
            ("/rule-sets", {"document": {}}),
            ("/disputes/1/resolution", {"upheld": True, "resolution": "so"}),
        ],
    )
    def test_let_an_auditor_look_only(self, market: Market, path: str, body: object) -> None:
        auditor = api_of(market, "platform", Role.PLATFORM_AUDITOR)
        auditor.get("/invariants")
        auditor.post(path, body, 403)

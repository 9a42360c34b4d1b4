"""Every page of a shop: its own rows only, figures that lead to their rows, roles respected."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from tests.isolation.market import Market
from zhanggui.parties.models import Membership, Role
from zhanggui.portals.desk.amounts import format_money
from zhanggui.portals.desk.exports.running import run_export
from zhanggui.portals.desk.models import Export

LISTS = ("statements/", "details/", "waiting/", "splits/", "account/", "account/?account=available")


def text_of(response: Any) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))


def own_detail(market: Market, code: str = "tea") -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select party_id || '-' || line_id || '-' || event_id || '-' || position from settlement_detail"
            " where party_id = %s and rule_id > 0 and statement_id = %s order by line_id limit 1",
            [market.party(code).id, market.statement(code).id],
        )
        return str(cursor.fetchone()[0])


class TestEveryPage:
    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    @pytest.mark.parametrize("path", ["", *LISTS])
    def test_opens_in_both_languages(self, market: Market, shop: Client, path: str, language: str) -> None:
        shop.cookies["django_language"] = language
        response = shop.get(f"/merchant/{path}")
        assert response.status_code == 200
        for other in ("kiln", "窑口", "The kiln", "S-3", "S-4", market.statement("kiln").number):
            assert other not in text_of(response).split()

    def test_asks_to_log_in(self, market: Market, client: Client) -> None:
        for path in ("", *LISTS, f"statements/{market.statement('tea').id}/"):
            assert client.get(f"/merchant/{path}").status_code == 302

    def test_is_not_for_the_platforms_people(self, market: Market, client: Client) -> None:
        client.force_login(market.person("platform", Role.PLATFORM_ADMIN))
        for path in ("", *LISTS, f"statements/{market.statement('tea').id}/"):
            assert client.get(f"/merchant/{path}").status_code == 403

    def test_of_another_shop_does_not_exist(self, market: Market, shop: Client) -> None:
        theirs, detail = market.statement("kiln").id, own_detail(market, "kiln")
        pages = [f"statements/{theirs}/{part}" for part in ("", "lines/", "confirm/", "proof/")]
        for path in [*pages, f"details/{detail}/", f"details/{detail}/dispute/"]:
            assert shop.get(f"/merchant/{path}").status_code == 404, path
        assert shop.post(f"/merchant/statements/{theirs}/confirm/", {"seen": "1"}).status_code == 404
        assert market.statement("kiln").state == "confirming"


class TestHome:
    def test_figures_lead_to_rows_of_the_same_sum(self, market: Market, shop: Client) -> None:
        page = shop.get("/merchant/").content.decode()
        figures = re.findall(r'<a class="figure[^"]*" href="([^"]+)">.*?</span> ([-\d,.]+)</span>', page)
        assert len(figures) == 5
        for url, amount in figures:
            listed = shop.get(html.unescape(url))
            assert amount == "0.00" or amount in text_of(listed), url

    def test_switches_between_ones_shops(self, market: Market, shop: Client) -> None:
        user = market.person("tea", Role.MERCHANT_OWNER)
        assert shop.post("/merchant/shop/", {"party": market.party("kiln").id}).status_code == 404
        Membership.objects.create(user=user, party=market.party("kiln"), role=Role.MERCHANT_VIEWER)
        assert "Go to The kiln" in text_of(shop.get("/merchant/"))
        shop.post("/merchant/shop/", {"party": market.party("kiln").id})
        assert "The kiln" in text_of(shop.get("/merchant/"))
        # An owner elsewhere is only a viewer here.
        theirs = market.statement("kiln").id
        assert shop.get(f"/merchant/statements/{theirs}/").status_code == 200
        assert shop.get(f"/merchant/statements/{theirs}/confirm/").status_code == 403


class TestStatement:
    def test_identity_line_adds_up(self, market: Market, shop: Client) -> None:
        row = market.statement("tea")
        response = shop.get(f"/merchant/statements/{row.id}/")
        assert sum(term.amount for term in response.context["terms"]) == row.net_minor
        assert response.context["fees"].net == row.net_minor
        assert format_money(row.net_minor, "CNY") in text_of(response)

    def test_unfolds_a_fee_to_its_details(self, market: Market, shop: Client) -> None:
        row = market.statement("tea")
        fee = shop.get(f"/merchant/statements/{row.id}/").context["fees"].rows[0]
        bare = shop.get(fee.lines_url, headers={"X-Desk-Expand": "1"}).content.decode()
        assert bare.lstrip().startswith("<table") and "<html" not in bare
        assert "<html" in shop.get(fee.lines_url).content.decode()

    def test_says_why_in_plain_words(self, market: Market, shop: Client) -> None:
        page = text_of(shop.get(f"/merchant/details/{own_detail(market)}/"))
        assert "5%" in page and "176.00" in page and "-8.80" in page
        for broken in ("1", "1-2-3-x", "9" * 40):
            assert shop.get(f"/merchant/details/{broken}/").status_code == 404


class TestConfirming:
    def test_takes_a_second_look_and_happens_once(self, market: Market, shop: Client) -> None:
        row = market.statement("tea")
        path = f"/merchant/statements/{row.id}/confirm/"
        assert format_money(row.net_minor, "CNY") in text_of(shop.get(path))
        assert "data-once" in shop.get(path).content.decode()
        for _ in range(2):
            assert shop.post(path, {"seen": str(row.net_minor)}).status_code == 302
        row.refresh_from_db()
        assert (row.state, row.confirmed_by) == ("confirmed", "tea-merchant_owner")
        assert shop.get(path).status_code == 409

    def test_is_refused_at_another_amount(self, market: Market, shop: Client) -> None:
        row = market.statement("tea")
        for seen in ("", "0", str(row.net_minor + 1)):
            response = shop.post(f"/merchant/statements/{row.id}/confirm/", {"seen": seen})
            assert response.status_code == 409
        assert market.statement("tea").state == "confirming"

    def test_is_not_for_viewers(self, market: Market, client: Client) -> None:
        client.force_login(market.person("tea", Role.MERCHANT_VIEWER))
        row = market.statement("tea")
        path = f"/merchant/statements/{row.id}/"
        assert "confirm/" not in client.get(path).content.decode()
        assert client.post(f"{path}confirm/", {"seen": str(row.net_minor)}).status_code == 403
        assert client.get(f"/merchant/details/{own_detail(market)}/dispute/").status_code == 403


class TestObjecting:
    def test_moves_the_amount_and_leaves_the_rest(self, market: Market, shop: Client) -> None:
        detail = own_detail(market)
        path = f"/merchant/details/{detail}/dispute/"
        row = market.statement("tea")
        assert shop.post(path, {"reason": " \x00 "}).status_code == 422
        assert shop.post(path, {"reason": "x" * 501}).status_code == 422
        assert shop.post(path, {"reason": "we agreed on 4%"}).status_code == 302
        assert shop.post(path, {"reason": "again"}).status_code == 422
        page = text_of(shop.get(f"/merchant/statements/{row.id}/?tab=disputes"))
        assert "we agreed on 4%" in page and "Being looked at" in page
        row.refresh_from_db()
        rest = row.net_minor - row.carried_minor
        assert format_money(rest, "CNY") in text_of(shop.get(f"/merchant/statements/{row.id}/confirm/"))
        assert shop.post(f"/merchant/statements/{row.id}/confirm/", {"seen": str(rest)}).status_code == 302


class TestAccount:
    def test_shows_the_balance_after_each_movement(self, market: Market, shop: Client) -> None:
        rows = shop.get("/merchant/account/?sort=place").context["slice"].rows
        running = 0
        for row in rows:
            running += row.amount
            assert row.balance == running
        shop.post(f"/merchant/statements/{market.statement('tea').id}/confirm/",
                  {"seen": str(market.statement("tea").net_minor)})  # fmt: skip
        [moved] = shop.get("/merchant/account/?account=available").context["slice"].rows
        assert moved.balance == moved.amount > 0

    def test_keeps_the_balance_when_filtered(self, market: Market, shop: Client) -> None:
        whole = shop.get("/merchant/account/").context["slice"].rows
        [one] = shop.get("/merchant/account/?q=S-2").context["slice"].rows
        assert one.balance in [row.balance for row in whole]


class TestExports:
    def test_hold_only_the_shops_rows(self, market: Market, shop: Client) -> None:
        scope = shop.get("/merchant/details/").context["signed_scope"]
        shop.post("/exports/new/", {"list": "merchant.details", "format": "csv", "scope": scope, "query": ""})
        export = Export.objects.get()
        assert export.state == "done"
        body = b"".join(shop.get(f"/exports/{export.pk}/file").streaming_content).decode()
        assert "S-1" in body and "S-3" not in body

    def test_fail_for_somebody_who_has_left(self, market: Market, shop: Client) -> None:
        user = market.person("tea", Role.MERCHANT_OWNER)
        export = Export.objects.create(owner=user, list_name="merchant.details", file_format="csv",
                                       scope={"party_id": market.party("kiln").id})  # fmt: skip
        assert run_export(export.pk).state == "failed"


def test_the_search_box_finds_ones_own_numbers(market: Market, shop: Client) -> None:
    shop.get("/merchant/")
    own, other = market.statement("tea"), market.statement("kiln")
    found = shop.get("/find", {"q": own.number}, follow=True)
    assert f"/merchant/statements/{own.id}/" in found.content.decode() + str(found.redirect_chain)
    missed = shop.get("/find", {"q": other.number}, follow=True)
    assert f"/statements/{other.id}/" not in missed.content.decode() + str(missed.redirect_chain)

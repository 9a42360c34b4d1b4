"""Every screen of the platform: opens for those who may, in both languages, and for nobody else."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from tests.isolation.market import Market
from tests.portals.platform.reading import ACTS, detail_key, pages, text_of
from zhanggui.parties.models import Role

# Words of ours that are the same in every language, and what people or files brought in.
SAME = {
    "SKU", "SPU", "English", "CNY", "Ctrl", "K", "JSON", "MB", "ID", "CSV", "Excel", "Parquet", "xlsx", "csv",
    "Asia", "Shanghai", "UTC", "YYYY", "Enter", "Esc",
}  # fmt: skip


class TestEveryPage:
    def test_opens_in_both_languages(self, market: Market, desk: Client) -> None:
        for language in ("en", "zh-hans"):
            desk.cookies["django_language"] = language
            for path in pages(market):
                response = desk.get(f"/platform/{path}")
                assert response.status_code == 200, f"{language} {path}: {response.status_code}"

    def test_asks_to_log_in(self, market: Market, client: Client) -> None:
        for path in [*pages(market), *ACTS]:
            assert client.get(f"/platform/{path}").status_code == 302, path

    def test_is_not_for_merchants(self, market: Market, client: Client) -> None:
        client.force_login(market.person("tea", Role.MERCHANT_OWNER))
        for path in [*pages(market), *ACTS]:
            assert client.get(f"/platform/{path}").status_code == 403, path

    def test_sends_no_inline_script_or_style(self, market: Market, desk: Client) -> None:
        for path in pages(market):
            body = desk.get(f"/platform/{path}").content.decode()
            assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", body), path

    def test_is_small(self, market: Market, desk: Client) -> None:
        for path in ("statements/", "details/", "orders/", "ledger/"):
            assert len(desk.get(f"/platform/{path}").content) < 120_000, path

    @pytest.mark.parametrize(
        "path",
        ["statements/1/999999/", "details/1-2-3-4/", "details/nonsense/", "orders/999999/", "disputes/9/",
         "ledger/entries/1-2-3-4/", "ledger/entries/x/",
         "accounts/999999/", "imports/9/", "imports/rejects/9/",
         "rules/market/9/", "rules/none/1/", "rules/versions/9999/", "parties/99999/", "activity/999/",
         "statements/1/1/parts/none/"],
    )  # fmt: skip
    def test_of_something_that_is_not_there_says_so(self, desk: Client, path: str) -> None:
        assert desk.get(f"/platform/{path}").status_code == 404


class TestRoles:
    @pytest.mark.parametrize(
        ("role", "refused"),
        [
            (Role.PLATFORM_FINANCE, ["imports/new/", "parties/1/terms/"]),
            (Role.PLATFORM_OPERATIONS, ["rules/publish/", "periods/close/", "parties/1/terms/"]),
            (Role.PLATFORM_AUDITOR, ACTS),
        ],
    )
    def test_do_only_what_is_theirs(self, as_role: Any, role: Role, refused: list[str]) -> None:
        client = as_role(role)
        for path in ACTS:
            assert (client.get(f"/platform/{path}").status_code == 403) == (path in refused), path

    def test_an_auditor_changes_nothing(self, market: Market, as_role: Any) -> None:
        client, held = as_role(Role.PLATFORM_AUDITOR), market.statement("tea")
        statement = f"/platform/statements/{held.party_id}/{held.id}/"
        assert "Confirm" not in client.get(statement).content.decode().split("page-actions")[1][:900]
        assert client.post(f"{statement}confirm/").status_code == 403
        assert client.post(f"/platform/details/{detail_key(market)}/correct/").status_code == 403
        picked = {"action": "confirm", "pick": held.id, "confirmed": "1"}
        assert client.post("/platform/statements/", picked).status_code == 403
        assert market.statement("tea").state == "confirming"


class TestChinese:
    def test_screens_have_no_english_words(self, market: Market, desk: Client) -> None:
        desk.cookies["django_language"] = "zh-hans"
        for path in pages(market):
            if path == "fees/":
                continue  # shows both names of every fee type
            body = desk.get(f"/platform/{path}").content.decode()
            body = re.sub(
                r'<(\w+)[^>]*(lang="en"|class="[^"]*code[^"]*")[^>]*>.*?</\1>', " ", body, flags=re.DOTALL
            )
            body = body.replace("admin", " ")
            found = english_of(text_of(type("Page", (), {"content": body.encode()})))
            assert not found, f"{path}: {sorted(found)}"


def english_of(text: str) -> set[str]:
    """Words of three and more letters that are no number, code or name."""
    words = set(re.findall(r"(?<![\w.@/:-])[A-Za-z]{3,}(?![\w@/:_-])", text))
    return {word for word in words if word not in SAME and not word.isupper()} - {
        "commission", "glass", "tech", "tests", "market", "Goods", "wechat", "paid", "platform", "merchant",
        "kiln", "tea", "api", "opening", "rules",
    }  # fmt: skip


def test_no_migration_is_missing(db: None) -> None:
    call_command("makemigrations", "platform", check=True, dry_run=True, verbosity=0)

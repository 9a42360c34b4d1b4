"""Debts dunned, deposits asked for, files of receipts: the same on screen, over the API and by command."""

import base64
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.isolation.market import Market, open_market
from tests.portals.api.calling import Api, api_of
from tests.portals.debts import with_debt
from tests.portals.shell.running import run_command
from zhanggui.journeys.debt_collected import debt_noted
from zhanggui.journeys.receipt_recorded import receipt_claimed, receipt_recorded
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.journeys.tax_arranged import tax_treatment_set
from zhanggui.portals.shell.commands import debts, deposits, receipts
from zhanggui.settlement.collections.errors import ReceiptRowRefused
from zhanggui.settlement.collections.models import DunningNote, Receipt
from zhanggui.settlement.entities.models import OwnAccount, SettlementEntity
from zhanggui.settlement.statements.models import Statement

pytestmark = pytest.mark.django_db
FILE = "reference,received_on,amount,payer\nT1,2026-05-01,12.34,Tea\nT2,2026-05-02,1.00,Kiln\n"
BAD = "reference,received_on,amount\nT1,2026-05-01,12.34\nT2,2026-02-30,1.00\nT3,2026-05-01,-1\nT4\n"


@pytest.fixture
def market(db: None, settings: Any, tmp_path: Path) -> Market:
    settings.ZHANGGUI_HOME = tmp_path
    return open_market()


@pytest.fixture
def api(market: Market) -> Api:
    return api_of(market, "platform", "platform_finance")


@pytest.fixture
def finance(market: Market) -> tuple[str, str]:
    return ("--as", market.person("platform", "platform_finance").get_username())


@pytest.fixture
def desk(market: Market, client: Client) -> Client:
    client.force_login(market.person("platform", "platform_finance"))
    client.cookies["django_language"] = "en"
    return client


@pytest.fixture
def bank(market: Market) -> OwnAccount:
    return OwnAccount.objects.create(
        code="bank",
        name={},
        kind="bank",
        entity=SettlementEntity.objects.get(),
        currency="CNY",
        rail="bank_file",
    )


def shown(desk: Client, name: str, *args: Any, query: str = "") -> str:
    answer = desk.get(reverse(f"platform:{name}", args=args) + query)
    assert answer.status_code == 200
    return answer.content.decode()


class TestDunning:
    def test_over_the_api(self, market: Market, api: Api) -> None:
        debt = with_debt(market)
        [aged] = api.get("/debt-ageing")["items"]
        assert (aged["bucket"], aged["debts"], aged["open_minor"]) == ("31-60", 1, debt.open_minor)
        assert api.get("/debts", age="31-60")["items"] and not api.get("/debts", age="91+")["items"]
        [note] = api.post("/dunning-runs", {})["items"]
        assert (note["level"], note["note"], note["party"]) == (3, "+40 d", "tea")
        assert api.post("/dunning-runs", {})["items"] == []
        said = {"note": "called", "promised_on": "2026-12-01", "promised_minor": 500}
        api.post(f"/debts/{debt.statement_id}/notes", said, 201)
        assert [one["note"] for one in api.get("/dunning-notes", party="tea")["items"]] == ["+40 d", "called"]
        assert api.get("/dunning-notes", level=2)["items"] == []
        asked = api.post(
            f"/debts/{debt.statement_id}/write-off", {"amount_minor": 100, "reason": "gone"}, 201
        )
        found = api.get(f"/debts/{debt.statement_id}")
        assert (found["pledged_minor"], found["level"], found["age"]) == (100, 3, "31-60")
        assert [one["number"] for one in found["write_offs"]] == [asked["number"]]
        assert [one["note"] for one in found["dunning"]] == ["called", "+40 d"]
        api.get("/debts/1", 404)
        body = {"amount_minor": 1, "reason": "x"}
        assert (
            api.post(f"/debts/{debt.statement_id}/deposit", body, 409)["error"]["code"] == "deposit_too_small"
        )
        auditor = api_of(market, "platform", "platform_auditor")
        auditor.get("/debt-ageing")
        auditor.post("/dunning-runs", {}, 403)
        api_of(market, "tea", "merchant_owner").get("/dunning-notes", 403)

    def test_by_command(self, market: Market, finance: tuple[str, str]) -> None:
        debt = with_debt(market)
        number = Statement.objects.get(party_id=debt.party_id, id=debt.statement_id).number
        assert run_command(debts, "dun").document == {"dunned": 1}
        assert len(run_command(debts, "list", "--age", "31-60", "--level", "3").document["debts"]) == 1
        assert run_command(debts, "list", "--age", "91+").document == {"debts": []}
        run_command(debts, "note", "called", number, "--promised-on", "2026-12-01", *finance)
        told = run_command(debts, "notes", "--party", "tea")
        assert [one["note"] for one in told.document["notes"]] == ["called", "+40 d"]
        assert "promised for 2026-12-01" in told.text
        run_command(debts, "write-off", number, "1.00", "--reason", "gone", "--evidence", "file 7", *finance)
        whole = run_command(debts, "show", number)
        assert (
            whole.document["pledged_minor"] == 100
            and "write-off WO" in whole.text
            and "level 3" in whole.text
        )

    def test_on_screen(self, market: Market, desk: Client, bank: OwnAccount) -> None:
        debt = with_debt(market)
        answer = desk.post(reverse("platform:run_dunning"), follow=True).content.decode()
        assert "1 debt reached its next level." in answer and "Dun now" in answer
        today = timezone.localdate()
        key = {
            "party_id": debt.party_id,
            "statement_id": debt.statement_id,
            "at": timezone.now(),
            "actor": "mia",
        }
        debt_noted(**key, note="will pay ten", promised_on=today, promised_minor=1000)
        debt_noted(**key, note="will pay all", promised_on=today.replace(year=today.year - 1))
        receipt = receipt_recorded(
            own_account=bank, bank_reference="B-1", amount_minor=1000, received_on=today, at=timezone.now(),
            actor="mia",
        )  # fmt: skip
        receipt_claimed(
            receipt_id=receipt.id, party_id=debt.party_id, target="debt", statement_id=debt.statement_id,
            amount_minor=1000, at=timezone.now(), zone=timezone.get_default_timezone(), actor="mia",
        )  # fmt: skip
        listed = shown(desk, "dunning")
        assert "40 days overdue" in listed and "Promise kept" in listed and "Promise broken" in listed
        assert "will pay ten" in shown(desk, "dunning", query="?tab=kept")
        assert "will pay ten" not in shown(desk, "dunning", query="?tab=broken")
        assert "will pay all" in shown(desk, "dunning", query="?tab=broken&level=3")

    def test_more_debts_than_one_look_holds_are_all_dunned(self, market: Market) -> None:
        """One that has reached the last level does not stand in the way of the others."""
        debt = with_debt(market)
        debt.level = 4
        debt.save(update_fields=["level"])
        assert run_command(debts, "dun").document == {"dunned": 0}
        assert not DunningNote.objects.exists()


class TestDeposits:
    def test_everywhere(self, market: Market, api: Api, desk: Client, finance: tuple[str, str]) -> None:
        run_command(deposits, "require", "80.00", "--from", "2026-03-01", *finance)
        asked = api.post("/deposit-demands", {})["items"]
        assert {one["short_minor"] for one in asked} == {8000} and asked[0]["top_up_by"]
        assert (
            "0 merchants are asked"
            in desk.post(reverse("platform:demand_deposits"), follow=True).content.decode()
        )
        tea = next(one for one in asked if one["party"] == "tea")
        run_command(deposits, "top-up", "tea", "50.00", "--reason", "agreed", "--currency", "CNY", *finance)
        order = {"use": "penalty", "amount_minor": 1000, "reason": "late"}
        made = api.post(f"/deposits/{tea['id']}/orders", order, 201)
        found = api.get(f"/deposits/{tea['id']}")
        assert [one["amount_minor"] for one in found["movements"]] == [5000]
        assert [one["number"] for one in found["orders"]] == [made["number"]]
        [listed] = api.get("/deposit-orders", state="pending", party="tea")["items"]
        assert (listed["currency"], listed["deposit_id"]) == ("CNY", tea["id"])
        assert api.get("/deposit-orders", state="approved")["items"] == []
        shown_by_command = run_command(deposits, "show", "tea")
        [held] = shown_by_command.document["deposits"]
        assert (held["held_minor"], held["pledged_minor"]) == (5000, 1000)
        assert "50.00 statement agreed" in shown_by_command.text and made["number"] in shown_by_command.text
        assert made["number"] in run_command(deposits, "orders", "--state", "pending").text
        assert api.post("/reserve-releases", {}) == {"count": 0} == api.post("/rebate-runs", {})
        for name, said in (
            ("release_reserves", "0 holds are released"),
            ("run_rebates", "0 rebates are given"),
        ):
            assert said in desk.post(reverse(f"platform:{name}"), follow=True).content.decode()


class TestFilesOfReceipts:
    def test_over_the_api(self, market: Market, api: Api, bank: OwnAccount) -> None:
        body = {"own_account": "bank", "name": "may.csv", "content": base64.b64encode(FILE.encode()).decode()}
        done = {"recorded": 2, "known": 0, "amount_minor": 1334, "currency": "CNY"}
        assert api.post("/receipt-imports", body) == done
        assert api.post("/receipt-imports", body) == done | {"recorded": 0, "known": 2, "amount_minor": 0}
        refused = api.post(
            "/receipt-imports", body | {"content": base64.b64encode(BAD.encode()).decode()}, 422
        )
        assert refused["error"]["code"] == "receipt_row_refused"
        assert [one["row"] for one in refused["error"]["details"]["rows"]] == [3, 4, 5]
        assert (
            api.post("/receipt-imports", body | {"content": "?"}, 422)["error"]["code"]
            == "receipt_row_refused"
        )
        api.post("/receipt-imports", body | {"own_account": "none"}, 404)
        row = Receipt.objects.get(bank_reference="T1")
        first, second = (
            api.post(
                f"/receipts/{row.id}/claims", {"party": code, "target": "deposit", "amount_minor": 600}, 201
            )
            for code in ("tea", "kiln")
        )
        api.post(f"/claims/{second['id']}/reversal", {"reason": "wrong shop"})
        found = api.get(f"/receipts/{row.id}")
        assert (found["claimed_minor"], found["rest_minor"], len(found["claims"])) == (600, 634, 2)
        assert [one["id"] for one in api.get("/claims", party="tea")["items"]] == [first["id"]]
        assert len(api.get("/claims", receipt_id=row.id)["items"]) == 2
        api.get("/receipts/999999", 404)
        api_of(market, "tea", "merchant_owner").get("/claims", 403)

    def test_by_command(self, finance: tuple[str, str], bank: OwnAccount, tmp_path: Path) -> None:
        file = tmp_path / "may.csv"
        file.write_text(FILE)
        assert run_command(receipts, "import", str(file), *finance).document["recorded"] == 2
        row = Receipt.objects.get(bank_reference="T1")
        run_command(receipts, "claim", str(row.id), "6.00", "--deposit-of", "tea", *finance)
        told = run_command(receipts, "show", str(row.id))
        assert told.document["claims"][0]["party"] == "tea" and "6.00 for deposit" in told.text
        assert len(run_command(receipts, "claims", "--party", "tea").document["claims"]) == 1
        file.write_text(BAD)
        with pytest.raises(
            ReceiptRowRefused, match="3 of 4 rows are wrong, nothing was recorded; first row 3"
        ):
            run_command(receipts, "import", str(file), *finance)

    def test_on_screen_every_wrong_row_is_named(self, desk: Client, bank: OwnAccount) -> None:
        sent = {"act": "import", "account": "bank", "file": SimpleUploadedFile("may.csv", BAD.encode())}
        answer = desk.post(reverse("platform:record_receipt"), sent)
        text = answer.content.decode()
        assert answer.status_code == 422 and not Receipt.objects.exists()
        assert "3 of 4 rows are wrong" in text
        assert all(f"<li>Row {row}: " in text for row in (3, 4, 5))
        sent["file"] = SimpleUploadedFile("may.csv", FILE.encode())
        assert desk.post(reverse("platform:record_receipt"), sent).status_code == 302
        desk.cookies["django_language"] = "zh-hans"
        sent["file"] = SimpleUploadedFile("may.csv", BAD.encode())
        assert "没有登记任何一行" in desk.post(reverse("platform:record_receipt"), sent).content.decode()


class TestDraftingNow:
    def test_on_screen_and_over_the_api(self, market: Market, api: Api, desk: Client) -> None:
        where = reverse("platform:draft_invoices")
        row = market.statement("tea")
        statement_confirmed(
            party_id=row.party_id, statement_id=row.id, at=timezone.now(), zone=timezone.get_default_timezone(),
            actor="tests",
        )  # fmt: skip
        refused = desk.post(where, follow=True).content.decode()
        assert "0 invoices are drafted" in refused and "no tax rate is set" in refused
        told = api.post("/invoice-runs", {})
        assert told["items"] == [] and {one["code"] for one in told["refused"]} == {"tax_treatment_missing"}
        with_rates()
        made = api.post("/invoice-runs", {})
        assert made["refused"] == [] and made["statements"] == len(told["refused"])
        assert "tea" in {one["party"] for one in made["items"]}
        assert "0 invoices are drafted" in desk.post(where, follow=True).content.decode()
        api_of(market, "platform", "platform_auditor").post("/invoice-runs", {}, 403)
        listed = shown(desk, "invoices")
        assert made["items"][0]["number"] in listed and reverse("platform:import_issued") in listed


def with_rates() -> None:
    """Rates of output and input for everything."""
    for direction, rate in ((1, 60_000), (2, 130_000)):
        tax_treatment_set(
            direction=direction,
            rate_ppm=rate,
            effective_from=date(2026, 1, 1),
            at=timezone.now(),
            actor="tests",
        )

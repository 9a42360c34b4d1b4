"""Money on the screens: totals are the sums of their rows, figures lead to them, acts do what they say."""

import io
import json
import re
from datetime import date
from typing import Any

from django.test import Client

from tests.isolation.market import Market
from tests.portals.platform.reading import column, detail_key, foot, minor, text_of
from zhanggui.portals.desk.lists.remembered import forget
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.entities.models import SettlementTerms
from zhanggui.settlement.fees.models import RuleSetVersion
from zhanggui.settlement.intake.models import ImportRun
from zhanggui.settlement.statements.models import Dispute, Statement

ALL_TIME = "days=custom&days_from=2026-01-01&days_to=2026-12-31"


class TestTotals:
    def test_of_statements_are_their_rows(self, market: Market, desk: Client) -> None:
        for tab in ("", "open", "confirming"):
            page = desk.get(f"/platform/statements/?tab={tab}")
            for label in ("Goods", "Commission and fees", "Net"):
                assert foot(page, label) == sum(column(page, label)), (tab, label)
        nets = Statement.objects.filter(state="confirming").values_list("net_minor", flat=True)
        assert foot(desk.get("/platform/statements/?tab=confirming"), "Net") == sum(nets)

    def test_of_open_statements_are_their_lines(self, market: Market, desk: Client) -> None:
        page = desk.get("/platform/statements/?tab=open")
        [lines] = rows_of(
            "select sum(d.amount)::bigint as net from settlement_detail d join settlement_statement s"
            " on s.party_id = d.party_id and s.id = d.statement_id where s.state = 'open'",
            [],
        )
        assert foot(page, "Net") == lines["net"]

    def test_of_details_orders_and_books_are_their_rows(self, market: Market, desk: Client) -> None:
        page = desk.get(f"/platform/details/?{ALL_TIME}&size=200")
        assert foot(page, "Amount") == sum(column(page, "Amount"))
        [everything] = rows_of("select sum(amount)::bigint as amount from settlement_detail", [])
        assert foot(page, "Amount") == everything["amount"]
        orders = desk.get("/platform/orders/")
        assert foot(orders, "Due from the buyer") == sum(column(orders, "Due from the buyer"))
        journal = desk.get(
            "/platform/ledger/?booked=custom&booked_from=2026-01-01&booked_to=2026-12-31&size=200"
        )
        assert foot(journal, "Debit") == foot(journal, "Credit") == sum(column(journal, "Debit"))

    def test_the_last_balance_of_a_flow_is_the_balance(self, market: Market, desk: Client) -> None:
        held = market.statement("tea")
        page = desk.get(f"/platform/accounts/{held.billed_account_id}/")
        assert column(page, "Balance after")[0] == held.net_minor
        assert foot(page, "In") - foot(page, "Out") == held.net_minor

    def test_of_every_granularity_are_the_net(self, market: Market, desk: Client) -> None:
        held = market.statement("tea")
        for grain in ("fee", "order", "spu", "sku", "sku_type"):
            page = desk.get(f"/platform/statements/{held.party_id}/{held.id}/parts/{grain}/")
            assert foot(page, "Amount") == held.net_minor, grain

    def test_a_trial_balance_row_leads_to_accounts_with_that_sum(self, market: Market, desk: Client) -> None:
        body = desk.get("/platform/trial-balance/").content.decode()
        rows = re.findall(r'<td class="num p-amount[^"]*"><a href="([^"]+)">([^<]+)</a>', body)
        assert len(rows) > 3
        for url, amount in rows:
            accounts = desk.get(url.replace("&amp;", "&"))
            assert foot(accounts, "Balance (debit +)") == minor(amount), url


class TestDashboard:
    def test_figures_lead_to_their_rows(self, market: Market, desk: Client) -> None:
        body = desk.get("/platform/").content.decode()
        figures = re.findall(
            r'<a class="figure[^"]*" href="([^"]+)">.*?figure-value[^>]*>(.*?)</span>(?=<|</a>)',
            body,
            flags=re.DOTALL,
        )
        checked = 0
        for url, value in figures:
            text = re.sub(r"<[^>]+>|[A-Z]{3}|\s", "", value)
            if "statements" not in url or "." not in text:
                continue
            assert foot(desk.get(url.replace("&amp;", "&")), "Net") == minor(text), url
            checked += 1
        assert checked >= 2


class TestDrill:
    def test_three_clicks_from_statement_to_cent(self, market: Market, desk: Client) -> None:
        held = market.statement("tea")
        page = desk.get(f"/platform/statements/{held.party_id}/{held.id}/")
        assert "and the ledger agrees" in text_of(page)
        fee = next(
            url
            for url, label in re.findall(
                r'class="expander" href="([^"]+)".*?</svg>([^<]+)</a>', page.content.decode()
            )
            if label == "Commission"
        )  # fmt: skip
        unfolded = desk.get(fee, headers={"X-Desk-Expand": "1"}).content.decode()
        assert "<html" not in unfolded
        line = re.search(r'<a href="(/platform/details/[^"]+)" data-drawer>', unfolded)
        assert line
        drawer = desk.get(line[1], headers={"X-Desk-Drawer": "1"})
        words = text_of(drawer)
        assert "<html" not in drawer.content.decode()
        assert "× 5%" in words and "commission v1" in words and "All fees of this order" in words
        order = re.search(r'<a href="(/platform/orders/\d+/)">', drawer.content.decode())
        assert order and desk.get(order[1]).status_code == 200

    def test_the_expanded_fee_adds_up_to_its_row(self, market: Market, desk: Client) -> None:
        held = market.statement("tea")
        for fee in rows_of(
            "select fee_type_id, sum(amount)::bigint as amount from settlement_detail"
            " where party_id = %s and statement_id = %s group by 1",
            [held.party_id, held.id],
        ):
            url = f"/platform/statements/{held.party_id}/{held.id}/lines/?fee={fee['fee_type_id']}"
            assert foot(desk.get(url), "Amount") == fee["amount"]

    def test_the_search_box_takes_any_number(self, market: Market, desk: Client) -> None:
        held, key = market.statement("tea"), detail_key(market)
        desk.get("/platform/")
        for text, target in (
            (held.number, f"/platform/statements/{held.party_id}/{held.id}/"), ("S-1", "/platform/orders/"),
            (key, f"/platform/details/{key}/"), ("tea", f"/platform/parties/{held.party_id}/"),
        ):  # fmt: skip
            response = desk.get("/find", {"q": text})
            assert response.status_code == 302 and response["Location"].startswith(target), text


class TestConfirming:
    def test_one(self, market: Market, desk: Client) -> None:
        held = market.statement("tea")
        url = f"/platform/statements/{held.party_id}/{held.id}/confirm/"
        assert desk.get(url).status_code == 200
        assert desk.post(url, {"reason": "looked at"}).status_code == 302
        held = Statement.objects.get(party_id=held.party_id, id=held.id)
        assert (held.state, held.confirmed_by) == ("confirmed", "platform-platform_admin")
        assert desk.post(url).status_code == 409

    def test_many_with_count_and_amount(self, market: Market, desk: Client) -> None:
        chosen = {"action": "confirm", "everything": "1"}
        question = desk.post("/platform/statements/?tab=confirming", chosen).content.decode()
        seen = dict(re.findall(r'name="(seen_count|seen_total|key)" value="([^"]+)"', question))
        total = sum(Statement.objects.filter(state="confirming").values_list("net_minor", flat=True))
        assert seen["seen_total"] == str(total)
        answer = desk.post("/platform/statements/?tab=confirming", chosen | seen | {"confirmed": "1"})
        assert "Every row was accepted." in text_of(answer)
        assert not Statement.objects.filter(state="confirming").exists()

    def test_refused_rows_are_listed(self, market: Market, desk: Client) -> None:
        open_one = market.statement("tea", "open")
        chosen = {"action": "confirm", "pick": str(open_one.id)}
        question = desk.post("/platform/statements/", chosen).content.decode()
        seen = dict(re.findall(r'name="(seen_count|seen_total|key)" value="([^"]+)"', question))
        answer = text_of(desk.post("/platform/statements/", chosen | seen | {"confirmed": "1"}))
        assert open_one.number in answer and market.statement("tea", "open").id == open_one.id


class TestCorrecting:
    def test_needs_the_amount_twice(self, market: Market, desk: Client) -> None:
        key = detail_key(market)
        url = f"/platform/details/{key}/correct/"
        before = rows_of("select count(*) as n from settlement_detail", [])[0]["n"]
        wrong = desk.post(url, {"amount": "1.00", "retyped": "1.10", "reason": "goodwill"})
        assert wrong.status_code == 422
        assert rows_of("select count(*) as n from settlement_detail", [])[0]["n"] == before
        right = desk.post(url, {"amount": "1.00", "retyped": "1.00", "reason": "goodwill"}, follow=True)
        assert "1.00" in text_of(right)
        [made] = rows_of("select amount, kind from settlement_detail where kind = 3", [])
        assert made["amount"] == 100

    def test_disputes_are_decided_once(self, market: Market, desk: Client) -> None:
        from tests.isolation.market import NOW
        from zhanggui.journeys.detail_disputed import detail_disputed
        from zhanggui.settlement.details.queries import DetailKey

        dispute = detail_disputed(
            key=DetailKey.parse(detail_key(market)), reason="too much", at=NOW, actor="tea"
        )
        url = f"/platform/disputes/{dispute.id}/"
        assert "too much" in text_of(desk.get(url))
        assert desk.post(url, {"decision": "uphold", "amount": "1", "retyped": "1"}).status_code == 422
        sent = {"decision": "uphold", "amount": "1.00", "retyped": "1.00", "resolution": "agreed"}
        assert desk.post(url, sent).status_code == 302
        assert Dispute.objects.get(id=dispute.id).state == "upheld"
        assert desk.post(url, sent).status_code == 422


class TestClosing:
    def test_says_how_many_and_closes_them(self, market: Market, desk: Client, monkeypatch: Any) -> None:
        monkeypatch.setattr("django.utils.timezone.localdate", lambda *_: date(2026, 7, 2))
        url = "/platform/periods/close/"
        assert desk.get(url + "?through=2026-07-02").status_code == 422
        page = desk.get(url + "?through=2026-06-30").content.decode()
        seen = re.search(r'name="seen" value="(\d+)"', page)
        assert seen and int(seen[1]) == Statement.objects.filter(state="open").count()
        stale = {"through": "2026-06-30", "seen": "99", "confirmed": "1"}
        assert desk.post(url, stale).status_code == 422
        closing = {"through": "2026-06-30", "seen": seen[1], "confirmed": "1"}
        done = desk.post(url, closing, follow=True)
        assert done.status_code == 200 and "Everything through 2026-06-30 is closed." in text_of(done)
        assert not Statement.objects.filter(state="open", ends_before="2026-07-01").exists()


class TestRules:
    def document(self) -> dict[str, Any]:
        """The published rules with a higher commission."""
        document = dict(RuleSetVersion.objects.get(code="market", version=1).document)
        document["rules"] = [
            rule | {"formula": rule["formula"] | {"rate": "6%"}} if rule["code"] == "commission" else rule
            for rule in document["rules"]
        ]
        return document

    def test_are_checked_shown_and_published(self, market: Market, desk: Client) -> None:
        text = json.dumps(self.document())
        checked = desk.post("/platform/rules/publish/", {"document": text})
        words = text_of(checked)
        assert checked.status_code == 200 and "5% of goods paid" in words and "6% of goods paid" in words
        published = desk.post("/platform/rules/publish/", {"document": text, "publish": "1", "note": "more"})
        assert published["Location"].startswith("/platform/rules/market/2/")
        assert RuleSetVersion.objects.get(code="market", version=2).note == "more"

    def test_with_errors_are_not_published(self, market: Market, desk: Client) -> None:
        document = self.document()
        document["rules"][0] = document["rules"][0] | {"fee": "no_such_fee"}
        sent = {"document": json.dumps(document), "publish": "1"}
        refused = desk.post("/platform/rules/publish/", sent)
        assert refused.status_code == 422 and "unknown_fee" in text_of(refused)
        broken = desk.post("/platform/rules/publish/", {"document": "{", "publish": "1"})
        assert broken.status_code == 422 and "This is not JSON" in text_of(broken)
        assert RuleSetVersion.objects.filter(code="market").count() == 1

    def test_what_if_names_losers_and_writes_nothing(self, market: Market, desk: Client) -> None:
        before = rows_of("select count(*) as n from settlement_detail", [])[0]["n"]
        page = desk.post(
            "/platform/what-if/new/", {"line": str(market.line.id), "document": json.dumps(self.document())},
            follow=True,
        )  # fmt: skip
        words = " ".join(text_of(page).split())
        assert page.status_code == 200 and "Merchants who lose 2" in words and "Tea house" in words
        assert rows_of("select count(*) as n from settlement_detail", [])[0]["n"] == before


class TestTerms:
    def test_change_from_a_day_on(self, market: Market, desk: Client) -> None:
        party = market.party("tea")
        url = f"/platform/parties/{party.id}/terms/"
        sent = {"cycle": "week:1", "effective_from": "2027-01-01", "hold_days": "3"}
        assert desk.post(url, sent | {"cycle": "fortnight"}).status_code == 422
        assert desk.post(url, sent | {"effective_from": "soon"}).status_code == 422
        assert desk.post(url, sent).status_code == 302
        terms = SettlementTerms.objects.get(party_id=party.id)
        assert (terms.cycle, terms.hold_days, terms.effective_from) == ("week:1", 3, date(2027, 1, 1))
        assert "Weekly from Monday" in text_of(desk.get(f"/platform/parties/{party.id}/?tab=terms"))
        assert desk.post(url, sent).status_code == 422


class TestImporting:
    def test_a_file_with_a_broken_row(self, market: Market, desk: Client) -> None:
        from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS

        names = [getattr(one, "name", one) for one in COLUMNS]
        file = io.BytesIO((",".join(map(str, names)) + "\n").encode())
        file.name = "orders.txt"
        sent = {"line": str(market.line.id), "file": file}
        refused = desk.post("/platform/imports/new/", sent)
        assert refused.status_code == 422 and "must end in one of" in text_of(refused)
        assert ImportRun.objects.count() == 1

    def test_checks_run_on_demand(self, market: Market, desk: Client) -> None:
        page = desk.post("/platform/checks/run/", follow=True)
        assert "every check holds" in text_of(page)
        forget("platform.statements")

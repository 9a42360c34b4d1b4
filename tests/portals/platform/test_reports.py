"""Every bar of a chart leads to rows of that very sum; reports add up to the ledger and to each other."""

import html
import re

import pytest
from django.test import Client

from tests.isolation.market import Market
from tests.portals.platform.reading import column, foot, minor
from zhanggui.parties.models import Role
from zhanggui.settlement.details.queries import rows_of

DAYS = "days=custom&days_from=2026-05-01&days_to=2026-06-30&size=200"
CELL = re.compile(r'<td class="num p-line[^"]*" data-label="[^"]*"><a href="([^"]+)">([^<]+)</a>')


def bars(body: str) -> list[tuple[str, str]]:
    return [(html.unescape(url), text) for url, text in CELL.findall(body)]


class TestCharts:
    @pytest.mark.parametrize("step", ["month", "week", "day"])
    def test_every_figure_leads_to_rows_of_that_sum(self, market: Market, desk: Client, step: str) -> None:
        body = desk.get(f"/platform/analytics/?step={step}").content.decode()
        told = [(url, minor(text)) for url, text in bars(body) if not text.endswith("%")]
        assert any(amount for _, amount in told)
        for url, amount in told:
            if amount or step == "month":
                assert abs(foot(desk.get(url), "Amount")) == abs(amount), url

    def test_the_picture_has_the_links_of_the_table(self, market: Market, desk: Client) -> None:
        body = desk.get("/platform/analytics/").content.decode()
        drawn = {
            html.unescape(url)
            for url in re.findall(r'<a href="([^"]+)" tabindex="-1"><(?:rect|circle)', body)
        }
        assert drawn == {url for url, _ in bars(body)}

    def test_the_take_rate_is_fees_of_sales(self, market: Market, desk: Client) -> None:
        body = desk.get("/platform/analytics/?step=month").content.decode()
        [may] = [text for url, text in bars(body) if text.endswith("%") and "days_from=2026-05-01" in url]
        [row] = rows_of(
            "select coalesce(sum(amount) filter (where part = 'goods'), 0) as goods, -sum(amount) filter (where part <>"
            " 'goods') as fees from (select d.amount, case when f.\"group\" in ('goods', 'discount', 'subsidy') then"
            " 'goods' else 'fees' end as part from settlement_detail d join settlement_fee_type f on"
            " f.id = d.fee_type_id where d.kind = 1 and d.occurred_at < '2026-05-31T16:00Z') x", [],
        )  # fmt: skip
        assert may == f"{int(row['fees'] * 1_000_000 // row['goods']) / 10_000:g}%"


class TestShop:
    def test_every_figure_leads_to_its_own_details(self, market: Market, client: Client) -> None:
        client.force_login(market.person("tea", Role.MERCHANT_VIEWER))
        client.cookies["django_language"] = "en"
        told = bars(client.get("/merchant/analytics/").content.decode())
        assert any(minor(text) for _, text in told)
        for url, text in told:
            assert abs(foot(client.get(url), "Amount")) == abs(minor(text)), url


class TestReports:
    def test_sales_are_the_details(self, market: Market, desk: Client) -> None:
        page = desk.get(f"/platform/reports/sales/?{DAYS}")
        [everything] = rows_of(
            "select sum(amount)::bigint as amount from settlement_detail where currency = 'CNY'", []
        )
        assert foot(page, "Net") == sum(column(page, "Net")) == everything["amount"]
        parts = sum(foot(page, label) for label in ("Sales", "Commission and fees", "Refunds", "Corrections"))
        assert parts == foot(page, "Net")
        commission = desk.get(f"/platform/reports/commission/?{DAYS}")
        assert foot(commission, "Net") == foot(page, "Commission and fees")

    def test_the_trial_balance_opens_where_it_closed(self, market: Market, desk: Client) -> None:
        may = desk.get(
            "/platform/reports/trial-balance/?days=custom&days_from=2026-05-01&days_to=2026-05-31&size=200"
        )
        june = desk.get(
            "/platform/reports/trial-balance/?days=custom&days_from=2026-06-01&days_to=2026-06-30&size=200"
        )
        for page in (may, june):
            assert foot(page, "Debit") == foot(page, "Credit") and foot(page, "Closing") == 0
            rows = zip(*(column(page, x) for x in ("Opening", "Debit", "Credit", "Closing")), strict=True)
            assert all(opening + debit - credit == closing for opening, debit, credit, closing in rows)
        assert foot(may, "Opening") == 0 and set(column(may, "Closing")) <= {*column(june, "Opening"), 0}

    def test_the_journal_balances(self, market: Market, desk: Client) -> None:
        page = desk.get(f"/platform/reports/journal/?{DAYS}")
        [all_of] = rows_of("select sum(greatest(amount, 0))::bigint as debit from ledger_posting", [])
        assert foot(page, "Debit") == foot(page, "Credit") == all_of["debit"]
        assert desk.get("/platform/reports/payments/").status_code == 200
        assert desk.get("/platform/reports/").status_code == 200

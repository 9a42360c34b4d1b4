"""What runs behind the screens: what-ifs and uploads on the queue, twice, broken off, too large."""

import io
import json
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from tests.isolation.market import Market, preset, rule
from tests.portals.platform.reading import column, foot, text_of
from zhanggui.clockwork.carry_out_comparison import carry_out_comparison
from zhanggui.clockwork.take_in_upload import take_in_upload, taking
from zhanggui.journeys import order_file_uploaded
from zhanggui.portals.platform.imports import uploading
from zhanggui.portals.platform.rule_sets import what_if as what_if_pages
from zhanggui.settlement.billing.models import Comparison, ComparisonOutcome
from zhanggui.settlement.billing.operations import execute_comparison as executing
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.models import ImportRun, StagedOrder
from zhanggui.settlement.intake.order_files import ORDER_FILES

HEAD = "record,currency,order_no,ordered_at,status,line_no,merchant,sku,quantity,goods_minor\n"


def dearer() -> dict[str, Any]:
    """The market's rules, commission 6 % instead of 5 %."""
    document = preset()["rule_set"]
    document["rules"][0] = rule("commission", "commission", "6%")
    return document


def ask(desk: Client, market: Market, document: Any = None) -> Any:
    sent = {"line": str(market.line.id), "document": json.dumps(document or dearer())}
    return desk.post("/platform/what-if/new/", sent)


def queued(task: str) -> list[dict[str, Any]]:
    """The arguments of the jobs that wait."""
    return [
        row["args"] if isinstance(row["args"], dict) else json.loads(row["args"])
        for row in rows_of(
            "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id", [task]
        )
    ]


@pytest.fixture
def long_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(what_if_pages, "MOST_INLINE", 0)


class TestWhatIf:
    @pytest.mark.usefixtures("long_history")
    def test_of_a_long_history_waits_on_the_queue_with_progress(self, market: Market, desk: Client) -> None:
        url = ask(desk, market)["Location"]
        row = Comparison.objects.get()
        assert (row.state, queued("clockwork.compare")) == ("queued", [{"comparison_id": row.id}])
        page = desk.get(url)
        assert "runs in the background" in text_of(page) and 'hx-trigger="every 1s"' in page.content.decode()
        part = desk.get(url, headers={"HX-Request": "true", "HX-Target": "section#comparison-state"})
        assert part.content.decode().lstrip().startswith('<div id="comparison-state"')
        carry_out_comparison(row.id, clock=timezone.now)
        done = desk.get(url)
        assert "hx-trigger" not in done.content.decode() and "Tea house" in text_of(done)

    def test_result_leads_from_the_difference_to_the_details(self, market: Market, desk: Client) -> None:
        url = ask(desk, market)["Location"]
        row = Comparison.objects.get()
        assert (row.state, row.losing, row.gaining, row.merchants) == ("done", 2, 0, 3)
        merchants = desk.get(f"{url}merchants/")
        assert (
            foot(merchants, "Difference")
            == row.then_minor - row.now_minor
            == sum(column(merchants, "Difference"))
        )
        losers = desk.get(f"{url}merchants/?effect=loses")
        assert (
            len(column(losers, "Difference")) == 2
            and foot(losers, "Difference") == row.then_minor - row.now_minor
        )
        assert "Tea house" not in text_of(desk.get(f"{url}merchants/?effect=gains"))
        drawer = desk.get(f"{url}merchants/{market.party('tea').id}/")
        [link] = [
            one.split('"')[1] for one in drawer.content.decode().split("<a href=")
            if "fee=" in one and ">Commission<" in one
        ]  # fmt: skip
        details = desk.get(link.replace("&amp;", "&"))
        [billed] = rows_of(
            "select sum(now_minor)::bigint as now from settlement_comparison_outcome o"
            " join settlement_fee_type f on f.id = o.fee_type_id where f.code = 'commission' and o.party_id = %s",
            [market.party("tea").id],
        )
        assert foot(details, "Amount") == billed["now"] < 0

    def test_is_listed_with_what_it_came_to(self, market: Market, desk: Client) -> None:
        ask(desk, market)
        listed = text_of(desk.get("/platform/what-if/"))
        assert "market" in listed and "Done" in listed

    def test_run_twice_counts_once_and_never_changes(self, market: Market, desk: Client) -> None:
        ask(desk, market)
        row = Comparison.objects.get()
        before = ComparisonOutcome.objects.count()
        assert carry_out_comparison(row.id, clock=timezone.now).state == "done"
        assert ComparisonOutcome.objects.count() == before > 0
        for change in (
            "update settlement_comparison set losing = 0", "delete from settlement_comparison",
            "update settlement_comparison_outcome set now_minor = 0", "delete from settlement_comparison_outcome",
        ):  # fmt: skip
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(change)

    @pytest.mark.usefixtures("long_history")
    def test_that_broke_says_so_and_can_be_tried_again(
        self, market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = ask(desk, market)["Location"]
        row = Comparison.objects.get()

        def broken(*_: Any) -> None:
            raise RuntimeError("no")

        with monkeypatch.context() as patched:
            patched.setattr(executing, "what_if", broken)
            assert carry_out_comparison(row.id, clock=timezone.now).state == "failed"
        page = text_of(desk.get(url))
        assert f"report it as comparison {row.id}" in page and "Try again" in page
        assert desk.post(f"{url}again/")["Location"] == url
        assert len(queued("clockwork.compare")) == 2
        assert carry_out_comparison(row.id, clock=timezone.now).state == "done"

    def test_of_a_document_that_cannot_rate_is_refused_at_once(self, market: Market, desk: Client) -> None:
        document = dearer()
        document["rules"][0]["fee"] = "no_such_fee"
        assert ask(desk, market, document).status_code == 422
        assert not Comparison.objects.exists()

    def test_of_nothing_there_is_not_found(self, market: Market, desk: Client) -> None:
        for path in ("999/", "999/merchants/", "999/merchants/1/"):
            assert desk.get(f"/platform/what-if/{path}").status_code == 404


def send(desk: Client, market: Market, text: str, name: str = "orders.csv") -> Any:
    file = io.BytesIO(text.encode())
    file.name = name
    return desk.post("/platform/imports/new/", {"line": str(market.line.id), "file": file})


def at_once(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    """Take in while one waits what has at most so many bytes."""
    act = partial(order_file_uploaded.order_file_uploaded, at_once=most)
    monkeypatch.setattr(uploading, "order_file_uploaded", act)


def orders(count: int) -> str:
    return HEAD + "".join(
        f"order,CNY,U-{place},2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800\n" for place in range(count)
    )


class TestUploads:
    def test_small_ones_are_taken_in_at_once(self, market: Market, desk: Client) -> None:
        url = send(desk, market, orders(3))["Location"]
        assert "Imported: 3 orders" in text_of(desk.get(url))
        assert list(taking().folder.iterdir()) == []

    def test_large_ones_wait_on_the_queue_with_progress(
        self, market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_once(monkeypatch, 0)
        url = send(desk, market, orders(3))["Location"]
        run = ImportRun.objects.latest("id")
        assert (run.state, queued("clockwork.take_in_upload")) == ("queued", [{"run_id": run.id}])
        page = desk.get(url)
        assert "runs in the background" in text_of(page) and 'hx-trigger="every 1s"' in page.content.decode()
        # The same file once more waits as well; nothing is queued twice, nothing taken in twice.
        assert send(desk, market, orders(3))["Location"] == url
        for _ in range(2):
            assert take_in_upload(run.id).state == "done"
        assert StagedOrder.objects.filter(order_no__startswith="U-").count() == 3
        assert "hx-trigger" not in desk.get(url).content.decode()
        assert list(taking().folder.iterdir()) == []

    def test_broken_ones_say_why_and_go_on_with_the_same_file(
        self, market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        url = send(desk, market, "record,currency,nonsense\norder,CNY,1\n")["Location"]
        page = desk.get(url)
        assert "nonsense" in text_of(page) and "uploads" not in text_of(page)
        assert ImportRun.objects.latest("id").state == "failed"

        def out_of_order(*_: Any, **__: Any) -> None:
            raise RuntimeError("no")

        with monkeypatch.context() as patched:
            patched.setattr(order_file_uploaded, "orders_received", out_of_order)
            url = send(desk, market, orders(2))["Location"]
        assert "report it as import" in text_of(desk.get(url))
        assert send(desk, market, orders(2))["Location"] == url
        assert ImportRun.objects.latest("id").state == "done"

    def test_a_file_that_is_gone_is_asked_for_again(
        self, market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        at_once(monkeypatch, 0)
        url = send(desk, market, orders(1))["Location"]
        for path in taking().folder.iterdir():
            path.unlink()
        assert take_in_upload(ImportRun.objects.latest("id").id).state == "failed"
        assert "upload it again" in text_of(desk.get(url))

    def test_files_above_the_limit_are_refused_clearly(
        self, market: Market, desk: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(uploading, "ORDER_FILES", replace(ORDER_FILES, most_bytes=100))
        refused = send(desk, market, orders(50))
        assert refused.status_code == 422 and "larger than" in text_of(refused)
        assert ImportRun.objects.count() == 1

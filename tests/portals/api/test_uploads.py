"""A file of orders over the API: uploaded, taken in by a job, asked for, its rejects fetched as a file."""

import csv
import gzip
import io
import json
import uuid
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.isolation.market import Market
from tests.portals.api.calling import Api, api_of
from zhanggui.clockwork.take_in_upload import take_in_upload, taking
from zhanggui.portals.api.body_limit import BODY_MAX_BYTES, UPLOAD_MAX_BYTES, most_of
from zhanggui.settlement.details.queries import rows_of
from zhanggui.settlement.intake.models import ImportRun, StagedOrder, StagedRefund

pytestmark = pytest.mark.django_db
HEAD = "record,currency,order_no,ordered_at,status,line_no,merchant,sku,quantity,goods_minor\n"


@pytest.fixture(autouse=True)
def elsewhere(settings: Any, tmp_path: Path) -> None:
    settings.ZHANGGUI_HOME = tmp_path


def rows(*numbers: str, amount: str = "8800") -> str:
    return HEAD + "".join(
        f"order,CNY,{one},2026-06-05 10:00:00,paid,1,tea,TEA-1,1,{amount}\n" for one in numbers
    )


def upload(
    api: Api,
    content: bytes | str,
    status: int = 202,
    *,
    name: str = "orders.csv",
    key: str = "",
    **parts: Any,
) -> Any:
    sent = {"business_line": "market", "file": SimpleUploadedFile(name, _bytes(content))} | parts
    headers = api.headers() | {"Idempotency-Key": key or uuid.uuid4().hex}
    return api.read(api.client.post("/api/v1/imports", sent, headers=headers), status)


def _bytes(content: bytes | str) -> bytes:
    return content.encode() if isinstance(content, str) else content


def waiting() -> list[int]:
    jobs = rows_of(
        "select args from procrastinate_jobs where task_name = %s and status = 'todo' order by id",
        ["clockwork.take_in_upload"],
    )
    found = [row["args"] if isinstance(row["args"], dict) else json.loads(row["args"]) for row in jobs]
    return [one["run_id"] for one in found]


def work() -> None:
    for run_id in waiting():
        take_in_upload(run_id)


def parquet(*numbers: str) -> bytes:
    found = list(csv.DictReader(io.StringIO(rows(*numbers))))
    table = pyarrow.Table.from_pylist(
        [row | {"quantity": int(row["quantity"]), "goods_minor": int(row["goods_minor"])} for row in found]
    )
    made = io.BytesIO()
    pyarrow.parquet.write_table(table, made)
    return made.getvalue()


JSON_LINE = json.dumps({
    "record": "order", "currency": "CNY", "order_no": "J-1", "ordered_at": "2026-06-05T10:00:00+08:00",
    "status": "paid", "lines": [{"line_no": "1", "merchant": "tea", "sku": "T", "quantity": 1, "goods_minor": 8800}],
})  # fmt: skip


def test_it_waits_for_a_job_and_then_says_what_came_of_it(platform: Api) -> None:
    made = upload(platform, rows("U-1", "U-2"))
    assert (made["state"], made["records"], made["source"]) == ("queued", 0, "orders.csv")
    assert waiting() == [made["id"]] and not StagedOrder.objects.filter(order_no="U-1").exists()
    assert platform.get(f"/imports/{made['id']}")["state"] == "queued"
    work()
    done = platform.get(f"/imports/{made['id']}")
    assert (done["state"], done["totals"]["orders"], done["totals"]["rejected"]) == ("done", 2, 0)
    assert done["records"] >= 2 and done["finished_at"]
    assert list(taking().folder.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv.gz", gzip.compress(rows("F-1").encode())),
        ("A.CSV", rows("F-1").encode()),
        ("a.parquet", parquet("F-1")),
        ("a.jsonl", JSON_LINE.encode()),
        ("a.jsonl.gz", gzip.compress(JSON_LINE.encode())),
    ],
)
def test_every_form_of_our_format_is_taken(platform: Api, name: str, content: bytes) -> None:
    made = upload(platform, content, name=name)
    work()
    done = platform.get(f"/imports/{made['id']}")
    assert (done["state"], done["totals"].get("orders")) == ("done", 1), done


def test_a_refund_comes_in_with_the_same_kind_of_file(platform: Api) -> None:
    upload(platform, rows("R-1"))
    work()
    head = "record,currency,order_no,line_no,refund_no,refunded_at,quantity,goods_minor\n"
    made = upload(platform, head + "refund,CNY,R-1,1,RF-1,2026-06-06 10:00:00,1,8800\n", name="refunds.csv")
    work()
    assert platform.get(f"/imports/{made['id']}")["totals"]["refunds"] == 1
    assert StagedRefund.objects.get(refund_no="RF-1").state == "accepted"


def test_a_broken_row_in_the_middle_is_rejected_and_the_rest_comes_in(platform: Api) -> None:
    text = rows("B-1") + rows("B-2", amount="12.x").removeprefix(HEAD) + rows("B-3").removeprefix(HEAD)
    made = upload(platform, text)
    work()
    done = platform.get(f"/imports/{made['id']}")
    assert (done["state"], done["totals"]["orders"], done["totals"]["rejected"]) == ("done", 2, 1)
    [reject] = platform.get(f"/imports/{made['id']}/rejects")["items"]
    assert reject["row"] == 3 and "goods_minor" in reject["message"]
    answer = platform.client.get(done["rejects_file"], headers=platform.headers())
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    [line] = csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode()))
    assert (line["row"], line["code"], "B-2" in line["raw"]) == ("3", reject["code"], True)
    assert platform.read(
        platform.client.get("/api/v1/imports/999/rejects-file", headers=platform.headers()), 404
    )


def test_the_same_file_again_is_the_same_import(platform: Api) -> None:
    made = upload(platform, rows("S-1"), key="file-1")
    assert upload(platform, rows("S-1"), key="file-1") == made, "the first answer again"
    assert upload(platform, rows("S-1"))["id"] == made["id"], "under another key"
    assert waiting() == [made["id"]], "nothing is queued twice"
    work()
    again = upload(platform, rows("S-1"))
    assert (again["id"], again["state"]) == (made["id"], "done")
    assert StagedOrder.objects.filter(order_no="S-1").count() == 1
    clash = upload(platform, rows("S-2"), 409, key="file-1")
    assert clash["error"]["code"] == "idempotency_key_conflict"


def test_a_file_that_breaks_off_says_so_and_is_taken_up_again(platform: Api) -> None:
    made = upload(platform, "record,currency,nonsense\norder,CNY,1\n")
    work()
    failed = platform.get(f"/imports/{made['id']}")
    assert (failed["state"], failed["reject_code"]) == ("failed", "header_refused")
    assert "nonsense" in failed["reject_message"] and "uploads" not in failed["reject_message"]


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("orders.exe", rows("X-1").encode(), 422, "file_ending_refused"),
        ("orders", rows("X-1").encode(), 422, "file_ending_refused"),
        ("orders.csv", b"", 422, "file_empty"),
        ("orders.csv", b"%PDF-1.7\n%%EOF", 422, "file_not_what_it_says"),
        ("orders.csv", gzip.compress(b"a,b"), 422, "file_not_what_it_says"),
        ("orders.parquet", b"PAR1 and no more", 422, "file_not_what_it_says"),
        ("orders.csv.gz", gzip.compress(rows("X-1").encode() * 500)[:-20], 422, "file_damaged"),
        ("orders.csv.gz", gzip.compress(b"0" * 40_000_000), 422, "file_packed_too_large"),
    ],
)
def test_what_is_no_file_of_orders_is_refused_and_nothing_is_left(
    platform: Api, name: str, content: bytes, status: int, code: str
) -> None:
    before = ImportRun.objects.count()
    assert upload(platform, content, status, name=name)["error"]["code"] == code
    assert (ImportRun.objects.count(), waiting(), list(taking().folder.iterdir())) == (before, [], [])


def test_too_large_a_file_is_refused_clearly(platform: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from zhanggui.portals.api.endpoints import imports

    monkeypatch.setattr(imports, "ORDER_FILES", replace(imports.ORDER_FILES, most_bytes=1024 * 1024))
    error = upload(platform, b"a" * (1024 * 1024 + 1), 413)["error"]
    assert error["code"] == "file_too_large" and "at most 1 MB" in error["message"]


def test_the_address_takes_as_much_as_the_screen_does_and_no_other_does() -> None:
    assert most_of("/api/v1/imports") == most_of("/platform/imports/new/") == UPLOAD_MAX_BYTES
    assert most_of("/api/v1/orders") == most_of("/api/v1/imports/1/rejects") == BODY_MAX_BYTES


def test_what_is_missing_or_too_much_is_named(platform: Api) -> None:
    headers = platform.headers() | {"Idempotency-Key": "k"}
    sent = platform.client.post("/api/v1/imports", {"business_line": "market"}, headers=headers)
    assert platform.read(sent, 422)["error"]["details"]["faults"][0]["field"] == "file"
    assert (
        upload(platform, rows("M-1"), 404, business_line="nowhere")["error"]["code"]
        == "unknown_business_line"
    )
    assert upload(platform, rows("M-1"), 422, currency="CNY")["error"]["code"] == "unknown_parameter"
    headers = platform.headers()
    sent = platform.client.post(
        "/api/v1/imports",
        {"business_line": "market", "file": SimpleUploadedFile("a.csv", b"a")},
        headers=headers,
    )
    assert platform.read(sent, 400)["error"]["code"] == "missing_idempotency_key"


def test_who_may_not_import_may_not_upload(market: Market, tea: Api) -> None:
    upload(tea, rows("N-1"), 403)
    upload(api_of(market, "platform", "platform_auditor"), rows("N-1"), 403)
    assert upload(api_of(market, "platform", "platform_operations"), rows("N-1"))["state"] == "queued"

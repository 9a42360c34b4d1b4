"""Exports: the whole filter, exact, one's own, and written down when fetched."""

import csv
import io
import re
import zipfile
from typing import Any

import pyarrow.parquet
import pytest
from django.core import signing
from django.test import Client

from tests.portals.desk.demo import ROWS
from zhanggui.portals.desk.exports import running
from zhanggui.portals.desk.exports.writers import _csv_text
from zhanggui.portals.desk.models import Export, ExportDownload


def asked(desk: Client, person: Any, **changed: str) -> Any:
    sent = {
        "list": "demo.statements",
        "query": "tab=2&size=20",
        "format": "csv",
        "scope": signing.dumps({}, salt=f"desk.scope.{person.pk}"),
    }
    return desk.post("/exports/new/", sent | changed)


def fetched(desk: Client) -> bytes:
    export = Export.objects.latest("pk")
    assert export.state == "done", export.failure
    return b"".join(desk.get(f"/exports/{export.pk}/file").streaming_content)


@pytest.fixture(autouse=True)
def own_progress_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inside a test's transaction no other connection may wait for the row it has locked."""
    monkeypatch.setattr(running._ProgressLine, "__call__", lambda self, rows: None)


def test_csv_holds_the_filter_with_a_byte_order_mark(desk: Client, person: Any) -> None:
    assert asked(desk, person).status_code == 302
    raw = fetched(desk)
    assert raw.startswith(b"\xef\xbb\xbf")
    head, *rows = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    export = Export.objects.get()
    assert head[0] == "结算单号" and "应结金额 (CNY)" in head
    assert len(rows) == export.rows_done == 471
    cents = sum(int(row[head.index("应结金额 (CNY)")].replace(".", "")) for row in rows)
    assert export.sums["应结金额"].replace(",", "").replace(".", "") == str(cents)
    assert {row[3] for row in rows} == {"待确认"}


def test_excel_has_numbers_for_money_and_text_for_ids(desk: Client, person: Any) -> None:
    asked(desk, person, format="xlsx", query="q=ST261100007919")
    book = zipfile.ZipFile(io.BytesIO(fetched(desk)))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<v>516.08</v>" in sheet and "<v>-24.63</v>" in sheet
    assert re.search(r'state="frozen"', sheet) and "ST261100007919" in sheet


def test_parquet_has_minor_units(desk: Client, person: Any) -> None:
    asked(desk, person, format="parquet", query="q=ST261100007919")
    table = pyarrow.parquet.read_table(io.BytesIO(fetched(desk)))
    assert table.column("net").to_pylist() == [51608]


def test_a_download_is_written_down(desk: Client, person: Any) -> None:
    asked(desk, person)
    fetched(desk)
    assert ExportDownload.objects.get().user == person


def test_the_scope_cannot_be_changed_on_the_way(desk: Client, person: Any) -> None:
    forged = signing.dumps({"party_id": 7}, salt=f"desk.scope.{person.pk + 1}")
    assert asked(desk, person, scope=forged).status_code == 404
    assert not Export.objects.exists()


def test_others_do_not_see_it(desk: Client, person: Any, client: Client) -> None:
    from zhanggui.parties.models import User

    asked(desk, person)
    stranger = Client()
    stranger.force_login(User.objects.create_user("li"))
    number = Export.objects.get().pk
    assert stranger.get(f"/exports/{number}/").status_code == 404
    assert stranger.get(f"/exports/{number}/file").status_code == 404


def test_a_large_one_is_queued(desk: Client, person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "INLINE_ROWS", 100)
    asked(desk, person)
    export = Export.objects.get()
    assert (export.state, export.rows_total) == ("queued", 471)
    assert 'hx-trigger="every 1s"' in desk.get(f"/exports/{export.pk}/").content.decode()
    assert running.run_export(export.pk).rows_done == 471
    assert "every 1s" not in desk.get(f"/exports/{export.pk}/").content.decode()


def test_a_failure_keeps_no_file(desk: Client, person: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: Any, columns: Any, rows: Any, progress: Any) -> int:
        path.write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(running.WRITERS, "csv", broken)
    asked(desk, person)
    assert Export.objects.get().state == "failed"
    assert list(running.export_folder().iterdir()) == []


@pytest.mark.parametrize(
    ("value", "text"),
    [("=1+1", "'=1+1"), ("-x", "'-x"), ("20261122000001", "20261122000001\t"), ("ST1", "ST1"), (None, "")],
)
def test_text_cannot_become_a_formula_or_a_rounded_number(value: str | None, text: str) -> None:
    assert _csv_text(value) == text


def test_all_rows_are_there_without_a_filter(desk: Client, person: Any) -> None:
    asked(desk, person, query="")
    assert fetched(desk).count(b"\r\n") == ROWS + 1

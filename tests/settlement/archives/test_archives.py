"""Old periods as files: whole or not there, proved from the files, explained and replayed from them."""

import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.db import IntegrityError, connection, transaction

from tests.settlement.replays.test_replay import story_of_everything
from tests.settlement.story import ZONE
from tests.tampering import tamper
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.archives.errors import ArchiveDamaged, MonthNotOver, NotArchived
from zhanggui.settlement.archives.invariants import archive_chain_broken, archived_statement_differs
from zhanggui.settlement.archives.models import Archive, ArchiveCheck
from zhanggui.settlement.archives.opening import opened
from zhanggui.settlement.archives.operations import archive_month as act
from zhanggui.settlement.archives.operations.archive_month import archive_month
from zhanggui.settlement.archives.operations.replay_archived import replay_archived
from zhanggui.settlement.archives.operations.verify_archive import Verified, verify_archive
from zhanggui.settlement.archives.queries import chunk_of, months_to_archive, unsettled_count
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.replays.explain import explain_detail
from zhanggui.settlement.statements.models import Statement

pytestmark = [pytest.mark.django_db, pytest.mark.breaks_invariants]  # statements are settled by hand

SCRIPT = Path(__file__).parents[3] / "docs" / "examples" / "verify_archive.py"
AT, TODAY = datetime(2027, 1, 1, tzinfo=UTC), date(2027, 1, 1)
JANUARY = date(2026, 1, 1)
SETTLE = "update settlement_statement set state = 'paid' where state = 'confirming'"


def archived(folder: Path, month: date = JANUARY, **more: Any) -> Archive | None:
    return archive_month(month=month, folder=folder, today=TODAY, at=AT, actor="test", **more)


def verified(row: Archive, folder: Path, today: date = TODAY) -> Verified:
    return verify_archive(archive=row, folder=folder, years=3, today=today, at=AT, actor="test")


def closed() -> list[tuple[int, int]]:
    found = Statement.objects.exclude(state="open").order_by("party_id", "id")
    return list(found.values_list("party_id", "id"))


def details() -> list[tuple[DetailKey, int]]:
    """Every detail on a closed statement, and that."""
    rows = rows_of(
        "select d.* from settlement_detail d join settlement_statement s on s.party_id = d.party_id"
        " and s.id = d.statement_id where s.state <> 'open' order by 1, 2, 3, 4"
    )
    return [
        (
            DetailKey(row["party_id"], row["line_id"], row["event_id"], row["position"]),
            row["statement_id"],
        )
        for row in rows
    ]


def by_script(folder: Path) -> tuple[int, str]:
    """What the script of docs/examples says, which knows nothing of us."""
    done = subprocess.run([sys.executable, SCRIPT, folder], capture_output=True, text=True, check=False)
    return done.returncode, (done.stdout + done.stderr).strip()


def test_what_is_gone_from_the_database_is_explained_and_replayed_from_the_files(tmp_path: Path) -> None:
    story_of_everything()
    tamper(SETTLE)
    told = {key: [explain_detail(key, language) for language in ("en", "zh")] for key, _ in details()}
    places = dict(details())
    months = months_to_archive(TODAY)
    rows = [archived(tmp_path, month, lines_at_once=2) for month in months]
    assert [row.folder for row in rows if row] == [f"{month:%Y-%m}.1" for month in months] and len(rows) > 1
    assert sum(row.statements for row in rows if row) == len(closed())
    for table in ("billed_line", "detail_pattern", "staged_line", "staged_order", "staged_refund"):
        assert tamper(f"delete from settlement_{table}") > 0
    found = list(replay_archived(keys=closed(), folder=tmp_path, zone=ZONE))
    assert len(found) == len(closed()) and all(one.equal for one in found)
    assert len({kind["kind"]["code"] for kind, _ in told.values()}) > 5
    for key, statement_id in places.items():
        with opened(*chunk_of(tmp_path, key.party_id, statement_id), only=(key.party_id, statement_id)):
            assert [explain_detail(key, language) for language in ("en", "zh")] == told[key]
    assert rows_of("select from settlement_billed_line") == [], "what was opened leaves nothing behind"
    assert [verified(row, tmp_path).faults for row in rows if row] == [0] * len(rows)


def test_a_run_that_was_killed_goes_on_where_it_was_and_records_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    story_of_everything()
    tamper(SETTLE)
    real, left = act.write_table, iter(range(7))

    def killed(*arguments: Any) -> Any:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(act, "write_table", killed)
    with pytest.raises(KeyboardInterrupt):
        archived(tmp_path, lines_at_once=1)
    assert not (tmp_path / "2026-01.1").exists() and not Archive.objects.exists()
    first = (tmp_path / "2026-01.1.draft" / "lines-0001.parquet").stat()
    monkeypatch.setattr(act, "write_table", real)
    with monkeypatch.context() as patched:
        patched.setattr(act, "_record", lambda *_, **__: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            archived(tmp_path, lines_at_once=1)
    assert not Archive.objects.exists()
    row = archived(tmp_path, lines_at_once=1)
    assert row is not None and verified(row, tmp_path).faults == 0
    kept = (tmp_path / "2026-01.1" / "lines-0001.parquet").stat()
    assert (kept.st_ino, kept.st_mtime_ns) == (first.st_ino, first.st_mtime_ns)
    assert not list(tmp_path.rglob("*.draft"))
    assert archived(tmp_path) is None, "it is archived"
    assert len(list(replay_archived(keys=closed()[:1], folder=tmp_path, zone=ZONE))) == 1


def test_what_settles_later_is_a_part_of_its_own_and_the_record_is_a_chain(tmp_path: Path) -> None:
    story_of_everything()
    with pytest.raises(MonthNotOver):
        archive_month(month=JANUARY, folder=tmp_path, today=date(2026, 1, 31), at=AT, actor="test")
    tamper(SETTLE)
    last = Statement.objects.filter(ends_before=date(2026, 2, 1)).order_by("id").last()
    assert last is not None
    tamper("update settlement_statement set state = 'failed' where id = %s", last.id)
    first = archived(tmp_path)
    assert first is not None and unsettled_count(JANUARY) == 1
    with pytest.raises(NotArchived):
        list(replay_archived(keys=[(last.party_id, last.id)], folder=tmp_path, zone=ZONE))
    tamper(SETTLE.replace("confirming", "failed"))
    second = archived(tmp_path)
    assert second is not None and (second.folder, second.statements) == ("2026-01.2", 1)
    assert bytes(second.previous_hash) == bytes(first.hash)
    assert archive_chain_broken() == archived_statement_differs() == []
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
    tamper("update settlement_archive set manifest_sha256 = sha256(manifest_sha256) where part = 1")
    tamper("update settlement_archived_statement set hash = sha256(hash) where archive_id = %s", second.id)
    assert [row["archive"] for row in archive_chain_broken()] == ["2026-01.1"]
    assert [row["archive"] for row in archived_statement_differs()] == ["2026-01.2"]
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Archive.objects.update(lines=0)


def test_a_changed_file_is_named_with_its_row_and_opened_by_nobody(tmp_path: Path) -> None:
    story_of_everything()
    tamper(SETTLE)
    row = archived(tmp_path)
    assert row is not None
    path = tmp_path / row.folder / "lines-0001.parquet"
    table = pq.read_table(path)
    assert b'"exponents":{"CNY":2}' in table.schema.metadata[b"zhanggui"]
    assert by_script(path.parent) == (0, f"{row.folder}: holds, {row.statements} statements")
    amounts = table["amounts"].to_pylist()
    amounts[2][0] += 1
    place = table.column_names.index("amounts")
    changed = table.set_column(place, table.schema.field(place), pa.array(amounts, pa.list_(pa.int64())))
    pq.write_table(changed, path)
    found = verified(row, tmp_path)
    assert f"{path} was changed" in found.shown[0]
    assert f"{path}, row 3: line " in found.shown[1] and "does not give its leaf" in found.shown[1]
    assert any("its header says net_minor" in fault for fault in found.shown)
    code, said = by_script(path.parent)
    assert code == 1 and f"{path}, row 3: line " in said
    latest = ArchiveCheck.objects.latest("id")
    assert (latest.faults, latest.first_fault) == (found.faults, found.shown[0])
    key = closed()[0]
    with pytest.raises(ArchiveDamaged):
        list(replay_archived(keys=[key], folder=tmp_path, zone=ZONE))
    path.rename(path.with_suffix(".away"))
    assert "is not there" in verified(row, tmp_path).shown[0]
    (tmp_path / row.folder).rename(tmp_path / "elsewhere")
    assert verified(row, tmp_path).faults == 2
    assert verified(row, tmp_path, today=date(2029, 2, 2)).let_go

"""What must always hold of the record of archives; the files are proved by `verify_archive`."""

from typing import Any

from zhanggui.rows.reading import offending_rows, rows_of
from zhanggui.settlement.archives.finishing import archives_in, figures, tables_of
from zhanggui.settlement.archives.models import Archive, LineRange
from zhanggui.settlement.archives.ranges import FINISHED, TABLES_IN_RANGES, ranges_of
from zhanggui.settlement.archives.rules import GENESIS, archive_hash, range_hash
from zhanggui.settlement.details.models import FinishedRange


def archive_chain_broken() -> list[dict[str, Any]]:
    """Archives whose hash does not follow from the one before and their own manifest."""
    broken, previous = [], GENESIS
    for row in Archive.objects.order_by("id"):
        expected = archive_hash(previous, bytes(row.manifest_sha256))
        if bytes(row.previous_hash) != previous or bytes(row.hash) != expected:
            broken.append({"archive": row.folder})
        previous = bytes(row.hash)
    return broken


def archived_statement_differs() -> list[dict[str, Any]]:
    """Archived statements that are not as they were archived, and archives that hold another number than recorded."""
    return offending_rows(
        "select * from ("
        " select c.folder as archive, s.number from settlement_archived_statement a"
        " join settlement_archive c on c.id = a.archive_id left join settlement_statement s"
        "  on s.party_id = a.party_id and s.id = a.statement_id where s.hash is distinct from a.hash"
        " union all select c.folder, null from settlement_archive c where c.statements <>"
        "  (select count(*) from settlement_archived_statement a where a.archive_id = c.id)) odd"
    )


def line_ranges_differ() -> list[dict[str, Any]]:
    """Tables in ranges that are not as their record says: one that does not take every number, lies otherwise than
    was opened, or can be changed or read by its own name."""
    opened = [0, *LineRange.objects.order_by("first_line").values_list("first_line", flat=True)]
    odd = []
    for table in TABLES_IN_RANGES:
        found = ranges_of(table)
        if [(one.first, one.end) for one in found] != list(zip(opened, [*opened[1:], None], strict=True)):
            odd.append({"table": table, "ranges": [one.name for one in found], "opened": opened})
    tables = ", ".join(f"'{table}'::regclass" for table in TABLES_IN_RANGES)
    return odd + offending_rows(
        "select c.relname::text as range from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        f" where i.inhparent in ({tables}) and (not c.relrowsecurity"
        "  or exists (select from pg_policy p where p.polrelid = c.oid)"
        "  or (select count(*) from pg_trigger t where t.tgrelid = i.inhparent and not t.tgisinternal)"
        "   <> (select count(*) from pg_trigger t where t.tgrelid = c.oid and not t.tgisinternal))"
    )


def finished_range_differs() -> list[dict[str, Any]]:
    """Finished ranges that are not as they were finished: rows, digests, what each statement has in them, the chain
    over them, or the check that lets nobody write."""
    odd: list[dict[str, Any]] = []
    previous, edge = GENESIS, 0
    for row in FinishedRange.objects.order_by("first_line"):
        now = figures(row.first_line, row.end_line, archives_in(row.first_line, row.end_line))
        digests = [bytes(one) for one in (row.billed_digest, row.staged_digest, row.archives_digest)]
        held = [bytes.fromhex(one) for one in (now.billed_digest, now.staged_digest, now.archives_digest)]
        expected = range_hash(previous, row.first_line, row.end_line, *digests)
        faults = {
            "rows": (now.billed, now.staged, now.statements) != (row.billed, row.staged, row.statements),
            "digests": held != digests,
            "chain": row.first_line != edge
            or bytes(row.previous_hash) != previous
            or bytes(row.hash) != expected,
            "guard": _unguarded(row.first_line),
            "statements": _kept_digest(row.first_line) != digests[0],
        }
        if any(faults.values()):
            odd.append({"range": row.first_line, "differs": [name for name, odd in faults.items() if odd]})
        previous, edge = bytes(row.hash), row.end_line
    return odd


def _unguarded(first: int) -> bool:
    tables = tables_of(first)
    [row] = rows_of(
        "select count(*) as found from pg_constraint where conname = %s and conrelid::regclass::text = any(%s)",
        [FINISHED, tables],
    )
    return bool(row["found"] != len(tables))


def _kept_digest(first: int) -> bytes:
    """What was kept of each statement, digested as the range is."""
    [row] = rows_of(
        "select sha256(coalesce(string_agg(int8send(party_id) || int8send(statement_id) || int8send(lines)"
        " || int8send(details) || int8send(net_minor) || leaves, ''::bytea order by party_id, statement_id),"
        " ''::bytea)) as digest from settlement_finished_statement where first_line = %s",
        [first],
    )
    return bytes(row["digest"])

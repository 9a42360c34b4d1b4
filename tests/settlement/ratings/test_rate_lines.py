"""Bulk rating: the same files whoever rates, wherever the lines come from; equal to what is billed; all or nothing."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.portals.shell.running import run_command
from tests.settlement.story import LATE, ZONE, Story, rule
from tests.tampering import tamper
from zhanggui.parties.models import Party
from zhanggui.portals.shell.commands import rate
from zhanggui.rows.by_processes import by_processes
from zhanggui.settlement.archives.files import write_table
from zhanggui.settlement.ratings.errors import FolderTaken, LinesRefused, NotRated
from zhanggui.settlement.ratings.operations.compare_rating import compare_rating
from zhanggui.settlement.ratings.operations.rate_lines import FileLines, StagedOrders, in_turn, rate_lines

PARTS = 7
TIERS = {
    "kind": "graduated", "by": "cumulative_sales",
    "steps": [{"from": 0, "rate": "5%"}, {"from": 10_000, "rate": "2%"}],
}  # fmt: skip


def mall(**more: Any) -> Story:
    """Eight merchants, tiers by what they sold, fees of orders, goods of suppliers; most is billed in two goes."""
    for code in ("sup", "car"):
        Party.objects.get_or_create(code=code, defaults={"kind": "supplier", "name": {}})
    story = Story(
        rule("commission", "0%", tiers=TIERS), rule("vat", "6%", fee="commission_vat", base="fee:commission"),
        rule("handling", "0%", fee="transaction_service_fee", fixed=99, fixed_per="order", granularity="order"),
        rule("delivery", "3%", fee="delivery_fee", payer="supplier"),
        merchants=" ".join(f"m{number}" for number in range(8)), **more,
    )  # fmt: skip
    for month in ("01", "02"):
        story.orders("order merchant goods shop freight supplier supply day status\n" + "\n".join(
            f"{month}-{number} m{number % 8} {31 + number * 7 % 90}.{number % 10}3 {number % 4}.00 5.00"
            f" {'sup 9.07' if number % 3 == 0 else '- -'} 2026-{month}-{1 + number % 27:02} completed"
            for number in range(40) for _ in range(1 + number % 2)
        ))  # fmt: skip
        if month == "01":
            story.bill()
    return story


def lines_file(folder: Path, *names: str) -> list[Path]:
    """All staged lines, as an archive would write them, backwards, shared by files of these names."""
    whole = folder / "whole.parquet"
    write_table("select * from settlement_staged_line order by line_id desc", whole, "order_lines", ["CNY"])
    table, paths = pq.read_table(whole), [folder / name for name in names]
    for place, path in enumerate(paths):
        rows = pa.array(range(place, len(table), len(paths)))
        pq.write_table(table.take(rows), path, row_group_size=17)
    return paths


def hashes(folder: Path) -> dict[str, str]:
    """Every file of a rating but what it was made from."""
    files = (path for path in sorted(folder.iterdir()) if path.name != "plan.json")
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def table_of(folder: Path) -> pa.Table:
    """All rows of a rating."""
    return pa.concat_tables(pq.read_table(path) for path in sorted(folder.glob("part-*")))


def rated(source: FileLines | StagedOrders, into: Path, **more: Any) -> dict[str, str]:
    rate_lines(source=source, into=into, zone=ZONE, parts=PARTS, **more)
    return hashes(into)


@pytest.mark.django_db(transaction=True)
def test_files_and_the_database_one_process_and_two_give_the_same_bytes_which_are_what_is_billed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rating", "cutting"):  # many takes, many batches
        monkeypatch.setattr(f"zhanggui.settlement.ratings.{module}.LINES_AT_ONCE", 5)
    story = mall()
    staged = StagedOrders(story.line, as_of=LATE)
    paths = lines_file(tmp_path, "a.parquet", "b.parquet")
    rated(FileLines(paths), tmp_path / "little")
    monkeypatch.undo()
    two = partial(by_processes, workers=2)
    found = rated(staged, tmp_path / "two", hands=two)
    assert set(found) == {"manifest.json", *(f"part-{number:04}.parquet" for number in range(1, PARTS + 1))}
    assert found == rated(staged, tmp_path / "one") == rated(FileLines(paths), tmp_path / "files")

    before = compare_rating(folder=tmp_path / "one")
    assert before.equal and before.not_billed and not before.different
    story.bill()
    equal = compare_rating(folder=tmp_path / "two")
    assert equal.equal == equal.lines == before.lines and not equal.different
    whole, little = (table_of(tmp_path / name) for name in ("one", "little"))
    assert whole == little and len(whole) == equal.lines
    assert pc.max(whole["cumulative_before"]).as_py() > 10_000


@pytest.mark.breaks_invariants
@pytest.mark.django_db
def test_the_command_rates_compares_and_says_what_differs(tmp_path: Path) -> None:
    story = mall()
    story.bill()
    told = run_command(rate, "--from-database", "--into", str(tmp_path / "out"), "--against-books")
    assert told.code == 0 and told.document["lines"] == 120 and "0 different" in told.text
    tamper("update settlement_billed_line set amounts[1] = amounts[1] + 1 where line_id ="
           " (select min(line_id) from settlement_billed_line) and party_id = merchant_id")  # fmt: skip
    tamper("delete from settlement_billed_line where kind = 1 and party_id <> merchant_id and line_id ="
           " (select max(line_id) from settlement_billed_line where party_id <> merchant_id)")  # fmt: skip
    again = run_command(rate, "--into", str(tmp_path / "out"), "--against-books")
    assert again.code == 1 and again.document["against_books"]["different"] == 2
    assert [set(one) for one in again.document["against_books"]["shown"]] in (
        [{"line", "amounts"}, {"line", "missing"}], [{"line", "missing"}, {"line", "amounts"}],
    )  # fmt: skip

    story.publish(rule("commission", "50%"), starts="2026-01-01")
    other = run_command(
        rate, str(lines_file(tmp_path, "a.parquet")[0]), "--into", str(tmp_path / "v2"), "--version", "2"
    )
    assert [one["version"] for one in other.document["rule_sets"].values()] == [2]
    with pytest.raises(FolderTaken):
        run_command(rate, "--from-database", "--into", str(tmp_path / "v2"))
    (tmp_path / "v2" / "part-0001.parquet").write_bytes(b"")
    with pytest.raises(NotRated, match="was changed"):
        run_command(rate, "--into", str(tmp_path / "v2"), "--against-books")


def set_to(name: str, row: int, value: Any) -> Callable[[pa.Table], pa.Table]:
    """A change of one value of a column."""

    def change(table: pa.Table) -> pa.Table:
        values = table[name].to_pylist()
        values[row - 1] = value
        field = table.schema.field(name)
        return table.set_column(table.schema.get_field_index(name), field, pa.array(values, field.type))

    return change


def retyped(name: str, kind: pa.DataType) -> Callable[[pa.Table], pa.Table]:
    """A change of a column's type."""
    return lambda table: table.set_column(
        table.schema.get_field_index(name), name, table[name].cast(kind, safe=False)
    )


BAD = (
    ("no column 'goods_minor'", lambda table: table.drop_columns(["goods_minor"])),
    ("'goods_minor' is double; it must be whole numbers", retyped("goods_minor", pa.float64())),
    ("'ordered_at' is timestamp.us.; it must be a timestamp with its time zone", retyped("ordered_at", pa.timestamp("us"))),
    ("row 30: merchant_id 999999 is no merchant", set_to("merchant_id", 30, 999_999)),
    ("row 2: terms_id 77 is no terms", set_to("terms_id", 2, 77)),
    ("row 7: quantity is empty", set_to("quantity", 7, None)),
    ("row 8: an amount or the quantity is negative", set_to("freight_minor", 8, -1)),
    ("row 9: an amount or the quantity .* discounts exceed", set_to("shop_discount_minor", 9, 10**6)),
    ("row 4: the currency is not CNY", set_to("currency", 4, "USD")),
    ("stands twice and differs in goods", lambda table: pa.concat_tables(
        [table, set_to("goods_minor", 1, 1234)(table).slice(0, 1)])),
)  # fmt: skip


@pytest.mark.django_db
def test_what_cannot_be_rated_is_named_by_file_row_and_reason_and_leaves_nothing(tmp_path: Path) -> None:
    mall()
    [path] = lines_file(tmp_path, "good.parquet")
    good, bad, into = pq.read_table(path), tmp_path / "bad.parquet", tmp_path / "out"
    for reason, change in BAD:
        pq.write_table(change(good), bad, row_group_size=11)
        with pytest.raises(LinesRefused, match=reason) as refused:
            rated(FileLines([bad]), into)
        assert refused.value.details, reason
        assert not into.exists() and not into.with_name("out.draft").exists()
    bad.write_bytes(b"PAR1 and nothing more")
    with pytest.raises(LinesRefused, match="cannot be read as Parquet"):
        rated(FileLines([bad]), into)
    copied = rate_lines(source=FileLines([path, path]), into=into, zone=ZONE, parts=PARTS)
    assert copied["copies"] == copied["lines"] == len(good)


@pytest.mark.django_db
def test_what_was_killed_goes_on_and_comes_out_the_same(tmp_path: Path) -> None:
    story = mall()
    source = StagedOrders(story.line, as_of=LATE)
    whole = rated(source, tmp_path / "whole")
    begun = list[str]()

    def killed[T](pieces: Iterable[Callable[[], T]], /) -> Iterator[T]:
        for piece in pieces:
            begun.append(repr(piece))
            if len(begun) == 4:
                raise KeyboardInterrupt
            yield piece()

    into = tmp_path / "again"
    with pytest.raises(KeyboardInterrupt):
        rated(source, into, hands=killed)
    draft = into.with_name("again.draft")
    assert not into.exists() and len(list(draft.glob("part-*.parquet"))) == 2
    (draft / "part-0002.parquet").write_bytes(b"half")
    (draft / "part-0003.parquet.1-a.draft").write_bytes(b"half")
    with pytest.raises(FolderTaken, match="other lines or rules"):
        rated(StagedOrders(story.line, as_of=datetime(2026, 2, 1, tzinfo=UTC)), into)
    assert rated(source, into, hands=in_turn) == whole

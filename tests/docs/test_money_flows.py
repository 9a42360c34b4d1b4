"""Every page of docs/money-flows is executed: its acts must lead to the very postings of its table.

ZHANGGUI_WRITE_DOCS=1 writes the tables anew instead; read the difference before committing it.
"""

import os
from pathlib import Path

import pytest

from tests.docs.flows import PAGES, play, promised, with_table
from zhanggui.ledger.sources import EntrySource

FLOWS = sorted(path for path in PAGES.glob("*.md") if path.name != "README.md")


@pytest.mark.django_db
@pytest.mark.parametrize("path", FLOWS, ids=lambda path: path.stem)
def test_the_postings_are_as_the_page_says(path: Path, tmp_path: Path) -> None:
    text = path.read_text("utf-8")
    table = play(text, tmp_path)
    if os.environ.get("ZHANGGUI_WRITE_DOCS") == "1":
        path.write_text(with_table(text, table), "utf-8")
    else:
        assert promised(text) == table


def test_every_kind_of_entry_is_on_a_page() -> None:
    shown = " ".join(path.read_text("utf-8") for path in FLOWS)
    assert [kind.name for kind in EntrySource if f"| {kind.name.lower()} |" not in shown] == []


def test_every_page_is_on_the_index() -> None:
    index = (PAGES / "README.md").read_text("utf-8")
    assert [path.name for path in FLOWS if f"({path.name})" not in index] == []

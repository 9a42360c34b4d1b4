"""The page of the export columns is what the exports do. ZHANGGUI_WRITE_DOCS=1 writes it anew."""

import os
from pathlib import Path

from zhanggui.portals.shell.exports.page import columns_page

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "export-columns.md"


def test_the_page_is_current() -> None:
    if os.environ.get("ZHANGGUI_WRITE_DOCS") == "1":
        PAGE.write_text(columns_page(), "utf-8")
    assert PAGE.read_text("utf-8") == columns_page()

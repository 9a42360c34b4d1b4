"""The page on backup and restore is executed: its commands, in a home that has something to lose."""

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "how-to" / "backup-and-restore.md"
BLOCK = re.compile(r"```sh\n(.*?)```", re.DOTALL)


@pytest.mark.slow
def test_every_command_of_the_page_works(make_home: Any, tmp_path: Path) -> None:
    home, new = make_home(), make_home()
    home.json("business-line", "open", ROOT / "docs/tutorial/line.json")
    home.json("import-orders", "--format", "zhanggui", ROOT / "docs/tutorial/orders.jsonl")
    program = f"{sys.executable} -m zhanggui.config.command_line"
    script = "\n".join(BLOCK.findall(PAGE.read_text("utf-8")))
    script = re.sub(r"^(ZHANGGUI_HOME=\S+ )?zhanggui ", rf"\1{program} ", script, flags=re.MULTILINE)
    assert script.count(program) == 5
    done = subprocess.run(
        ["/bin/sh", "-ec", script.replace("ZHANGGUI_HOME=new-home", f"ZHANGGUI_HOME={new.path}")],
        cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300,
        env={name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        | {"ZHANGGUI_HOME": str(home.path)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "the books balance: no violation" in done.stdout
    assert "bytes, read back" in done.stdout and "new key" in done.stdout

"""zhanggui sandbox: any gateway of ours by name, without a database; a port that is taken is refused."""

import json
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from zhanggui.config.commands.sandbox import SANDBOXES

COMMAND = [sys.executable, "-m", "zhanggui.config.command_line", "sandbox"]


@pytest.mark.parametrize("name", sorted(SANDBOXES))
def test_serves_until_it_is_told_to_stop(tmp_path: Path, name: str) -> None:
    command = [*COMMAND, name, "--folder", str(tmp_path / "new"), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            said = ""
            while not said.rstrip().endswith("}"):
                line = process.stdout.readline()
                assert line, "it ended before it listened"
                said += line
            told = json.loads(said)
            overview = httpx.get(f"{told['address']}/sandbox/", trust_env=False).json()
            assert overview["folder"] == str(tmp_path / "new")
            client = json.loads((tmp_path / "new" / "client.json").read_text("utf-8"))
            assert all(
                client[part] for part in (["environment"] if name == "identity" else ["settings", "secrets"])
            )
        finally:
            process.terminate()
            process.wait(20)
    assert not list(tmp_path.glob("**/postgres"))


def test_a_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [*COMMAND, "wechat", "--folder", str(tmp_path), "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    assert "address_taken" in done.stderr and "--port" in done.stderr

"""Sandboxes of channels and log-ins beside the mall: each a process of its own; state and keys stay in the home."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from zhanggui.payments.models import PaymentChannel
from zhanggui.portals.desk.outside_log_ins import outside_log_ins

GRACE_SECONDS = 10
IDENTITY = "identity"
NAMES = {"wechat_pay": "wechat", "alipay": "alipay", "unionpay": "unionpay"}
"""The sandbox of each rail, as `zhanggui sandbox` calls it."""
ADDRESSED = {"wechat_pay": "base_url", "alipay": "gateway", "unionpay": "gateway"}
"""The setting of each rail that says where its gateway is."""


class SandboxFailed(RuntimeError):
    """A sandbox ended before it listened."""


def sandbox_folder(name: str) -> Path:
    """Where the sandbox of this name keeps its state in this home."""
    return Path(settings.ZHANGGUI_HOME) / "sandboxes" / name


@contextmanager
def sandbox_running(name: str, *, port: int = 0, folder: Path | None = None) -> Iterator[dict[str, Any]]:
    """A sandbox as a process of its own while the block runs, with its state in `folder` (else in this home); yields
    what our side is configured with. On another port than `port` when that is taken. Raises SandboxFailed."""
    folder = folder or sandbox_folder(name)
    process = _started(name, port, folder) or _started(name, 0, folder)
    if process is None:
        raise SandboxFailed(f"the sandbox {name} did not start; try `zhanggui sandbox {name}` by itself")
    try:
        yield json.loads((folder / "client.json").read_text("utf-8"))
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_SECONDS)
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def _started(name: str, port: int, folder: Path) -> subprocess.Popen[str] | None:
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "zhanggui.config.command_line", "sandbox", name, "--json"]
    process = subprocess.Popen(
        [*command, "--folder", str(folder), "--port", str(port)],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=dict(os.environ),
    )  # fmt: skip
    assert process.stdout is not None
    if process.stdout.readline().strip():
        return process
    process.wait()
    process.stdout.close()
    return None


@contextmanager
def channels_sandboxed() -> Iterator[None]:
    """The sandboxes of every channel that speaks to one of this home, while the block runs; a channel is told when
    its sandbox had to move to another port."""
    with ExitStack() as running:
        for channel in PaymentChannel.objects.filter(active=True, rail__in=NAMES).order_by("id"):
            name, setting = NAMES[channel.rail], ADDRESSED[channel.rail]
            where = urlsplit(channel.settings.get(setting, ""))
            if where.hostname != "127.0.0.1" or not (sandbox_folder(name) / "client.json").is_file():
                continue
            client = running.enter_context(sandbox_running(name, port=where.port or 0))
            if client["settings"] != {key: channel.settings.get(key) for key in client["settings"]}:
                channel.settings |= client["settings"]
                channel.save(update_fields=["settings"])
        yield


@contextmanager
def log_ins_sandboxed(*, begin: bool = False) -> Iterator[None]:
    """The sandbox of WeChat's and Weibo's log-ins while the block runs, with this process connected to it: where the
    home has one, or (`begin`) gets one, and the environment names no app of ours there."""
    named = any(one["APPS"] for one in settings.SOCIALACCOUNT_PROVIDERS.values())
    kept = sandbox_folder(IDENTITY) / "client.json"
    if named or not (begin or kept.is_file()):
        yield
        return
    address = (
        json.loads(kept.read_text("utf-8"))["environment"]["ZHANGGUI_WEIXIN_API"] if kept.is_file() else ""
    )
    with sandbox_running(IDENTITY, port=urlsplit(address).port or 0) as client:
        before = settings.SOCIALACCOUNT_PROVIDERS
        settings.SOCIALACCOUNT_PROVIDERS = outside_log_ins(client["environment"])
        try:
            yield
        finally:
            settings.SOCIALACCOUNT_PROVIDERS = before

"""Channels by command: kept with sealed keys, listed without them, switched off and on."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.mall.shopping import Mall
from tests.portals.shell.running import run_command
from zhanggui.parties.models import Membership, Party, PartyKind, Role, User
from zhanggui.payments.errors import ChannelIncomplete
from zhanggui.payments.models import PaymentChannel
from zhanggui.payments.wired import secrets_of
from zhanggui.portals.shell.commands import payment_channels
from zhanggui.portals.shell.errors import BadArguments


def run(*arguments: str) -> Any:
    return run_command(payment_channels, *arguments)


@pytest.fixture
def boss(mall: Mall) -> str:
    platform, _ = Party.objects.get_or_create(
        code="platform", defaults={"kind": PartyKind.PLATFORM, "name": {"zh": "平台"}}
    )
    user = User.objects.create_user("boss")
    Membership.objects.create(user=user, party=platform, role=Role.PLATFORM_ADMIN)
    return "boss"


@pytest.fixture
def keys(tmp_path: Path) -> str:
    path = tmp_path / "client.json"
    path.write_text(json.dumps({"rail": "pretend", "settings": {"mchid": "1"}, "secrets": {"key": "s3cret"}}))
    return str(path)


def keep(boss: str, keys: str, *more: str) -> Any:
    return run("keep", "second", "--account", "19001", "--en", "Second", "--file", keys, "--as", boss, *more)


class TestKeeping:
    def test_keys_are_sealed_and_never_told(self, boss: str, keys: str) -> None:
        ran = keep(boss, keys, "--combined")
        row = PaymentChannel.objects.get(code="second")
        assert (secrets_of(row), row.settings) == ({"key": "s3cret"}, {"mchid": "1", "combines": "yes"})
        assert "s3cret" not in json.dumps(ran.document) + ran.text + json.dumps(run("list").document)

    def test_what_is_not_named_stays(self, boss: str, keys: str) -> None:
        keep(boss, keys)
        run("keep", "second", "--zh", "第二", "--as", boss)
        row = PaymentChannel.objects.get(code="second")
        assert (row.name, secrets_of(row)) == ({"en": "Second", "zh": "第二"}, {"key": "s3cret"})

    def test_off_and_on(self, boss: str, keys: str) -> None:
        keep(boss, keys)
        assert not run("off", "second", "--as", boss).document["active"]
        assert run("on", "second", "--as", boss).document["active"]

    def test_a_rail_that_is_not_there_is_refused(self, boss: str, keys: str) -> None:
        with pytest.raises(ChannelIncomplete, match="there are"):
            keep(boss, keys, "--rail", "telegraph")

    def test_a_file_of_something_else_is_refused(self, boss: str, tmp_path: Path) -> None:
        path = tmp_path / "client.json"
        path.write_text('{"secrets": {"key": 1}}')
        with pytest.raises(BadArguments, match="settings"):
            keep(boss, str(path))

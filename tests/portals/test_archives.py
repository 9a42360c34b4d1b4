"""Archives by command, by the clock, on the platform's screen and over the API."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from tests.isolation.market import open_market
from tests.portals.api.calling import api_of
from tests.portals.shell.running import run_command
from tests.tampering import tamper
from zhanggui.clockwork.archive_old_periods import archive_old_periods
from zhanggui.portals.shell.commands import archive, explain, replay
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.settlement.archives.errors import ArchiveDamaged
from zhanggui.settlement.details.models import BilledLine

ZONE = ZoneInfo("Asia/Shanghai")


@pytest.mark.django_db
@pytest.mark.breaks_invariants  # statements are settled by hand
def test_a_month_is_archived_listed_explained_replayed_and_proved(settings: Any, tmp_path: Path) -> None:
    market, settings.ARCHIVE_FOLDER = open_market(), tmp_path
    statement = market.statement("tea")
    tamper("update settlement_statement set state = 'paid' where state = 'confirming'")
    month = f"{statement.starts_on:%Y-%m}"
    made = run_command(archive, "now", month)
    assert made.document["months"][0]["archive"]["lines"] > 0 and "proved from the files" in made.text
    assert "is archived" in run_command(archive, "now", month).text
    with pytest.raises(BadArguments):
        run_command(archive, "now")
    line = BilledLine.objects.filter(party_id=statement.party_id, statement_id=statement.id).first()
    assert line is not None
    for target in (f"{line.party_id}-{line.line_id}-{line.event_id}-1", statement.number):
        for language in ("en", "zh"):
            told = run_command(explain, target, "--language", language)
            assert run_command(explain, target, "--language", language, "--archived") == told
    again = run_command(replay, "--all", "--archived").document
    assert again["equal"] == again["statements"] == made.document["months"][0]["archive"]["statements"]

    row = api_of(market, "platform", "platform_admin").get("/archives")["items"][0]
    assert (row["faults"], row["hash"]) == (0, made.document["months"][0]["archive"]["hash"])
    api_of(market, "tea", "merchant_owner").get("/archives", 403)
    client = Client()
    client.force_login(market.person("platform", "platform_admin"))
    page = client.get("/platform/archives/").content.decode()
    assert f"{month}.1" in page and row["hash"][:16] in page

    next(tmp_path.glob("*/lines-*")).unlink()
    code, document, text = run_command(archive, "verify")
    assert code == 1 and document["archives"][0]["faults"] > 0 and "is not there" in text
    with pytest.raises(ArchiveDamaged, match=f"{month}.1"):
        archive_old_periods(clock=lambda: datetime(2028, 1, 1, tzinfo=UTC), zone=ZONE, actor="clockwork")
    assert "faults, kept until" in run_command(archive).text

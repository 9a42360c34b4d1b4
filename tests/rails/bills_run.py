"""Bills that a sandbox wrote, fetched and run over as our own: what tests of payouts hold against them."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.settlement.payouts.story import PayoutStory
from tests.settlement.story import fen
from zhanggui.config.bill_readers import connect_bill_readers
from zhanggui.journeys.bill_received import bill_received
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.models import Bill, Difference, ReconciliationRule


def run_bill(
    story: PayoutStory, channel: Any, folder: Path, *, own: str, kind: str, day: date, now: datetime
) -> Bill:
    """Fetch the channel's bill of a day and run over it, twice: the second time nothing is found."""
    connect_bill_readers()
    ReconciliationRule.objects.get_or_create(own_account_id=0)
    fetched = channel.fetch_bill(kind=kind, day=day, now=now)
    path = folder / f"{day}-{fetched.name}"
    path.write_bytes(fetched.content)
    account = OwnAccount.objects.get(code=own)
    told: dict[str, Any] = {
        "own_account": account, "channel": account.details.get("channel", "wechat"), "path": path, "day": day,
        "name": fetched.name, "clock": story.clock, "actor": "clock",
    }  # fmt: skip
    found = bill_received(**told)
    assert not any(run.leg == 5 for run in bill_received(**told).runs)
    return found.bill


def stands(story: PayoutStory, purpose: str) -> int:
    """What a purpose stands at, debit positive."""
    lines = [line for line in story.balances().splitlines() if line.startswith(f"{purpose} ")]
    return fen(lines[0].split()[-1]) if lines else 0


def live() -> list[tuple[str, str, int, int]]:
    """Differences that wait."""
    waiting = Difference.objects.filter(state__in=["open", "suspended"]).order_by("id")
    return list(waiting.values_list("kind", "state", "our_minor", "their_minor"))

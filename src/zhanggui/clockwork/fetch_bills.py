"""Fetch the bills that were put into our accounts' folders, by a bank's or channel's transfer or by a person."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from zhanggui.clockwork.errors import BillsRefused
from zhanggui.journeys.bill_received import bill_received
from zhanggui.money.errors import Refusal
from zhanggui.settlement.entities.models import OwnAccount
from zhanggui.settlement.reconciliation.queries import channel_of

READ, REFUSED = "read", "refused"
UNDER_WAY = (".", "~")
"""Names that begin so are being written still."""


def fetch_bills(*, folder: Path, clock: Callable[[], datetime], actor: str) -> list[str]:
    """This function will take in and run over every file in `folder`/ACCOUNT of our open accounts, by name, and
    return the names; each then lies in `read`. Killed in between, it takes the same file again, which changes
    nothing. Raises BillsRefused, when all were tried, if some could not be taken in: those lie in `refused`, the
    reason beside them.
    """
    taken, refused = [], []
    for account in OwnAccount.objects.filter(active=True).order_by("id"):
        for path in _waiting(folder / account.code):
            try:
                bill_received(
                    own_account=account, channel=channel_of(account), path=path, name=path.name, clock=clock,
                    actor=actor,
                )  # fmt: skip
            except Refusal as refusal:
                put = _put(path, REFUSED)
                put.with_name(put.name + ".reason.txt").write_text(
                    f"{refusal.code}: {refusal}\n", encoding="utf-8"
                )
                refused.append(f"{account.code}/{path.name}: {refusal}")
            else:
                _put(path, READ)
                taken.append(f"{account.code}/{path.name}")
    if refused:
        raise BillsRefused(
            f"{len(refused)} bills were refused and put aside into {REFUSED}, each with its reason; mend them and put"
            f" them back: {'; '.join(refused)[:2000]}"
        )
    return taken


def _waiting(inbox: Path) -> list[Path]:
    if not inbox.is_dir():
        return []
    return sorted(path for path in inbox.iterdir() if path.is_file() and not path.name.startswith(UNDER_WAY))


def _put(path: Path, place: str) -> Path:
    """Move a file beside; one of the same name that lies there already keeps its name."""
    to = path.parent / place / path.name
    to.parent.mkdir(exist_ok=True)
    number = 1
    while to.exists():
        number += 1
        to = to.with_name(f"{path.stem}-{number}{path.suffix}")
    return path.rename(to)

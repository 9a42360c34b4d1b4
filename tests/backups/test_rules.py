from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from zhanggui.backups.rules import Retention, kept

ZONE = ZoneInfo("Asia/Shanghai")
LATEST = datetime(2026, 7, 15, 19, tzinfo=UTC)  # the 16th in Shanghai


def nightly(days):
    return [(number, LATEST - timedelta(days=number)) for number in range(days)]


def test_seven_days_four_weeks_and_twelve_months_keep_one_each():
    keep = kept(nightly(800), retention=Retention(7, 4, 12), zone=ZONE)
    days = sorted((LATEST - timedelta(days=number)).astimezone(ZONE).date().isoformat() for number in keep)
    assert days == [
        "2025-08-31", "2025-09-30", "2025-10-31", "2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28",
        "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-28", "2026-06-30", "2026-07-05", "2026-07-10",
        "2026-07-11", "2026-07-12", "2026-07-13", "2026-07-14", "2026-07-15", "2026-07-16",
    ]  # fmt: skip


def test_of_one_day_the_latest_is_kept():
    made = [(1, LATEST), (2, LATEST - timedelta(hours=1)), (3, LATEST - timedelta(hours=2))]
    assert kept(made, retention=Retention(7, 4, 12), zone=ZONE) == {1}


def test_a_machine_that_slept_loses_nothing():
    made = [(1, LATEST), (2, LATEST - timedelta(days=90)), (3, LATEST - timedelta(days=200))]
    assert kept(made, retention=Retention(7, 4, 12), zone=ZONE) == {1, 2, 3}


def test_nothing_made_keeps_nothing():
    assert kept([], retention=Retention(), zone=ZONE) == set()

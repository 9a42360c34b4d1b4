"""What comes after its bill clears the difference that the bill left, without anybody running it again."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.settlement.reconciliation.channels import ChannelStory
from tests.settlement.story import noon
from zhanggui.clockwork.match_again import DAYS, match_again
from zhanggui.settlement.reconciliation.models import ReconciliationRun


def again(story: ChannelStory) -> int:
    return match_again(clock=story.clock, actor="clockwork")


@pytest.mark.django_db
def test_a_late_order_clears_what_its_bill_left_open(tmp_path: Path) -> None:
    story = ChannelStory(tmp_path)
    story.now = noon("2026-03-05")
    story.trade("kind own amount day\npay A1 100.00 2026-03-02\npay A2 5.00 2026-03-02")
    story.orders("order merchant goods day\nA3 m1 7.00 2026-03-03\nA4 m1 1.00 2026-03-03")
    story.trade("kind own amount day\npay A3 7.00 2026-03-03\npay A4 1.00 2026-03-03")
    assert again(story) == 0
    story.orders("order merchant goods day\nA1 m1 100.00 2026-03-02")
    runs = ReconciliationRun.objects.count()
    assert again(story) == 1
    assert story.differences() == "1 missing_here cleared A1 0.00 100.00\n1 missing_here open A2 0.00 5.00"
    assert again(story) == 0 and ReconciliationRun.objects.count() == runs + 1
    story.orders("order merchant goods day\nA2 m1 5.00 2026-03-02")
    story.now += timedelta(days=DAYS)
    assert again(story) == 0, "what is that old is left to people"
    story.now -= timedelta(days=DAYS)
    assert again(story) == 1 and "open" not in story.differences()

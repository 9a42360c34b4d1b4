"""Two runs over one bill at once place every row once: the second waits for the first, and finds nothing left."""

import threading
from pathlib import Path

import pytest
from django.db import connection

from tests.settlement.reconciliation.channels import ChannelStory
from zhanggui.journeys.bill_received import Received, bill_received
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationMatch, ReconciliationRun


@pytest.mark.django_db(transaction=True)
def test_the_same_bill_taken_in_twice_at_once_is_kept_and_matched_once(tmp_path: Path) -> None:
    story = ChannelStory(tmp_path)
    orders = "\n".join(f"A{n} m1 10.00 2026-03-02" for n in range(200))
    story.orders(f"order merchant goods day\n{orders}")
    rows = "\n".join(f"pay A{n} 10.00 0.06 2026-03-02" for n in range(200))
    story.trade(f"kind own amount fee day\n{rows}", run=False)  # writes the file, and keeps it
    path, found, start = story.folder / "bill-1.csv", list[Received | Exception](), threading.Barrier(2)

    def take_in() -> None:
        try:
            start.wait()
            found.append(
                bill_received(
                    own_account=story.wechat, channel="wechat", path=path, clock=story.clock, actor="two"
                )
            )
        except Exception as error:
            found.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=take_in) for _ in range(2)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one for one in found if isinstance(one, Exception)] == []
    assert Bill.objects.count() == ReconciliationRun.objects.count() == 1
    assert ReconciliationMatch.objects.count() == 200

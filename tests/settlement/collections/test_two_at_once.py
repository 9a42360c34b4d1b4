"""Two people claim the same receipt at once: the second sees what the first left."""

import threading
from typing import Any

import pytest
from django.db import connections

from tests.settlement.guarded import Guarded
from tests.settlement.story import ZONE, fen
from zhanggui.journeys.receipt_recorded import receipt_claimed
from zhanggui.money.errors import Refusal
from zhanggui.settlement.collections.models import Claim, Receipt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def test_together_they_never_claim_more_than_there_is() -> None:
    story = Guarded()
    receipt = story.receipt("80.00")
    party, codes, ready = story.party("m1"), [], threading.Barrier(4)
    at = story.clock()

    def claim() -> None:
        try:
            ready.wait(timeout=20)
            receipt_claimed(
                receipt_id=receipt.id, party_id=party, target="deposit", amount_minor=fen("30.00"), at=at,
                zone=ZONE, actor="cashier",
            )  # fmt: skip
            codes.append("claimed")
        except Refusal as refusal:
            codes.append(refusal.code)
        finally:
            connections.close_all()

    threads: list[Any] = [threading.Thread(target=claim) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(timeout=60)
    assert sorted(codes) == ["claim_above_receipt", "claim_above_receipt", "claimed", "claimed"]
    assert Receipt.objects.get().rest_minor == 2000
    assert Claim.objects.count() == 2

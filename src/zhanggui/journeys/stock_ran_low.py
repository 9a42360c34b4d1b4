"""Stock runs out: whoever keeps it is told."""

from datetime import datetime

from django.db import transaction

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.trade.catalogue.queries.stock import ran_low

MOST = 1_000
"""So many SKUs a run: whoever has more of them running low is told of the first."""


@transaction.atomic
def low_stock_told(*, at: datetime) -> int:
    """This function will tell owners of SKUs on sale that so few are left as their mark says, once until something
    comes in again, and return how many notices are new."""
    told = [
        Told(
            "goods.low", row["number"], party_id=row["owner_id"], cause=f"{row['code']}:{row['last_in']}",
            about={"sku": row["code"], "left": row["available"], "title": row["title"]},
        )
        for row in ran_low(MOST)
    ]  # fmt: skip
    return write_notices(told=told, at=at)

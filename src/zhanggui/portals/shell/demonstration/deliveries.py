"""The shipped sample as the mall delivers it: one file of orders and refunds a month."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import as_file, files
from types import MappingProxyType

from zhanggui.portals.shell.moments import zone
from zhanggui.settlement.intake.formats import read_records, source_digest
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.records import OrderRecord, Record, RefundRecord

SAMPLE = "online_retail_sample.csv.gz"
TEA_MARKET = "tea_market.jsonl"


@lru_cache(maxsize=1)
def deliveries() -> Mapping[str, Source]:
    """The sample's records by month (`2011-09` ...), in the order of the file; master data come first."""
    with as_file(files("zhanggui.portals.shell") / "demo_data" / SAMPLE) as path:
        digest = source_digest(path)
        by_month: dict[str, list[Record]] = {}
        waiting: list[Record] = []
        for record in read_records("online-retail", path, tz=zone()):
            waiting.append(record)
            at = (
                record.ordered_at
                if isinstance(record, OrderRecord)
                else record.refunded_at if isinstance(record, RefundRecord) else None
            )  # fmt: skip
            if at is not None:
                by_month.setdefault(f"{at.astimezone(zone()):%Y-%m}", []).extend(waiting)
                waiting = []
        by_month[max(by_month)].extend(waiting)
    return MappingProxyType({
        month: Source(
            format="online-retail", name=f"{SAMPLE}, {month}", records=records,
            digest=hashlib.sha256(digest + month.encode()).digest(),
        )
        for month, records in by_month.items()
    })  # fmt: skip


def tea_market_orders() -> Source:
    """The three tea market orders and their refunds."""
    with as_file(files("zhanggui.portals.shell.demonstration") / TEA_MARKET) as path:
        records = list(read_records("zhanggui", path, tz=zone(), options={"currency": "CNY"}))
        return Source(format="zhanggui", name=TEA_MARKET, digest=source_digest(path), records=records)

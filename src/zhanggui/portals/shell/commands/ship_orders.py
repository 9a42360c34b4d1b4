"""zhanggui ship-orders: ship what a file of parcels says; good rows are done, the others named."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.files.checking import check_size
from zhanggui.journeys.shipping_file_uploaded import shipping_file_uploaded
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import person_who_may
from zhanggui.trade.fulfilment.shipping_file import SHIPPING_FILES

HELP = "ship what a file of parcels says (批量发货)"
PERMISSION = "own_orders.ship"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    columns = "order_no, carrier, tracking_no, and if wanted line_no, quantity"
    parser.add_argument("file", metavar="FILE", type=Path, help=f".csv or .xlsx: {columns}")
    parser.add_argument("--party", required=True, metavar="CODE", help="the merchant or supplier that ships")
    parser.add_argument("--dry-run", action="store_true", help="say what would come of it, and ship nothing")
    parser.add_argument(
        "--as", dest="person", required=True, metavar="USER", help="who acts: a log-in name of the party"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    party = party_of(options.party)
    actor = person_who_may(options.person, PERMISSION, party=party)
    try:
        check_size(options.file.name, options.file.stat().st_size, SHIPPING_FILES)
        content = options.file.read_bytes()
    except OSError as error:
        raise FileRefused(f"{options.file} cannot be read: {error.strerror}") from error
    outcome = shipping_file_uploaded(
        shipper_id=party.id, content=content, name=options.file.name, at=clock(), actor=actor,
        dry_run=options.dry_run,
    )  # fmt: skip
    rows = [
        {"row": one.row.number, "order_no": one.row.order_no, "tracking_no": one.row.tracking_no,
         "outcome": one.outcome, "parcel_no": one.parcel_no, "code": one.code, "message": one.message}
        for one in outcome.rows
    ]  # fmt: skip
    out.result({"dry_run": outcome.dry_run, **outcome.counts, "rows": rows}, _told)
    return 1 if outcome.counts["refused"] else 0


def _told(document: Mapping[str, Any]) -> str:
    refused = [
        f"row {row['row']}: {row['message']}" for row in document["rows"] if row["outcome"] == "refused"
    ]
    tried = " (tried, nothing was shipped)" if document["dry_run"] else ""
    counts = f"{document['shipped']} rows shipped, {document['there']} before, {document['refused']} refused{tried}"
    return "\n".join([counts, *refused])

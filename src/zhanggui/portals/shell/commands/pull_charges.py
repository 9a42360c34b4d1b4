"""zhanggui pull-charges: details that another system billed, pulled over HTTP."""

import argparse
import hashlib
import os
from typing import Any

from django.utils import timezone

from zhanggui.journeys.charges_received import charges_received
from zhanggui.portals.shell.output import Output
from zhanggui.rails.charge_feed.fetch_page import fetch_page
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.intake.models import Charge, ChargeBatch

HELP = "pull details that another system billed, page by page, from an HTTP feed; 1 if some were rejected"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("url", help="address of the feed (docs/reference/charge-feed.md)")
    parser.add_argument("--business-line", required=True, metavar="CODE", help="whose charges they are")
    parser.add_argument(
        "--after", default="", metavar="CURSOR", help="where to begin (default: the beginning)"
    )
    parser.add_argument(
        "--token-variable", default="ZHANGGUI_FEED_TOKEN", metavar="NAME",
        help="environment variable that holds the feed's token (default %(default)s)",
    )  # fmt: skip


def run(options: argparse.Namespace, out: Output) -> int:
    line = business_line(options.business_line)
    token, after = os.environ.get(options.token_variable, ""), options.after
    totals = {"pages": 0, "accepted": 0, "repeated": 0, "rejected": 0}
    while True:
        page = fetch_page(url=options.url, token=token, after=after)
        if page.charges:
            batch = _take_in(line, options.url, after, page.charges)
            totals["accepted"] += batch.accepted
            # A page that grew brings what it brought before once more; that is how feeds are, and no fault.
            repeated = Charge.objects.filter(batch_id=batch.id, reject_code="repeated").count()
            totals["repeated"] += repeated
            totals["rejected"] += batch.rejected - repeated
        totals["pages"] += 1
        out.note(f"page {totals['pages']}: {len(page.charges)} charges")
        if page.following is None or page.following == after:
            break
        after = page.following
    out.result({**totals, "cursor": after}, _rendered)
    return 1 if totals["rejected"] else 0


def _take_in(line: Any, url: str, after: str, charges: list[Any]) -> ChargeBatch:
    # The same page again has the same key and content and is taken in once; a page that grew gets a new key.
    content = hashlib.sha256(b"".join(one.digest() for one in charges)).hexdigest()[:16]
    place = hashlib.sha256(f"{url}\n{after}".encode()).hexdigest()[:16]
    return charges_received(
        business_line=line, key=f"feed-{place}-{content}", records=charges, at=timezone.now(),
        actor="pull-charges",
    )  # fmt: skip


def _rendered(result: dict[str, Any]) -> str:
    return (
        f"{result['pages']} pages: {result['accepted']} charges accepted, {result['repeated']} known already,"
        f" {result['rejected']} rejected;"
        f" go on after {result['cursor']!r}"
    )

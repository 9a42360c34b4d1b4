"""zhanggui reviews: what buyers say of goods; hidden and shown."""

import argparse
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhanggui.portals.shell.choosing import party_codes, party_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.trade.reviews.models import Review
from zhanggui.trade.reviews.operations.show_review import show_review
from zhanggui.trade.reviews.queries import review_by_id

HELP = "reviews of goods: list, show, hide, unhide"
MOST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,show,hide,unhide}")
    listed = acts.add_parser("list", help="reviews, the latest first")
    listed.add_argument("--party", metavar="CODE", help="of this merchant's goods")
    listed.add_argument("--hidden", action="store_true", help="only those that are hidden")
    shown = acts.add_parser("show", help="one review")
    hidden = acts.add_parser("hide", help="take a review, and its stars, off the page of the good")
    back = acts.add_parser("unhide", help="put a review back on the page of the good")
    for act in (shown, hidden, back):
        act.add_argument("review", metavar="NUMBER", type=int)
    for act in (hidden, back):
        act.add_argument("--reason", required=True, help="the log of changes keeps it")
    takes_person(hidden, back)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = Review.objects.select_related("line__order").order_by("-id")
        if options.party:
            rows = rows.filter(merchant_id=party_of(options.party).id)
        if options.hidden:
            rows = rows.filter(shown=False)
        found = _documents(list(rows[:MOST]))
        out.result({"reviews": found}, lambda _: "\n".join(map(_line, found)) or "there is no such review")
        return 0
    if options.act in ("hide", "unhide"):
        with transaction.atomic():
            show_review(
                review=options.review, shown=options.act == "unhide", reason=options.reason, at=clock(),
                actor=actor_who_may(options.person, "reviews.decide"),
            )  # fmt: skip
    (document,) = _documents([review_by_id(options.review)])
    out.result(document, _line)
    return 0


def _documents(rows: list[Review]) -> list[dict[str, Any]]:
    codes = party_codes(row.merchant_id for row in rows)
    same = ("id", "rating", "text", "pictures", "shown", "answer", "written_at", "answered_at")
    return [
        {name: getattr(row, name) for name in same}
        | {"merchant": codes.get(row.merchant_id, ""), "order_no": row.line.order.order_no, "sku": row.line.sku_code}
        for row in rows
    ]  # fmt: skip


def _line(row: Mapping[str, Any]) -> str:
    state = " hidden" if not row["shown"] else " answered" if row["answered_at"] else ""
    return f"#{row['id']} {row['rating']}/5 {row['merchant']} {row['sku']}{state} {row['text'][:60]}".rstrip()

"""zhanggui notices: what parties were told."""

import argparse

from django.utils import translation

from zhanggui.outbox.models import Notice
from zhanggui.portals.desk.notices import said
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.output import Output

HELP = "what a merchant or supplier was told, the latest first"
MOST = 100


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--party", metavar="CODE", required=True, help="told to this merchant or supplier")
    parser.add_argument("--kind", help="of this kind: order.paid, payout.failed")
    parser.add_argument(
        "--most", type=int, default=MOST, metavar="N", help="so many, the latest first; 100 if left out"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    rows = Notice.objects.filter(party_id=party_of(options.party).id).order_by("-id")
    if options.kind:
        rows = rows.filter(kind=options.kind)
    names = ("id", "kind", "subject", "about", "at")
    found = [{name: getattr(row, name) for name in names} for row in rows[: max(1, options.most)]]

    def told(_document: object) -> str:
        with translation.override("en"):
            lines = [
                f"{one['at']:%Y-%m-%d %H:%M} {said(one['kind'], one['subject'], one['about'])}"
                for one in found
            ]
        return "\n".join(lines) or "nothing was told yet"

    out.result({"notices": found}, told)
    return 0

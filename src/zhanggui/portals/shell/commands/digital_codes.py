"""zhanggui digital-codes: codes and licences of digital goods: how many there are, and adding some."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.files.checking import check_size
from zhanggui.journeys.goods_handed_over import digital_items_added
from zhanggui.portals.desk.told.digital_codes import code_skus, codes_told
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import FileRefused
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import owner_named, takes_person
from zhanggui.trade.fulfilment.codes_file import CODE_FILES, codes_in

HELP = "codes of digital goods: how many are free, given and waited for; add some (卡密)"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,add}")
    listed = acts.add_parser(
        "list", help="SKUs of digital goods with their counts; never the codes themselves"
    )
    added = acts.add_parser(
        "add", help="seal the codes of a file; orders that wait get theirs within a minute"
    )
    for act in (listed, added):
        act.add_argument("--party", required=True, metavar="CODE", help="whose goods they are")
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    added.add_argument("file", metavar="FILE", type=Path, help=".txt or .csv, one code a line")
    added.add_argument("--sku", required=True, metavar="SKU")
    takes_person(added)


def run(options: argparse.Namespace, out: Output) -> int:
    party = party_of(options.party)
    if options.act == "list":
        found = [codes_told(row) for row in code_skus(party.id).order_by("code")[:MOST]]
        out.result({"skus": found}, lambda _: "\n".join(map(_line, found)) or "there are no digital goods")
        return 0
    actor = owner_named(options.person, party)
    new = digital_items_added(
        owner_id=party.id, sku_code=options.sku, items=_codes(options.file), at=clock(), actor=actor
    )
    told = codes_told(code_skus(party.id).get(code=options.sku)) | {"new": new}
    out.result(told, lambda row: f"{row['new']} new codes\n{_line(row)}")
    return 0


def _codes(path: Path) -> list[str]:
    """Raises FileRefused, and what a file of codes refuses."""
    try:
        check_size(path.name, path.stat().st_size, CODE_FILES)
        return codes_in(path.read_bytes(), name=path.name)
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}") from error


def _line(row: Mapping[str, Any]) -> str:
    return f"{row['sku']} {row['free']} free, {row['given']} given, {row['waiting']} waited for"

"""zhanggui goods: what shops sell and suppliers offer; their owners' steps and files, and the platform's review."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.clockwork.take_in_goods import goods_taking
from zhanggui.files.checking import Taken, check_size
from zhanggui.journeys.goods_file_uploaded import GivenFile, goods_file_uploaded
from zhanggui.money import Money
from zhanggui.parties.models import PartyKind
from zhanggui.portals.desk.goods_acts import DECISIONS, STEPS, good_decided, good_stepped
from zhanggui.portals.desk.told.goods import (
    good_head,
    good_whole,
    goods_to_tell,
    upload_told,
    with_left,
    with_owners,
)
from zhanggui.portals.shell.choosing import party_of
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.goods_entering import add_entering, entered
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, owner_named, takes_person
from zhanggui.trade.catalogue.goods_file import GOODS_FILES, PICTURE_ARCHIVES
from zhanggui.trade.catalogue.models import GoodsUpload, SpuState

HELP = "goods: list, show, draft, price, stock, quote and step as their owner, upload files, review as the platform"
MOST = 10_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    names = "{list,show,draft,price,stock,quote,step,upload,review}"
    acts = parser.add_subparsers(dest="act", required=True, metavar=names)
    listed = acts.add_parser("list", help="goods, the latest first")
    listed.add_argument("--state", choices=SpuState.values)
    listed.add_argument("--party", metavar="CODE", help="of this merchant or supplier")
    shown = acts.add_parser("show", help="one good with SKUs, prices and steps")
    stepped = acts.add_parser("step", help="put it up for review, take it back, off sale, on sale again")
    reviewed = acts.add_parser("review", help="accept or refuse what waits, ban what is sold, lift a ban")
    for act in (shown, stepped, reviewed):
        act.add_argument("good", metavar="GOOD", help="its number, G00000017")
    stepped.add_argument("step", choices=list(STEPS))
    reviewed.add_argument("decision", choices=DECISIONS)
    reviewed.add_argument("--reason", default="", help="needed to refuse and ban; the owner reads it")
    loaded = acts.add_parser(
        "upload", help="try a file of goods, or take it in; good rows are in, bad ones named"
    )
    loaded.add_argument("file", metavar="FILE", type=Path, help=".csv or .xlsx")
    loaded.add_argument("--pictures", metavar="ZIP", type=Path, help="the pictures that the file names")
    loaded.add_argument("--take-in", action="store_true", help="keep it; otherwise it is only tried")
    loaded.add_argument("--submit", action="store_true", help="put what is new or changed up for review")
    add_entering(acts)
    for act in (stepped, loaded):
        act.add_argument("--party", required=True, metavar="CODE", help="whose goods they are")
    takes_person(stepped, reviewed, loaded)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    if options.act == "list":
        rows = goods_to_tell().order_by("-id")
        rows = rows.filter(state=options.state) if options.state else rows
        rows = rows.filter(owner_id=party_of(options.party).id) if options.party else rows
        found = with_owners(map(good_head, rows[:MOST]))
        out.result({"goods": found}, lambda _: "\n".join(map(_line, found)) or "there is no such good")
        return 0
    if options.act == "upload":
        document = _uploaded(options)
        out.result(document, _became)
        return 1 if document["rejected"] or document["state"] == "failed" else 0
    if options.act in ("price", "stock", "quote"):
        out.result(entered(options), _entered)
        return 0
    if options.act == "draft":
        options.good = entered(options)["goods"]
    elif options.act == "step":
        party = party_of(options.party)
        actor = owner_named(options.person, party)
        good_stepped(number=options.good, owner_id=party.id, step=options.step, at=clock(), actor=actor)
    elif options.act == "review":
        actor = actor_who_may(options.person, "goods.review")
        good_decided(
            number=options.good, decision=options.decision, reason=options.reason, at=clock(), actor=actor
        )
    out.result(with_owners([with_left(good_whole(options.good, goods_to_tell()))])[0], _told)
    return 0


def _uploaded(options: argparse.Namespace) -> dict[str, Any]:
    party = party_of(options.party)
    actor = owner_named(options.person, party)
    if party.kind not in (PartyKind.MERCHANT, PartyKind.SUPPLIER):
        raise BadArguments(f"{party.code} is neither a merchant nor a supplier; only these have goods")
    archive = _read(options.pictures, PICTURE_ARCHIVES) if options.pictures else None

    def never(upload: GoodsUpload) -> None:
        raise AssertionError(f"upload {upload.id} was to be taken in at once")

    row = goods_file_uploaded(
        owner_id=party.id, table=_read(options.file, GOODS_FILES), archive=archive, dry=not options.take_in,
        submit=options.submit, actor=actor, taking=goods_taking(), enqueue=never,
        at_once=GOODS_FILES.most_bytes + PICTURE_ARCHIVES.most_bytes,
    )  # fmt: skip
    return with_owners([upload_told(row)])[0] | {"outcomes": row.outcomes}


def _read(path: Path, taken: Taken) -> GivenFile:
    """A file in memory. Raises FileRefused, FileTooLarge."""
    try:
        check_size(path.name, path.stat().st_size, taken)
        return GivenFile(path.name, path.read_bytes())
    except OSError as error:
        raise FileRefused(f"{path} cannot be read: {error.strerror}") from error


def _entered(row: Mapping[str, Any]) -> str:
    if "changed" in row:
        return f"{row['changed']} prices are others now"
    return f"{row['sku']}: {'entered' if row['new'] else 'this document was entered before'}"


def _line(row: Mapping[str, Any]) -> str:
    title = row["title"].get("en") or row["title"].get("zh", "")
    prices = ", ".join(str(Money(minor, currency)) for currency, minor in sorted(row["prices_from"].items()))
    return f"{row['number']} {row['state']} {row['owner']} {title} {prices}".rstrip()


def _told(row: Mapping[str, Any]) -> str:
    skus = [
        f"  {one['code']} {' '.join(one['specs'].values())} {one['left']} left".replace("  ", " ")
        for one in row["skus"]
    ]
    steps = [
        f"  {one['at']:%Y-%m-%d %H:%M} {one['after']} {one['actor']} {one['note']}".rstrip()
        for one in row["steps"]
    ]
    return "\n".join([_line(row), *skus, *steps])


def _became(row: Mapping[str, Any]) -> str:
    tried = " (tried, nothing was kept)" if row["dry"] else ""
    head = f"{row['created']} new, {row['changed']} changed, {row['rejected']} rejected{tried}"
    refused = [
        f"row {one['row']}: {one['title']}: {one['problem']}"
        for one in row["outcomes"]
        if one["done"] == "rejected"
    ]
    return "\n".join([head, *([row["problem"]] if row["problem"] else []), *refused])

"""zhanggui feeds: other systems whose charges are pulled by themselves (拉取)."""

import argparse
import os
from collections.abc import Mapping
from typing import Any

from zhanggui.journeys.charges_pulled import charges_pulled
from zhanggui.journeys.feed_changed import feed_added, feed_asked, feed_changed, feed_switched
from zhanggui.portals.shell.choosing import the_line
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.portals.shell.people import actor_who_may, takes_person
from zhanggui.settlement.intake.models import ChargeFeed, ChargePull, PullState
from zhanggui.settlement.intake.queries import charge_feed, latest_pulls

HELP = "charge feeds: list, add, change, switch off and on, pull now, what each pull came to"
VARIABLE = "ZHANGGUI_FEED_TOKEN"
LATEST = 50
type Document = dict[str, Any]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="{list,pulls,add,change,off,on,pull}")
    acts.add_parser("list", help="every feed with its last pull")
    pulls = acts.add_parser("pulls", help=f"the latest {LATEST} pulls, the latest first")
    pulls.add_argument("feed", metavar="FEED", nargs="?", help="of this feed; left out: of all")
    added = acts.add_parser("add", help="add a feed; the worker pulls it within minutes")
    changed = acts.add_parser("change", help="change a feed; what is not named stays")
    off = acts.add_parser("off", help="switch a feed off; what came stays")
    on = acts.add_parser("on", help="switch a feed on; it goes on where it was")
    pulled = acts.add_parser(
        "pull", help="pull a feed now and wait for it; 1 if it failed or some were rejected"
    )
    for act in (added, changed, off, on, pulled):
        act.add_argument("feed", metavar="FEED", help="its code")
    added.add_argument("--business-line", metavar="CODE", help="whose charges come")
    for act in (added, changed):
        act.add_argument(
            "--url", required=act is added, metavar="ADDRESS", help="https address it is asked at"
        )
        act.add_argument("--zh", metavar="NAME", help="name in Chinese")
        act.add_argument("--en", metavar="NAME", help="name in English")
        act.add_argument("--every", type=int, metavar="MINUTES", help="how often; 60 for a new feed")
        act.add_argument("--token-variable", metavar="NAME",
                         help=f"environment variable that holds its credential, such as {VARIABLE}")  # fmt: skip
    changed.add_argument(
        "--no-token", action="store_true", help="it is asked without a credential from now on"
    )
    for act in (off, on):
        act.add_argument("--reason", required=True, help="why; the auditor reads it")
    pulled.add_argument(
        "--anew", action="store_true", help="from its first page: rejected charges get another try"
    )
    takes_person(added, changed, off, on, pulled)
    for act in acts.choices.values():
        act.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(options: argparse.Namespace, out: Output) -> int:
    match options.act:
        case "list":
            feeds = _feeds(list(ChargeFeed.objects.select_related("business_line").order_by("code")))
            out.result({"feeds": feeds}, lambda _: "\n".join(map(_line, feeds)) or "no charge feed yet")
            return 0
        case "pulls":
            rows = ChargePull.objects.select_related("feed").order_by("-id")
            if options.feed:
                rows = rows.filter(feed=charge_feed(options.feed))
            pulls = [_pull(row) for row in rows[:LATEST]]
            out.result(
                {"pulls": pulls}, lambda _: "\n".join(map(_pull_line, pulls)) or "nothing was pulled yet"
            )
            return 0
        case "pull":
            return _pulled(options, out)
    actor = actor_who_may(options.person, "feeds.change")
    match options.act:
        case "add":
            row = feed_added(
                code=options.feed, name={"zh": options.zh or "", "en": options.en or ""},
                business_line=the_line(options.business_line), url=options.url, token=_token(options) or "",
                every_minutes=60 if options.every is None else options.every, at=clock(), actor=actor,
            )  # fmt: skip
        case "change":
            row = _changed(options, actor)
        case _:
            row = feed_switched(
                code=options.feed, active=options.act == "on", reason=options.reason, at=clock(), actor=actor
            )
    out.result(_feeds([row])[0], _line)
    return 0


def _changed(options: argparse.Namespace, actor: str) -> ChargeFeed:
    now = charge_feed(options.feed)
    token = "" if options.no_token else _token(options)
    names = {"zh": options.zh, "en": options.en}
    return feed_changed(
        code=now.code, name=now.name | {language: text for language, text in names.items() if text is not None},
        url=options.url or now.url, token=token,
        every_minutes=now.every_minutes if options.every is None else options.every, at=clock(), actor=actor,
    )  # fmt: skip


def _token(options: argparse.Namespace) -> str | None:
    """The credential in the variable that was named; None where none was. Raises BadArguments."""
    if options.token_variable is None:
        return None
    found = os.environ.get(options.token_variable, "")
    if not found:
        raise BadArguments(
            f"the environment variable {options.token_variable} is empty; it holds the credential"
        )
    return found


def _pulled(options: argparse.Namespace, out: Output) -> int:
    actor = actor_who_may(options.person, "charges.create")
    feed = feed_asked(code=options.feed, anew=options.anew, at=clock(), actor=actor)
    pull = charges_pulled(feed_id=feed.id, clock=clock, actor=actor)
    if pull is None:
        raise BadArguments(
            f"feed {feed.code} is being pulled right now; see `zhanggui feeds pulls {feed.code}`"
        )
    out.result(_pull(pull), _pull_line)
    return 1 if pull.state == PullState.FAILED or pull.rejected else 0


def _feeds(rows: list[ChargeFeed]) -> list[Document]:
    latest = latest_pulls([row.id for row in rows])
    same = ("code", "name", "url", "every_minutes", "active", "failures")
    return [
        {name: getattr(row, name) for name in same}
        | {"business_line": row.business_line.code, "has_token": bool(row.token_sealed), "after": row.cursor,
           "next_at": row.next_at.isoformat() if row.active else None,
           "last_pull": _pull(latest[row.id]) if row.id in latest else None}
        for row in rows
    ]  # fmt: skip


def _pull(row: ChargePull) -> Document:
    same = ("id", "state", "actor", "complete", "pages", "accepted", "repeated", "rejected", "reject_code",
            "reject_message")  # fmt: skip
    return {name: getattr(row, name) for name in same} | {
        "feed": row.feed.code, "started_at": row.started_at.isoformat(),
        "finished_at": row.finished_at.isoformat() if row.finished_at else None,
    }  # fmt: skip


def _line(told: Mapping[str, Any]) -> str:
    last = told["last_pull"]
    state = f"every {told['every_minutes']} min" if told["active"] else "off"
    failed = f", {told['failures']} failures in a row" if told["failures"] else ""
    return (
        f"{told['code']:<16} {told['business_line']:<12} {state}{failed}, {told['url']}\n"
        f"  {_pull_line(last) if last else 'not pulled yet'}"
    )


def _pull_line(told: Mapping[str, Any]) -> str:
    fault = f": {told['reject_code']}: {told['reject_message']}" if told["reject_code"] else ""
    return (
        f"{told['started_at'][:19]} {told['feed']} {told['state']}: {told['pages']} pages,"
        f" {told['accepted']} charges accepted, {told['repeated']} here already, {told['rejected']} rejected{fault}"
    )

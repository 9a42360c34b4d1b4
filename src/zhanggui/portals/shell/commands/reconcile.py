"""zhanggui reconcile: take in a channel's bill or a bank's statement and hold it against our books."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.journeys.bill_received import Received, bill_received, empty_day_received
from zhanggui.journeys.channel_bill_fetched import channel_bill_fetched
from zhanggui.money import Money
from zhanggui.portals.shell.errors import BadArguments, FileRefused
from zhanggui.portals.shell.moments import clock, day
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.reconciliation.kinds import Leg
from zhanggui.settlement.reconciliation.models import Bill, ReconciliationRun
from zhanggui.settlement.reconciliation.operations.import_bill import Walked, read_bill
from zhanggui.settlement.reconciliation.queries import account_for

HELP = "take in a channel's bill or a bank's statement and reconcile it (对账)"
ACTOR = "zhanggui reconcile"
CHANNELS = ("wechat", "alipay", "unionpay", "offline", "bank")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file", metavar="FILE", nargs="?", type=Path, help="as downloaded: csv, txt, xml, zip, gz"
    )
    parser.add_argument("--channel", required=True, choices=CHANNELS, help="who wrote it")
    parser.add_argument("--account", default="", metavar="CODE", help="account of ours that it is of")
    parser.add_argument(
        "--day", type=day, metavar="DATE", help="the bill's day, where it does not say so itself"
    )
    parser.add_argument(
        "--fetch", type=day, metavar="DATE", help="ask the channel itself for its bill of this day"
    )
    parser.add_argument("--empty-day", type=day, metavar="DATE", help="the channel has no bill for this day")
    parser.add_argument(
        "--kind", choices=("trade", "fund"), default="trade", help="with --fetch and --empty-day: which bill"
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="read it to its end, check its foot, report, write nothing"
    )


def run(options: argparse.Namespace, out: Output) -> int:
    if [options.file, options.fetch, options.empty_day].count(None) != 2:
        raise BadArguments("name a FILE, or give --fetch DATE or --empty-day DATE: exactly one of the three")
    account = account_for(options.channel, options.account)
    if options.fetch is not None:
        fetched = channel_bill_fetched(
            own_account=account, kind=options.kind, day=options.fetch, clock=clock, actor=ACTOR
        )
        out.result(_document(fetched), _told)
        return 0
    if options.empty_day is not None:
        received = empty_day_received(
            own_account=account, channel=options.channel, kind=options.kind, day=options.empty_day, clock=clock,
            actor=ACTOR,
        )  # fmt: skip
        out.result(_document(received), _told)
        return 0
    if not options.file.is_file():
        raise FileRefused(f"there is no file {options.file}; check the path")
    if options.dry_run:
        bill, walked = read_bill(
            own_account=account, channel=options.channel, path=options.file, day=options.day
        )
        out.result(_dry(bill, walked), _told)
        return 0
    received = bill_received(
        own_account=account,
        channel=options.channel,
        path=options.file,
        day=options.day,
        clock=clock,
        actor=ACTOR,
    )
    out.result(_document(received), _told)
    return 0


def bill_document(bill: Bill) -> dict[str, Any]:
    """A bill for programs."""
    return {
        "id": bill.id, "account": bill.own_account.code, "channel": bill.channel, "kind": bill.kind,
        "form": bill.form, "starts_on": bill.starts_on.isoformat(), "ends_before": bill.ends_before.isoformat(),
        "currency": bill.currency, "rows": bill.rows, "in_minor": bill.in_minor, "out_minor": bill.out_minor,
        "fee_milli": bill.fee_milli, "opening_minor": bill.opening_minor, "closing_minor": bill.closing_minor,
        "footer": bill.told, "digest": bytes(bill.digest).hex(), "source": bill.source_name,
    }  # fmt: skip


def run_document(run: ReconciliationRun) -> dict[str, Any]:
    """A run for programs."""
    return {
        "id": run.id, "leg": Leg(run.leg).name.lower(), "bill": run.bill_id, "ours": run.our_count,
        "our_minor": run.our_minor, "theirs": run.their_count, "their_minor": run.their_minor,
        "matched": run.matched_count, "matched_minor": run.matched_minor, "suspended": run.suspended_count,
        "differing": run.differing_count, "differences": run.kinds, "fees_minor": run.fees_minor,
    }  # fmt: skip


def _dry(bill: Bill, walked: Walked) -> dict[str, Any]:
    document = bill_document(bill)
    return {"dry_run": True, "bill": document | {"id": None}, "by_kind": walked.by_kind, "runs": []}


def _document(received: Received) -> dict[str, Any]:
    return {
        "dry_run": False, "new": received.new, "bill": bill_document(received.bill),
        "runs": [run_document(one) for one in received.runs],
    }  # fmt: skip


def _told(document: Mapping[str, Any]) -> str:
    bill = document["bill"]

    def money(minor: int) -> str:
        return Money(minor, bill["currency"]).grouped()

    days = f"{bill['starts_on']} to before {bill['ends_before']}"
    lines = [f"{bill['form']} of {bill['account']}, {days}: {bill['rows']:,} rows"]
    lines.append(f"in {bill['currency']} {money(bill['in_minor'])}, out {money(bill['out_minor'])}")
    lines.append("the foot agrees with the rows" if bill["footer"] else "the bill has no foot")
    if document["dry_run"]:
        return "\n".join([*lines, "nothing was written (--dry-run)"])
    if not document["new"]:
        lines.append(f"the same content is here already as bill {bill['id']}")
    lines += [_run_told(one, money) for one in document["runs"]]
    if not document["runs"]:
        lines.append("nothing new to place")
    return "\n".join(lines)


def _run_told(run: Mapping[str, Any], money: Any) -> str:
    kinds = ", ".join(f"{kind} {count:,}" for kind, count in sorted(run["differences"].items()))
    return (
        f"run {run['id']} ({run['leg']}): {run['matched']:,} matched ({money(run['matched_minor'])}),"
        f" {run['suspended']:,} suspended, {run['differing']:,} differing" + (f": {kinds}" if kinds else "")
    )

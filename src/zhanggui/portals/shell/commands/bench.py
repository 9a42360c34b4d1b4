"""zhanggui bench: how fast, held against plain PostgreSQL and plain Python in the same run."""

import argparse
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from zhanggui.portals.shell.bench.billing_case import billing_cases
from zhanggui.portals.shell.bench.ground import throw_away_database
from zhanggui.portals.shell.bench.kernel_case import kernel_case
from zhanggui.portals.shell.bench.long_run import long_run
from zhanggui.portals.shell.bench.mall_case import mall_case
from zhanggui.portals.shell.bench.market import open_market
from zhanggui.portals.shell.bench.measuring import Case, machine
from zhanggui.portals.shell.bench.order_case import order_cases
from zhanggui.portals.shell.bench.peers_case import peers_cases
from zhanggui.portals.shell.bench.picture import growth_picture
from zhanggui.portals.shell.bench.planning import plan_told, planned
from zhanggui.portals.shell.bench.postings_case import postings_case
from zhanggui.portals.shell.bench.reconcile_case import ROWS_PER_LINE, reconcile_case
from zhanggui.portals.shell.errors import BadArguments
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.entities.models import BusinessLine

HELP = "measure billing, posting, closing, auditing and orders over HTTP, or plan machines from what was measured"
LEAST_LINES, MOST_LINES = 1_000, 20_000_000
KERNEL_LINES_MOST = 2_000_000
MALL, KERNEL, BILLING, ORDERS, PEERS, POSTINGS, BILLS = (
    "mall", "kernel", "billing", "orders", "peers", "postings", "bills",
)  # fmt: skip
GROUPS = (MALL, KERNEL, BILLING, ORDERS, PEERS, POSTINGS, BILLS)
LONG_RUN_PARTIES, PARTIES_MOST = 30_000, 1_000_000
LINES_PER_PURCHASE, PURCHASES_LEAST, PURCHASES_MOST = 1_000, 5, 100
SIZES = (10**6, 10**8, 10**9)
MOST_ORDERS = 10**12


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--scale", type=int, default=100_000, metavar="LINES", help="lines a run (%(default)s)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each case; medians count (%(default)s)")
    parser.add_argument(
        "--no-peers",
        action="store_true",
        help="leave out other ledgers, which are installed from a package index",
    )
    parser.add_argument(
        "--only",
        action="append",
        choices=GROUPS,
        metavar="GROUP",
        help=f"only these cases, repeatable: {', '.join(GROUPS)}",
    )
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the JSON document to a file too, and beside it, as .svg, the growth curve",
    )
    parser.add_argument(
        "--long-run",
        type=int,
        metavar="LINES",
        help="compare nothing: bill and close so many lines while processes are killed, audit and replay them",
    )
    parser.add_argument(
        "--parties",
        type=int,
        default=LONG_RUN_PARTIES,
        metavar="COUNT",
        help="merchants of the long run (%(default)s)",
    )
    parser.add_argument(
        "--plan",
        action="store_true",
        help="measure nothing: machines, disks and hours for 10^6, 10^8 and 10^9 orders a day",
    )
    parser.add_argument(
        "--figures",
        type=Path,
        metavar="FILE",
        help="plan with a document of --out (else those of this version)",
    )
    parser.add_argument(
        "--check", type=Path, metavar="FILE", help="hold the figures against a larger run's document"
    )
    parser.add_argument(
        "--assume", action="append", default=[], metavar="NAME=NUMBER", help="plan with another assumption"
    )
    parser.add_argument(
        "--orders", type=int, action="append", metavar="COUNT", help="orders a day to plan for, repeatable"
    )  # fmt: skip


def run(options: argparse.Namespace, out: Output) -> int:
    if options.plan:
        orders = options.orders or list(SIZES)
        if not all(1 <= one <= MOST_ORDERS for one in orders):
            raise BadArguments(f"--orders must be 1 to {MOST_ORDERS:,}")
        out.result(planned(options.figures, options.check, options.assume, orders), plan_told)
        return 0
    if options.figures or options.check or options.assume or options.orders:
        raise BadArguments("--figures, --check, --assume and --orders belong to --plan")
    if options.long_run is not None:
        return _long_run(options, out)
    if not LEAST_LINES <= options.scale <= MOST_LINES:
        raise BadArguments(f"--scale must be {LEAST_LINES} to {MOST_LINES} lines")
    if not 1 <= options.runs <= 100:
        raise BadArguments("--runs must be 1 to 100")
    with throw_away_database():
        described = machine()
        line = open_market()
        cases = _cases(line, options, out)
    document = {
        "scale_lines": options.scale,
        "runs": options.runs,
        "machine": described,
        "cases": [case.document() for case in cases],
    }
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
        for growth in [case["growth"] for case in document["cases"] if "growth" in case]:
            picture = growth_picture("zhanggui bench: bulk billing at 1, 3 and 10 times the size", growth)
            options.out.with_suffix(".svg").write_text(picture, "utf-8")
    out.result(document, _told)
    return 0


def _cases(line: BusinessLine, options: argparse.Namespace, out: Output) -> list[Case]:
    """Measure the groups asked for, in an order that matters: the mall audits everything afterwards, and later ones
    write to the ledger past everything."""
    asked = set(options.only or GROUPS)
    cases = []
    if MALL in asked:
        out.note("bench: orders of the mall over HTTP")
        purchases = min(max(options.scale // LINES_PER_PURCHASE, PURCHASES_LEAST), PURCHASES_MOST)
        cases.append(mall_case(line, purchases, options.runs))
    if KERNEL in asked:
        out.note("bench: rating kernel")
        cases.append(kernel_case(min(options.scale, KERNEL_LINES_MOST), options.runs))
    if BILLING in asked:
        cases += billing_cases(line, options.scale, options.runs, lambda told: out.note(f"bench: {told}"))
    if asked & {ORDERS, PEERS}:
        out.note("bench: single orders")
        singles = order_cases(line, options.runs)
        cases += singles
        if PEERS in asked:
            out.note("bench: other ledgers")
            cases += peers_cases(singles[0], asked=not options.no_peers)
    if POSTINGS in asked:
        out.note("bench: postings")
        cases.append(postings_case(max(options.scale // 2, 1), options.runs))
    if BILLS in asked:
        out.note("bench: a bill matched")
        cases.append(reconcile_case(line, options.scale * ROWS_PER_LINE, options.runs))
    return cases


def _long_run(options: argparse.Namespace, out: Output) -> int:
    if not LEAST_LINES <= options.long_run <= MOST_LINES:
        raise BadArguments(f"--long-run must be {LEAST_LINES} to {MOST_LINES} lines")
    if not 1 <= options.parties <= min(PARTIES_MOST, options.long_run):
        raise BadArguments(f"--parties must be 1 to {PARTIES_MOST}, and at most one a line")
    with throw_away_database():
        described = machine()
        done = long_run(options.long_run, options.parties, lambda told: out.note(f"long run: {told}"))
    document = {"machine": described, **done}
    if options.out:
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    out.result(document, _long_run_told)
    return 0


def _long_run_told(document: Mapping[str, Any]) -> str:
    told = [
        "{lines:,} lines, {details:,} details, {statements:,} statements of {parties:,} parties:"
        " the books balance and every statement replays to the byte".format_map(document)
    ]
    for name, step in document["steps"].items():
        if "unavailable" in step:
            told.append(f"{name:<22} {step['unavailable']}")
            continue
        rate = document["lines"] / max(step["seconds"], 0.1)
        killed = ", ".join(f"{one['units_done']:,}" for one in step.get("kills", []))
        told.append(
            f"{name:<22} {step['seconds']:>9,.1f} s {rate:>10,.0f} lines/s"
            f" {step['memory_mib']:>6,} MiB + {step['server_mib']:,} server"
            + (f"; killed at {killed}" if killed else "")
        )
    return "\n".join(told)


def _told(document: Mapping[str, Any]) -> str:
    described = document["machine"]
    told = [
        "{processors} x {processor}, {memory_gib} GiB, load {load_before}".format_map(described),
        "PostgreSQL {postgresql} (fsync {fsync}), Python {python}, numpy {numpy}".format_map(described),
        f"{document['scale_lines']:,} lines a run, medians of {document['runs']} runs",
        "",
        f"{'case':<34} {'a second':>14} {'held against':>14} {'ratio':>8} {'by cpu':>8} {'target':>7}  peak MiB",
    ]
    for case in document["cases"]:
        if "unavailable" in case:
            told.append(f"{case['case']:<34} {case['unavailable']}")
            continue
        by_cpu = case["processor_ratio"]
        memory = f"{case['peak_memory_mib']} + {case['peak_server_memory_mib']} server"
        told.append(
            f"{case['case']:<34} {case['ours']:>14,.0f} {case['theirs']:>14,.0f} {case['ratio']:>7.2f}x"
            f" {f'{by_cpu:.2f}x' if by_cpu is not None else '-':>8} {case['target']:>6}x  {memory}"
        )
        told.append(f"    {case['unit']}, against {case['against']}")
        if "growth_at_10_times" in case:
            told.append(
                "    {lines_per_second:,} lines/s; 10 x the size: {growth_at_10_times} x".format_map(case)
            )
            told += [
                "    {lines:,} lines: {seconds:.2f} s, {memory_mib} + {server_mib} server MiB".format_map(
                    point
                )
                for point in case["growth"]
            ]
    return "\n".join(told)

"""zhanggui statement-pdf: a statement, or an invoice draft, as a paper."""

import argparse
from pathlib import Path

from zhanggui.portals.desk.papers.invoice import invoice_paper
from zhanggui.portals.desk.papers.statement import statement_paper
from zhanggui.portals.shell.choosing import statement_of
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.invoices.queries import invoice_by_number, whole

HELP = "write a statement (or, with --invoice, an invoice) as a PDF, in Chinese or English"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "number", metavar="NUMBER", help="a statement's number, or an invoice's with --invoice"
    )
    parser.add_argument("--invoice", action="store_true", help="NUMBER is an invoice of ours")
    parser.add_argument("--language", choices=("zh", "en"), default="zh", help="(default %(default)s)")
    parser.add_argument("--out", metavar="FILE", help="where to; default is NUMBER.pdf here")


def run(options: argparse.Namespace, out: Output) -> int:
    path = Path(options.out or f"{options.number}.pdf")
    if options.invoice:
        row = invoice_by_number(options.number)
        content = invoice_paper(whole(row), language=options.language, printed_at=clock())
    else:
        content = statement_paper(statement_of(options.number), language=options.language, printed_at=clock())
    path.write_bytes(content)
    out.result({"file": str(path), "bytes": len(content)}, lambda told: f"wrote {told['file']}")
    return 0

"""A what-if from the command line: rated while one waits, and kept like those of the screens."""

from collections.abc import Mapping
from typing import Any

from zhanggui.money import Money
from zhanggui.parties.models import Party
from zhanggui.portals.shell.choosing import the_line
from zhanggui.portals.shell.moments import clock
from zhanggui.portals.shell.output import Output
from zhanggui.settlement.billing.comparisons import fees_compared, merchants_compared
from zhanggui.settlement.billing.models import Comparison, ComparisonState
from zhanggui.settlement.billing.operations.execute_comparison import execute_comparison
from zhanggui.settlement.billing.operations.request_comparison import request_comparison
from zhanggui.settlement.billing.what_if import Hands, in_turn
from zhanggui.settlement.fees.queries.fee_types import catalogue

ACTOR = "zhanggui rules what-if"
MOST_TOLD = 1000
MOST_SHOWN = 20


def tried(document: Mapping[str, Any], line_code: str | None, out: Output, hands: Hands = in_turn) -> int:
    """Rate and tell; 1 if the history cannot be rated by the document. Raises the parser's and compiler's
    refusals."""
    line = the_line(line_code)
    row = request_comparison(document=document, business_line=line, at=clock(), actor=ACTOR)
    with out.progress(100, "rating past orders") as steps:
        reached = 0

        def tell(share: int) -> None:
            nonlocal reached
            steps.advance(share - reached)
            reached = share

        row = execute_comparison(comparison_id=row.id, clock=clock, progress=tell, hands=hands)
    out.result(_document(row, line.code), _told)
    return 0 if row.state == ComparisonState.DONE else 1


def _document(row: Comparison, line_code: str) -> dict[str, Any]:
    merchants = merchants_compared(row.id, MOST_TOLD)
    codes = dict(Party.objects.filter(id__in=[one["id"] for one in merchants]).values_list("id", "code"))
    fees = catalogue().by_id
    return {
        "comparison": row.id, "business_line": line_code, "rule_set": row.set_code, "state": row.state,
        "lines": row.lines, "currency": row.currency, "now_minor": row.now_minor, "then_minor": row.then_minor,
        "difference_minor": row.then_minor - row.now_minor, "merchants": row.merchants,
        "gaining": row.gaining, "losing": row.losing, "reject_code": row.reject_code,
        "reject_message": row.reject_message,
        "by_fee": [_sums(fees[one["id"]].code, one) for one in fees_compared(row.id)],
        "by_merchant": [_sums(codes[one["id"]], one) for one in merchants],
    }  # fmt: skip


def _sums(code: str, one: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code, "now_minor": one["now"], "then_minor": one["then"],
            "difference_minor": one["difference"]}  # fmt: skip


def _told(document: Mapping[str, Any]) -> str:
    if document["state"] != ComparisonState.DONE:
        return f"comparison {document['comparison']} failed: {document['reject_message']}"
    currency = document["currency"]

    def shown(minor: int) -> str:
        return Money(minor, currency).grouped()

    now, then, difference = (shown(document[f"{name}_minor"]) for name in ("now", "then", "difference"))
    lines = [
        (
            f"comparison {document['comparison']}: {document['lines']:,} lines; for merchants {currency} {now} as"
            f" billed, {then} by the document, difference {difference}; {document['losing']:,} merchants lose,"
            f" {document['gaining']:,} gain, of {document['merchants']:,}"
        )
    ]
    lines += [
        f"fee {one['code']}: {shown(one['difference_minor'])}"
        for one in document["by_fee"] if one["difference_minor"]
    ]  # fmt: skip
    lines += [
        f"merchant {one['code']}: {shown(one['difference_minor'])}"
        for one in document["by_merchant"][:MOST_SHOWN]
    ]
    return "\n".join(lines)

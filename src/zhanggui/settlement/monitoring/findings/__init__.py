"""What each kind of rule looks for, as one SELECT over the looked span, and the rows behind a finding.

A finding has the columns of FINDING_COLUMNS; evidence those of EVIDENCE_COLUMNS. Named parameters: `lo` and `hi` (the
span, half-open), `zone`, `currency` (null = all), `parties` (ids, null = all), and the rule's own parameters.
"""

from collections.abc import Mapping
from typing import Any, Protocol

from zhanggui.settlement.monitoring.findings import documents, machinery, waiting

FINDING_COLUMNS = (
    "subject_kind", "subject_id", "label", "party_id", "currency", "window_from", "window_before", "value",
    "row_count",
)  # fmt: skip
EVIDENCE_COLUMNS = ("id", "row_kind", "row_id", "label", "party_id", "at", "amount", "currency")


def finding_sql(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the SELECT that finds what a rule of this kind looks for."""
    return _BY_KIND[kind].finding(kind, parameters)


def evidence_sql(kind: str, parameters: Mapping[str, Any]) -> str:
    """This function will return the SELECT over the rows behind one finding.

    Further named parameters: `subject`, `subject_party`, `subject_currency`, `window_from`, `window_before`.
    """
    return _BY_KIND[kind].evidence(kind, parameters)


class Finder(Protocol):
    """A module of findings."""

    def finding(self, kind: str, parameters: Mapping[str, Any]) -> str: ...

    def evidence(self, kind: str, parameters: Mapping[str, Any]) -> str: ...


_BY_KIND: dict[str, Finder] = {
    "amount_above": documents,
    "velocity": documents,
    "refund_ratio": documents,
    "fee_ratio": documents,
    "statement_swing": documents,
    "new_receiver_payout": documents,
    "payout_failures": documents,
    "ageing": waiting,
    "invariant_violated": machinery,
    "job_late": machinery,
    "job_failed": machinery,
    "backup_too_old": machinery,
    "security_finding": machinery,
}

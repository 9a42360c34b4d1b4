"""Note what was found out about a difference; give it to somebody."""

import hashlib
from datetime import datetime

from zhanggui.audit.operations.record_change import record_change
from zhanggui.files.checking import check_content
from zhanggui.parties.queries import colleagues_who_may
from zhanggui.settlement.payouts.evidence_files import EVIDENCE_FILES
from zhanggui.settlement.reconciliation.errors import AssigneeUnfit, EvidenceMissing
from zhanggui.settlement.reconciliation.models import Difference, DifferenceNote
from zhanggui.settlement.reconciliation.queries import difference as find

SETTLES = "reconciliation.act"


def note_difference(
    *, difference_id: int, text: str, at: datetime, actor: str, evidence: bytes = b"", evidence_name: str = ""
) -> DifferenceNote:
    """This function will keep a note, with a file as evidence where one is given, in the caller's transaction.

    Raises UnknownDifference, EvidenceMissing (nothing said), and what `files` refuses.
    """
    row = find(difference_id)
    if not text.strip() and not evidence:
        raise EvidenceMissing("write what you found out, or choose a file")
    if evidence:
        check_content(evidence, name=evidence_name, taken=EVIDENCE_FILES)
    return DifferenceNote.objects.create(
        difference=row, at=at, actor=actor, text=text.strip(), evidence=evidence,
        evidence_name=evidence_name[:255],
        evidence_digest=hashlib.sha256(evidence).digest() if evidence else b"",
    )  # fmt: skip


def assign_difference(*, difference_id: int, to: str, at: datetime, actor: str) -> Difference:
    """This function will give a difference to somebody (an empty name takes it back), in the caller's transaction.

    Raises UnknownDifference, and AssigneeUnfit for somebody who may not settle differences.
    """
    row = find(difference_id, lock=True)
    if to and to not in colleagues_who_may(SETTLES):
        raise AssigneeUnfit(
            f"{to!r} is nobody at the platform who settles differences; choose another person", assignee=to
        )
    if to == row.assigned_to:
        return row
    before, row.assigned_to = row.assigned_to, to
    row.save(update_fields=["assigned_to"])
    record_change(
        at=at, actor=actor, action="difference.assigned", object_kind="difference", object_id=str(row.id),
        before={"assigned_to": before}, after={"assigned_to": to},
    )  # fmt: skip
    return row

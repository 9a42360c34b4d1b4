"""One go over payouts: read what banks said, ask after what nobody knows, send what is approved, propose what is due.

The invariants are swept before and after. When they do not hold, nothing leaves.
"""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Any

from zhanggui.clockwork.sweep_invariants import sweep
from zhanggui.journeys.bank_answered import inboxes_read
from zhanggui.journeys.payouts_proposed import payouts_proposed
from zhanggui.journeys.payouts_sent import approved_batches_sent, payouts_asked
from zhanggui.settlement.payouts.errors import PayoutRunStopped
from zhanggui.settlement.payouts.models import PayoutRun


def run_payouts(
    *, clock: Callable[[], datetime], zone: tzinfo, actor: str, propose: bool = True,
    check: Callable[[], dict[str, list[dict[str, Any]]]] = sweep,
) -> PayoutRun:  # fmt: skip
    """This function will do one go and return its record. Each part is safe to be done by two at once, and again.

    Raises PayoutRunStopped, before anything leaves or after all did, when an invariant does not hold; the record
    says which.
    """
    run = PayoutRun.objects.create(began_at=clock(), actor=actor)
    _stop_when_broken(run, check, clock, "nothing was sent")
    answered, refused = inboxes_read(clock=clock, zone=zone, actor=actor)
    asked = payouts_asked(clock=clock, zone=zone, actor=actor)
    sent = approved_batches_sent(clock=clock, zone=zone, actor=actor)
    proposal = payouts_proposed(at=clock(), zone=zone, actor=actor) if propose else None
    run.counts = {
        "files_read": sum(1 for one in answered if not one.repeated), "files_refused": len(refused),
        "asked": asked, "batches_sent": len(sent), "payouts_sent": sum(one.sent for one in sent),
        "unknown": sum(1 for one in sent if one.outcome == "unknown"),
        "batches_proposed": len(proposal.batches) if proposal else 0,
        "held_up": len(proposal.held_up) if proposal else 0,
    }  # fmt: skip
    _stop_when_broken(run, check, clock, "stop paying and look into the audit")
    run.ended_at = clock()
    run.save()
    return run


def _stop_when_broken(
    run: PayoutRun,
    check: Callable[[], dict[str, list[dict[str, Any]]]],
    clock: Callable[[], datetime],
    then: str,
) -> None:
    broken = sorted(name for name, rows in check().items() if rows)
    if broken:
        run.broken, run.ended_at = broken, clock()
        run.save()
        raise PayoutRunStopped(f"the books do not hold ({', '.join(broken)}); {then}", broken=broken)

"""Step payouts to another station of their lives, and their statements with them."""

from collections.abc import Sequence
from datetime import datetime

from zhanggui.outbox.operations.write_notices import write_notices
from zhanggui.outbox.rules import Told
from zhanggui.settlement.payouts.errors import PayoutError
from zhanggui.settlement.payouts.models import Cause, Payout, PayoutState
from zhanggui.settlement.payouts.operations.note_steps import Step, note_steps
from zhanggui.settlement.payouts.queries import latest_states
from zhanggui.settlement.payouts.states import PAYOUT, station
from zhanggui.settlement.statements.models import Statement, StatementState
from zhanggui.settlement.statements.operations.step_statement import step_statement

TOLD = (PayoutState.PAID, PayoutState.FAILED, PayoutState.RETURNED)
MOMENTS = {
    PayoutState.APPROVED: "approved_at", PayoutState.SENT: "sent_at", PayoutState.PAID: "paid_at",
    PayoutState.FAILED: "ended_at", PayoutState.RETURNED: "ended_at", PayoutState.CANCELLED: "ended_at",
}  # fmt: skip


def step_payouts(
    *,
    rows: Sequence[Payout],
    after: PayoutState,
    at: datetime,
    actor: str,
    reason_code: str = "",
    reason: str = "",
) -> None:
    """This function will step payouts in the caller's transaction, which holds the payouts, and give each of their
    statements the station that its payouts make of it. Raises PayoutError for a step that the table does not have."""
    steps = []
    for row in rows:
        if after not in PAYOUT[row.state]:
            raise PayoutError(
                f"payout {row.number} is {row.state} and cannot become {after}", number=row.number
            )
        steps.append(Step("payout", row.id, row.state, after, row.party_id, reason))
        row.state, row.reason_code, row.reason = after, reason_code, reason
        if row.approved_at is None or after != PayoutState.APPROVED:
            setattr(row, MOMENTS[after], at)
    Payout.objects.bulk_update(
        rows, ["state", "reason_code", "reason", *sorted({MOMENTS[after]})], batch_size=100
    )
    note_steps(steps=steps, at=at, actor=actor)
    if after in TOLD:
        write_notices(told=[_told(row, after, at) for row in rows], at=at)
    paid = {(row.party_id, row.statement_id) for row in rows if row.cause == Cause.STATEMENT}
    for party_id, statement_id in sorted(paid):
        _give_station(party_id, statement_id, at, actor, reason)


def _told(row: Payout, after: PayoutState, at: datetime) -> Told:
    return Told(
        f"payout.{after.value}", row.number, party_id=row.party_id, cause=f"{row.number}:{at.isoformat()}",
        about={"amount_minor": row.amount_minor, "currency": row.currency, "reason": row.reason[:200]},
    )  # fmt: skip


def _give_station(party_id: int, statement_id: int, at: datetime, actor: str, reason: str) -> None:
    after = station(latest_states(party_id, statement_id))
    if after is None:
        return
    row = Statement.objects.select_for_update().get(party_id=party_id, id=statement_id)
    # A rail's answer may tell of the last step before the one between was seen: the table is walked, not jumped.
    if row.state == StatementState.APPROVED and after == StatementState.PAID:
        step_statement(row=row, after=StatementState.PAYING, at=at, actor=actor, reason=reason)
    step_statement(row=row, after=StatementState(after), at=at, actor=actor, reason=reason)

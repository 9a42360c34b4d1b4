"""The life of a statement as a table a finance person can read.

Two ways lead on from confirming: what is owed to the party is approved and paid (a payout that bounces, even
after "paid", makes it failed, and a new payout approved again); what the party owes is carried to the next period
or collected. A confirmed statement of which everything was set off against debts ends as zero; a settled debt comes
back when the receipt that paid it is withdrawn. Invoices are an axis of their own. Every step leaves a
StatementEvent. An approved statement fails before anything was sent when its receiver changed; it steps back from
paying to approved when a rail certainly took nothing; a paid one is approved again for what a hold released later.
"""

from zhanggui.settlement.statements.models import StatementState as State

TRANSITIONS: dict[str, tuple[str, ...]] = {
    State.OPEN: (State.CONFIRMING, State.ZERO),
    State.CONFIRMING: (State.CONFIRMED, State.CARRIED, State.COLLECTING),
    State.CONFIRMED: (State.APPROVED, State.ZERO),
    State.APPROVED: (State.PAYING, State.CONFIRMED, State.FAILED),
    State.PAYING: (State.PAID, State.FAILED, State.APPROVED),
    State.PAID: (State.FAILED, State.APPROVED),
    State.FAILED: (State.APPROVED,),
    State.CARRIED: (),
    State.COLLECTING: (State.COLLECTED, State.WRITTEN_OFF),
    State.COLLECTED: (State.COLLECTING,),
    State.WRITTEN_OFF: (State.COLLECTING,),
    State.ZERO: (),
}


def allowed(before: str, after: str) -> bool:
    """This function will say whether a statement may step from `before` to `after`."""
    return after in TRANSITIONS[before]

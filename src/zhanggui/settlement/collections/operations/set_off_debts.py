"""Set debts off against the goods money of a statement that was just confirmed."""

from datetime import datetime, tzinfo

from django.db.models import F

from zhanggui.audit.operations.record_change import record_change
from zhanggui.ledger.chart import CONFIRMED, RECEIVABLE
from zhanggui.ledger.operations.open_accounts import AccountKey
from zhanggui.ledger.operations.post_entry import post_entry
from zhanggui.ledger.sources import EntrySource
from zhanggui.settlement.collections.locks import lock_debt
from zhanggui.settlement.collections.models import SettledBy
from zhanggui.settlement.collections.operations.settle_debt import settle_debt
from zhanggui.settlement.collections.queries import open_debts, policy_for
from zhanggui.settlement.collections.rules import Share, shared_out
from zhanggui.settlement.statements.models import Statement


def set_off_debts(*, statement: Statement, at: datetime, zone: tzinfo, actor: str) -> list[Share]:
    """This function will use what is payable of a confirmed, locked statement for the party's open debts at the
    same entity and in the same currency, the oldest first, in the caller's transaction, which holds
    `locks.hold_for_closing`; it returns what went where. The policy of the day may say not to."""
    policy = policy_for(statement.party_id, statement.entity_id, at.astimezone(zone).date())
    if policy is not None and not policy.set_off:
        return []
    debts = [
        (row.statement_id, row.open_minor - row.pledged_minor)
        for row in open_debts(statement.party_id, statement.entity_id, statement.currency)
    ]
    shares = shared_out(statement.payable_minor, debts)
    for share in shares:
        _set_off(statement, share, at, zone, actor)
    return shares


def _set_off(statement: Statement, share: Share, at: datetime, zone: tzinfo, actor: str) -> None:
    debt = lock_debt(statement.party_id, share.statement_id)
    row = settle_debt(
        debt=debt, by=SettledBy.SET_OFF, amount_minor=share.amount_minor, document_id=statement.id, at=at,
        actor=actor,
    )  # fmt: skip
    entity, party, currency = statement.entity_id, statement.party_id, statement.currency
    post_entry(
        book_id=party, source=EntrySource.SET_OFF, key_a=row.id, key_b=0,
        legs=[(AccountKey(entity, CONFIRMED, party, statement.id, currency), share.amount_minor),
              (AccountKey(entity, RECEIVABLE, party, share.statement_id, currency), -share.amount_minor)],
        booked_date=at.astimezone(zone).date(), occurred_at=at, at=at,
    )  # fmt: skip
    Statement.objects.filter(party_id=party, id=statement.id).update(
        withheld_minor=F("withheld_minor") + share.amount_minor
    )
    statement.withheld_minor += share.amount_minor
    record_change(
        at=at, actor=actor, action="debt.set_off", object_kind="statement", object_id=statement.number,
        party_id=party, after={"debt_statement_id": share.statement_id, "amount_minor": share.amount_minor},
    )  # fmt: skip

"""Open what the chunks of a run will need, so that chunks billed side by side do not wait for one another's rows."""

from datetime import datetime, tzinfo

import numpy as np
from django.db import connection

from zhanggui.ledger.operations.open_accounts import AccountKey, open_accounts
from zhanggui.rows.transfer import read_columns
from zhanggui.settlement.billing.legs import PARTY_OWNED
from zhanggui.settlement.billing.models import BillingChunk, BillingRun
from zhanggui.settlement.billing.roles import merchant_terms
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import TermsBook
from zhanggui.settlement.entities.rules.periods import Cycle, CycleKind
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.fees.queries.rule_sets import compiled
from zhanggui.settlement.statements.locks import hold_for_filling, hold_for_opening_ahead
from zhanggui.settlement.statements.operations.place_rows import place_rows
from zhanggui.settlement.statements.series import StatementNeeds

NEEDED = """
select distinct l.merchant_id, l.terms_id, l.rule_set_id,
  (l.billable_at at time zone %s)::date - date '1970-01-01'
from settlement_staged_line l
join unnest(%s::bigint[], %s::bigint[]) as chunk(first_id, last_id)
  on l.order_id between chunk.first_id and chunk.last_id
where l.business_line_id = %s and l.billable_at <= %s
"""
_COLUMNS = (("merchant_id", "int8"), ("terms_id", "int4"), ("rule_set_id", "int4"), ("day", "int4"))


def open_ahead(*, run: BillingRun, business_line: BusinessLine, at: datetime, zone: tzinfo) -> None:
    """This function will open the merchants' statements and accounts for all fresh chunks of a sales run, in the
    caller's transaction, which should end at once.

    A chunk that finds one missing opens it itself, and the next chunk then waits until that one has committed;
    this only spares the wait, so it leaves out what is rare: statements by document, those of suppliers and carriers,
    and chunks of which something is billed already.
    """
    chunks = list(BillingChunk.objects.filter(run=run, fresh=True).order_by("id"))
    if len(chunks) < 2:
        return
    hold_for_filling()
    hold_for_opening_ahead()
    ranges = [[chunk.first_id for chunk in chunks], [chunk.last_id for chunk in chunks]]
    with connection.cursor() as cursor:
        found = read_columns(cursor, NEEDED, _COLUMNS, [str(zone), *ranges, business_line.id, run.as_of])
    terms = merchant_terms(TermsBook.load(business_line.id), found["terms_id"])
    by_document = [
        number for number, one in terms.by_id.items() if Cycle.parse(one.cycle).kind is CycleKind.DOCUMENT
    ]
    rows = np.flatnonzero(~np.isin(found["terms_id"], by_document))
    needs = StatementNeeds(
        party_id=found["merchant_id"][rows], terms_id=found["terms_id"][rows], day=found["day"][rows],
        document_id=np.zeros(len(rows), dtype=np.int64),
    )  # fmt: skip
    place_rows(needs=needs, terms=terms.by_id, currency=business_line.currency, at=at)
    owners = np.unique(np.stack([found["merchant_id"], terms.attribute("entity_id")]), axis=1).T
    open_accounts(keys=[
        AccountKey(entity, purpose, party, 0, business_line.currency)
        for purpose in _purposes(np.unique(found["rule_set_id"]).tolist())
        for party, entity in owners.tolist()
    ])  # fmt: skip


def _purposes(rule_sets: list[int]) -> list[str]:
    """What merchants' own accounts these rule sets book against."""
    fees = catalogue().by_id
    return sorted({
        purpose
        for number in rule_sets
        for slot in compiled(number).slots
        if (purpose := fees[slot.fee_type_id].counter_purpose).startswith(PARTY_OWNED)
    })  # fmt: skip

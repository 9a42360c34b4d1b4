"""Reads over deposits, reserves and holds."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, Sum

from zhanggui.ledger.chart import CONFIRMED
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.guarantees.models import (
    Deposit,
    DepositMovement,
    DepositOrder,
    DepositRequirement,
    Hold,
    HoldKind,
    ReservePolicy,
)
from zhanggui.settlement.guarantees.rules import Requirement
from zhanggui.settlement.statements.models import Statement, StatementState

# Where money still lies on the confirmed account; a payout that has left is on the account in transit.
HOLDABLE = (StatementState.CONFIRMED, StatementState.APPROVED, StatementState.FAILED)

SOLD_CATEGORIES = """
select distinct merchant_id, category_id from settlement_staged_line
where business_line_id = %s and merchant_id = any(%s) and category_id > 0
"""


@dataclass(frozen=True)
class FreeToPay:
    """What of a confirmed statement may be paid out now (minor units), and why not more."""

    free_minor: int
    frozen: tuple[str, ...] = ()
    held_minor: int = 0

    @property
    def blocked(self) -> bool:
        """Whether nothing may be paid because the party is frozen."""
        return bool(self.frozen)


def free_to_pay(party_id: int, statement: Statement) -> FreeToPay:
    """This function will return what may be paid out of a confirmed statement: what its confirmed account holds, less
    the amounts frozen of the party that no statement has covered yet; nothing at all while the party is frozen."""
    frozen = tuple(
        row.number
        for row in Hold.objects.filter(party_id=party_id, kind=HoldKind.PARTY, released_at=None).order_by(
            "id"
        )
    )
    missing = _uncovered(party_id, statement.entity_id, statement.currency)
    free = max(0, confirmed_rest(statement) - missing)
    return FreeToPay(0 if frozen else free, frozen, held_of(party_id, statement.id))


def frozen_parties(party_ids: Collection[int]) -> set[int]:
    """This function will return which of these parties are frozen."""
    return set(
        Hold.objects.filter(party_id__in=party_ids, kind=HoldKind.PARTY, released_at=None).values_list(
            "party_id", flat=True
        )
    )


def _uncovered(party_id: int, entity_id: int, currency: str) -> int:
    found = Hold.objects.filter(
        party_id=party_id, entity_id=entity_id, currency=currency, kind=HoldKind.AMOUNT, released_at=None
    ).aggregate(wanted=Sum("wanted_minor"), held=Sum("held_minor"))
    return int(found["wanted"] or 0) - int(found["held"] or 0)


def held_of(party_id: int, statement_id: int) -> int:
    """This function will return what holds have taken from a confirmed statement and not given back to it."""
    rows = rows_of(
        "select coalesce(sum(amount_minor), 0)::bigint as held from settlement_hold_movement"
        " where party_id = %s and statement_id = %s and line_id = 0",
        [party_id, statement_id],
    )
    return int(rows[0]["held"])


def takings_of(party_id: int, statement_id: int) -> list[dict[str, Any]]:
    """This function will return what left a confirmed statement without being paid out, in the order it happened:
    `what` (reserve, amount or set_off), the document, the amount (minor units, positive = taken)."""
    return rows_of(
        "select * from (select h.kind as what, h.id as hold_id, 0::bigint as debt_id, m.amount_minor as amount, m.at"
        "  from settlement_hold_movement m join settlement_hold h on h.id = m.hold_id"
        "  where m.party_id = %(party)s and m.statement_id = %(statement)s and m.line_id = 0"
        " union all select 'set_off', 0, d.statement_id, d.amount_minor, d.at from settlement_debt_settlement d"
        "  where d.party_id = %(party)s and d.by = 'set_off' and d.document_id = %(statement)s) t order by at",
        {"party": party_id, "statement": statement_id},
    )


def statements_to_hold(party_id: int, entity_id: int, currency: str) -> list[Statement]:
    """This function will return the statements from which can be held, the oldest first: whatever is confirmed
    and has not left for the bank, also when a payout of it is approved already."""
    return list(
        Statement.objects.filter(
            party_id=party_id, entity_id=entity_id, currency=currency, state__in=HOLDABLE
        ).order_by("starts_on", "id")
    )


def confirmed_rest(statement: Statement) -> int:
    """This function will return what the confirmed account of a statement holds (minor units): what was confirmed,
    less what is held, set off, on its way or paid."""
    rows = rows_of(
        "select coalesce(-sum(d.amount), 0)::bigint as rest from ledger_account a"
        " join ledger_delta d on d.account_id = a.id and d.party_id = a.party_id"
        " where a.party_id = %s and a.entity_id = %s and a.purpose = %s and a.reference = %s and a.currency = %s",
        [statement.party_id, statement.entity_id, CONFIRMED, statement.id, statement.currency],
    )
    return int(rows[0]["rest"])


def reserve_policy(party_id: int, entity_id: int, day: date) -> ReservePolicy | None:
    """This function will return the reserve policy that holds for a party on a day: its own, else everyone's."""
    rows = ReservePolicy.objects.filter(
        Q(effective_before=None) | Q(effective_before__gt=day),
        party_id__in=[0, party_id], entity_id=entity_id, effective_from__lte=day,
    ).order_by("-party_id", "-effective_from")  # fmt: skip
    return rows.first()


def holds_due(day: date, limit: int) -> list[int]:
    """This function will return the ids of open holds whose days are over, the oldest first."""
    return list(
        Hold.objects.filter(released_at=None, release_on__lte=day)
        .order_by("release_on", "id")
        .values_list("id", flat=True)[:limit]
    )


def open_holds(party_id: int) -> list[Hold]:
    """This function will return what is held of a party now."""
    return list(Hold.objects.filter(party_id=party_id, released_at=None).order_by("id"))


def requirements_on(business_line_id: int, day: date) -> list[Requirement]:
    """This function will return the requirements that hold on a day."""
    rows = DepositRequirement.objects.filter(
        Q(effective_before=None) | Q(effective_before__gt=day),
        business_line_id=business_line_id, effective_from__lte=day,
    ).order_by("party_id", "effective_from")  # fmt: skip
    return [Requirement(row.party_id, row.category_id, row.rule, row.amount_minor) for row in rows]


def categories_sold(business_line_id: int, party_ids: list[int]) -> dict[int, set[int]]:
    """This function will return the categories each party sold in."""
    found: dict[int, set[int]] = {party: set() for party in party_ids}
    for row in rows_of(SOLD_CATEGORIES, [business_line_id, party_ids]):
        found[row["merchant_id"]].add(row["category_id"])
    return found


def deposit_of(party_id: int, entity_id: int, currency: str) -> Deposit | None:
    """This function will return a party's deposit at an entity, or None."""
    return Deposit.objects.filter(party_id=party_id, entity_id=entity_id, currency=currency).first()


def deposits_of(party_id: int) -> list[Deposit]:
    """This function will return a party's deposits."""
    return list(Deposit.objects.select_related("entity").filter(party_id=party_id).order_by("id"))


def movements_of(deposit_id: int) -> list[DepositMovement]:
    """This function will return the movements of a deposit, the latest first."""
    return list(DepositMovement.objects.filter(deposit_id=deposit_id).order_by("-id"))


def orders_of(deposit_id: int) -> list[DepositOrder]:
    """This function will return the documents over a deposit, the latest first."""
    return list(DepositOrder.objects.filter(deposit_id=deposit_id).order_by("-id"))


def deposits_short() -> int:
    """This function will count the deposits that are below what is required."""
    return len(rows_of("select id from settlement_deposit where held_minor < required_minor limit 1000", []))


def pending_deposit_orders() -> int:
    """This function will count the documents over deposits that wait for a decision."""
    return DepositOrder.objects.filter(state=DocumentState.PENDING).count()

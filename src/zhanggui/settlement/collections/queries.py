"""Reads over debts and receipts."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import F, Q

from zhanggui.rows.reading import rows_of
from zhanggui.settlement.adjustments.models import DocumentState
from zhanggui.settlement.collections.models import (
    Claim,
    CollectionPolicy,
    Debt,
    DebtSettlement,
    DunningNote,
    Receipt,
    ReceiptRefund,
    WriteOff,
)
from zhanggui.settlement.collections.rules import CARRY, COLLECT, Policy, carried_or_collected
from zhanggui.settlement.statements.models import Statement, StatementState

# One row a bucket and currency. The bounds are those of `rules.BUCKETS`; a test holds them together.
AGEING = """
select d.currency, case when %(today)s::date - d.due_on < 1 then 'not_due'
    when %(today)s::date - d.due_on <= 30 then '1-30' when %(today)s::date - d.due_on <= 60 then '31-60'
    when %(today)s::date - d.due_on <= 90 then '61-90' else '91+' end as bucket,
  count(*)::bigint as debts, sum(d.open_minor)::bigint as open_minor
from settlement_debt d where d.open_minor > 0 group by 1, 2 order by 1, 2
"""


def policy_for(party_id: int, entity_id: int, day: date) -> CollectionPolicy | None:
    """This function will return the policy that holds for a party on a day: its own, else everyone's."""
    rows = CollectionPolicy.objects.filter(
        Q(effective_before=None) | Q(effective_before__gt=day),
        party_id__in=[0, party_id], entity_id=entity_id, effective_from__lte=day,
    ).order_by("-party_id", "-effective_from")  # fmt: skip
    return rows.first()


def rule_of(policy: CollectionPolicy | None) -> Policy:
    """This function will return what a policy says about carrying; without one, debts are always carried."""
    if policy is None:
        return Policy()
    return Policy(policy.action, policy.carry_max, policy.while_selling)


def carried_in_a_row(statement: Statement) -> int:
    """This function will count the statements of the same series carried in a row just before this one."""
    states = Statement.objects.filter(
        party_id=statement.party_id, entity_id=statement.entity_id, currency=statement.currency,
        mode=statement.mode, kind=statement.kind, cycle=statement.cycle, document_id=statement.document_id,
        starts_on__lt=statement.starts_on,
    ).order_by("-starts_on").values_list("state", flat=True)  # fmt: skip
    count = 0
    for state in states[:120]:
        if state != StatementState.CARRIED:
            break
        count += 1
    return count


def sold_in(statement: Statement) -> bool:
    """This function will say whether a statement holds a sale of the party's own."""
    rows = rows_of(
        "select exists (select from settlement_billed_line where party_id = %s and statement_id = %s"
        " and kind = 1 and merchant_id = party_id) as sold",
        [statement.party_id, statement.id],
    )
    return bool(rows[0]["sold"])


def debt_action(statement: Statement, day: date) -> str:
    """This function will say whether a negative statement is carried on or collected, by the policy of the day."""
    policy = policy_for(statement.party_id, statement.entity_id, day)
    if policy is None:
        return CARRY
    return carried_or_collected(
        rule_of(policy), carried_before=carried_in_a_row(statement), sold=sold_in(statement)
    )


def collected_among(statements: Sequence[Statement], day: date) -> list[Statement]:
    """This function will return those of the negative statements that are collected, by the policy of the day.

    Where neither the party nor everyone has a policy nothing more is asked: debts are always carried.
    """
    told = CollectionPolicy.objects.filter(
        party_id__in={0, *(row.party_id for row in statements)}, effective_from__lte=day
    )
    owners = set(told.values_list("party_id", flat=True)) if statements else set()
    asked = [row for row in statements if owners & {0, row.party_id}]
    return [row for row in asked if debt_action(row, day) == COLLECT]


def debt(party_id: int, statement_id: int) -> Debt | None:
    """This function will return the debt of one statement, or None."""
    return Debt.objects.select_related("entity").filter(party_id=party_id, statement_id=statement_id).first()


def open_debts(party_id: int, entity_id: int | None = None, currency: str | None = None) -> list[Debt]:
    """This function will return what a party owes and has not settled, the oldest first."""
    rows = Debt.objects.filter(party_id=party_id, open_minor__gt=0)
    if entity_id is not None:
        rows = rows.filter(entity_id=entity_id)
    if currency is not None:
        rows = rows.filter(currency=currency)
    return list(rows.order_by("due_on", "statement_id"))


def settlements_of(party_id: int, statement_id: int) -> list[DebtSettlement]:
    """This function will return the steps by which a debt was settled, in order."""
    return list(DebtSettlement.objects.filter(party_id=party_id, statement_id=statement_id).order_by("id"))


def settled_lately(party_id: int, most: int) -> list[DebtSettlement]:
    """This function will return the latest steps by which any debt of a party was settled, the latest first."""
    return list(DebtSettlement.objects.filter(party_id=party_id).order_by("-id")[:most])


def dunning_of(party_id: int, statement_id: int) -> list[DunningNote]:
    """This function will return the dunning of a debt, the latest first."""
    return list(DunningNote.objects.filter(party_id=party_id, statement_id=statement_id).order_by("-id"))


def write_offs_of(party_id: int, statement_id: int) -> list[WriteOff]:
    """This function will return the write-offs asked for of a debt, the latest first."""
    return list(WriteOff.objects.filter(party_id=party_id, statement_id=statement_id).order_by("-id"))


def ageing(today: date) -> list[dict[str, Any]]:
    """This function will sum open debts by currency and ageing bucket."""
    return rows_of(AGEING, {"today": today})


def open_debt_count() -> int:
    """This function will count the debts that are not settled."""
    return Debt.objects.filter(open_minor__gt=0).count()


def receipt(receipt_id: int) -> Receipt | None:
    """This function will return one receipt, or None."""
    return Receipt.objects.select_related("own_account", "entity").filter(id=receipt_id).first()


def claims_of(receipt_id: int) -> list[Claim]:
    """This function will return the claims on a receipt, in order."""
    return list(Claim.objects.filter(receipt_id=receipt_id).order_by("id"))


def refunds_of(receipt_id: int) -> list[ReceiptRefund]:
    """This function will return the refunds asked for of a receipt, in order."""
    return list(ReceiptRefund.objects.filter(receipt_id=receipt_id).order_by("id"))


def unclaimed_count() -> int:
    """This function will count the receipts of which something is still to claim."""
    return Receipt.objects.filter(
        reversed_at=None, amount_minor__gt=F("claimed_minor") + F("refunded_minor")
    ).count()


def pending_write_offs() -> int:
    """This function will count the write-offs that wait for a decision."""
    return WriteOff.objects.filter(state=DocumentState.PENDING).count()

"""What stands behind debts in the demonstration: a debt set off and paid in part, a deposit short and topped up, a
reserve that runs out, money frozen and released, an adjustment and a rebate that the controller approved."""

from datetime import date, datetime

from zhanggui.approvals.models import Approval, ApprovalState
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.journeys.adjustment_requested import adjustment_requested
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.debt_collected import collection_policy_set, debt_noted, debts_aged
from zhanggui.journeys.deposit_changed import deposit_topped_up, deposits_demanded, requirement_set
from zhanggui.journeys.money_frozen import amount_frozen, hold_released, reserve_set, reserves_over
from zhanggui.journeys.rebate_agreed import rebate_agreed, rebates_due
from zhanggui.journeys.receipt_recorded import receipt_claimed, receipt_recorded
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.parties.models import Party, Role
from zhanggui.portals.shell.moments import zone
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.entities.models import OwnAccount, OwnAccountKind, SettlementEntity, SettlementTerms
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.guarantees.models import Hold, HoldKind
from zhanggui.settlement.statements.models import Statement, StatementState

MALL, CURRENCY, ACCOUNT = "online-retail", "GBP", "bank-gbp-in"
FINANCE, CASHIER, CONTROLLER = "finance", "cashier", "controller"
OWES, RESERVED, FROZEN, ADJUSTED = "shop-services", "shop-12", "shop-05", "shop-19"
TOPS_UP, STAYS_SHORT = "shop-22", "shop-03"
TIERS = [{"from_minor": 0, "rate_ppm": 5_000}, {"from_minor": 200_000, "rate_ppm": 10_000}]


def _entity() -> SettlementEntity:
    terms = SettlementTerms.objects.filter(business_line=business_line(MALL), party_id=0)
    return terms.earliest("effective_from").entity


def _party(code: str) -> Party:
    return Party.objects.get(code=code)


def _approve(kind: str, at: datetime) -> None:
    """The controller looks at what waits and types its amount once more."""
    for row in Approval.objects.filter(kind=kind, state=ApprovalState.PENDING).order_by("id"):
        approval_decided(
            approval_id=row.id, approve=True, checker=CONTROLLER, roles=(Role.PLATFORM_CONTROLLER,),
            proof=Proof(retyped_minor=row.amount_minor), at=at, zone=zone(),
        )  # fmt: skip


def set_policies(at: datetime) -> None:
    """Whose debts are collected, whose money is partly reserved, who must deposit how much, who gets a rebate."""
    entity, line, day = _entity(), business_line(MALL), at.date()
    collection_policy_set(
        entity=entity, party_id=_party(OWES).id, action="collect", due_days=10, effective_from=day, at=at,
        actor=FINANCE,
    )  # fmt: skip
    reserve_set(
        entity=entity, party_id=_party(RESERVED).id, rate_ppm=100_000, days=30, effective_from=day, at=at,
        actor=FINANCE,
    )  # fmt: skip
    for code, amount in ((TOPS_UP, 80_000), (STAYS_SHORT, 60_000)):
        requirement_set(
            business_line=line, category_id=0, party_id=_party(code).id, amount_minor=amount, effective_from=day,
            at=at, actor=FINANCE,
        )  # fmt: skip
    rebate_agreed(
        party=_party(TOPS_UP), business_line=line, name="growth 2011", method="graduated", tiers=TIERS,
        cycle="month:1", cap_minor=50_000, effective_from=date(2011, 10, 1), at=at, maker=FINANCE,
    )  # fmt: skip
    _approve("rebate_agreement", at)
    open_own_account(
        code=ACCOUNT, name={"zh": "收款账户", "en": "Receiving account"}, kind=OwnAccountKind.BANK, entity=entity,
        currency=CURRENCY, rail="", number="GB00MALL00000000000002", holder="Online Retail Ltd",
        details={"country": "GB"}, at=at, actor=FINANCE,
    )  # fmt: skip


def ask_for_deposits(at: datetime) -> None:
    """Two shops are short of what they must have deposited and are asked for it."""
    deposits_demanded(clock=lambda: at, zone=zone(), actor="clockwork")


def top_up(at: datetime) -> None:
    """One of them pays in: at the bank, and the rest from its open statement. The other stays short."""
    party = _party(TOPS_UP)
    receipt = receipt_recorded(
        own_account=OwnAccount.objects.get(code=ACCOUNT), bank_reference="IN-20111106-1", amount_minor=30_000,
        received_on=at.date(), payer=party.name_in("en"), memo="deposit", at=at, actor=CASHIER,
    )  # fmt: skip
    receipt_claimed(
        receipt_id=receipt.id, party_id=party.id, target="deposit", amount_minor=30_000, at=at, zone=zone(),
        actor=CASHIER,
    )  # fmt: skip
    deposit_topped_up(
        party_id=party.id, entity_id=_entity().id, currency=CURRENCY, amount_minor=50_000,
        reason="the rest of the deposit, as agreed", at=at, zone=zone(), actor=FINANCE,
    )  # fmt: skip


def freeze(at: datetime) -> None:
    """A buyer claims money from a shop: it is frozen before October is paid."""
    amount_frozen(
        party_id=_party(FROZEN).id, entity=_entity(), currency=CURRENCY, amount_minor=25_000,
        reason="a buyer claims that parcel 560112 was empty", at=at, zone=zone(), actor=FINANCE,
    )  # fmt: skip


def release_reserves(at: datetime) -> None:
    """The reserve of September has run out; that statement is paid, so the money comes with the open one."""
    reserves_over(clock=lambda: at, zone=zone(), actor="clockwork")


def release(at: datetime) -> None:
    """The parcel was found: the frozen money is the shop's again."""
    hold = Hold.objects.get(party_id=_party(FROZEN).id, kind=HoldKind.AMOUNT)
    hold_released(
        hold_id=hold.id, reason="the parcel was found at the depot", at=at, zone=zone(), actor=FINANCE
    )


def adjust(at: datetime) -> None:
    """Finance makes an adjustment, the controller approves it."""
    adjustment_requested(
        party=_party(ADJUSTED), business_line=business_line(MALL), fee="manual_credit", amount_minor=4_500,
        reason="our photographer broke a sample", evidence="mail of 14 November", at=at, zone=zone(),
        maker=FINANCE,
    )  # fmt: skip
    _approve("adjustment", at)


def receive(at: datetime) -> None:
    """The shop that owes pays more than it says it pays: a part is claimed for its debt, the rest is nobody's yet."""
    party = _party(OWES)
    receipt = receipt_recorded(
        own_account=OwnAccount.objects.get(code=ACCOUNT), bank_reference="IN-20111118-1", amount_minor=150_000,
        received_on=at.date(), payer=party.name_in("en"), memo="October", at=at, actor=CASHIER,
    )  # fmt: skip
    debt = Debt.objects.get(party_id=party.id)
    receipt_claimed(
        receipt_id=receipt.id, party_id=party.id, target="debt", statement_id=debt.statement_id,
        amount_minor=100_000, at=at, zone=zone(), actor=CASHIER,
    )  # fmt: skip
    debt_noted(
        party_id=party.id, statement_id=debt.statement_id, note="the rest with November's goods money", at=at,
        actor=FINANCE,
    )  # fmt: skip


def age(at: datetime) -> None:
    """What is still owed is overdue by now."""
    debts_aged(clock=lambda: at, zone=zone(), actor="clockwork")


def give_rebates(at: datetime) -> None:
    """October and November are over: the rebate is computed from their sales."""
    rebates_due(clock=lambda: at, zone=zone(), actor="clockwork")


def set_off(at: datetime) -> None:
    """November of the shop that owes is confirmed: its goods money pays the debt first."""
    row = Statement.objects.get(party_id=_party(OWES).id, state=StatementState.CONFIRMING)
    statement_confirmed(
        party_id=row.party_id, statement_id=row.id, at=at, zone=zone(), actor=FINANCE,
        reason="checked with the merchant",
    )  # fmt: skip

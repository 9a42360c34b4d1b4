"""The market with the documents of a shop's money: paid out, invoiced both ways, held against its own file.

The tea house invoiced its own goods until April 2026 (that invoice is still missing, so April is not paid); since May
the platform invoices it, May is paid to its receiving account. Each act opens its own transaction, as in life.
"""

from datetime import date, timedelta
from pathlib import Path

from django.db import transaction

from tests.isolation.market import NOW, ZONE, Market, clock, order
from tests.portals.invoicing import with_invoices
from tests.settlement.payouts.story import ScriptedRail
from zhanggui.approvals.models import ApprovalLimit
from zhanggui.approvals.operations.decide_approval import Proof
from zhanggui.approvals.queries import latest_approval
from zhanggui.journeys.approval_decided import approval_decided
from zhanggui.journeys.bank_answered import bank_answered
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.invoices_due import invoices_due
from zhanggui.journeys.orders_received import batch_received
from zhanggui.journeys.own_file_checked import own_file_checked
from zhanggui.journeys.payouts_proposed import payouts_proposed
from zhanggui.journeys.payouts_sent import batch_sent
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.parties.models import Role
from zhanggui.settlement.entities.models import InvoiceMode, OwnAccountKind, SettlementEntity, SettlementTerms
from zhanggui.settlement.entities.operations.open_own_account import open_own_account
from zhanggui.settlement.entities.operations.set_terms import set_terms
from zhanggui.settlement.payouts.models import Payout, PayoutAttempt
from zhanggui.settlement.payouts.operations.propose_receiver import ReceiverDetails, propose_receiver
from zhanggui.settlement.payouts.operations.verify_receiver import verify_receiver
from zhanggui.settlement.payouts.rail import Answer, Outcome, register_rail

APRIL, MAY = date(2026, 4, 1), date(2026, 5, 1)
FILE = "订单号,应得\nS-1,166.14\nS-9,3.00\n"


def with_documents(market: Market, folder: Path) -> Market:
    """Add them; `folder` is for files."""
    _goods_of_april(market)
    with transaction.atomic():
        with_invoices(market)
    confirm_april(market)
    invoices_due(clock=clock, actor="tests")
    _pay_may(market)
    _own_file(market, folder)
    return market


def _goods_of_april(market: Market) -> None:
    """A late order of April, when the tea house still invoiced its own goods."""
    usual = SettlementTerms.objects.filter(party_id=0).latest("id")
    same = {name: getattr(usual, name) for name in ("node", "hold_days", "cycle", "due_rule", "calendar",
                                                    "auto_confirm_days")}  # fmt: skip
    tea = market.party("tea").id
    for starts, mode in ((APRIL, InvoiceMode.INPUT), (MAY, InvoiceMode.OUTPUT)):
        set_terms(
            business_line=market.line, entity=usual.entity, effective_from=starts, at=NOW, actor="tests",
            party_id=tea, invoice_mode=mode, **same,
        )  # fmt: skip
    batch_received(
        business_line=market.line, key="april", records=[order("S-0", "2026-04-10", [("tea", "TEA-1", 1, 8800)])],
        body=b"april", clock=clock, zone=ZONE, actor="tests",
    )  # fmt: skip
    goods_billable(business_line=market.line, as_of=NOW, clock=clock, zone=ZONE, actor="tests")
    period_ended(through=date(2026, 5, 31), clock=clock, zone=ZONE, actor="tests")


def confirm_april(market: Market) -> None:
    """The tea house confirms April too."""
    row = market.statement("tea")
    statement_confirmed(party_id=row.party_id, statement_id=row.id, at=NOW, zone=ZONE, actor="tests")


def _pay_may(market: Market) -> None:
    """One receiving account, one batch, paid; another account waits for its verification."""
    rail = ScriptedRail()
    register_rail("scripted", rail)
    ApprovalLimit.objects.get_or_create(role=Role.PLATFORM_CONTROLLER, kind="*", currency="*")
    tea = market.party("tea").id
    with transaction.atomic():
        open_own_account(
            code="bank-1", name={"zh": "付款账户", "en": "Paying account"}, kind=OwnAccountKind.BANK,
            entity=SettlementEntity.objects.get(code="ZG-CN"), currency="CNY", rail="scripted",
            number="6222021234567890", holder="掌柜结算", details={}, at=NOW, actor="tests",
        )  # fmt: skip
        for number, verified in (("6217001234567890123", True), ("6217009999999999999", False)):
            details = ReceiverDetails(holder="茶铺", number=number, bank="工商银行", details={})
            row = propose_receiver(party_id=tea, currency="CNY", given=details, at=NOW, actor="tea-owner")
            if verified:
                verify_receiver(receiver_id=row.id, at=NOW, cool_down=timedelta(0), actor="finance")
    [batch] = payouts_proposed(at=NOW, zone=ZONE, actor="cashier").batches
    approval = latest_approval("payout_batch", batch.number)
    assert approval is not None
    approval_decided(
        approval_id=approval.id, approve=True, checker="controller", roles=(Role.PLATFORM_CONTROLLER,),
        proof=Proof(retyped_minor=batch.total_minor), at=NOW, zone=ZONE,
    )  # fmt: skip
    batch_sent(number=batch.number, clock=clock, zone=ZONE, actor="cashier")
    [payout] = Payout.objects.filter(party_id=tea)
    attempt = PayoutAttempt.objects.get(payout=payout)
    rail.says = [Answer(attempt.end_to_end, Outcome.EXECUTED, amount_minor=payout.amount_minor)]
    bank_answered(
        own_account="bank-1", name="answer-1", content=b"paid", clock=clock, zone=ZONE, actor="cashier"
    )


def _own_file(market: Market, folder: Path) -> None:
    path = folder / "own.csv"
    path.write_text(FILE, "utf-8")
    row = market.statement("tea", "paid")
    own_file_checked(
        party_id=row.party_id, currency="CNY", path=path, name="own.csv", at=NOW, actor="tea-owner", zone=ZONE,
        statement_id=row.id, mapping={"order": "订单号", "amount": "应得"},
    )  # fmt: skip

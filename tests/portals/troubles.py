"""On the market with documents, what a good month does not have, all of it seen on its own screens.

A what-if that was rated, an alert with the rows behind it, an invoice that was issued and is taken back by a red
letter, an invoice that a merchant sent, and a merchant that owes for June and promised to pay.
"""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from tests.isolation.market import NOW, ZONE, Market, clock, preset, rule
from tests.portals.invoicing import PDF, draft_of
from tests.settlement.monitoring.watching import publish, watch
from zhanggui.clockwork.carry_out_comparison import carry_out_comparison
from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.debt_collected import collection_policy_set, debt_noted, debts_aged
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.input_invoice_received import Sent, input_invoice_received
from zhanggui.journeys.invoice_issued import invoice_issued
from zhanggui.journeys.order_held import order_held
from zhanggui.journeys.period_ended import period_ended
from zhanggui.settlement.billing.models import Comparison
from zhanggui.settlement.billing.operations.request_comparison import request_comparison
from zhanggui.settlement.collections.models import Debt
from zhanggui.settlement.entities.models import SettlementEntity
from zhanggui.settlement.intake.models import HoldReason, OrderHold
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.invoices.coverage import expected_by_rate
from zhanggui.settlement.invoices.files import Attachment
from zhanggui.settlement.invoices.issued import Issued
from zhanggui.settlement.invoices.models import Invoice, ReceivedInvoice
from zhanggui.settlement.invoices.operations.draft_red_letter import draft_red_letter
from zhanggui.settlement.invoices.operations.receive_invoice import AtRate

AUTUMN = datetime(2026, 8, 20, 10, 0, tzinfo=ZONE)
"""When the debt of June is some weeks overdue."""


def with_troubles(market: Market) -> Market:
    """Add them; each act opens its own transaction, as in life."""
    rated_with_six_percent(market)
    publish("much", "velocity", what="order", measure="sum", threshold=1_000, window_hours=24 * 92)
    watch()
    taken_back(market, "kiln")
    half_sent(market, "tea")
    owing(market, "kiln")
    looked_at(market)
    return market


def looked_at(market: Market) -> OrderHold:
    """A hold of an order that has not come in."""
    return order_held(
        business_line=market.line, order_no="S-99", hold_no="R-1", reason=HoldReason.RISK, at=NOW, actor="mia",
        note="同一地址多单",
    )  # fmt: skip


def rated_with_six_percent(market: Market) -> Comparison:
    """A what-if: commission of 6 % where it was 5 %."""
    document: Any = preset()["rule_set"]
    document["rules"][0] = rule("commission", "commission", "6%")
    with transaction.atomic():
        row = request_comparison(document=document, business_line=market.line, at=NOW, actor="mia")
    return carry_out_comparison(row.id, clock=clock)


def taken_back(market: Market, party: str) -> Invoice:
    """The red letter of the party's invoice, which was issued: one cent of its first line."""
    draft = draft_of(market, party)
    invoice_issued(
        party_id=draft.party_id, invoice_id=draft.id, issued=Issued("26312000000000000001", NOW.date()), at=NOW,
        zone=ZONE, actor="mia",
    )  # fmt: skip
    with transaction.atomic():
        return draft_red_letter(
            party_id=draft.party_id, invoice_id=draft.id, reason="开错", at=NOW, actor="mia", amounts={1: 1}
        )


def half_sent(market: Market, party: str) -> ReceivedInvoice:
    """An invoice of a part of what the party is expected to invoice."""
    row = Invoice.objects.get(party_id=market.party(party).id, direction=2)
    rates = [AtRate(rate, 100, 100 * rate // 1_000_000) for rate in expected_by_rate(row.party_id, row.id)]
    sent = Sent("88880001", date(2026, 6, 19), rates, attachment=Attachment("发票.pdf", PDF))
    return input_invoice_received(
        party_id=row.party_id, invoice_id=row.id, sent=sent, at=NOW, zone=ZONE, actor=f"{party}-owner"
    )


def owing(market: Market, party: str) -> Debt:
    """A debt of June, dunned twice, a payment promised."""
    collection_policy_set(
        entity=SettlementEntity.objects.get(code="ZG-CN"), action="collect", effective_from=date(2026, 1, 1),
        at=NOW, actor="mia",
    )  # fmt: skip
    records = [
        ChargeRecord(charge_no="P-1", party=party, fee="breach_penalty", currency="CNY", amount=-9_000_000,
                     occurred_at=NOW)
    ]  # fmt: skip
    charges_received(business_line=market.line, key="penalty", records=records, at=NOW, actor="mia")
    goods_billable(business_line=market.line, as_of=NOW, clock=clock, zone=ZONE, actor="mia")
    period_ended(
        through=date(2026, 6, 30), clock=lambda: datetime(2026, 7, 2, tzinfo=ZONE), zone=ZONE, actor="mia"
    )
    debts_aged(clock=lambda: AUTUMN, zone=ZONE, actor="mia")
    debt = Debt.objects.get(party_id=market.party(party).id)
    debt_noted(
        party_id=debt.party_id, statement_id=debt.statement_id, note="月底付清", at=AUTUMN, actor="mia",
        promised_on=date(2026, 8, 31), promised_minor=debt.open_minor,
    )  # fmt: skip
    return debt

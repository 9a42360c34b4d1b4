"""What people and other systems decide in the demonstration: modes, disputes, prices, charges."""

import json
from datetime import date, datetime

from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.journeys.orders_received import batch_received
from zhanggui.parties.models import Party
from zhanggui.portals.shell.moments import zone
from zhanggui.rows.reading import rows_of
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.entities.models import InvoiceMode, SettlementTerms
from zhanggui.settlement.entities.operations.set_terms import set_terms
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.intake.records import RefundRecord
from zhanggui.settlement.statements.models import Dispute

MALL, TEA = "online-retail", "tea-market"
MODE_CHANGER = "shop-22"
"""Its rococo wall mirrors, sold in October, come back in November: on a statement of the old mode."""
DISPUTERS = (("shop-22", "commission"), ("shop-07", "tech_service_fee"), ("shop-03", "commission"))
PROTECTED = ("569204", "2", 531)
"""Order, line and what the buyer gets back: the price fell by 5 percent."""

_DEAREST = """
select d.party_id, d.line_id, d.event_id, d.position, d.amount from settlement_detail d
join parties_party p on p.id = d.party_id and p.code = %s
join settlement_statement s on s.party_id = d.party_id and s.id = d.statement_id and s.state = %s
where d.fee_type_id = %s and d.kind = 1 order by d.amount, d.line_id limit 1
"""
_COMPUTED = """
select p.code as party, o.order_no, l.line_no, d.fee_type_id, sum(d.amount)::bigint as amount
from settlement_detail d join parties_party p on p.id = d.party_id
join settlement_staged_line l on l.merchant_id = d.merchant_id and l.line_id = d.line_id
join settlement_staged_order o on o.id = l.order_id
where o.order_no = %s and d.kind in (1, 2) group by 1, 2, 3, 4 order by 1, 2, 3, 4
"""


def change_mode(at: datetime) -> None:
    """From November on the shop invoices the mall for its goods instead of being invoiced for the fees."""
    line, party = business_line(MALL), Party.objects.get(code=MODE_CHANGER)
    terms = SettlementTerms.objects.filter(business_line=line, party_id=0).latest("effective_from")
    same = ("node", "hold_days", "cycle", "due_rule", "calendar", "auto_confirm_days")
    set_terms(
        business_line=line, entity=terms.entity, party_id=party.id, effective_from=date(2011, 11, 1), at=at,
        actor="finance", invoice_mode=InvoiceMode.INPUT, **{name: getattr(terms, name) for name in same},
    )  # fmt: skip


def _dearest(party: str, fee: str, state: str) -> tuple[DetailKey, int]:
    """The dearest detail of a fee on the party's statements in a state."""
    [row] = rows_of(_DEAREST, [party, state, catalogue().by_code[fee].id])
    return DetailKey(row["party_id"], row["line_id"], row["event_id"], row["position"]), row["amount"]


def dispute(at: datetime) -> None:
    """Three shops each object to their dearest detail of a fee."""
    for party, fee in DISPUTERS:
        key, _ = _dearest(party, fee, "confirming")
        detail_disputed(key=key, reason="not the rate that was agreed", at=at, actor=f"{party} owner")


def settle(at: datetime) -> None:
    """One dispute is upheld and half of the fee given back, one is rejected, one stays open."""
    for row, upheld in zip(
        Dispute.objects.filter(state="open").order_by("id")[:2], (True, False), strict=True
    ):
        dispute_resolved(
            dispute_id=row.id, upheld=upheld, at=at, zone=zone(), actor="finance",
            resolution="half of it, as promised by phone" if upheld else "the rate is that of the contract",
            amount=-row.amount_minor // 2 if upheld else None,
        )  # fmt: skip


def protect_price(at: datetime) -> None:
    """A price fell within the promised days: the buyer gets the difference, the fees follow."""
    order_no, line_no, goods = PROTECTED
    refund = RefundRecord(
        row=1, refund_no="PP-1", order_no=order_no, line_no=line_no, quantity=0, goods=goods, refunded_at=at,
        kind="price_protection", reason="the price fell by 5 percent",
    )  # fmt: skip
    batch_received(
        business_line=business_line(MALL), key="demo-price-protection", records=[refund],
        body=json.dumps(PROTECTED).encode(), clock=lambda: at, zone=zone(), actor="price protection",
    )  # fmt: skip


def push_charges(at: datetime) -> None:
    """The warehouse and customer service bill through the general billing interface; one row is refused."""
    rows = (
        ("W-1", "shop-05", "late_shipment_penalty", -2000, "parcel 572215 left three days late"),
        ("W-2", "shop-11", "long_term_storage_fee", -1850, "37 cartons, October"),
        ("S-1", "shop-19", "goodwill", 1500, "our courier broke the parcel"),
        ("S-2", "shop-99", "goodwill", 900, "a shop that is not here: refused"),
    )
    records = [
        ChargeRecord(
            charge_no=number, party=party, fee=fee, currency="GBP", amount=amount, occurred_at=at, memo=memo
        )
        for number, party, fee, amount, memo in rows
    ]
    charges_received(
        business_line=business_line(MALL), key="demo-charges", records=records, at=at, actor="warehouse"
    )


def correct(at: datetime) -> None:
    """Customer service gives a shop a quarter of its dearest paid commission back."""
    key, amount = _dearest("shop-14", "commission", "paid")
    detail_corrected(
        key=key, amount=-amount // 4, reason="a quarter back: wrong category until the 12th", at=at,
        zone=zone(), actor="customer service",
    )  # fmt: skip


def push_shadow(at: datetime) -> None:
    """The tea market's own system sends what it billed: one cent off, one fee missing, one fee too many."""
    by_id, by_code = catalogue().by_id, catalogue().by_code
    records = []
    for row in rows_of(_COMPUTED, ["T-1001"]):
        fee, amount = by_id[row["fee_type_id"]].code, row["amount"]
        if row["party"] == "tea-house" and fee == "commission":
            amount += 1
        if not (row["party"] == "kiln" and fee == "payment_fee"):
            records.append((row["party"], row["line_no"], fee, amount))
    records.append(("kiln", "2", by_code["labelling_fee"].code, -50))
    charges_received(
        business_line=business_line(TEA), key="demo-shadow", at=at, actor="tea market",
        records=[
            ChargeRecord(
                charge_no=f"TM-{place}", party=party, fee=fee, currency="CNY", amount=amount, occurred_at=at,
                order_no="T-1001", line_no=line_no,
            )
            for place, (party, line_no, fee, amount) in enumerate(records, 1)
        ],
    )  # fmt: skip

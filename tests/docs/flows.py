"""A page of docs/money-flows: its records, its acts, and the postings it promises; executed in-process.

A page holds one `jsonl` block (records in our own format), one `acts` block, and one table of postings. The
acts are, one a line: `import`, `bill DAY`, `close DAY`, `confirm PARTY`, `dispute PARTY FEE`, `uphold`,
`correct PARTY FEE AMOUNT`, `charge PARTY FEE AMOUNT`, `show KIND ...`, which says whose postings follow, and those of
`guarded_acts` and `split_acts`.
"""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from django.utils import timezone

from tests.docs.guarded_acts import GUARDED_ACTS
from tests.docs.paying_acts import PAYING_ACTS
from tests.docs.reconciling import RECONCILING
from tests.docs.split_acts import SPLIT_ACTS
from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.journeys.orders_received import orders_received
from zhanggui.journeys.period_ended import period_ended
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.ledger.chart import BY_CODE
from zhanggui.ledger.sources import EntrySource
from zhanggui.money import Money
from zhanggui.parties.models import Party
from zhanggui.portals.shell.moments import end_of
from zhanggui.portals.shell.presets import preset
from zhanggui.settlement.details.queries import DetailKey, rows_of
from zhanggui.settlement.entities.models import BillingNode, BusinessLine, InvoiceMode, SettlementTerms
from zhanggui.settlement.entities.operations.set_terms import set_terms
from zhanggui.settlement.intake.formats import read_records
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.invoices.operations.set_tax_profile import set_tax_profile
from zhanggui.settlement.invoices.operations.set_withholding_table import set_withholding_table
from zhanggui.settlement.statements.models import Dispute, Statement

PAGES = Path(__file__).parents[2] / "docs" / "money-flows"
HEADER = "| entry | account | whose | debit | credit |\n|---|---|---|---:|---:|\n"
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
PARTIES = (
    '{"record": "party", "code": "tea-house", "kind": "merchant", "name_en": "Tea house"}\n'
    '{"record": "party", "code": "kiln", "kind": "merchant", "name_en": "The kiln"}\n'
)
DELIVERY = {
    "code": "delivery", "fee": "delivery_fee", "priority": 0, "when": {"category": ["heavy"]},
    "payer": "merchant", "receiver": "other:courier", "granularity": "order",
    "formula": {"base": "goods", "rounding": "half_up", "fixed": 300, "fixed_per": "order"},
}  # fmt: skip
REFERRAL = {
    "code": "referral", "fee": "commission", "priority": 10, "when": {"category": ["electronics"]},
    "payer": "merchant", "receiver": "platform", "granularity": "sku",
    "formula": {"base": "goods_paid", "rate": "15%", "rounding": "half_up"},
    "reverse": {"policy": "fixed", "kept": 500, "kept_rate": "20%"},
}  # fmt: skip

_POSTINGS = """
select e.batch_id, p.book_id, p.source, p.key_a, p.key_b, p.position, a.purpose,
  coalesce(o.code, 'platform') as owner, p.amount, a.currency
from ledger_posting p join ledger_entry e using (book_id, source, key_a, key_b)
join ledger_account a on a.id = p.account_id left join parties_party o on o.id = a.party_id
where p.source = any(%s)
order by e.batch_id, p.source, p.key_a, p.key_b, p.book_id, p.amount < 0, a.purpose, owner, p.amount
"""
_DETAIL = """
select d.party_id, d.line_id, d.event_id, d.position from settlement_detail d
join parties_party p on p.id = d.party_id join settlement_fee_type f on f.id = d.fee_type_id
where p.code = %s and f.code = %s and d.kind = 1 order by d.line_id limit 1
"""


def block(text: str, kind: str) -> str:
    """The fenced block of a kind."""
    found = re.search(rf"```{kind}\n(.*?)```", text, re.DOTALL)
    assert found, f"the page has no {kind} block"
    return found[1]


def promised(text: str) -> str:
    """The page's table of postings."""
    start = text.index(HEADER) + len(HEADER)
    lines = text[start:].split("\n")
    return "\n".join(
        line for line in lines[: next(i for i, one in enumerate(lines) if not one.startswith("|"))]
    )


def with_table(text: str, table: str) -> str:
    """The page with another table."""
    old = promised(text)
    return text.replace(HEADER + old, HEADER + table) if old else text.replace(HEADER, HEADER + table + "\n")


def line() -> BusinessLine:
    """The business line of all pages: 5 % commission with VAT, 0.6 % payment and technology fees."""
    document = preset("tea-market")
    assert document is not None
    rules = document["rule_set"] | {"rules": [*document["rule_set"]["rules"], DELIVERY, REFERRAL]}
    free = [{"fee": "delivery_fee", "when": {}, "reason": "only heavy goods"}]
    courier = {"code": "courier", "kind": "carrier", "name": {"en": "Courier", "zh": "快递"}}
    return business_line_opened(
        preset=document | {"shadow": False, "rule_set": rules | {"free": free}, "parties": [courier]},
        at=NOW, actor="docs",
    )  # fmt: skip


def play(text: str, folder: Path) -> str:
    """Do the page's acts and return the table of postings they led to."""
    (folder / "records.jsonl").write_text(PARTIES + block(text, "jsonl"), "utf-8")
    own, shown = line(), []
    for act in block(text, "acts").strip().splitlines():
        verb, *words = act.split()
        if verb == "show":
            shown = [int(EntrySource[word.upper()]) for word in words]
        else:
            ACTS[verb](own, folder, *words)
    return "\n".join(_rows(shown))


def _rows(kinds: list[int]) -> Iterator[str]:
    before = None
    for leg in rows_of(_POSTINGS, [kinds]):
        entry = (leg["book_id"], leg["source"], leg["key_a"], leg["key_b"])
        name = EntrySource(leg["source"]).name.lower() if entry != before else ""
        before = entry
        amount = Money(abs(leg["amount"]), leg["currency"]).grouped()
        debit, credit = (amount, "") if leg["amount"] > 0 else ("", amount)
        account = f"{leg['purpose']} {BY_CODE[leg['purpose']].en}"
        yield f"| {name} | {account} | {leg['owner']} | {debit} | {credit} |"


def _import(own: BusinessLine, folder: Path) -> None:
    records = read_records(
        "zhanggui", folder / "records.jsonl", tz=timezone.get_default_timezone(), options={"currency": "CNY"}
    )
    source = Source(format="zhanggui", name="page", digest=bytes(32), records=records)
    run = orders_received(business_line=own, source=source, clock=lambda: NOW, zone=_zone(), actor="docs")
    assert not run.totals["rejected"], run.totals


def _bill(own: BusinessLine, folder: Path, day: str) -> None:
    goods_billable(
        business_line=own,
        as_of=end_of(date.fromisoformat(day)),
        clock=lambda: NOW,
        zone=_zone(),
        actor="docs",
    )


def _close(own: BusinessLine, folder: Path, day: str) -> None:
    period_ended(through=date.fromisoformat(day), clock=lambda: NOW, zone=_zone(), actor="docs")


def _confirm(own: BusinessLine, folder: Path, party: str) -> None:
    ids = [row["id"] for row in rows_of("select id from parties_party where code = %s", [party])]
    for row in Statement.objects.filter(party_id__in=ids, state="confirming"):
        statement_confirmed(party_id=row.party_id, statement_id=row.id, at=NOW, zone=_zone(), actor="docs")


def _key(party: str, fee: str) -> DetailKey:
    [row] = rows_of(_DETAIL, [party, fee])
    return DetailKey(**row)


def _dispute(own: BusinessLine, folder: Path, party: str, fee: str) -> None:
    detail_disputed(key=_key(party, fee), reason="docs", at=NOW, actor="docs")


def _uphold(own: BusinessLine, folder: Path) -> None:
    for row in Dispute.objects.filter(state="open"):
        dispute_resolved(
            dispute_id=row.id, upheld=True, resolution="docs", at=NOW, zone=_zone(), actor="docs"
        )


def _correct(own: BusinessLine, folder: Path, party: str, fee: str, amount: str) -> None:
    detail_corrected(
        key=_key(party, fee), amount=int(amount), reason="docs", at=NOW, zone=_zone(), actor="docs"
    )


def _charge(own: BusinessLine, folder: Path, party: str, fee: str, amount: str) -> None:
    record = ChargeRecord(
        charge_no=f"C-{fee}", party=party, fee=fee, currency="CNY", amount=int(amount),
        occurred_at=datetime(2026, 3, 20, 4, 0, tzinfo=UTC),
    )  # fmt: skip
    charges_received(business_line=own, key=f"docs {party} {fee}", records=[record], at=NOW, actor="docs")


def _individual(own: BusinessLine, folder: Path, party: str) -> None:
    """The party is an individual without invoices; 20% is withheld of what is left after 20.00."""
    owner, _ = Party.objects.get_or_create(
        code=party, defaults={"kind": "merchant", "name": {"en": "Tea house"}}
    )
    entity, starts = SettlementTerms.objects.filter(business_line=own).latest("id").entity, date(2026, 1, 1)
    set_terms(business_line=own, entity=entity, effective_from=starts, at=NOW, actor="docs", party_id=owner.id,
              invoice_mode=InvoiceMode.NONE, node=BillingNode.RECEIVED)  # fmt: skip
    given = {"effective_from": starts, "at": NOW, "actor": "docs"}
    set_tax_profile(party_id=owner.id, title="Tea house", taxpayer="individual", **given)
    set_withholding_table(
        currency="CNY", brackets=[{"over_minor": 0, "rate_ppm": 200_000}], allowance_minor=2000, **given
    )


def _zone() -> Any:
    return timezone.get_default_timezone()


ACTS: dict[str, Any] = RECONCILING | {
    "import": _import, "bill": _bill, "close": _close, "confirm": _confirm, "dispute": _dispute,
    "uphold": _uphold, "correct": _correct, "charge": _charge, "individual": _individual,
    **GUARDED_ACTS, **PAYING_ACTS, **SPLIT_ACTS,
}  # fmt: skip

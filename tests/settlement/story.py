"""Stories for tests: a small mall told in text tables, its statements and postings read back as text tables.

Amounts are yuan with two decimals, days are business days in Shanghai, at noon unless told otherwise.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.journeys.goods_billable import Billed, goods_billable
from zhanggui.journeys.orders_received import orders_received
from zhanggui.journeys.period_ended import Closed, period_ended
from zhanggui.journeys.statement_confirmed import statement_confirmed
from zhanggui.parties.models import Party
from zhanggui.settlement.details.queries import DetailKey, rows_of
from zhanggui.settlement.entities.models import (
    BillingNode,
    BusinessLine,
    InvoiceMode,
    SettlementEntity,
    SettlementTerms,
)
from zhanggui.settlement.entities.operations.set_terms import set_terms
from zhanggui.settlement.fees.operations.publish_rule_set import publish_rule_set
from zhanggui.settlement.intake.models import ImportRun, Reject
from zhanggui.settlement.intake.operations.import_orders import Source
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord
from zhanggui.settlement.intake.records import (
    LineRecord,
    OrderRecord,
    PaymentRecord,
    Record,
    RefundRecord,
)
from zhanggui.settlement.replays.operations.replay_statements import replay_statements
from zhanggui.settlement.statements.models import Dispute, Statement
from zhanggui.settlement.statements.totals import totals_of

ZONE = ZoneInfo("Asia/Shanghai")
LATE = datetime(2027, 1, 1, tzinfo=UTC)
STATIONS = ("created", "paid", "shipped", "received", "completed")


def text(table: str) -> str:
    """The table with single spaces and no empty lines: what the readers of a story return."""
    rows = (" ".join(line.split()) for line in table.splitlines())
    return "\n".join(row for row in rows if row)


def rows_in(table: str) -> Iterator[dict[str, str]]:
    """The rows of a table whose first line names the columns; `-` is an empty cell."""
    head, *lines = text(table).splitlines()
    names = head.split()
    for line in lines:
        cells = line.split()
        assert len(cells) == len(names), f"{line!r} does not fit {head!r}"
        yield {name: "" if cell == "-" else cell for name, cell in zip(names, cells, strict=True)}


def fen(amount: str) -> int:
    """`12.34` as 1234; an empty text as 0."""
    return int(Decimal(amount or "0").scaleb(2))


def yuan(amount: int) -> str:
    """1234 as `12.34`."""
    return f"{Decimal(amount).scaleb(-2):.2f}"


def noon(day: str) -> datetime:
    """Noon of a business day; a time may be given after a T."""
    if "T" in day:
        return datetime.fromisoformat(day).replace(tzinfo=ZONE)
    return datetime.combine(date.fromisoformat(day), time(12), tzinfo=ZONE)


def rule(code: str, rate: str = "5%", **fields: Any) -> dict[str, Any]:
    """A fee rule: commission from the merchant to the platform on what was paid, unless told otherwise."""
    formula = {
        name: fields.pop(name)
        for name in ("base", "fixed", "fixed_per", "floor", "cap", "tiers", "rounding")
        if name in fields
    }
    found = {"code": code, "fee": "commission", "payer": "merchant", "receiver": "platform"} | fields
    return found | {"formula": {"base": "goods_paid", "rate": rate} | formula}


COMMISSION = rule("commission", "5%", rounding="half_up")


class Story:
    """One business line and what happens to it; `now` is what the clock shows."""

    def __init__(
        self, *rules: dict[str, Any], merchants: str = "m1 m2", code: str = "mall", settlement_only: bool = False,
        shadow: bool = False, starts: str = "2026-01-01", currency: str = "CNY", free: str = "", **terms: Any,
    ) -> None:  # fmt: skip
        self.now = LATE
        self.keys = 0
        self.rules = list(rules) or [COMMISSION]
        self.free = [{"fee": fee, "when": {}, "reason": "by intent"} for fee in free.split()]
        self.code = code
        self.starts = starts
        self.currency = currency
        for merchant in merchants.split():
            self.party(merchant)
        settings = {"node": "completed", "invoice_mode": "output", "effective_from": starts}
        self.line: BusinessLine = business_line_opened(
            preset={
                "code": code, "name": {"zh": code}, "currency": currency, "entity": {"code": "e1", "name": {}},
                "terms": settings | terms, "rule_set": self.rule_set(), "shadow": shadow,
                "settlement_only": settlement_only,
            },
            at=noon(starts), actor="story",
        )  # fmt: skip

    def clock(self) -> datetime:
        """The story's time; it never stands still, so that history has an order."""
        self.now += timedelta(microseconds=1)
        return self.now

    # ------------------------------------------------------------------ what there is

    def party(self, code: str, kind: str = "merchant", **fields: Any) -> int:
        """The id of a party, made if missing."""
        found, _ = Party.objects.get_or_create(
            code=code, defaults={"kind": kind, "name": {"zh": code}, **fields}
        )
        return found.id

    def rule_set(self, *rules: dict[str, Any], starts: str = "") -> dict[str, Any]:
        """The rule set document of these rules, or of the story's."""
        return {
            "schema": "zhanggui.rule-set/1", "code": f"{self.code}-rules", "currency": self.currency,
            "effective_from": starts or self.starts, "rounding": "half_even", "rules": list(rules) or self.rules,
            "free": self.free,
        }  # fmt: skip

    def publish(self, *rules: dict[str, Any], starts: str) -> None:
        """Publish a new version of the rules."""
        publish_rule_set(document=self.rule_set(*rules, starts=starts), at=self.clock(), actor="story")

    def terms(self, party: str, starts: str, entity: str = "e1", **settings: Any) -> SettlementTerms:
        """Give a party (or, for an empty code, the line) terms from a day on."""
        for name, kind in (("node", BillingNode), ("invoice_mode", InvoiceMode)):
            if name in settings:
                settings[name] = kind[settings[name].upper()]
        owner, _ = SettlementEntity.objects.get_or_create(code=entity, defaults={"name": {}})
        return set_terms(
            business_line=self.line, entity=owner, effective_from=date.fromisoformat(starts), at=self.clock(),
            actor="story", party_id=self.party(party) if party else 0, **settings,
        )  # fmt: skip

    # ------------------------------------------------------------------ what comes in

    def receive(self, *records: Record, key: str = "", chunk: int = 5000) -> ImportRun:
        """Take in records as a source of their own (the same `key` again is the same source)."""
        self.keys += 1
        source = Source(
            "story", key or f"story-{self.keys}", (key or str(self.keys)).encode().ljust(32), records
        )
        del chunk
        return orders_received(
            business_line=self.line, source=source, clock=self.clock, zone=ZONE, actor="story"
        )

    def orders(self, table: str) -> ImportRun:
        """Orders as a table, a row a line: order, merchant, goods, day; and as wanted line, qty, shop, plat,
        points, freight, sku, category, supplier, carrier, status, paid (`none` = unpaid, listed)."""
        return self.receive(*orders_in(table))

    def refunds(self, table: str) -> ImportRun:
        """Refunds as a table: refund, order, goods, day; and as wanted line, qty, freight, kind, merchant."""
        return self.receive(*refunds_in(table))

    def charges(self, table: str, key: str = "") -> Any:
        """Charges as a table: charge, party, fee, amount, day; and as wanted currency, order, line."""
        self.keys += 1
        records = [
            ChargeRecord(
                charge_no=row["charge"], party=row["party"], fee=row["fee"],
                currency=row.get("currency", self.currency), amount=fen(row["amount"]),
                occurred_at=noon(row["day"]), order_no=row.get("order", ""), line_no=row.get("line", ""),
            )
            for row in rows_in(table)
        ]  # fmt: skip
        return charges_received(
            business_line=self.line, key=key or f"charges-{self.keys}", records=records, at=self.clock(),
            actor="story",
        )  # fmt: skip

    # ------------------------------------------------------------------ what happens

    def bill(self, as_of: str = "2026-12-31", chunk_size: int | None = None) -> Billed:
        """Bill everything due by a day."""
        return goods_billable(
            business_line=self.line, as_of=noon(as_of), clock=self.clock, zone=ZONE, actor="story",
            chunk_size=chunk_size,
        )  # fmt: skip

    def close(self, through: str, chunk: int = 1000) -> Closed:
        """Close what ended by a day."""
        return period_ended(
            through=date.fromisoformat(through), clock=self.clock, zone=ZONE, actor="story", chunk=chunk
        )

    def confirm(self, party: str, starts: str, **more: Any) -> Statement:
        """Confirm a party's statement that starts on a day."""
        row = self.statement(party, starts, **more)
        return statement_confirmed(
            party_id=row.party_id, statement_id=row.id, at=self.clock(), zone=ZONE, actor="story"
        )

    def dispute(self, key: DetailKey, reason: str = "wrong") -> Dispute:
        """Dispute a detail."""
        return detail_disputed(key=key, reason=reason, at=self.clock(), actor="story")

    def resolve(self, dispute: Dispute, *, upheld: bool, amount: int | None = None) -> Dispute:
        """Settle a dispute."""
        return dispute_resolved(
            dispute_id=dispute.id, upheld=upheld, resolution="looked into", at=self.clock(), zone=ZONE,
            actor="story", amount=amount,
        )  # fmt: skip

    def correct(self, key: DetailKey, amount: str) -> DetailKey:
        """Correct a detail by an amount."""
        return detail_corrected(
            key=key, amount=fen(amount), reason="looked into", at=self.clock(), zone=ZONE, actor="story"
        )

    # ------------------------------------------------------------------ how it reads

    def statement(self, party: str, starts: str, **more: Any) -> Statement:
        """The one statement of a party that starts on a day."""
        return Statement.objects.get(party_id=self.party(party), starts_on=starts, **more)

    def detail(self, party: str, order: str, fee: str, line: str = "1", event: int = 0) -> DetailKey:
        """The identity of a detail of an order line."""
        [row] = rows_of(
            "select d.party_id, d.line_id, d.event_id, d.position from settlement_detail d"
            " join settlement_fee_type f on f.id = d.fee_type_id"
            " join settlement_staged_line l on l.line_id = d.line_id"
            " join settlement_staged_order o on o.id = l.order_id"
            " where o.order_no = %s and l.line_no = %s and d.party_id = %s and f.code = %s and d.event_id = %s",
            [order, line, self.party(party), fee, event],
        )
        return DetailKey(row["party_id"], row["line_id"], row["event_id"], row["position"])

    def statements(self, columns: str = "party period state goods fees refunds other net") -> str:
        """All statements in order of party and begin, with the live figures of open ones."""
        codes = dict(Party.objects.values_list("id", "code"))
        entities = dict(SettlementEntity.objects.values_list("id", "code"))
        rows = list(Statement.objects.order_by("starts_on", "ends_before", "id"))
        rows.sort(key=lambda row: (codes[row.party_id], row.starts_on, row.id))
        open_rows = [row for row in rows if row.state == "open"]
        with connection.cursor() as cursor:
            live = totals_of(
                cursor, parties=[row.party_id for row in open_rows], statements=[row.id for row in open_rows],
                with_digest=False,
            )  # fmt: skip
        lines = []
        for row in rows:
            figures = live.get(row.id, row.__dict__)
            values = {
                "party": codes[row.party_id], "period": f"{row.starts_on:%m-%d}..{row.ends_before:%m-%d}",
                "state": row.state, "mode": InvoiceMode(row.mode).name.lower(), "cycle": row.cycle,
                "lines": str(figures["line_count"]), "carried": yuan(row.carried_minor),
                "due": f"{row.due_on:%m-%d}", "entity": entities[row.entity_id],
            }  # fmt: skip
            values |= {
                name: yuan(figures[f"{name}_minor"]) for name in ("goods", "fees", "refunds", "other", "net")
            }
            lines.append(" ".join(values[name] for name in columns.split()))
        return "\n".join(lines)

    def details(self, order: str = "", party: str = "") -> str:
        """Details in order of party, line and event: party, kind, fee, base, amount."""
        rows = rows_of(
            "select p.code as party, d.kind, f.code as fee, d.base, d.amount from settlement_detail d"
            " join settlement_fee_type f on f.id = d.fee_type_id join parties_party p on p.id = d.party_id"
            " left join settlement_staged_line l on l.line_id = d.line_id"
            " left join settlement_staged_order o on o.id = l.order_id"
            " where (%s = '' or o.order_no = %s) and (%s = '' or p.code = %s)"
            " order by p.code, d.line_id, d.event_id, d.position",
            [order, order, party, party],
        )
        return "\n".join(
            f"{row['party']} {row['kind']} {row['fee']} {yuan(row['base'])} {yuan(row['amount'])}"
            for row in rows
        )

    def balances(self) -> str:
        """What every purpose and owner stands at, debit positive; zero balances left out."""
        rows = rows_of(
            "select a.purpose, coalesce(p.code, '') as owner, sum(d.amount)::bigint as amount"
            " from ledger_delta d join ledger_account a on a.id = d.account_id"
            " left join parties_party p on p.id = a.party_id and a.party_id > 0"
            " group by 1, 2 having sum(d.amount) <> 0 order by 1, 2",
            [],
        )
        return "\n".join(f"{row['purpose']} {row['owner'] or '-'} {yuan(row['amount'])}" for row in rows)

    def entry(self, source: int, **keys: int) -> str:
        """The postings of the one entry of a source (and keys), by purpose and owner."""
        condition = " and ".join(["p.source = %s", *(f"p.{name} = %s" for name in keys)])
        rows = rows_of(
            "select a.purpose, coalesce(o.code, '-') as owner, sum(p.amount)::bigint as amount"
            " from ledger_posting p join ledger_account a on a.id = p.account_id"
            f" left join parties_party o on o.id = a.party_id and a.party_id > 0 where {condition}"
            " group by 1, 2 order by 1, 2",
            [source, *keys.values()],
        )
        return "\n".join(f"{row['purpose']} {row['owner']} {yuan(row['amount'])}" for row in rows)

    def replayed(self) -> list[Any]:
        """Replays of all closed statements that did not come out equal."""
        keys = list(Statement.objects.exclude(state="open").values_list("party_id", "id"))
        return [one for one in replay_statements(keys=keys, zone=ZONE) if not one.equal]

    def rejects(self) -> list[str]:
        """The codes of all rows that were not taken in, in order."""
        return list(Reject.objects.order_by("id").values_list("code", flat=True))


def orders_in(table: str) -> list[OrderRecord]:
    """The orders of a table; rows of one order number belong together."""
    found: dict[str, OrderRecord] = {}
    for number, row in enumerate(rows_in(table), start=1):
        order = found.get(row["order"]) or _order(number, row)
        found[row["order"]] = order
        if row.get("merchant"):
            order.lines.append(_line(row, len(order.lines) + 1))
    for order in found.values():
        if order.payments_listed and order.payments and order.payments[0].amount == 0:
            order.payments = []
    return list(found.values())


def _order(number: int, row: dict[str, str]) -> OrderRecord:
    at, status = noon(row["day"]), row.get("status", "completed") or "completed"
    reached = STATIONS.index(status) if status in STATIONS else -1
    order = OrderRecord(row=number, order_no=row["order"], ordered_at=at, status=status)
    for place, name in enumerate(STATIONS[1:], start=1):
        setattr(order, f"{name}_at", noon(row.get("done") or row["day"]) if place <= reached else None)
    if row.get("paid"):
        order.payments_listed = True
        order.payments = [PaymentRecord(1, "card", fen("0" if row["paid"] == "none" else row["paid"]))]
    return order


def _line(row: dict[str, str], place: int) -> LineRecord:
    return LineRecord(
        line_no=row.get("line") or str(place), merchant=row["merchant"], sku=row.get("sku") or "s1",
        quantity=int(row.get("qty") or 1), goods=fen(row["goods"]), shop_discount=fen(row.get("shop", "")),
        platform_discount=fen(row.get("plat", "")), points_discount=fen(row.get("points", "")),
        freight=fen(row.get("freight", "")), category=row.get("category", ""), supplier=row.get("supplier", ""),
        carrier=row.get("carrier", ""), supply=fen(row.get("supply", "")),
    )  # fmt: skip


def refunds_in(table: str) -> list[RefundRecord]:
    """The refunds of a table."""
    return [
        RefundRecord(
            row=number, refund_no=row["refund"], order_no=row["order"],
            line_no=(row.get("line") or "1") if row["order"] else "", quantity=int(row.get("qty") or 0),
            goods=fen(row["goods"]), freight=fen(row.get("freight", "")), refunded_at=noon(row["day"]),
            kind=row.get("kind") or "return", merchant=row.get("merchant", ""),
        )
        for number, row in enumerate(rows_in(table), start=1)
    ]  # fmt: skip

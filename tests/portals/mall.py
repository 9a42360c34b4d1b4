"""The market with everything on it that a screen can show: refused rows, disputes, corrections, exports."""

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from tests.isolation.market import NOW, ZONE, Market, clock, open_market, rule
from zhanggui.journeys.charges_received import charges_received
from zhanggui.journeys.detail_disputed import detail_corrected, detail_disputed, dispute_resolved
from zhanggui.journeys.goods_billable import goods_billable
from zhanggui.money.currencies import CURRENCIES
from zhanggui.settlement.details.queries import DetailKey
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.intake.formats.zhanggui.assembling import STATUSES
from zhanggui.settlement.intake.formats.zhanggui.columns import COLUMNS
from zhanggui.settlement.intake.operations.post_charges import ChargeRecord

FILE = """\
record,currency,order_no,ordered_at,status,line_no,merchant,sku,quantity,goods_minor,shop_discount_minor
order,CNY,F-1,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,
order,CNY,F-2,2026-06-05,paid,1,tea,TEA-1,1,8800,
order,CNY,F-3,2026-06-05 10:00:00,gone,1,tea,TEA-1,1,8800,
order,CNY,F-4,2026-06-05 10:00:00,paid,1,nobody,TEA-1,1,8800,
order,CNY,F-5,2026-06-05 10:00:00,paid,1,tea,TEA-1,many,8800,
order,CNY,F-6,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,88.00,
order,CNY,F-7,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,9900
order,EUR,F-8,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,
order,CNY,S-1,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,
order,CNY,,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,
thing,CNY,F-9,2026-06-05 10:00:00,paid,1,tea,TEA-1,1,8800,
order,CNY,F-10
"""


NAMES = (
    "code", "username", "sku", "order_no", "key", "actor", "opened_by", "resolved_by", "published_by",
    "format", "source_name", "charge_no", "party_code", "fee_code", "title", "object_id", "file_name",
    "business_line", "payment_no", "purchase_no", "refund_no", "case_no", "parcel_no", "url", "purchase_no", "parcel_no", "tracking_no",
)  # fmt: skip
"""Columns whose texts are codes and names."""


def upload(text: str = FILE, name: str = "orders.csv") -> SimpleUploadedFile:
    """A file with one good order and eleven bad rows, unless told otherwise."""
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def key_of(market: Market, code: str, position: int = 0) -> DetailKey:
    """A detail made by a rule on the shop's closed statement."""
    statement = market.statement(code)
    with connection.cursor() as cursor:
        cursor.execute(
            "select party_id, line_id, event_id, position from settlement_detail where party_id = %s"
            " and statement_id = %s and rule_id > 0 order by line_id, position offset %s limit 1",
            [statement.party_id, statement.id, position],
        )
        return DetailKey(*cursor.fetchone())


def open_mall() -> Market:
    """The market, with a dispute open, one settled, a correction, and charges taken and turned away."""
    market = open_market()
    first = detail_disputed(key=key_of(market, "kiln"), reason="费率不对", at=NOW, actor="kiln-owner")
    dispute_resolved(
        dispute_id=first.id,
        upheld=True,
        resolution="按合同退回",
        at=NOW,
        zone=ZONE,
        actor="staff",
        amount=100,
    )
    detail_disputed(key=key_of(market, "tea"), reason="未收到货", at=NOW, actor="tea-owner")
    detail_corrected(
        key=key_of(market, "tea", 1), amount=-300, reason="运费少收", at=NOW, zone=ZONE, actor="staff"
    )
    at = NOW - timedelta(days=1)
    charge = {"party": "tea", "fee": "advertising_fee", "currency": "CNY", "amount": -500, "occurred_at": at}
    records = [
        ChargeRecord(charge_no=f"C-{place}", **(charge | changed))  # type: ignore[arg-type]
        for place, changed in enumerate(
            [
                {},
                {"party": "nobody"},
                {"fee": "tip"},
                {"currency": "EUR"},
                {"amount": 0},
                {"source": "guessed"},
            ]
        )
    ]
    records.append(ChargeRecord(charge_no="C-0", **(charge | {"amount": -700})))  # type: ignore[arg-type]
    charges_received(business_line=market.line, key="ads", records=records, at=NOW, actor="ads")
    goods_billable(business_line=market.line, as_of=NOW, clock=clock, zone=ZONE, actor="tests")
    return market


WORDS_OF_FILES = {
    *COLUMNS, *STATUSES, "order", "refund", "party", "dimension", "thing", "gone", "nobody", "many",
    "EUR", "tip", "Asia/Shanghai",
}  # fmt: skip
"""Columns of our file format, what the refused rows have in them, and the name of the zone."""


def names_in_data() -> set[str]:
    """Every code and name that stands in the tables: those are what they are in any language."""
    found: set[str] = (
        set(WORDS_OF_FILES) | set(CURRENCIES) | {"scripted", "mall"}
    )  # the name of the rail that this ground has wired
    with connection.cursor() as cursor:
        cursor.execute(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"
            " and column_name = any(%s)",
            [list(NAMES)],
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'select distinct "{column}"::text from "{table}"')
            found |= {value for (value,) in cursor.fetchall() if value}
    return {name for name in found if any(letter.isalpha() and letter.isascii() for letter in name)}


def english_names_of_fees() -> set[str]:
    """The second column of the fee catalogue, which a bilingual office asks for."""
    return {fee.en for fee in catalogue().by_code.values()}


UPSIDE_DOWN = {"floor": 9, "cap": 5}
UNSORTED = {
    "kind": "slab", "by": "line_amount", "steps": [{"from": 10, "rate": "1%"}, {"from": 5, "rate": "2%"}],
}  # fmt: skip


def unsound_rules() -> dict[str, Any]:
    """A rule set document with as many findings as fit into one."""
    return {
        "schema": "zhanggui.rule-set/1", "code": "market", "currency": "CNY", "effective_from": "2026-07-01",
        "take_cap_ppm": 100000,
        "rules": [
            rule("commission", "commission", "50%"),
            rule("commission-again", "commission", "5%", when={"merchant": ["tea"]}),
            rule("commission-nobody", "commission", "5%", when={"merchant": ["nobody"]}, priority=3),
            rule("tech", "tech_service_fee", "1%", when={"merchant": ["tea"]}, formula=UPSIDE_DOWN),
            rule("tiers", "advertising_fee", "0%", formula={"tiers": UNSORTED}),
            rule("odd", "no_such_fee", "1%", formula={"base": "fee:nothing"}),
            rule("parsed", "goods_amount", "1%"),
        ],
    }  # fmt: skip

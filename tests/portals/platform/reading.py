"""What tests read off a page."""

import html
import re
from typing import Any

from django.db import connection

from tests.isolation.market import Market


def text_of(response: Any) -> str:
    """The words of a page, without its marks."""
    body = re.sub(
        r"<(script|style|pre|textarea)[^>]*>.*?</\1>", " ", response.content.decode(), flags=re.DOTALL
    )
    return html.unescape(re.sub(r"<[^>]+>", " ", body))


def minor(text: str) -> int:
    """`-1,234.56` as minor units."""
    return int(text.replace(",", "").replace(".", ""))


def column(response: Any, label: str) -> list[int]:
    """The amounts of a column of the list, row by row."""
    body = response.content.decode().split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    cells = re.findall(
        rf'<td class="num[^"]*" data-label="{re.escape(label)}">(.*?)</td>', body, flags=re.DOTALL
    )
    return [minor(re.sub(r"<[^>]+>", "", cell)) for cell in cells]


def foot(response: Any, label: str) -> int:
    """The total of a column at the foot; nothing when there are no rows."""
    if "<tfoot>" not in response.content.decode():
        return 0
    body = response.content.decode().split("<tfoot>", 1)[1].split("</tfoot>", 1)[0]
    cell = rf'<td class="num[^"]*" data-label="{re.escape(label)}">(.*?)</td>'
    found = re.search(cell, body, flags=re.DOTALL)
    assert found, f"no total of {label!r}"
    return minor(re.sub(r"<[^>]+>", "", found.group(1)))


def detail_key(market: Market, code: str = "tea", fee: str = "commission") -> str:
    """The number of a detail of the closed statement of a shop."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select party_id || '-' || line_id || '-' || event_id || '-' || position"
            " from settlement_detail d"
            " join settlement_fee_type f on f.id = d.fee_type_id"
            " where d.party_id = %s and d.statement_id = %s and f.code = %s order by line_id limit 1",
            [market.party(code).id, market.statement(code).id, fee],
        )
        return str(cursor.fetchone()[0])


def pages(market: Market) -> list[str]:
    """The address of every screen that shows something, under /platform/."""
    held = market.statement("tea")
    own = f"statements/{held.party_id}/{held.id}/"
    with connection.cursor() as cursor:
        cursor.execute("select min(order_id) from settlement_staged_line")
        order = cursor.fetchone()[0]
        cursor.execute(
            "select book_id || '-' || source || '-' || key_a || '-' || key_b from ledger_entry limit 1"
        )
        entry = cursor.fetchone()[0]
        cursor.execute("select max(id) from settlement_rule_version")
        rule = cursor.fetchone()[0]
        cursor.execute("select max(id) from audit_record")
        change = cursor.fetchone()[0]
    return [
        "", "statements/", own, f"{own}?tab=moves", f"{own}?tab=log", f"{own}lines/", f"{own}check/",
        f"{own}print/", *[f"{own}parts/{grain}/" for grain in ("fee", "order", "spu", "sku", "sku_type")],
        "details/", f"details/{detail_key(market)}/", f"details/{detail_key(market, fee='goods_amount')}/",
        "disputes/", "periods/", "periods/?year=2026", "ledger/", f"ledger/entries/{entry}/", "accounts/",
        f"accounts/{held.billed_account_id}/", "trial-balance/", "trial-balance/?through=2026-05-31",
        "orders/",
        *[f"orders/{order}/?tab={tab}" for tab in ("details", "lines", "payments", "refunds", "entries")],
        "imports/", "imports/rejects/", "charges/", "charge-batches/", "double-insurance/", "fees/", "rules/",
        *[f"rules/market/1/?tab={tab}" for tab in ("rules", "changes", "history", "document")],
        f"rules/versions/{rule}/", "what-if/", "what-if/new/?from=market/1", "parties/", f"parties/{held.party_id}/",
        f"parties/{held.party_id}/?tab=terms", "checks/", "activity/", f"activity/{change}/",
    ]  # fmt: skip


ACTS = ["imports/new/", "rules/publish/", "periods/close/", "parties/1/terms/"]
"""Screens on which something is done."""


def acts(market: Market) -> list[str]:
    """Those screens with something to act on."""
    party, key = market.party("tea").id, detail_key(market)
    held = market.statement("tea")
    return [
        "imports/new/", "rules/publish/?from=market/1", "periods/close/?through=2026-06-30",
        f"parties/{party}/terms/", f"details/{key}/correct/", f"statements/{party}/{held.id}/confirm/",
    ]  # fmt: skip

"""The proof of a closed statement: its header, lines and hashes as one file that anyone can check offline."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhanggui.parties.tenancy import as_tenant
from zhanggui.portals.desk.papers.statement import statement_paper
from zhanggui.portals.merchant.standing import shop_page
from zhanggui.portals.merchant.statement import OPEN, Shown, read_statement
from zhanggui.portals.merchant.statements import statement_url
from zhanggui.settlement.details.leaves import LEAF_COLUMNS
from zhanggui.settlement.details.patterns import PATTERN_COLUMNS
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.statements.hashing import HEADER

SCHEMA = "zhanggui.statement-proof/1"


@shop_page("own_statements.view")
def proof(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The file; docs/how-to/verify-a-statement.md says how to check it."""
    shown = read_statement(party_id, statement_id)
    if shown.row.state == OPEN:
        messages.info(request, _("A statement can be proved once it is closed."))
        return HttpResponseRedirect(statement_url(shown.row))
    body = orjson.dumps(proof_document(shown), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    response = HttpResponse(body, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{shown.row.number}.proof.json"'
    return response


@shop_page("own_statements.view")
def statement_pdf(request: HttpRequest, party_id: int, statement_id: int) -> HttpResponse:
    """The statement as a paper, in the language of the page."""
    row = read_statement(party_id, statement_id).row
    content = statement_paper(row, language=get_language() or "zh", printed_at=timezone.now())
    return HttpResponse(content, content_type="application/pdf", headers={
        "Content-Disposition": f'inline; filename="{row.number}.pdf"'})  # fmt: skip


def proof_document(shown: Shown) -> dict[str, Any]:
    """Header, chain and lines of a closed statement, and the names of the fees they use."""
    row = shown.row
    names = [name for name, _wire in PATTERN_COLUMNS + LEAF_COLUMNS]
    with as_tenant(row.party_id), connection.cursor() as cursor:
        cursor.execute(
            f"select {', '.join(names)} from settlement_billed_line b"
            " join settlement_detail_pattern p on p.id = b.pattern_id"
            " where party_id = %s and statement_id = %s order by line_id, event_id",
            [row.party_id, row.id],
        )
        lines = [dict(zip(names, values, strict=True)) for values in cursor.fetchall()]
    used = {fee for line in lines for fee in line["fee_types"]}
    fees = [fee for fee in catalogue().by_id.values() if fee.id in used]
    return {
        "schema": SCHEMA,
        "header": {name: _plain(getattr(row, name)) for name in HEADER},
        "previous_hash": bytes(row.previous_hash).hex(),
        "hash": bytes(row.hash).hex(),
        "lines": [{name: _plain(value) for name, value in line.items()} for line in lines],
        "fees": {
            str(fee.id): {"code": fee.code, "zh": fee.zh, "en": fee.en, "group": fee.group} for fee in fees
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value.isoformat() if isinstance(value, date) else value

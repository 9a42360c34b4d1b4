"""Business lines: those there are, and opening one from one document. Their terms change under `/terms`, their
rules under `/rule-sets`."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Max
from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.journeys.business_line_opened import business_line_opened
from zhanggui.portals.api.access import caller
from zhanggui.portals.api.paging import CursorText, Limit, keyset
from zhanggui.portals.api.routes import act, look
from zhanggui.portals.api.schemas.fields import Code, Currency
from zhanggui.portals.api.schemas.lines import BusinessLineIn, BusinessLineOut, BusinessLinePage
from zhanggui.settlement.entities.models import BusinessLine
from zhanggui.settlement.entities.queries import business_line
from zhanggui.settlement.fees.models import RuleSetVersion

router = Router(tags=["business lines"])


class LineFilters(Schema):
    """Which lines."""

    currency: Currency | None = None
    cursor: CursorText = ""
    limit: Limit = 50


@look(router, "/business-lines", BusinessLinePage)
def list_business_lines(request: HttpRequest, filters: Query[LineFilters]) -> Any:
    """Business lines, oldest first."""
    caller(request).require("parties.view")
    rows = BusinessLine.objects.all()
    if filters.currency:
        rows = rows.filter(currency=filters.currency)
    shown, following = keyset(rows, cursor=filters.cursor, limit=filters.limit)
    return {"items": _lines(shown), "next_cursor": following}


@look(router, "/business-lines/{code}", BusinessLineOut)
def get_business_line(request: HttpRequest, code: Code) -> Any:
    """One business line."""
    caller(request).require("parties.view")
    return _lines([business_line(code)])[0]


@act(router, "/business-lines", BusinessLineOut, status=201)
def open_business_line(request: HttpRequest, payload: BusinessLineIn) -> Any:
    """Open a business line with its entity, default terms and fee rules. Needs the rights to change parties and
    terms and to publish rules."""
    who = caller(request)
    who.require("parties.change")
    who.require("rules.publish")
    preset = payload.model_dump(mode="json")
    row = business_line_opened(preset=preset, at=timezone.now(), actor=who.actor, anew=True)
    return _lines([row])[0]


def _lines(rows: Sequence[BusinessLine]) -> list[dict[str, Any]]:
    sets = RuleSetVersion.objects.filter(code__in={row.rule_set_code for row in rows})
    latest = dict(sets.values_list("code").annotate(Max("version")))
    same = ("id", "code", "currency", "settlement_only", "shadow")
    return [
        {name: getattr(row, name) for name in same}
        | {"zh": row.name.get("zh", ""), "en": row.name.get("en", ""), "rule_set": row.rule_set_code,
           "rule_set_version": latest.get(row.rule_set_code)}
        for row in rows
    ]  # fmt: skip

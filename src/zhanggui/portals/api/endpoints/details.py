"""Billing details: listed, opened, explained."""

from typing import Any, Literal

from django.http import HttpRequest
from ninja import Query, Router, Schema

from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.books import DetailOut, DetailPage, Explained
from zhanggui.portals.api.schemas.fields import Code, DetailNumber, Moment, Number
from zhanggui.settlement.details.queries import DetailKey, base_is_units, unit_rules
from zhanggui.settlement.fees.queries.fee_types import catalogue
from zhanggui.settlement.replays.explain import explain_detail

router = Router(tags=["details"])

COLUMNS = (
    "d.party_id, d.line_id, d.event_id, d.position, d.statement_id, d.order_id, d.kind, d.fee_type_id,"
    " d.rule_id, d.currency, d.base, d.amount, d.occurred_at, d.billable_at"
)


class DetailFilters(Schema):
    """Which details."""

    party: Code | None = None
    statement_id: Number | None = None
    business_line: Code | None = None
    order_no: Code | None = None
    fee: Code | None = None
    occurred_from: Moment | None = None
    occurred_before: Moment | None = None
    cursor: CursorText = ""
    limit: Limit = 100


class LanguageFilter(Schema):
    """In which language the steps are told."""

    language: Literal["zh", "en"] = "en"


@look(router, "/details", DetailPage)
def list_details(request: HttpRequest, filters: Query[DetailFilters]) -> Any:
    """Details by party, line, event and position."""
    who = caller(request)
    who.require("details.view", "own_details.view")
    after = decode(filters.cursor, 4)
    with who.reading():
        conditions, params = _conditions(who, filters)
        if after is not None:
            # The first comparison can walk the key of billed lines; the second is exact to the detail.
            conditions += [
                "(d.party_id, d.line_id, d.event_id) >= (%(a0)s, %(a1)s, %(a2)s)",
                "(d.party_id, d.line_id, d.event_id, d.position) > (%(a0)s, %(a1)s, %(a2)s, %(a3)s)",
            ]
            params |= {f"a{place}": part for place, part in enumerate(after)}
        rows = read(
            f"select {COLUMNS} from settlement_detail d where {' and '.join(conditions) or 'true'}"
            " order by d.party_id, d.line_id, d.event_id, d.position limit %(limit)s",
            params | {"limit": filters.limit + 1},
        )
        shown, following = page(rows, filters.limit, _key)
        items = detail_documents(shown)
    return {"items": items, "next_cursor": following}


@look(router, "/details/{detail}", DetailOut)
def get_detail(request: HttpRequest, detail: DetailNumber) -> Any:
    """One detail."""
    who = caller(request)
    who.require("details.view", "own_details.view")
    with who.reading():
        return detail_documents([find_detail(detail)])[0]


@look(router, "/details/{detail}/explanation", Explained)
def explain(request: HttpRequest, detail: DetailNumber, filters: Query[LanguageFilter]) -> Any:
    """Why a detail is what it is: source, rule, base, rate, rounding, sharing, entry, statement."""
    who = caller(request)
    who.require("details.view", "own_details.view")
    with who.reading():
        find_detail(detail)
    # Found inside the tenant's rows; the rule set it was rated by is the platform's document.
    explanation = explain_detail(DetailKey.parse(detail), filters.language)
    return {"detail": detail, "explanation": explanation if who.is_platform else _own_side(explanation, who)}


def _own_side(explanation: dict[str, Any], who: Caller) -> dict[str, Any]:
    """An explanation without what concerns others: whom else a rule is for, whose accounts it met."""
    rule, entry = explanation["rule"], explanation["entry"]
    if rule is not None:
        own = who.standing.party.code
        when = dict(rule["content"].get("when") or {})
        when["merchant"] = [code for code in when.get("merchant") or () if code == own]
        rule = rule | {"content": rule["content"] | {"when": when}}
    if entry is not None:
        entry = entry | {"legs": [leg for leg in entry["legs"] if leg["party_id"] in (0, who.party_id)]}
    return explanation | {"rule": rule, "entry": entry}


def find_detail(number: str) -> dict[str, Any]:
    """The row of a detail; call it inside `who.reading()`. Raises NotFound."""
    key = DetailKey.parse(number)
    rows = read(
        f"select {COLUMNS} from settlement_detail d where d.party_id = %(party)s and d.line_id = %(line)s"
        " and d.event_id = %(event)s and d.position = %(position)s",
        {"party": key.party_id, "line": key.line_id, "event": key.event_id, "position": key.position},
    )
    if not rows:
        raise NotFound(f"There is no detail {number}", detail=number)
    return rows[0]


def _conditions(who: Caller, filters: DetailFilters) -> tuple[list[str], dict[str, Any]]:
    conditions: list[str] = []
    params: dict[str, Any] = {}
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    if filters.statement_id is not None:
        conditions.append(
            "(d.party_id, d.statement_id) in"
            " (select s.party_id, s.id from settlement_statement s where s.id = %(statement)s)"
        )
        params["statement"] = filters.statement_id
    if filters.order_no is not None:
        conditions.append(
            "d.order_id in (select o.id from settlement_staged_order o where o.order_no = %(order_no)s)"
            " and d.line_id in (select l.line_id from settlement_staged_line l join settlement_staged_order o"
            "   on o.id = l.order_id where o.order_no = %(order_no)s)"
        )
        params["order_no"] = filters.order_no
    if filters.fee is not None:
        fee = catalogue().by_code.get(filters.fee)
        params["fee"] = fee.id if fee else -1
    if filters.business_line is not None:
        params["line"] = filters.business_line
        conditions.append(
            "d.business_line_id in (select id from settlement_business_line where code = %(line)s)"
        )
    for name, value, condition in (
        ("party", party, "d.party_id = %(party)s"),
        ("fee", params.get("fee"), "d.fee_type_id = %(fee)s"),
        ("start", filters.occurred_from, "d.occurred_at >= %(start)s"),
        ("before", filters.occurred_before, "d.occurred_at < %(before)s"),
    ):
        if value is not None:
            params[name] = value
            conditions.append(condition)
    return conditions, params


def _key(row: dict[str, Any]) -> list[int]:
    return [row["party_id"], row["line_id"], row["event_id"], row["position"]]


def detail_documents(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Details as `DetailOut`."""
    parties, units = naming.party_codes(row["party_id"] for row in rows), unit_rules()
    rules = naming.rule_names(row["rule_id"] for row in rows if row["rule_id"] > 0)
    return [
        {
            "detail": "-".join(str(part) for part in _key(row)), "party": parties[row["party_id"]],
            "statement_id": row["statement_id"], "order_id": row["order_id"], "line_id": row["line_id"],
            "event": naming.source_name(row["kind"]), "fee": naming.fee_code(row["fee_type_id"]),
            "currency": row["currency"], "base": row["base"],
            "base_unit": "unit" if base_is_units(row["kind"], row["rule_id"], units) else "minor",
            "amount_minor": row["amount"],
            "rule": rules.get(row["rule_id"], (None, None))[0],
            "rule_version": rules.get(row["rule_id"], (None, None))[1],
            "occurred_at": row["occurred_at"], "billable_at": row["billable_at"],
        }
        for row in rows
    ]  # fmt: skip

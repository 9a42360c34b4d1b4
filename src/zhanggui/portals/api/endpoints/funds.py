"""The funds view and reports: balances at a day, movements with the balance after, what orders yield."""

from typing import Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.fields import Code, Currency, Day
from zhanggui.portals.api.schemas.watching import FundFlow, Funds, OrderYields, ReportOut
from zhanggui.settlement.monitoring.queries import funds, order_flow, reports

router = Router(tags=["funds"])
MOST_ROWS = 5000
Account = Literal["posted", "pending", "billed", "available", "reserved", "in_transit", "deposits", "debts"]


class SnapshotFilters(Schema):
    """Whose, in which currency, at the end of which day. A merchant's own; everybody's for the platform."""

    currency: Currency
    party: Code | None = None
    through: Day | None = None


class FlowFilters(Schema):
    """Movements of which account of which party."""

    currency: Currency
    party: Code | None = None
    account: Account = "posted"
    through: Day | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class OrderFilters(Schema):
    """Which orders, by the day they were placed."""

    currency: Currency
    party: Code | None = None
    ordered_from: Day
    ordered_before: Day
    cursor: CursorText = ""
    limit: Limit = 50


class ReportFilters(Schema):
    """Days of the report, both included."""

    currency: Currency
    first: Day
    last: Day


@look(router, "/funds/balances", Funds)
def fund_balances(request: HttpRequest, filters: Query[SnapshotFilters]) -> Any:
    """What stands where at the end of a day; now, if none is named."""
    who = caller(request)
    who.require("funds.view", "own_funds.view")
    with who.reading():
        party = _party(who, filters.party)
        found = funds.snapshot(currency=filters.currency, through=filters.through, party_id=party)
        code = naming.party_codes([party])[party] if party else ""
    return {"party": code, "currency": filters.currency, "through": filters.through, "standings": found}


@look(router, "/funds/movements", FundFlow)
def fund_movements(request: HttpRequest, filters: Query[FlowFilters]) -> Any:
    """Movements of one account of one party, in the order they were written, with the balance after each."""
    who = caller(request)
    who.require("funds.view", "own_funds.view")
    after = decode(filters.cursor, 1)
    with who.reading():
        party = _party(who, filters.party)
        if party is None:
            raise NotFound("Name the party whose movements you want: ?party=CODE")
        where = "f.id > %(after)s and (%(through)s::date is null or f.booked_date <= %(through)s)"
        rows = read(
            funds.MOVEMENTS.replace("{where}", where) + " order by f.id limit %(limit)s",
            funds.movement_params(party_id=party, currency=filters.currency, account=filters.account)
            | {"after": after[0] if after else 0, "through": filters.through, "limit": filters.limit + 1},
        )
    shown, following = page(rows, filters.limit, lambda row: [row["id"]])
    items = [
        {"number": row["id"], "booked_date": row["booked_date"], "source": EntrySource(row["kind"]).name.lower(),
         "reference": row["reference"] or "", "amount_minor": row["amount"], "balance_minor": row["balance"]}
        for row in shown
    ]  # fmt: skip
    return {"items": items, "next_cursor": following}


@look(router, "/funds/orders", OrderYields)
def fund_orders(request: HttpRequest, filters: Query[OrderFilters]) -> Any:
    """What each order yields for each of its merchants, and where that is now."""
    who = caller(request)
    who.require("funds.view", "own_funds.view")
    after = decode(filters.cursor, 2)
    with who.reading():
        party = _party(who, filters.party)
        line = (
            "sl.currency = %(currency)s and sl.ordered_at >= (%(lo)s::date)::timestamp at time zone %(zone)s"
            " and sl.ordered_at < (%(hi)s::date)::timestamp at time zone %(zone)s"
            " and (%(party)s::bigint is null or sl.merchant_id = %(party)s)"
        )
        beyond = "(l.order_id, l.party_id) > (%(order)s, %(owner)s)" if after else "true"
        rows = read(
            order_flow.ORDER_FLOW.replace("{where:line}", line).replace("{where}", beyond)
            + " order by l.order_id, l.party_id limit %(limit)s",
            {"currency": filters.currency, "lo": filters.ordered_from, "hi": filters.ordered_before,
             "zone": str(timezone.get_default_timezone()), "party": party, "limit": filters.limit + 1,
             "order": after[0] if after else 0, "owner": after[1] if after else 0},
        )  # fmt: skip
        shown, following = page(rows, filters.limit, lambda row: [row["order_id"], row["party_id"]])
        codes = naming.party_codes(row["party_id"] for row in shown)
    money = ("ordered", "goods", "fees", "refunds", "other", "yields")
    items = [
        {name: row[name] for name in ("order_no", "ordered_at", "currency", "place")}
        | {f"{name}_minor": row[name] for name in money}
        | {"party": codes[row["party_id"]], "statement": row["statement_number"],
           "where": {name: row[name] for name in order_flow.PLACES}}
        for row in shown
    ]  # fmt: skip
    return {"items": items, "next_cursor": following}


class SettlementFilters(ReportFilters):
    """Days, steps of time, and whose: a merchant's own; everybody's for the platform unless it names one."""

    party: Code | None = None
    step: Literal["day", "week", "month"] = "month"


@look(router, "/reports/settlement", ReportOut)
def get_settlement_report(request: HttpRequest, filters: Query[SettlementFilters]) -> Any:
    """Sales, fees by group, refunds, corrections, net and what was paid, a row for each day, week or month."""
    who = caller(request)
    who.require("reports.view", "own_funds.view")
    with who.reading():
        return _report(reports.SETTLEMENT, filters, step=filters.step, party_id=_party(who, filters.party))


@look(router, "/reports/{code}", ReportOut)
def get_report(
    request: HttpRequest,
    code: Literal["sales", "commission", "payments", "trial-balance", "journal"],
    filters: Query[ReportFilters],
) -> Any:
    """A report between two days, at most 5,000 rows; `cut` says that there are more (export the list then)."""
    caller(request).require("reports.view")
    return _report(reports.REPORTS[code], filters)


def _report(report: reports.Report, filters: ReportFilters, **more: Any) -> dict[str, Any]:
    """A report as it is sent; `more` are its further parameters."""
    zone = timezone.get_default_timezone()
    params = reports.report_params(
        currency=filters.currency, first=filters.first, last=filters.last, zone=zone, **more
    )
    rows = reports.report_rows(report, params, limit=MOST_ROWS + 1)
    shown = [{name: row[name] for name in report.columns} for row in rows[:MOST_ROWS]]
    return {
        "report": report.code, "currency": filters.currency, "first": filters.first, "last": filters.last,
        "columns": list(report.columns), "rows": shown, "cut": len(rows) > MOST_ROWS,
        "totals": {name: sum(row[name] for row in shown) for name in report.money},
    }  # fmt: skip


def _party(who: Caller, code: str | None) -> int | None:
    return who.own(naming.party_id(code) if code and who.is_platform else None)

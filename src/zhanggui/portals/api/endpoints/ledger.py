"""The ledger: entries, postings, trial balance, balances; and the invariants of all books."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema

from zhanggui.clockwork.sweep_invariants import meanings, sweep
from zhanggui.ledger import queries
from zhanggui.ledger.models import LedgerAccount
from zhanggui.ledger.sources import EntrySource
from zhanggui.portals.api import naming
from zhanggui.portals.api.access import Caller, caller
from zhanggui.portals.api.errors import NotFound
from zhanggui.portals.api.paging import CursorText, Limit, decode, page, read
from zhanggui.portals.api.routes import look
from zhanggui.portals.api.schemas.books import Balances, EntryPage, Invariants, PostingPage, TrialBalance
from zhanggui.portals.api.schemas.fields import Code, Day

router = Router(tags=["ledger"])
SHOWN_ROWS = 20


class EntryFilters(Schema):
    """Which entries."""

    party: Code | None = None
    booked_from: Day | None = None
    booked_before: Day | None = None
    cursor: CursorText = ""
    limit: Limit = 50


class Through(Schema):
    """At the end of which day; now, if left out."""

    through: Day | None = None


class BalanceFilters(Through):
    """Whose balance; a merchant's own, if left out."""

    party: Code | None = None


@look(router, "/ledger/entries", EntryPage)
def list_entries(request: HttpRequest, filters: Query[EntryFilters]) -> Any:
    """Entries with their legs, by book, source and key. A merchant sees the entries of its own book."""
    who = caller(request)
    who.require("ledger.view", "own_details.view")
    after = decode(filters.cursor, 4)
    with who.reading():
        conditions, params = _conditions(who, filters)
        if after is not None:
            conditions += " and (e.book_id, e.source, e.key_a, e.key_b) > (%(a0)s, %(a1)s, %(a2)s, %(a3)s)"
            params |= {f"a{place}": part for place, part in enumerate(after)}
        rows = read(
            "select e.* from ledger_entry e where " + conditions +
            " order by e.book_id, e.source, e.key_a, e.key_b limit %(limit)s",
            params | {"limit": filters.limit + 1},
        )  # fmt: skip
        shown, following = page(rows, filters.limit, _key)
        entities = naming.entity_codes()
        owners = _owners({number for row in shown for number in row["accounts"]})
    return {"items": [_entry(row, entities, owners) for row in shown], "next_cursor": following}


@look(router, "/ledger/postings", PostingPage)
def list_postings(request: HttpRequest, filters: Query[EntryFilters]) -> Any:
    """Every leg on a row of its own."""
    who = caller(request)
    who.require("ledger.view", "own_details.view")
    after = decode(filters.cursor, 5)
    with who.reading():
        conditions, params = _conditions(who, filters)
        if after is not None:
            conditions += (
                " and (e.book_id, e.source, e.key_a, e.key_b) >= (%(a0)s, %(a1)s, %(a2)s, %(a3)s)"
                " and (e.book_id, e.source, e.key_a, e.key_b, e.position)"
                " > (%(a0)s, %(a1)s, %(a2)s, %(a3)s, %(a4)s)"
            )
            params |= {f"a{place}": part for place, part in enumerate(after)}
        rows = read(
            "select e.* from ledger_posting e where " + conditions +
            " order by e.book_id, e.source, e.key_a, e.key_b, e.position limit %(limit)s",
            params | {"limit": filters.limit + 1},
        )  # fmt: skip
        shown, following = page(rows, filters.limit, lambda row: [*_key(row), row["position"]])
        owners = _owners({row["account_id"] for row in shown})
    return {"items": [_posting(row, owners) for row in shown], "next_cursor": following}


@look(router, "/ledger/trial-balance", TrialBalance)
def trial_balance(request: HttpRequest, filters: Query[Through]) -> Any:
    """Debits and credits per entity, currency and purpose."""
    caller(request).require("ledger.view")
    entities = naming.entity_codes()
    rows = [
        {"entity": entities.get(row["entity_id"], ""), "currency": row["currency"], "purpose": row["purpose"],
         "debit_minor": row["debit"], "credit_minor": row["credit"], "balance_minor": row["balance"],
         "accounts": row["accounts"]}
        for row in queries.trial_balance(through=filters.through)
    ]  # fmt: skip
    return {"through": filters.through, "rows": rows}


@look(router, "/ledger/balances", Balances)
def list_balances(request: HttpRequest, filters: Query[BalanceFilters]) -> Any:
    """What a party stands at, per currency: pending, posted (billed or confirmed), available (confirmed)."""
    who = caller(request)
    who.require("ledger.view", "own_details.view")
    with who.reading():
        if who.is_platform and not filters.party:
            raise NotFound("Name the party whose balances you want: ?party=CODE")
        party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
        assert party is not None
        code = naming.party_codes([party])[party]
        currencies = (
            LedgerAccount.objects.filter(party_id=party).values_list("currency", flat=True).distinct()
        )
        items = []
        for currency in sorted(currencies):
            found = queries.party_balances(party_id=party, currency=currency, through=filters.through)
            figures = {f"{name}_minor": amount for name, amount in found.items()}
            items.append({"party": code, "currency": currency} | figures)
    return {"through": filters.through, "items": items}


@look(router, "/invariants", Invariants)
def run_invariants(request: HttpRequest) -> Any:
    """Check every promise of the books now."""
    caller(request).require("audit.view")
    words = meanings()
    found = sweep()
    items = [
        {"name": name, "meaning": words.get(name, ""), "violations": len(rows), "rows": rows[:SHOWN_ROWS]}
        for name, rows in found.items()
    ]
    return {
        "checked_at": timezone.now(),
        "violations": sum(len(rows) for rows in found.values()),
        "items": items,
    }


def _conditions(who: Caller, filters: EntryFilters) -> tuple[str, dict[str, Any]]:
    party = who.own(naming.party_id(filters.party) if filters.party and who.is_platform else None)
    conditions, params = ["true"], {}
    for name, value, condition in (
        ("party", party, "e.book_id = %(party)s"),
        ("start", filters.booked_from, "e.booked_date >= %(start)s"),
        ("before", filters.booked_before, "e.booked_date < %(before)s"),
    ):
        if value is not None:
            conditions.append(condition)
            params[name] = value
    return " and ".join(conditions), params


def _key(row: dict[str, Any]) -> list[int]:
    return [row["book_id"], row["source"], row["key_a"], row["key_b"]]


def _owners(accounts: set[int]) -> dict[int, tuple[str, int]]:
    """(purpose, owner) of the accounts that the reader may see."""
    rows = LedgerAccount.objects.filter(id__in=accounts).values_list("id", "purpose", "party_id")
    return {number: (purpose, owner) for number, purpose, owner in rows}


def _leg(account: int, amount: int, owners: dict[int, tuple[str, int]]) -> dict[str, Any]:
    purpose, owner = owners.get(account, (None, None))
    return {"account_id": account, "purpose": purpose, "owner": owner, "amount_minor": amount}


def _entry(
    row: dict[str, Any], entities: dict[int, str], owners: dict[int, tuple[str, int]]
) -> dict[str, Any]:
    same = ("key_a", "key_b", "currency", "booked_date", "occurred_at", "batch_id")
    return {name: row[name] for name in same} | {
        "book": row["book_id"],
        "source": EntrySource(row["source"]).name.lower(),
        "entity": entities.get(row["entity_id"], ""),
        "legs": [_leg(*pair, owners) for pair in zip(row["accounts"], row["amounts"], strict=True)],
    }


def _posting(row: dict[str, Any], owners: dict[int, tuple[str, int]]) -> dict[str, Any]:
    same = ("key_a", "key_b", "position", "currency", "booked_date")
    return (
        {name: row[name] for name in same}
        | {"book": row["book_id"], "source": EntrySource(row["source"]).name.lower()}
        | _leg(row["account_id"], row["amount"], owners)
    )
